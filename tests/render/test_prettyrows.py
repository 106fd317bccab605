from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.alike import Run, Shapes, shape_of
from imapsh.grammar.responses import Response
from imapsh.render import prettyrows
from imapsh.render.blocks import pretty_blocks
from imapsh.render.fields import read
from imapsh.render.layout import FIELDS
from imapsh.render.pretty import pretty
from imapsh.render.prettyrows import ITEMS, PrettyRows, pretty_rows, row_text
from imapsh.render.styles import THEMES, Theme
from imapsh.render.visible import Shown, is_safe

from .rows import EXPRESSIONS, Row, known, parse, row_of, rows

DEFAULT = THEMES["default"]
THEMED = st.sampled_from([None, DEFAULT, THEMES["mono"]])
WIDTHS = st.sampled_from([None, 40, 62, 80, 132, 220, 1000])
ELIDED = st.sampled_from([None, 0, 1])


def run_of(names: tuple[str, ...], some: list[Row]) -> Run | None:
    shape = shape_of(names)
    assert shape is not None
    return shape.run(b"".join(line for line, *_ in some), 0, 0)


def slowly(some: list[Row], theme: Theme | None, width: int | None, elide: int | None = None) -> str:
    made: list[Shown] = []
    for line, *_ in some:
        response = parse(line)
        assert not response.violations
        made += pretty_blocks(response, theme, width, elide)
    return "".join(made)


@given(rows(), THEMED, WIDTHS, ELIDED)
def test_rows_have_the_text_of_the_same_responses(
    made: tuple[tuple[str, ...], list[Row]], theme: Theme | None, width: int | None, elide: int | None
) -> None:
    names, some = made
    writer = pretty_rows(names, theme, width, elide)
    assert (writer is None) == (width == 40)
    if writer is not None:
        assert writer.text(some) == slowly(some, theme, width, elide)


@given(rows(), THEMED, WIDTHS, ELIDED)
def test_a_run_has_the_text_of_its_rows(
    made: tuple[tuple[str, ...], list[Row]], theme: Theme | None, width: int | None, elide: int | None
) -> None:
    names, some = made
    writer, found = pretty_rows(names, theme, width, elide), run_of(names, some)
    if writer is not None and found is not None:
        assert writer.run(found) == slowly(some[: len(found.found)], theme, width, elide)


@pytest.mark.parametrize("theme", [None, DEFAULT, THEMES["mono"]])
@pytest.mark.parametrize(
    "items",
    [
        "FLAGS (%s)",
        "UID 7 FLAGS (%s)",
        "FLAGS (%s) UID 7",
        'MODSEQ (12) UID 7 FLAGS (%s) RFC822.SIZE 007 INTERNALDATE " 1-Jan-2024 00:00:00 +0000"',
    ],
)
@pytest.mark.parametrize(
    "flags", ["", r"\Seen", "UID RFC822.SIZE UID", "MODSEQ FLAGS 7", "FETCH", "$s d", "[x", "a" * 70]
)
def test_flags_are_not_taken_for_anything_else(theme: Theme | None, items: str, flags: str) -> None:
    lines = [f"* {number} FETCH ({items % said})\r\n" for number, said in enumerate((flags, r"\Seen", "", flags), 7)]
    names = tuple(word for word in items.split() if word in ITEMS)
    some = [row for line in lines if (row := row_of(line.encode(), names)) is not None]
    found, writer = run_of(names, some), pretty_rows(names, theme)
    assert found is not None
    assert writer is not None
    assert len(found.found) == len(lines)
    assert writer.run(found) == slowly(some, theme, None)


def test_short_rows_of_a_run_are_written_by_what_they_have_in_common(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PrettyRows, "text", None)
    names = ("UID", "FLAGS")
    sets = [r"\Seen", "", r"\Seen $Work"]
    lines = [b"* %d FETCH (UID %d FLAGS (%s))\r\n" % (at, at * 9, sets[at % 3].encode()) for at in range(1, 200)]
    some = [row for line in lines if (row := row_of(line, names)) is not None]
    found, writer = run_of(names, some), PrettyRows(names, DEFAULT, 80, None)
    assert found is not None
    assert writer.run(found) == slowly(some, DEFAULT, 80)


