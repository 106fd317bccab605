from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.alike import shape_of
from imapsh.render.fields import read
from imapsh.render.jsonform import dumps, to_json
from imapsh.render.jsonrows import WRITERS, json_rows

from .rows import EXPRESSIONS, Row, known, parse, rows

MANNERS: list[dict[str, Any]] = [{}, {"raw": True}, {"connection": 'two%s "b"'}, {"raw": True, "connection": "@0@"}]


def eagerly(some: list[Row], offset: int, **options: Any) -> str:
    made = []
    for line, *_ in some:
        response = parse(line, offset)
        assert not response.violations
        made.append(dumps(to_json(response, **options)) + "\n")
        offset += len(line)
    return "".join(made)


@given(rows(), st.sampled_from(MANNERS), st.integers(0, 10**12))
def test_rows_have_the_text_of_the_same_responses(
    made: tuple[tuple[str, ...], list[Row]], manner: dict[str, Any], offset: int
) -> None:
    names, some = made
    writer = json_rows(names, **manner)
    assert writer is not None
    assert writer.text(some, offset) == eagerly(some, offset, **manner)


def test_the_rows_of_the_corpora_have_it() -> None:
    found = known()
    assert len(found) > 20
    for names, row in found:
        writer = json_rows(names)
        assert writer is not None
        assert writer.text([row], 7) == eagerly([row], 7)


def test_an_item_that_is_not_in_the_table_is_not_written_from_here() -> None:
    assert json_rows(("UID", "BODYSTRUCTURE")) is None
    assert json_rows(("UID", "UID")) is None
    assert set(WRITERS) == set(EXPRESSIONS)


def test_an_envelope_of_another_form_is_read_as_any_response_is() -> None:
    line = b'* 2 FETCH (ENVELOPE (NIL "x" NIL NIL NIL NIL NIL NIL NIL NIL "a field too many"))\r\n'
    writer = json_rows(("ENVELOPE",))
    assert writer is not None
    made = writer.text([(line, b"2", line[line.index(b"(NIL") : -3])], 5)
    assert made == dumps(to_json(parse(line, 5))) + "\n"
    assert '"violations":[{' in made


def test_octets_that_are_not_ascii_are_read_as_any_response_is() -> None:
    line = b'* 2 FETCH (ENVELOPE (NIL "\xc3\xa4" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n'
    writer = json_rows(("ENVELOPE",))
    assert writer is not None
    assert writer.text([(line, b"2", line[line.index(b"(NIL") : -3])], 0) == dumps(to_json(parse(line))) + "\n"


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize(
    "literal",
    [
        "",
        "x",
        'the "word"',
        "a\\b",
        "Gr\u00fc\u00dfe",
        "=?utf-8?q?Gr=C3=BC=C3=9Fe?=",
        "\u00fc =?utf-8?q?=C3=BC?=",
        "a\tb",
        "\x7f",
    ],
)
def test_envelopes_with_literals_have_the_text_of_the_same_responses(
    literal: str, raw: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    octets = literal.encode()
    string = b"{%d}\r\n%b" % (len(octets), octets)
    person, named = b'(("A" NIL "a" "example.org"))', b"((" + string + b' NIL "a" "example.org"))'
    shape, writer = shape_of(("UID", "ENVELOPE")), json_rows(("UID", "ENVELOPE"), raw)
    assert shape is not None
    assert writer is not None
    for fields in (
        [b'"Mon, 5 Feb"', string, *[person] * 6, b"NIL", b'"<1@b>"'],
        [string, b'"=?utf-8?q?=C3=BC?="', *[b"NIL"] * 6, string, string],
        [b"NIL", string, named, *[person] * 5, b"NIL", b"NIL"],
    ):
        line = b"* 5 FETCH (UID 7 ENVELOPE (" + b" ".join(fields) + b"))\r\n"
        run = shape.run(line, 0, 0, small=1000)
        assert run is not None
        expected = dumps(to_json(read(line, 9), raw=raw)) + "\n"
        if literal.isascii() or named not in fields:
            with monkeypatch.context() as patch:
                patch.setattr("imapsh.render.jsonrows.read", None)
                assert writer.text(run.lines(), 9) == expected
        assert writer.text(run.lines(), 9) == expected
