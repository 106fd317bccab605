"""The builder of search keys: what it sends, what it refuses, and that it has what the table has."""

from __future__ import annotations

import asyncio
import locale
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import imapsh
from imapsh.client import keys
from imapsh.client.keys import Key, write_criteria
from imapsh.errors import UsageError
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.writer import Writer
from imapsh.table import names
from imapsh.table import search as search_rows
from imapsh.table.model import SELECTED, Context, Name
from imapsh.typed.match import match

from .test_connect import demo
from .test_connect_peer import pair, selected
from .test_connection import play

DAY = date(2024, 2, 1)
A, B, C, D = keys.SEEN, keys.FLAGGED, keys.DRAFT, keys.DELETED

SPELLED = [
    (keys.UNSEEN, "UNSEEN"),
    (keys.FROM("smith"), "FROM smith"),
    (keys.FROM("John Smith"), 'FROM "John Smith"'),
    (keys.SUBJECT('5" of "rain" \\o/'), r'SUBJECT "5\" of \"rain\" \\o/"'),
    (keys.SUBJECT("NIL"), 'SUBJECT "NIL"'),
    (keys.SUBJECT(""), 'SUBJECT ""'),
    (keys.BODY("(SEEN)"), 'BODY "(SEEN)"'),
    (keys.TEXT("*"), 'TEXT "*"'),
    (keys.SINCE(DAY), "SINCE 1-Feb-2024"),
    (keys.SENTBEFORE(date(987, 12, 31)), "SENTBEFORE 31-Dec-0987"),
    (keys.LARGER(0), "LARGER 0"),
    (keys.SMALLER((1 << 63) - 1), "SMALLER 9223372036854775807"),
    (keys.KEYWORD("$Junk"), "KEYWORD $Junk"),
    (keys.flag(r"\sEEN"), "SEEN"),
    (keys.flag("$Junk"), "KEYWORD $Junk"),
    (~keys.flag("$Junk"), "NOT KEYWORD $Junk"),
    (keys.HEADER("List-Id"), 'HEADER List-Id ""'),
    (keys.HEADER("X[1]", "a b"), 'HEADER X[1] "a b"'),
    (keys.HEADER("A(b)", "c"), 'HEADER "A(b)" c'),
    (keys.UID("4,7:*"), "UID 4,7:*"),
    (keys.UID([3, 1, 2]), "UID 1:3"),
    (keys.UID(SequenceSet.parse("$")), "UID $"),
    (keys.NUMBERS(range(1, 9)), "1:8"),
    (keys.NUMBERS("$"), "$"),
    (keys.OLDER(timedelta(days=3)), "OLDER 259200"),
    (keys.YOUNGER(60), "YOUNGER 60"),
    (keys.MODSEQ(620162338), "MODSEQ 620162338"),
    (keys.MODSEQ(0, r"\draft"), r'MODSEQ "/flags/\\draft" all 0'),
    (keys.MODSEQ(7, "$memo", "priv"), 'MODSEQ "/flags/$memo" priv 7'),
    (keys.FUZZY(keys.TEXT("Helo")), "FUZZY TEXT Helo"),
    (keys.FUZZY(A & B), "FUZZY (SEEN FLAGGED)"),
    (keys.raw("X-NEW 5"), "X-NEW 5"),
    (~keys.raw("SEEN DRAFT"), "NOT (SEEN DRAFT)"),
    (keys.raw("SEEN DRAFT") | A, "OR (SEEN DRAFT) SEEN"),
    (A & B & C, "SEEN FLAGGED DRAFT"),
    (A | B, "OR SEEN FLAGGED"),
    (A | B | C, "OR OR SEEN FLAGGED DRAFT"),
    (A | B | C | D, "OR OR SEEN FLAGGED OR DRAFT DELETED"),
    ((A & B) | C, "OR (SEEN FLAGGED) DRAFT"),
    (A & (B | C), "SEEN OR FLAGGED DRAFT"),
    (~(A & B), "NOT (SEEN FLAGGED)"),
    (~(A | B), "NOT OR SEEN FLAGGED"),
    (~~A, "SEEN"),
    (keys.NOT(A), "NOT SEEN"),
    (keys.OR(A, B), "OR SEEN FLAGGED"),
    (keys.any_of([A]), "SEEN"),
    (keys.all_of(key for key in (A, B)), "SEEN FLAGGED"),
]  # fmt: skip


def wire(key: Key, utf8: bool = False) -> bytes:
    return write_criteria(Writer(utf8), key).wire()