def test_many_sets_of_flags_are_looked_for_in_no_lines() -> None:
    names = ("FLAGS",)
    some: list[Row] = [(b"* %d FETCH (FLAGS (w%d))\r\n" % (at, at), b"%d" % at, b"w%d" % at) for at in range(1, 200)]
    found, writer = run_of(names, some), PrettyRows(names, DEFAULT, 80, None)
    assert found is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prettyrows._Common, "text", None)
        assert writer.run(found) == slowly(some, DEFAULT, 80)


@given(rows(), THEMED, WIDTHS, ELIDED)
def test_responses_that_come_one_by_one_have_it_too(
    made: tuple[tuple[str, ...], list[Row]], theme: Theme | None, width: int | None, elide: int | None
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prettyrows, "_shapes", Shapes(few=2))
        for row in made[1] * 2:
            assert pretty(parse(row[0]), theme, width, elide) == slowly([row], theme, width, elide)


def test_a_response_like_those_before_it_is_written_as_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prettyrows, "_shapes", Shapes(few=prettyrows._MANY))  # other tests may have been like it
    line = enveloped()[0]
    other = parse(b"* 1 FETCH (BODY[1] NIL)\r\n")
    assert row_text(other, None, None, None) is None
    texts = [row_text(parse(line), None, None, None) for _ in range(prettyrows._MANY)]
    assert texts[0] is None
    assert texts[-1] == pretty(parse(line))
    assert row_text(other, None, None, None) is None
    assert row_text(parse(line), None, 40, None) is None


def test_the_rows_of_the_corpora_have_it() -> None:
    found = known()
    assert len(found) > 20
    for names, row in found:
        for width in (None, 70):
            writer = pretty_rows(names, DEFAULT, width)
            assert writer is not None
            assert writer.text([row]) == slowly([row], DEFAULT, width)


def test_an_item_that_is_not_in_the_table_is_not_written_from_here() -> None:
    assert pretty_rows(("UID", "BODYSTRUCTURE")) is None
    assert pretty_rows(("UID", "UID")) is None
    assert set(ITEMS) == set(EXPRESSIONS)


ENVELOPE = '("Thu, 1 Feb 2024 09:00:00 +0100" "%s" %s %s %s ((NIL NIL "%s" "b")(NIL NIL "c" "d")) NIL NIL NIL "<1@b>")'


def enveloped(subject: str = "Hello", person: str = "a") -> Row:
    writers = ['(("Anna Keller" NIL "user" "dept.example.org"))'] * 3
    envelope = ENVELOPE % (subject, *writers, person)
    line = f"* 7 FETCH (UID 9 ENVELOPE {envelope})\r\n".encode()
    return line, b"7", b"9", envelope.encode()


def written(row: Row, **options: Any) -> list[bytes]:
    """The lines that were read in order to write the row."""
    taken: list[bytes] = []

    def noted(line: bytes, offset: int = 0) -> Response:
        taken.append(line)
        return parse(line, offset)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prettyrows, "read", noted)
        writer = pretty_rows(("UID", "ENVELOPE"), **options)
        assert writer is not None
        assert writer.text([row]) == slowly([row], None, options.get("width"), options.get("elide"))
    return taken


def test_a_common_row_is_written_without_being_read() -> None:
    assert written(enveloped()) == []
    assert written(enveloped("=?utf-8?q?=C3=A4?=", "p" * 60)) == []
    assert written(enveloped("x" * 2100), elide=0) == []
    assert written(enveloped("x" * 1900)) == []


@pytest.mark.parametrize(
    ("row", "elide"),
    [
        (enveloped("a\tb"), None),
        (enveloped("a\x7fb"), None),
        (enveloped("x" * 2100), None),
        (enveloped("x" * 1000), 1),
        (enveloped(person="p" * 90), None),
    ],
)
def test_a_row_with_a_control_or_with_something_long_is_read_as_any_response_is(row: Row, elide: int | None) -> None:
    assert written(row, elide=elide) == [row[0]]


def test_no_rows_have_no_text() -> None:
    for theme in (None, DEFAULT):
        writer = pretty_rows(("FLAGS",), theme)
        assert writer is not None
        assert writer.text([]) == ""


