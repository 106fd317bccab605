"""FETCH responses of one shape: made up, and those of the corpora."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from hypothesis import strategies as st

from imapsh import table
from imapsh.grammar.responses import Parser, Response
from imapsh.wire.frames import Frame
from tests.grammar.reading import lines

Row = tuple[bytes, ...]
"""The line, the message number, and the value of each item."""

_FLAG = r'\\?[^\x00-\x20\x7f-\xff(){%*"\\\]]+'
_QUOTED = r'"(?:[^"\\\r\n\x00\x80-\xff]|\\["\\])*"'
_NSTRING = rf"(?:{_QUOTED}|(?i:NIL))"
_ADDRESS = rf"\({_NSTRING} {_NSTRING} {_NSTRING} {_NSTRING}\)"
_LIST = rf"(?:\((?:{_ADDRESS})+\)|(?i:NIL))"
#: RFC 9051 section 9, msg-att; RFC 7162 section 7.  The group is what a row holds of the item.
EXPRESSIONS = {
    "FLAGS": rf"\(((?:{_FLAG}(?: {_FLAG})*)?)\)",
    "UID": r"([1-9]\d{0,8})",
    "RFC822.SIZE": r"(\d{1,18})",
    "INTERNALDATE": r'"([ \d]\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d [+-]\d{4})"',
    "MODSEQ": r"\(([1-9]\d{0,17})\)",
    "ENVELOPE": rf"(\({' '.join([_NSTRING] * 2 + [_LIST] * 6 + [_NSTRING] * 2)}\))",
}


@cache
def _expression(names: tuple[str, ...]) -> re.Pattern[bytes]:
    items = " ".join(f"{re.escape(name)} {EXPRESSIONS[name]}" for name in names)
    return re.compile(rf"\* ([1-9]\d{{0,8}}) FETCH \({items}\)\r\n".encode())


def row_of(line: bytes, names: tuple[str, ...]) -> Row | None:
    """The row of a line, or None if it has another form."""
    if not names or not set(names) <= EXPRESSIONS.keys():
        return None
    found = _expression(names).fullmatch(line)
    return found and (line, *found.groups())


def parse(line: bytes, offset: int = 0) -> Response:
    """The response, as the rules read it."""
    return Parser(table.readers).parse(Frame((line,), offset))


def known() -> list[tuple[tuple[str, ...], Row]]:
    """The rows of all corpora, each with the names of its items."""
    found = []
    for name in ("quirks", "more", "examiner"):
        for entry in lines(f"{name}.jsonl"):
            for line in entry["raw"].encode("latin-1").splitlines(keepends=True):
                if not line.endswith(b"\r\n"):
                    continue
                response = parse(line)
                names = tuple(response.value.items) if response.name == "FETCH" and response.value else ()
                row = row_of(line, names)
                if row is not None and not response.violations:
                    found.append((names, row))
    return found


_text = st.text(st.characters(min_codepoint=1, max_codepoint=127, exclude_characters="\r\n"), max_size=12)
_strings = st.lists(
    _text
    | st.sampled_from(
        [
            "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "=?UTF-8?B?0J/RgNC40LLQtdGC?=", "=?x?q?a?=", "=?utf-8?q?_x=00=E2=80=AE?= ",
            " =?iso-8859-1?q?=E9?= ", "a%sb", "FLAGS (a b)", "[list] ", ")) ((", "{3}", "a\\", '"b"', "&AOk-", "NIL",
            "Re: minutes of the meeting, revised agenda ", "someone.with.a.long.name", "dept.example.org", "\t", "\x7f",
            "a very long word" * 3, "=?utf-8?q?" + "=C3=A4" * 250 + "?=", "y" * 2100,
        ]
    ),
    max_size=4,
).map("".join)  # fmt: skip
_nil = st.sampled_from(["NIL", "nil", "Nil", "nIL"])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


#: A string or NIL.
NSTRING = _strings.map(_quoted) | _nil
_address = st.tuples(*[NSTRING] * 4).map(lambda fields: f"({' '.join(fields)})")
_group = _strings.map(lambda name: f'(NIL NIL {_quoted(name)} NIL)(NIL NIL "a" "b")(NIL NIL NIL NIL)')
_addresses = st.lists(_address | _group, min_size=1, max_size=4).map(lambda some: f"({''.join(some)})") | _nil
_writers = _addresses.map(lambda one: (one, one, one)) | st.tuples(*[_addresses] * 3)
_envelope = st.tuples(st.tuples(NSTRING, NSTRING), _writers, st.tuples(*[_addresses] * 3), st.tuples(*[NSTRING] * 2))
_flag = st.sampled_from(
    ["\\Seen", "\\Answered", "$Forwarded", "NonJunk", "12", "NIL", "1:2", "<x>", "[x", "x[", "UID", "FLAGS"]
)
VALUES: dict[str, st.SearchStrategy[str]] = {
    "FLAGS": st.lists(_flag, max_size=40).map(lambda flags: f"({' '.join(flags)})"),
    "UID": st.integers(1, 999_999_999).map(str),
    "RFC822.SIZE": st.integers(0, 10**18 - 1).map(str) | st.just("007"),
    "INTERNALDATE": st.sampled_from(['"17-Jul-1996 02:44:25 -0700"', '" 1-Jan-2024 00:00:00 +0000"']),
    "MODSEQ": st.integers(1, 10**18 - 1).map("({})".format),
    "ENVELOPE": _envelope.map(lambda parts: f"({' '.join(field for part in parts for field in part)})"),
}


@st.composite
def rows(draw: Any) -> tuple[tuple[str, ...], list[Row]]:
    """Some rows of one shape, with its names."""
    names = tuple(draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, unique=True)))
    made: list[Row] = []
    for _ in range(draw(st.integers(1, 3))):
        items = " ".join(f"{name} {draw(VALUES[name])}" for name in names)
        line = f"* {draw(st.sampled_from([1, 20, 4711, 999_999_999]))} FETCH ({items})\r\n".encode()
        row = row_of(line, names)
        assert row is not None
        made.append(row)
    return names, made
