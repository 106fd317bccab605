r"""`\duplicates`: what is found, what is marked, and what may go wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import SupportsIndex

import pytest

from imapsh.errors import CommandNo, Interrupted, StateError, UsageError
from imapsh.grammar.values import Code
from imapsh.session.exchange import Exchange
from imapsh.shell.record.journal import DONE, FLAGS, PARTLY
from tests.shell.commands.transfer.twins import Twins, scripted

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
MAIL = b"Message-ID: <new@example.org>\r\nSubject: New\x1b\r\n\r\nnew\r\n"


def app(*answers: str) -> Twins:
    """INBOX with UIDs 22, 23 and 25 the same, and 24 of the same Message-ID."""
    made = Twins()
    made.answers = list(answers)
    box = made.box("1")
    box.add(MAIL, NOON, ("\\Seen",))
    box.add(MAIL, NOON, ("\\Flagged",))
    box.add(MAIL.replace(b"new\r\n", b"other\r\n"), NOON, ())
    box.add(MAIL, NOON, ("$Work", "\\Seen"))
    made.does("SELECT INBOX")
    made.said.clear()
    return made


def flags(made: Twins) -> dict[int, set[str]]:
    return {message.uid: message.flags for message in made.box("1").messages if message.uid > 21}


BEFORE = {22: {"\\Seen"}, 23: {"\\Flagged"}, 24: set(), 25: {"$Work", "\\Seen"}}


def test_duplicates_are_shown_and_nothing_is_changed() -> None:
    made = app()
    assert made.status("\\duplicates") == "OK"
    text = "\n".join(made.shown)
    assert [line.split() for line in made.shown[:2]] == [
        ["keep", "duplicates", "size", "flags", "to", "keep", "date", "subject"],
        ["22", "23,25", "53", "octets", "$Work", "\\Flagged", "2026-02-01", "New^["],
    ]
    assert made.shown[2] == "The same Message-ID, and other octets:"
    assert made.shown[4].split() == ["22,24", "body", "New^["]
    assert made.said == [
        "INBOX: 2 duplicates of 1 message, 106 octets, in 15 messages; \\duplicates --mark marks them \\Deleted"
    ]
    assert "\x1b" not in text
    assert flags(made) == BEFORE
    assert not any("STORE" in line for line in made.sent)


def test_marking_keeps_the_flags_asks_and_is_in_the_journal() -> None:
    made = app("y")
    assert made.status("\\duplicates --mark") == "OK"
    assert flags(made) == {
        22: {"\\Seen", "\\Flagged", "$Work"}, 23: {"\\Flagged", "\\Deleted"}, 24: set(),
        25: {"$Work", "\\Seen", "\\Deleted"},
    }  # fmt: skip
    assert [line for line in made.sent if "STORE" in line] == [
        "UID STORE 22 +FLAGS.SILENT ($Work \\Flagged)", "UID STORE 23,25 +FLAGS.SILENT (\\Deleted)"
    ]  # fmt: skip
    first, second = made.journal
    assert (first.kind, str(first.uids), second.kind, str(second.uids)) == (FLAGS, "22", FLAGS, "23,25")
    assert (second.line, second.place.mailbox, second.outcome) == ("\\duplicates --mark", "INBOX", DONE)
    assert second.flags[0].after == ("\\Deleted",)
    assert made.said[-1].startswith("marked 2 messages, 106 octets, as \\Deleted; nothing was expunged")


@pytest.mark.parametrize("answer", ["n", "", None])
def test_without_a_yes_nothing_is_marked(answer: str) -> None:
    made = app(answer)
    with pytest.raises(UsageError, match="nothing was marked"):
        made.status("\\duplicates --mark")
    assert flags(made) == BEFORE


def test_the_question_counts() -> None:
    made = app()
    asked: list[str] = []

    async def ask(question: str, *, secret: bool) -> str:
        asked.append(question)
        return "y"

    made.fake.ask = ask  # type: ignore[method-assign]
    made.status("\\duplicates --mark")
    what = "mark 2 messages, 106 octets, as \\Deleted, after 1 kept message got their flags"
    assert asked == [f"\\duplicates would {what}; do it? [y/N] "]


def test_what_is_marked_already_is_not_marked_again() -> None:
    made = app("y")
    made.status("\\duplicates --mark")
    assert made.status("\\duplicates --mark") == "OK"
    assert not any("STORE" in line for line in made.sent)


@pytest.mark.parametrize(
    ("line", "found"),
    [("UID 22:23", [23]), ("UID 23:24", []), ("12:*", [23, 25]), ("1:11", []), ("UID 23,25", [25]), ("99", [])],
)
def test_a_set_limits_it(line: str, found: list[int]) -> None:
    made = app()
    made.screen.format = "json"
    if line == "99":
        with pytest.raises(CommandNo):
            made.status(f"\\duplicates {line}")
        return
    made.status(f"\\duplicates {line}")
    told = json.loads("".join(made.fake.sink.shown))["value"]
    assert [uid for one in told["duplicates"] for uid in one["duplicates"]] == found


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("--all --delete", "no option --delete"),
        ("1 2", "one set of messages"),
        ("x", "is not a sequence set"),
        (",".join(str(number) for number in range(1, 5000, 2)), "name the messages by UID"),
    ],
)
def test_what_cannot_be_read(line: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        app().does(f"\\duplicates {line}")


def test_where_flags_cannot_be_changed() -> None:
    made = app()
    made.does("EXAMINE INBOX")
    assert made.status("\\duplicates") == "OK"
    with pytest.raises(UsageError, match="INBOX was opened by EXAMINE"):
        made.does("\\duplicates --mark")
    made.does("\\readonly on").does("SELECT INBOX")
    with pytest.raises(UsageError, match="read-only mode is on"):
        made.does("\\duplicates --mark")
    with pytest.raises(StateError, match="needs a selected mailbox"):
        Twins().does("\\duplicates")


HEADER = "BODY[HEADER.FIELDS (X)] {21}\nMessage-ID: <1@a>\n\n"
ANSWERS = {
    "SELECT": "* 3 EXISTS\n* OK [UIDVALIDITY 7] valid\nTAG OK [READ-WRITE] opened",
    "UID SEARCH": "* SEARCH 4 6 8\nTAG OK done",
    "UID FETCH 4,6,8 (UID FLAGS": "".join(
        f"* {number} FETCH (UID {uid} FLAGS () RFC822.SIZE 3 {HEADER})\n" for number, uid in ((1, 4), (2, 6), (3, 8))
    )
    + "TAG OK done",
    "UID FETCH 8": "TAG NO [SERVERBUG] broken",
    "UID FETCH 4,6,8": "* 1 FETCH (UID 4 BODY[] {3}\nabc)\n* 2 FETCH (UID 6 BODY[] {3}\nabc)\nTAG OK done",
    "UID FETCH 4,6 (UID FLAGS)": "* 1 FETCH (UID 4 FLAGS ())\n* 2 FETCH (UID 6 FLAGS ())\nTAG OK done",
    "UID STORE": "TAG NO [NOPERM] not yours",
}


def test_a_message_that_cannot_be_read_is_told_and_never_marked() -> None:
    made = scripted({**ANSWERS, "UID STORE": "TAG OK done"}).does("SELECT INBOX")
    assert isinstance(made, Twins)
    made.answers = ["y"]
    assert made.status("\\duplicates --mark") == "NO"
    assert "UID STORE 6 +FLAGS.SILENT (\\Deleted)" in made.sent
    assert any(line.startswith("UID 8 could not be read: ") and "SERVERBUG" in line for line in made.said)
    assert made.complaint == "1 message could not be read"


def test_a_refusal_is_raised_and_in_the_journal() -> None:
    made = scripted(ANSWERS)
    made.does("SELECT INBOX").answers = ["y"]
    with pytest.raises(CommandNo, match="not yours"):
        made.status("\\duplicates --mark")
    assert [entry.outcome for entry in made.journal] == [PARTLY]


def test_ctrl_c_shows_what_was_found_and_marks_nothing() -> None:
    made = app("y")
    run = made.fake.run

    async def stops(connection: object, exchange: Exchange, seconds: float | None = None) -> bool:
        if "BODY.PEEK[])" in exchange.shown.text():
            raise Interrupted("interrupted")
        return await run(connection, exchange, seconds)  # type: ignore[arg-type]

    made.fake.run = stops  # type: ignore[method-assign]
    with pytest.raises(Interrupted):
        made.status("\\duplicates --mark")
    assert made.said[-1] == "INBOX: no duplicates in 15 messages; stopped, 4 messages were not looked at"
    assert flags(made) == BEFORE


def test_only_some_rows_are_shown_unless_all_are_wanted() -> None:
    made = Twins()
    for number in range(30):
        for _ in range(2):
            made.box("1").add(MAIL.replace(b"new@", b"%d@" % number), NOON, ())
    made.does("SELECT INBOX")
    made.status("\\duplicates")
    assert len(made.shown) == 1 + 20 + 1 + 1
    assert made.shown[-2] == "and 10 more (--all shows them)"
    made.status("\\duplicates --all")
    assert len(made.shown) == 1 + 30 + 1


class Meanwhile(list[str | None]):
    """The answer yes, before which something happens."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__(["y"])
        self._happens = happens

    def pop(self, index: SupportsIndex = -1) -> str | None:
        self._happens()
        return super().pop(index)


