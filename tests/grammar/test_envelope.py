"""An envelope in the common form, which one expression reads, has the value that the rules give it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imapsh.grammar import envelope, kept
from imapsh.grammar.values import Address, Envelope

from .by_rules import STREAMS, assert_alike, mutated, nstring, rules_alone
from .reading import one, parse

_ADDRESSES = [
    "NIL",
    "nil",
    '(("a" NIL "b" "c"))',
    '((NIL NIL "g" NIL)("A \\"B\\"" nil "b\\\\" "c")(NIL NIL NIL NIL))',
    "()",
]


def written(fields: list[str]) -> str:
    return f"({' '.join(fields)})"


_address = st.lists(nstring, min_size=4, max_size=4).map(written)
_addresses = st.sampled_from(_ADDRESSES) | st.lists(_address, min_size=1, max_size=3).map(lambda a: f"({''.join(a)})")
envelopes = st.tuples(*[nstring] * 2, *[_addresses] * 6, *[nstring] * 2).map(lambda fields: written(list(fields)))


def line(text: str) -> bytes:
    return f"* 1 FETCH (UID 7 ENVELOPE {text} FLAGS ())\r\n".encode("latin-1")


def test_all_streams_are_read_as_by_the_rules() -> None:
    for stream in STREAMS:
        assert_alike(stream)
        assert_alike(stream, utf8=True)


@settings(max_examples=400)
@given(mutated(envelopes), st.booleans(), st.sampled_from([1, 2, 3, 4, 100]))
@example(rb'(NIL NIL NIL NIL NIL NIL (("" "" "\\" "")("" NIL "\" NIL)("\\" "" "" "")) NIL "" "")', False, 100)
def test_any_envelope_is_read_as_by_the_rules(octets: bytes, utf8: bool, nesting: int) -> None:
    assert_alike(b"* 1 FETCH (UID 7 ENVELOPE " + octets + b" FLAGS ())\r\n", utf8=utf8, nesting=nesting)


def test_strings_with_both_escapes_are_common() -> None:
    text = written(['"d"', r'"a \"b\" \\ c"', r'(("\"Q\"" NIL "\\" "h"))', *["NIL"] * 5, "NIL", r'"<\"m\"@h>"'])
    assert re.fullmatch(envelope.COMMON, text)
    found = one(line(text)).value.items["ENVELOPE"]
    assert found == Envelope("d", 'a "b" \\ c', (Address('"Q"', None, "\\", "h"),), message_id='<"m"@h>')


@settings(max_examples=200)
@given(mutated(envelopes))
def test_what_the_source_matches_breaks_no_rule(octets: bytes) -> None:
    if re.fullmatch(envelope.COMMON, octets.decode("latin-1")):
        with rules_alone():
            (response,) = parse(line(octets.decode("latin-1")))
        assert response.violations == ()


@pytest.mark.parametrize("most", [1, 3, 4])
def test_addresses_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(kept, "MOST", most)
    monkeypatch.setattr(kept, "LONGEST", 60)
    lists = envelope._Lists()
    for index in [*range(5), 0, 0, *range(50)]:
        for name in (f"a{index}", f"{index}{'long' * 20}", f"{index}{'long' * 30}"):
            assert lists.read(f'(("{name}" NIL "b" "c"))') == (Address(name, None, "b", "c"),)
        assert len(lists._known) <= most
        assert all(len(text) <= 60 for text in lists._known)


def test_lists_are_not_kept_for_a_while_if_few_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 4)
    lists = envelope._Lists()

    def read(index: int) -> object:
        return lists.read(f'((NIL NIL "{index}" "c"))')

    for index in range(4):
        assert read(index) is read(index)
    assert read(4) is read(4), "as many came again as were kept"
    for index in range(5, 9):
        read(index)
    assert read(8) is not read(8), "one came again of four"
    for index in range(30):
        read(index)
    assert read(0) is read(0), "after a while it is tried again"
