"""The expressions for common bodies take only what the rules take, and what is kept of bodies has bounds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.grammar import bodyforms, envelope, kept
from imapsh.grammar.body import read_common

from .by_rules import EXPRESSIONS, gives_back, mutated, rules_alone
from .reading import one
from .test_body import bodies, line, read


@settings(max_examples=200)
@given(mutated(bodies), st.booleans())
def test_what_the_sources_match_breaks_no_rule(octets: bytes, extended: bool) -> None:
    source, item = (bodyforms.COMMON, "BODYSTRUCTURE") if extended else (bodyforms.COMMON_PLAIN, "BODY")
    if re.fullmatch(source.encode(), octets):
        with rules_alone():
            response = one(line(octets.decode("latin-1"), item), nesting=bodyforms.DEEPEST + 1)
        assert response.violations == ()
        assert repr(read_common(octets)) == repr(response.value.items[item])


_TEXT = '("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 1 1{0})'
_IMAGE = '("IMAGE" "png" NIL "<i@d>" "d" "base64" 1{0})'
_MORE = ' NIL ("attachment" ("filename" "a")) ("en" "de") "l"'


@pytest.mark.parametrize(
    "text",
    [
        _TEXT.format(""),
        _IMAGE.format(""),
        f'({_TEXT.format("")}{_IMAGE.format("")} "mixed")',
        f'((({_TEXT.format("")} "alternative"){_IMAGE.format("")} "related"){_IMAGE.format("")} "mixed")',
        '("message" "delivery-status" NIL NIL NIL "7bit" 1)',
    ],
)
def test_the_sources_match_common_forms(text: str) -> None:
    assert re.fullmatch(bodyforms.COMMON, text)
    assert re.fullmatch(bodyforms.COMMON_PLAIN, text)


@pytest.mark.parametrize("more", [" NIL", " nil NIL", ' "md5" ("inline" NIL)', _MORE])
def test_extension_data_are_common_in_bodystructure(more: str) -> None:
    for text in (_TEXT.format(more), f'({_TEXT.format(more)} "mixed" ("boundary" "b") NIL NIL "l")'):
        assert re.fullmatch(bodyforms.COMMON, text)
        assert not re.fullmatch(bodyforms.COMMON_PLAIN, text)


@pytest.mark.parametrize("most", [1, 3])
def test_fields_and_extensions_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(kept, "MOST", most)
    monkeypatch.setattr(kept, "LONGEST", 60)
    monkeypatch.setattr(bodyforms, "heads", {})
    monkeypatch.setattr(bodyforms, "_extensions", {})
    for index in [*range(5), 0, 0]:
        for name in (str(index), f"{index}{'long' * 30}"):
            found = read(f'("text" "plain" ("charset" "{name}") NIL NIL "7bit" 1 1 "{name}" NIL NIL NIL)')
            assert (found.params, found.md5) == ({"charset": name}, name)
        for values in (bodyforms.heads, bodyforms._extensions):
            assert 0 < len(values) <= most
            assert all(len(text) <= 60 for text in values)


def test_no_expression_gives_back_what_it_took() -> None:
    assert gives_back('"[^"]*"')
    assert gives_back('a(?:b|c"[^"]+")')
    for source in (bodyforms.COMMON, bodyforms.COMMON_PLAIN, envelope.COMMON):
        assert not gives_back(source)
    for module, name in EXPRESSIONS:
        assert not gives_back(getattr(module, name).pattern), name
