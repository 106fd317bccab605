from __future__ import annotations

import pytest
from hypothesis import given

from imapsh.grammar import kept
from imapsh.grammar.tokens import unquote
from imapsh.grammar.values import Address, Envelope
from imapsh.render.fields import Kept, addresses, envelope_fields, nstrings

from .rows import VALUES, parse


def values(address: str) -> Address:
    return Address(*[unquote(string) if string[0] == '"' else None for string in nstrings(address)])


@given(VALUES["ENVELOPE"])
def test_the_fields_of_an_envelope_are_those_that_the_rules_read(text: str) -> None:
    fields = envelope_fields(text)
    assert fields is not None
    assert " ".join(fields) == text[1:-1]
    envelope = parse(f"* 1 FETCH (ENVELOPE {text})\r\n".encode()).value.items["ENVELOPE"]
    assert isinstance(envelope, Envelope)
    for field, value in zip(fields, envelope, strict=True):
        if isinstance(value, tuple):
            assert f"({''.join(addresses(field))})" == field
            assert tuple(map(values, addresses(field))) == value
        else:
            assert value == (unquote(field) if field[0] == '"' else None)
            assert addresses(field) == []


@pytest.mark.parametrize("text", ["NIL", "()", '(NIL NIL NIL NIL NIL NIL NIL NIL NIL "x" NIL)', '("x" "y)'])
def test_another_form_has_no_fields(text: str) -> None:
    assert envelope_fields(text) is None


def test_what_is_kept_is_bounded_by_number_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    written: list[str] = []

    def write(text: str) -> str:
        written.append(text)
        return text.upper()

    upper = Kept(write)
    for text in ("a", "a", "b", "c", "c", "d"):
        assert upper[text] == text.upper()
        assert len(upper) <= 3
    assert written == ["a", "b", "c", "d"]
    long = "x" * (kept.LONGEST + 1)
    assert upper[long] == upper[long] == long.upper()
    assert written[-2:] == [long, long]
