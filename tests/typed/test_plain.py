"""A plain line is one of which the nodes say nothing, and all that can be asked of it is what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh import table
from imapsh.table import Context
from imapsh.typed import plain
from imapsh.typed.match import Match, match
from imapsh.typed.syntax import parse
from tests.typed.test_fuzz import _CONTEXTS, _WORDS
from tests.typed.test_run import told

SELECTED = Context("selected", frozenset({"IMAP4rev1"}), exists=100)

#: Lines that are plain in `SELECTED`.
PLAIN = (
    "NOOP", "noop", "FETCH 1 BODY.PEEK[HEADER]", "fetch 1:*,7 (flags Body.Peek[1.2.header.fields (Date From)]<0.1024>)",
    "UID FETCH 4827313:4828442 FLAGS", "FETCH 2:4 ALL", "FETCH 100 (UID RFC822.SIZE BODYSTRUCTURE BODY)",
    r"STORE 2:4 +FLAGS (\Deleted)", r"UID STORE 7 -FLAGS.SILENT \Seen $Junk", "COPY 2:4 MEETING", 'UID COPY 3 "a b"',
    "STATUS blurdybloop (UIDNEXT MESSAGES)", 'STATUS "box 1" (UNSEEN)', 'LIST "" *', 'LIST "" ("a%" b)',
    "SELECT INBOX", "EXAMINE INBOX", "CREATE owatagusiam/", "DELETE foo", "RENAME a b",
)  # fmt: skip

#: Lines of which something is to be said, or of which the nodes alone can tell.
NOT_PLAIN = (
    "a1 NOOP", "NOOP ", " NOOP", "UID  FETCH 1 FLAGS", "NOOP x", "FETCH 1  FLAGS", "FETCH 101 FLAGS", "FETCH 0 FLAGS",
    "FETCH 1:101 FLAGS", "FETCH 12345678901 FLAGS", "FETCH $ FLAGS", "FETCH 1 BODY[]", "FETCH 1 (FLAGS",
    "FETCH 1 FLAGS ",
    "FETCH 1 RFC822.HEADERS", "FETCH 1 X-GM-LABELS", "FETCH 1 BODY.PEEK[HEADER]<0.0>", "FETCH 1 BODY.PEEK[HEADER",
    "FETCH",
    "FETCH 1 (FLAGS) (CHANGEDSINCE 5)", "FETCH 1 FLAGS\r\n", "FETCH 1 (FLAGS  UID)", "FETCH 1 BODY.PEEK[01]",
    r"STORE 1 +FLAGS (Seen)", r"STORE 1 +FLAGS (\Recent)", r"STORE 1 (UNCHANGEDSINCE 5) FLAGS (\Seen)",
    "STATUS a&b (MESSAGES)", "STATUS \xfc (MESSAGES)", 'STATUS "a\\"b" (MESSAGES)', "STATUS {3}\r\nabc (MESSAGES)",
    "STATUS blurdybloop (RECENT", "STATUS a(MESSAGES)", "STATUS imap://u:pw@h/ (MESSAGES)",
    "STATUS AHVzZXIAcGFzcw== (MESSAGES)", "LOGIN joe pencil", "AUTHENTICATE PLAIN", "MOVE 2:4 MEETING",
    "EXAMINE INBOX (CONDSTORE)", "LIST (SUBSCRIBED) \"\" *", "FETCH 1 FLAGS\n", "\uff26ETCH 1 FLAGS",
    "FETCH \u0661 FLAGS",
)  # fmt: skip

_CORPUS = [
    line.partition("\t")[2].split(" ", 1)[-1] if line[:1] == "R" else line
    for name in ("examples.txt", "examples_extensions.txt", "examples_extensions_amiss.txt")
    for line in (Path(__file__).parent / name).read_text("utf-8").splitlines()
    if line[:1] != "#"
]
_LINES = st.sampled_from([*PLAIN, *NOT_PLAIN, *_CORPUS, *(row.example for row in table.commands().values())])
_EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 6), st.one_of(st.sampled_from(["", "", *_WORDS]), st.characters())),
    max_size=3,
)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have each expression made when its command comes for the first time."""
    monkeypatch.setattr(plain, "OFTEN", 1)
    with monkeypatch.context() as forms:
        forms.setattr(plain, "_forms", {})
        yield


def by_nodes(line: str, context: Context) -> Match:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plain, "is_plain", lambda *line: False)
        return match(line, context)


def is_plain(line: str, context: Context = SELECTED) -> bool:
    return "_run" not in vars(match(line, context))


@pytest.mark.parametrize("line", PLAIN)
def test_a_plain_line_is_known_by_its_expression(line: str) -> None:
    assert is_plain(line)
    assert not by_nodes(line, SELECTED).errors


@pytest.mark.parametrize("line", NOT_PLAIN)
def test_any_other_line_is_read_by_the_nodes(line: str) -> None:
    assert not is_plain(line)


@pytest.mark.parametrize(
    "context",
    [
        SELECTED._replace(state="authenticated"), SELECTED._replace(enabled=frozenset({"UIDONLY"})),
        SELECTED._replace(exists=6), SELECTED._replace(tagged=True),
    ],
)  # fmt: skip
def test_what_a_context_forbids_is_read_by_the_nodes(context: Context) -> None:
    assert is_plain("FETCH 7 FLAGS")
    assert not is_plain("FETCH 7 FLAGS", context)


def test_read_only_mode_is_told_of_what_changes() -> None:
    assert not is_plain("STORE 1 FLAGS ()", SELECTED._replace(read_only=True))
    assert is_plain("FETCH 1 FLAGS", SELECTED._replace(read_only=True))


@pytest.mark.parametrize("line", [*PLAIN, *NOT_PLAIN, *_CORPUS])
def test_either_way_says_the_same(line: str) -> None:
    assert told(match(line, SELECTED)) == told(by_nodes(line, SELECTED))


@given(_LINES, _EDITS, _CONTEXTS, st.sampled_from([None, 0, 1, 5, 100]))
def test_either_way_says_the_same_of_a_changed_line(
    line: str, edits: list[tuple[float, int, str]], context: Context, exists: int | None
) -> None:
    for place, cut, text in edits:
        at = int(place * len(line))
        line = line[:at] + text + line[at + cut :]
    context = context._replace(exists=exists)
    assert told(match(line, context)) == told(by_nodes(line, context))


def test_an_expression_is_made_once_a_command_came_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "OFTEN", 3)
    monkeypatch.setattr(plain, "_seen", {})
    assert [is_plain("NOOP") for _ in range(4)] == [False, False, True, True]


def test_commands_that_come_often_have_an_expression() -> None:
    rows = [name for name, row in table.commands().items() if plain.arguments(row.syntax) is not None]
    assert {"FETCH", "UID FETCH", "STORE", "UID STORE", "COPY", "STATUS", "LIST", "NOOP", "EXAMINE"} <= set(rows)
    assert "APPEND" not in rows


def test_no_expression_is_long() -> None:
    """Search keys may hold search keys; an expression does not."""
    made = {row.syntax: plain.arguments(row.syntax) or "" for row in table.commands().values()}
    assert max(map(len, made.values())) < 6000


def test_a_keyword_that_is_left_out_is_not_taken_for_something_else() -> None:
    made = plain.arguments("[X <message>] <astring>")
    assert made == r" (?!X)" + str(plain.arguments("<astring>"))[1:]
    assert parse("[X <message>] <astring>").items[0].optional