@pytest.mark.parametrize(("key", "text"), SPELLED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_sent(key: Key, text: str) -> None:
    assert wire(key) == text.encode()


@pytest.mark.parametrize(("key", "text"), SPELLED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_sent_is_read_as_keys(key: Key, text: str) -> None:
    errors = match(f"SEARCH {text}", Context(SELECTED, tagged=False)).errors
    assert errors == () or text.startswith(("X-NEW", "NOT (X"))


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: keys.FROM("a\r\nA1 LOGOUT"), "CR, LF and NUL"),
    (lambda: keys.FROM("a\n"), "CR, LF and NUL"),
    (lambda: keys.HEADER("Subject", "a\0"), "CR, LF and NUL"),
    (lambda: keys.SUBJECT("\ud800"), "lone surrogate"),
    (lambda: keys.SUBJECT(b"x"), "needs text"),  # type: ignore[arg-type]
    (lambda: keys.HEADER("Subject:"), "without a colon"),
    (lambda: keys.HEADER(""), "without a colon"),
    (lambda: keys.HEADER("Sub ject"), "without a colon"),
    (lambda: keys.SINCE(datetime(2024, 2, 1, 12, tzinfo=UTC)), r"give its \.date\(\)"),
    (lambda: keys.SINCE("1-Feb-2024"), "datetime.date"),  # type: ignore[arg-type]
    (lambda: keys.LARGER(-1), "a number from 0"),
    (lambda: keys.LARGER(True), "a number from 0"),
    (lambda: keys.LARGER(1 << 63), "a number from 0"),
    (lambda: keys.SMALLER(1.5), "a number from 0"),  # type: ignore[arg-type]
    (lambda: keys.KEYWORD(r"\Seen"), "needs a keyword"),
    (lambda: keys.KEYWORD("a b"), "needs a keyword"),
    (lambda: keys.KEYWORD(""), "needs a keyword"),
    (lambda: keys.flag(r"\Sene"), "has no search key"),
    (lambda: keys.UID([]), "at least one number"),
    (lambda: keys.UID([0]), "run from 1"),
    (lambda: keys.NUMBERS("1:0"), "not a sequence set"),
    (lambda: keys.OLDER(0), "a number from 1"),
    (lambda: keys.OLDER(timedelta(milliseconds=1500)), "whole seconds"),
    (lambda: keys.YOUNGER(timedelta(days=-1)), "a number from 1"),
    (lambda: keys.MODSEQ(-1), "mod-sequence"),
    (lambda: keys.MODSEQ(1, "a b"), "not a flag"),
    (lambda: keys.MODSEQ(1, r"\Seen", "mine"), "priv, shared or all"),
    (lambda: keys.any_of([]), "at least one"),
    (lambda: keys.all_of(()), "at least one"),
    (lambda: keys.OR(), "at least one"),
    (lambda: keys.any_of(["SEEN"]), "at least one"),  # type: ignore[list-item]
    (lambda: keys.NOT("SEEN"), "at least one"),  # type: ignore[arg-type]
    (lambda: keys.raw(""), "not a search"),
    (lambda: Writer().raw("") and write_criteria(Writer(), keys.raw("SEEN\r\nA1 LOGOUT")), "CR, LF"),
    (lambda: keys.EMAILID("a b"), "identifier"),
    (lambda: bool(A), "neither true nor false"),
    (lambda: A and B, "neither true nor false"),
    (lambda: not A, "neither true nor false"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "says"), BAD)
