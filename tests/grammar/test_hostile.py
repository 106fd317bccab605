"""Whatever a server sends, the parser raises nothing, loses nothing, and takes time in proportion."""

from __future__ import annotations

import contextlib
import json
import sys
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.findings import RULES
from imapsh.grammar.cursor import Mismatch
from imapsh.grammar.tolerant import TolerantCursor
from imapsh.grammar.values import StatusText
from imapsh.render.jsonform import dumps, to_json
from imapsh.session.knowledge import make_parser
from imapsh.wire.frames import Frame
from imapsh.wire.offline import read_recorded

from .reading import joined, lines, one, parse

LINES = [line["raw"].encode("latin-1") for name in ("quirks.jsonl", "more.jsonl") for line in lines(name)]
MARKS = [b"(", b")", b'"', b"\\", b" ", b"\r\n", b"\n", b"{3}\r\n", b"{99999}\r\n", b"~{1}\r\n", b"NIL", b"\0", b"\xff",
         b"[", b"]", b"<", b">", b"* ", b"+", b"1", b"-", b",", b":", b"&", b"="]  # fmt: skip

#: Made once: to make it takes longer than to draw from it.
line, mark = st.sampled_from(LINES), st.sampled_from(MARKS)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A line of the corpus with octets taken out, put in, or exchanged for those of another line."""
    octets: bytes = draw(line)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(octets)))
        kind = draw(st.integers(0, 2))
        if kind == 0:
            octets = octets[:at] + octets[at + draw(st.integers(1, 6)) :]
        elif kind == 1:
            octets = octets[:at] + draw(mark) + octets[at:]
        else:
            other = draw(line)
            octets = octets[:at] + other[draw(st.integers(0, len(other))) :]
    return octets


def check(octets: bytes) -> None:
    """All octets are there, each violation is of the catalogue and stands in its response, and JSON can hold it all."""
    responses = parse(octets)
    assert joined([response.frame for response in responses]) == octets
    for response in responses:
        length = response.length
        for violation in response.violations:
            assert violation.rule in RULES
            assert 0 <= violation.offset <= length
        json.loads(dumps(to_json(response)))


@settings(max_examples=1500)
@given(mutated())
def test_mutated_lines(octets: bytes) -> None:
    check(octets)


@settings(max_examples=500)
@given(st.binary(max_size=60), st.sampled_from([b"", b"* ", b"* 1 FETCH (", b"* OK [", b'* LIST () "', b"a OK "]))
def test_any_octets(octets: bytes, begin: bytes) -> None:
    check(begin + octets)


BOMBED = [
    b"* X ",
    b"* THREAD ",
    b"* 1 FETCH (BODYSTRUCTURE ",
    b"* 1 FETCH (ENVELOPE ",
    b"* 1 FETCH (X-ITEM ",
    b"* FLAGS ",
    b'* LIST () "/" a ',
    b"* STATUS a ",
    b"* NAMESPACE ",
    b"* ESEARCH ",
    b"* ID ",
    b'* 1 FETCH (BODYSTRUCTURE ("a" "b" NIL NIL NIL "c" 1 NIL NIL NIL NIL ',
]


@pytest.mark.parametrize("begin", BOMBED)
@pytest.mark.parametrize("nesting", [100, 0])
def test_a_bomb_of_parentheses(begin: bytes, nesting: int) -> None:
    response = one(begin + b"(" * 100_000 + b"\r\n", nesting=nesting)
    assert response.violations
    one(begin + b"(" * 50_000 + b")" * 50_000 + b"\r\n", nesting=nesting)


def test_the_nesting_limit_is_named() -> None:
    response = one(b"* X " + b"(" * 20 + b")" * 20 + b"\r\n", nesting=10)
    assert "nesting limit" in response.violations[0].message
    assert one(b"* X " + b"(" * 20 + b")" * 20 + b"\r\n").violations == ()


REPEATED = [
    b'"\\', b"[", b"((", b'"', b'"a ', b" ", b"BODY[ ", b"UID x ", b") ", b"&", b"{1}\r\na ", b"\\", b"\r\n ", b"1,",
    b"\x00\n", b'ENVELOPE ("a ', b"* 1 FETCH (BODY[] {99999}\r\n",
]  # fmt: skip
BEGUN = [b"* X ", b"* 1 FETCH (", b"* OK [BADCHARSET (", b'* LIST () "/" ', b"* SEARCH ", b"* STATUS "]


@pytest.mark.slow
@pytest.mark.parametrize("piece", REPEATED)
@pytest.mark.parametrize("begin", BEGUN)
def test_the_same_thing_over_and_over(begin: bytes, piece: bytes) -> None:
    """With quadratic time these would take minutes; `tests/bench/bench_parse.py` measures them."""
    check(begin + piece * (60_000 // len(piece)) + b"\r\n")


@pytest.mark.parametrize("begin", [b"* ACL a ", b"* ESEARCH ", b"* METADATA a (", b"* OK [OBJECTID (", b"* LANGUAGE ("])
@pytest.mark.parametrize("piece", [b'"\\', b'"a\\" ', b'\\"'])
def test_strings_that_never_end_are_sought_once(begin: bytes, piece: bytes) -> None:
    """A mark within a string that was sought in vain is escaped, and what begins there does not end either."""
    check(begin + piece * (200_000 // len(piece)) + b"\r\n")


class Counted:
    """An expression that counts how often it is tried."""

    def __init__(self, expression: Any) -> None:
        self.tried = 0
        self._expression = expression

    def match(self, text: str, start: int, end: int) -> Any:
        self.tried += 1
        return self._expression.match(text, start, end)


@pytest.mark.parametrize("piece", ['"\\', '\\"'])
def test_the_rules_are_tried_once_for_a_string_that_never_ends(piece: str) -> None:
    """Each try reads to the end of the line, so one at each mark would take quadratic time."""
    text = '"' + piece * 1000
    cursor = TolerantCursor(Frame((text.encode() + b"\r\n",)))
    cursor._quoted = counted = Counted(cursor._quoted)  # type: ignore[assignment]
    for place in (index for index, character in enumerate(text) if character == '"'):
        cursor.pos = place
        with contextlib.suppress(Mismatch):
            cursor.quoted()
    assert counted.tried < 10


def test_the_violations_of_a_line_are_bounded() -> None:
    assert len(one(b"* FLAGS (" + b"] " * 50_000 + b")\r\n").violations) == 1000


@pytest.mark.parametrize(
    ("line", "argument", "text"),
    [
        ("[CAPABILITY IMAP4rev1 X\xe9] Welcome to STARTTLS land", ("IMAP4rev1", "X\xe9"), "Welcome to STARTTLS land"),
        ("[CAPABILITY IMAP4rev1 \xe9] STARTTLS] land", ("IMAP4rev1", "\xe9"), "STARTTLS] land"),
        ("[CAPABILITY IMAP4rev1 (ID] STARTTLS", ("IMAP4rev1", "ID"), "STARTTLS"),
        ('[CAPABILITY IMAP4rev1 "ID] say "STARTTLS" now', None, 'say "STARTTLS" now'),
        ("[CAPABILITY  IMAP4rev1  ID ]  STARTTLS", ("IMAP4rev1", "ID"), " STARTTLS"),
        ("[PERMANENTFLAGS (\\Seen \xe9] \\Deleted) kept", None, "\\Deleted) kept"),
        ("[UNSEEN x] 12 is first", None, "12 is first"),
        ("[UIDNEXT ] 12 is next", None, "12 is next"),
        ("[COPYUID 5 1:2 ] 3:4 copied", None, "3:4 copied"),
        ("[COPYUID 5 1:2] 3:4 copied", None, "3:4 copied"),
        ("[BADCHARSET (\xe9] (UTF-8) is known", None, "(UTF-8) is known"),
        ("[HIGHESTMODSEQ \xe9] 12 is highest", None, "12 is highest"),
        ("[REFERRAL] imap://elsewhere", None, "imap://elsewhere"),
    ],
)
def test_e16_a_mend_of_a_code_ends_at_its_bracket(line: str, argument: object, text: str) -> None:
    (response,) = parse(f"* OK {line}\r\n".encode("latin-1"))
    value = response.value
    assert response.violations or "REFERRAL" in line
    assert value.text == text
    if argument is not None:
        assert value.code.arg == argument
    else:
        assert not any(word in repr(value.code) for word in text.split())


MANY = 50_000
WORDS = " ".join(f"X{number}" for number in range(MANY))
LONG = {
    "flags": f"* FLAGS ({WORDS})",
    "permanent flags": f"* OK [PERMANENTFLAGS ({WORDS} \\*)] kept",
    "flags of a message": f"* 1 FETCH (FLAGS ({WORDS}))",
    "capabilities": f"* CAPABILITY IMAP4rev1 {WORDS}",
    "capabilities in a code": f"* OK [CAPABILITY IMAP4rev1 {WORDS}] hello",
    "extensions": f"* ENABLED {WORDS}",
    "found": "* SEARCH " + " ".join(map(str, range(1, MANY))),
    "UIDs that are gone": "* VANISHED " + ",".join(str(2 * number + 1) for number in range(MANY)),
    "escapes": '* LIST () "/" "' + '\\"' * MANY + '"',
}


@pytest.mark.parametrize("name", ["flags", "permanent flags", "flags of a message", "capabilities", "extensions"])
def test_e17_a_very_long_list_is_read_in_few_steps(name: str) -> None:
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    (frame,) = read_recorded([LONG[name].encode() + b"\r\n"])
    parser = make_parser()
    parser.parse(frame)  # what is compiled and imported does not count
    sys.setprofile(count)
    try:
        response = parser.parse(frame)
    finally:
        sys.setprofile(None)
    assert not response.violations
    assert calls < 1000  # not one for each word, because a prompt obeys Ctrl-C only between two responses


@pytest.mark.parametrize("name", LONG)
def test_e5_reading_a_very_long_list_takes_memory_for_its_value_alone(name: str) -> None:
    (frame,) = read_recorded([LONG[name].encode() + b"\r\n"])
    parser = make_parser()
    parser.parse(frame)  # what is compiled and imported does not count
    tracemalloc.start()
    try:
        response = parser.parse(frame)
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not response.violations
    assert most < 2.2 * kept + 12 * frame.length


@pytest.mark.parametrize(
    ("line", "words", "faults"),
    [
        ("* FLAGS (a b c{ d e)", ("a", "b", "c{", "d", "e"), 1),
        ("* FLAGS (a b  d e)", ("a", "b", "d", "e"), 1),
        ("* FLAGS (\\Seen b \\ d)", ("\\Seen", "b", "d"), 1),
        ("* FLAGS (a b )", ("a", "b"), 1),
        ("* OK [PERMANENTFLAGS (a \\* b%c \\*)] x", ("a", "\\*", "b%c", "\\*"), 1),
        ("* CAPABILITY IMAP4rev1 A B%x C D", ("IMAP4rev1", "A", "B%x", "C", "D"), 1),
    ],
)
def test_e17_a_fault_in_the_middle_of_a_list_is_told(line: str, words: tuple[str, ...], faults: int) -> None:
    (frame,) = read_recorded([line.encode() + b"\r\n"])
    response = make_parser().parse(frame)
    code = response.value.code if isinstance(response.value, StatusText) else None
    found = code.arg if code is not None else response.value[0]
    assert tuple(found) == words
    assert len(response.violations) == faults