@pytest.mark.parametrize("flags", [b"\\Seen", b"a [x b", b"f" * 30])
def test_rows_of_flags_are_written_together_or_one_by_one(flags: bytes) -> None:
    some: list[Row] = [
        (b"* %d FETCH (FLAGS (%s))\r\n" % (number, flags), b"%d" % number, flags) for number in (1, 22, 333)
    ]
    for width in (62, None):
        writer = pretty_rows(("FLAGS",), DEFAULT, width)
        assert writer is not None
        assert writer.text(some) == slowly(some, DEFAULT, width)


def test_octets_that_are_not_safe_do_not_pass() -> None:
    line, number, uid, envelope = enveloped()
    writer = pretty_rows(("UID", "ENVELOPE"))
    assert writer is not None
    for octet in range(256):
        if octet not in b'\r\n"\\':
            changed = [part.replace(b"Hello", b"He%clo" % octet) for part in (line, number, uid, envelope)]
            assert all(is_safe(ord(one)) for one in writer.text([changed]).replace("\n", "")), octet


def test_each_field_is_named_in_the_order_of_the_envelope() -> None:
    writer = pretty_rows(("UID", "ENVELOPE"))
    assert writer is not None
    text = writer.text([enveloped()])
    assert re.findall(r"  -- (.*)", text) == list(FIELDS)


_LITERALS = (
    "", "x", 'the "word"', "a\\\\b", "Gr\u00fc\u00dfe", "\u65e5\u672c\u8a9e", "=?utf-8?q?Gr=C3=BC=C3=9Fe?=",
    "\u00fc =?utf-8?q?=C3=BC?=", "long " * 14 + "ab", "long " * 14 + "abc", "longer " * 20, "=?utf-8?q?=C3=BC?=" * 5,
    " <html>" + "x" * 80, "<p>", "a\tb", "\u202eabc", "\u00a0", "{5}", "e\u0301", "%s", "x" * 1000,
)  # fmt: skip


@pytest.mark.parametrize("names", [("UID", "ENVELOPE"), ("ENVELOPE", "FLAGS")], ids=" ".join)
@pytest.mark.parametrize("literal", _LITERALS)
def test_a_subject_that_is_a_literal_is_written_as_the_rules_have_it(names: tuple[str, ...], literal: str) -> None:
    octets = literal.encode()
    string = b"{%d}\r\n%b" % (len(octets), octets)
    person = b'(("A" NIL "a" "example.org"))'
    values = {b"UID": b"7", b"FLAGS": b"(\\Seen)"}
    shape = shape_of(names)
    assert shape is not None
    for fields in (
        [b'"Mon, 5 Feb"', string, *[person] * 6, b"NIL", b'"<1@b>"'],
        [b"NIL", string, *[b"NIL"] * 6, b"NIL", b"NIL"],
        [b'"Mon, 5 Feb"', string, *[person] * 6, string, b'"<1@b>"'],
        [string, b'"x"', *[person] * 6, b"NIL", b'"<1@b>"'],
        [b'"Mon, 5 Feb"', b'"%b"' % octets, *[person] * 6, string, b'"<1@b>"'],
        [b'"a\tb"', string, *[person] * 6, b"NIL", b'"<1@b>"'],
    ):
        items = {**values, b"ENVELOPE": b"(" + b" ".join(fields) + b")"}
        line = b"* 5 FETCH (" + b" ".join(name.encode() + b" " + items[name.encode()] for name in names) + b")\r\n"
        run = shape.run(line, 0, 0, small=1000)
        if run is None:
            continue
        (row,) = run.lines()
        for width in (None, 70, 80, 200, 1500):
            for theme in (None, DEFAULT):
                for elide in (None, 0, 1):
                    rows = pretty_rows(names, theme, width, elide)
                    assert rows is not None
                    assert rows.text([row]) == "".join(pretty_blocks(read(line), theme, width, elide))


def test_a_literal_subject_is_written_without_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.render.prettyrows.read", None)
    person = b'(("A" NIL "a" "example.org"))'
    line = b"* 5 FETCH (ENVELOPE (NIL {4}\r\nG\xc3\xb6g " + b" ".join([person] * 6) + b' NIL "<1@b>"))\r\n'
    shape, rows = shape_of(("ENVELOPE",)), pretty_rows(("ENVELOPE",))
    assert shape is not None
    assert rows is not None
    run = shape.run(line, 0, 0, small=1000)
    assert run is not None
    assert "{4}^M^JG\u00f6g  -- subject" in rows.run(run)