def test_what_is_refused(make: Callable[[], object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        make()


def test_text_and_a_key_are_not_joined() -> None:
    with pytest.raises(TypeError):
        A & "SEEN"  # type: ignore[operator]
    with pytest.raises(TypeError):
        A | "SEEN"  # type: ignore[operator]


def test_text_beyond_ascii_goes_in_a_literal_with_its_charset() -> None:
    key = keys.SUBJECT("Zürich") & ~keys.FROM("joe")
    assert wire(key) == "CHARSET UTF-8 SUBJECT {7}\r\nZürich NOT FROM joe".encode()
    assert wire(key, utf8=True) == 'SUBJECT "Zürich" NOT FROM joe'.encode()
    assert str(key) == 'SUBJECT "Zürich" NOT FROM "joe"'


def test_long_text_goes_in_a_literal() -> None:
    assert wire(keys.BODY("x" * 1001)).startswith(b"BODY {1001}\r\n") is False
    assert wire(keys.BODY("x " * 501)).startswith(b"BODY {1002}\r\n")


def test_months_are_english_in_any_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "fr_FR.UTF-8"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
        days = [date(2024, month, 1) for month in range(1, 13)]
        assert [str(keys.ON(day))[5:8] for day in days] == "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    finally:
        locale.setlocale(locale.LC_TIME, before)


def test_keys_are_values() -> None:
    assert keys.FROM("a") == keys.FROM("a") != keys.FROM("b")
    assert len({A & B, keys.all_of([A, B]), A | B}) == 2
    assert repr(A | keys.FROM("a")) == '<Key OR SEEN FROM "a">'
    assert keys.SEEN != "SEEN"


def test_many_alternatives_nest_little_and_deep_ones_do_not_fail() -> None:
    many = keys.any_of(keys.FROM(f"{n}@example.com") for n in range(1024))
    assert wire(many).startswith(b"OR " * 10 + b"FROM 0@example.com FROM 1@example.com OR FROM 2@")
    deep = A
    for _ in range(5000):
        deep = ~(deep & B)
    assert wire(deep).count(b"NOT (") == 5000


@given(st.text())
def test_any_text_is_refused_or_comes_back(text: str) -> None:
    try:
        key = keys.SUBJECT(text)
    except UsageError:
        assert set(text) & set("\r\n\0") or any("\ud800" <= one <= "\udfff" for one in text)
        return
    fragments = write_criteria(Writer(), key).fragments()
    lines = b"".join(fragment for fragment in fragments if isinstance(fragment, bytes))
    assert lines.isascii()
    assert b"\r" not in lines
    assert b"\n" not in lines


# -- the table

#: Keys of the table that the builder leaves to `raw`, and why.
LEFT_OUT = {"ANNOTATION": "RFC 5257 is experimental, and no server in use has it"}

#: The names under which the builder has the keys whose names are signs.
SIGNS = {"<sequence-set>": "NUMBERS", "(": "all_of"}


def rows() -> list[Name]:
    return list(names("search-key").values())


def test_the_builder_has_every_key_of_the_table() -> None:
    listed = {row.name for row in rows()}
    assert {row.name for row in search_rows.NAMES if row.kind == "search-key"} <= listed
    wanted = {SIGNS.get(name, name.replace("-", "_")) for name in listed - LEFT_OUT.keys()}
    assert {name for name in wanted if not hasattr(keys, name)} == set()
    assert LEFT_OUT.keys() <= listed


def test_the_table_has_every_key_of_the_builder() -> None:
    named = {name for name in vars(keys) if name.isupper() and not name.startswith("_")}
    assert named - {row.name.replace("-", "_") for row in rows()} == {"NUMBERS"}


@pytest.mark.parametrize("row", [row for row in rows() if not row.syntax], ids=lambda row: row.name)
def test_a_key_without_arguments_is_a_key(row: Name) -> None:
    assert str(getattr(keys, row.name)) == row.name


# -- on a connection


def test_search_sort_thread_and_esearch_take_keys() -> None:
    async def scene() -> None:
        async with demo() as c:
            await c.select("INBOX")
            assert c.session.parser.utf8 is False
            key = keys.UNSEEN | keys.FROM("mira")
            as_text = await c.search("OR UNSEEN FROM mira", uid=True)
            assert len(as_text) > 1
            assert await c.search(key, uid=True) == as_text
            assert set(await c.sort("DATE", key, uid=True)) == set(as_text)
            assert sorted((await c.thread("REFERENCES", key, uid=True)).in_order) == list(as_text)
            assert (await c.esearch(key, ("COUNT",))).items == {"COUNT": len(as_text)}
            await c.append("INBOX", "Subject: Käse für Zoë\r\n\r\n".encode())
            await c.noop()
            assert len(await c.search(keys.SUBJECT("käse FÜR"))) == 1
            assert len(await c.sort("DATE", keys.SUBJECT("Zoë"))) == 1

    play(scene)


def test_the_charset_is_before_the_keys_and_after_return() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            for running, line in (
                (c.search(keys.TO("ö")), b"A2 SEARCH CHARSET UTF-8 TO {2+}\r\n\xc3\xb6\r\n"),
                (c.esearch(keys.TO("ö")), b"A3 SEARCH RETURN (ALL) CHARSET UTF-8 TO {2+}\r\n\xc3\xb6\r\n"),
                (c.sort("DATE", keys.TO("ö")), b"A4 SORT (DATE) UTF-8 TO {2+}\r\n\xc3\xb6\r\n"),
            ):
                task = asyncio.ensure_future(running)
                await peer.hears(line)
                await peer.says(line[:2] + b" OK done\r\n")
                await task

    play(scene)


def test_the_package_names_the_module() -> None:
    assert imapsh.keys is keys
    assert "keys" in dir(imapsh)
