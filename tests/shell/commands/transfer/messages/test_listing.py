"""The messages of a mailbox are listed in runs, and read whole where they must be."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest

from imapsh.errors import CommandNo, StateError
from imapsh.grammar.sequence import SequenceSet
from imapsh.shell.commands.transfer.messages import listing
from imapsh.shell.commands.transfer.messages.identity import Mark
from imapsh.shell.connection.dial import make_plan
from tests.shell.hosting import FakeApp, answering

LINE = re.compile(r"(?s)^.{8000}.")


def inbox() -> FakeApp:
    return FakeApp(connected=True).does("EXAMINE INBOX")


def scripted(answers: dict[str, str]) -> FakeApp:
    app = FakeApp()
    selected = {"EXAMINE": "* 3 EXISTS\n* OK [UIDVALIDITY 1] x\nTAG OK [READ-ONLY] done"}
    app.talks_over(answering(selected | answers), make_plan(app.options))
    app.does("EXAMINE INBOX")
    app.done.clear()
    return app


def test_every_message_has_its_mark() -> None:
    app = inbox()
    found = app.to_the_end(listing.listed(app.connection, ""))
    assert len(found.marks) == 11
    assert not found.untold
    assert len({mark.key for mark in found.marks}) == 11
    assert all(mark.size > 0 and mark.date for mark in found.marks)
    assert found.marks == sorted(found.marks)
    assert found.marks[0].subject


def test_the_connection_need_not_be_the_current_one() -> None:
    app = inbox()
    first = app.connection
    app.does("\\connect -n other")
    assert app.current == "other"
    assert len(app.to_the_end(listing.listed(first, "")).marks) == 11
    assert app.current == "other"


def test_a_mailbox_must_be_selected() -> None:
    app = FakeApp(connected=True)
    with pytest.raises(StateError, match="no mailbox is selected"):
        app.to_the_end(listing.found(app.connection, ""))


def test_only_the_messages_asked_for_are_listed_and_those_without_an_answer_are_named() -> None:
    header = "BODY[HEADER.FIELDS (SUBJECT)] {16}\nSubject: Tea\n\n"
    answer = (
        f"* 1 FETCH (UID 4 FLAGS (\\Seen) RFC822.SIZE 9 {header})\n* 2 FETCH (UID 6 FLAGS ())\n"
        f"* 3 FETCH (UID 8 RFC822.SIZE 1 {header})\nTAG OK done"
    )
    app = scripted({"UID SEARCH": "* SEARCH 6 4\nTAG OK done", "UID FETCH": answer})
    found = app.to_the_end(listing.listed(app.connection, ""))
    assert [(mark.uid, mark.flags, mark.size, mark.subject) for mark in found.marks] == [(4, ("\\Seen",), 9, "Tea")]
    assert str(found.untold) == "6"


def test_a_refusal_is_raised() -> None:
    app = scripted({"UID SEARCH": "TAG NO not now"})
    with pytest.raises(CommandNo, match="UID SEARCH with NO not now"):
        app.to_the_end(listing.listed(app.connection, ""))


def test_an_empty_mailbox_is_asked_nothing() -> None:
    app = scripted({"EXAMINE": "* 0 EXISTS\nTAG OK done"})
    assert app.to_the_end(listing.listed(app.connection, "")).marks == []
    assert app.sent == []


def test_runs_are_neither_too_many_messages_nor_too_long_a_line() -> None:
    runs = list(listing.runs(SequenceSet.of(range(1_000_001, 1_020_000, 2))))
    assert sum(map(len, runs)) == 10_000
    assert all(len(run) <= listing.RUN and not LINE.match(str(run)) for run in runs)
    assert [str(run) for run in listing.runs(SequenceSet.of(range(1, 5003)))] == ["1:5000", "5001:5002"]


def test_contents_are_digests_of_what_came() -> None:
    app = inbox()
    marks = app.to_the_end(listing.listed(app.connection, "")).marks
    read = app.to_the_end(listing.contents(app.connection, "", marks))
    assert not read.unread
    assert [read.contents[mark.uid].octets for mark in marks] == [mark.size for mark in marks]
    message = app.fake.store.login("demo", "demo").find("INBOX").messages[0]
    assert read.contents[message.uid].whole == sha256(message.octets).digest()


def test_what_is_refused_together_is_asked_for_alone() -> None:
    app = scripted(
        {
            "UID FETCH 4 ": "* 1 FETCH (UID 4 BODY[] {3}\nabcTAG OK done".replace("abc", "abc)\n"),
            "UID FETCH 6 ": "TAG NO [SERVERBUG] broken",
            "UID FETCH 8 ": "* 3 FETCH (UID 8 BODY[] NIL)\nTAG OK done",
            "UID FETCH": "TAG NO one of them is broken",
        }
    )
    read = app.to_the_end(listing.contents(app.connection, "", [Mark(4), Mark(6), Mark(8)]))
    assert list(read.contents) == [4]
    assert list(read.unread) == [6, 8]
    assert "SERVERBUG" in read.unread[6]
    assert "did not send it" in read.unread[8]


def test_messages_are_read_in_parts_of_bounded_size() -> None:
    app = scripted({})
    app.to_the_end(listing.contents(app.connection, "", [Mark(uid, size=3_000_000) for uid in (1, 2, 3)]))
    assert app.sent[0] == "UID FETCH 1:2 (UID BODY.PEEK[])"