def test_a_kept_message_that_another_session_expunges_leaves_one_unmarked() -> None:
    made = app("y")
    box = made.box("1")
    made.fake.answers = Meanwhile(lambda: box.expunge([one for one in box.messages if one.uid == 22]))
    made.status("\\duplicates --mark")
    assert flags(made) == {23: {"\\Flagged", "$Work", "\\Seen"}, 24: set(), 25: {"$Work", "\\Seen", "\\Deleted"}}
    assert "1 message of these was removed meanwhile" in made.said


def test_a_kept_message_that_another_session_marks_is_not_the_kept_one() -> None:
    made = app("y")
    made.fake.answers = Meanwhile(lambda: made.box("1").messages[-4].flags.add("\\Deleted"))
    made.status("\\duplicates --mark")
    assert [uid for uid, now in flags(made).items() if "\\Deleted" in now] == [22, 25]


def test_a_mailbox_made_anew_while_the_question_waits_keeps_all_unmarked() -> None:
    made = app("y")
    box = made.connection.session.mailbox
    assert box is not None
    made.fake.answers = Meanwhile(lambda: box.code(Code("UIDVALIDITY", 99)))
    with pytest.raises(UsageError, match="is no longer what was selected on 1: nothing was marked"):
        made.status("\\duplicates --mark")
    assert flags(made) == BEFORE
