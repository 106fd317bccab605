"""A mailbox that ends the connection is a fault of that mailbox: the others are done on a new connection."""

from __future__ import annotations

import pytest

from imapsh.errors import CommandNo, ConnectionLost
from imapsh.grammar.sequence import SequenceSet
from imapsh.shell.commands.account.again import Again
from imapsh.shell.commands.account.walk import Box, Walked, listed, walk
from imapsh.shell.connection.dial import Plan, make_plan
from imapsh.shell.connection.steps import Steps
from imapsh.shell.settings.options import Options
from imapsh.shell.settings.passwords.password import Kept
from imapsh.transport.base import Stream
from tests.shell.commands.account.accounts import ANSWERS
from tests.shell.hosting import FakeApp, answering

BYE = "* BYE crashed\nTAG NO no"
LOGGED_IN = {"LOGIN": "TAG OK [CAPABILITY IMAP4rev1 UNSELECT] in"}


def server(*fatal: str, greeting: str = "PREAUTH", **answers: str) -> Stream:
    """A server on which some mailboxes end the connection."""
    told = {f"EXAMINE {name}": BYE for name in fatal} | answers | ANSWERS
    return answering(told, "IMAP4rev1 UNSELECT", greeting)


def plan(user: str = "") -> Plan:
    if not user:
        return make_plan(Options(url="unix:/server", no_login=True))
    return make_plan(Options(url="unix:/server", user=user, password=Kept("pw")))


def shell(*streams: Stream, user: str = "") -> FakeApp:
    """A shell on the first server, which meets the others when it connects again."""
    made = FakeApp()
    made.talks_over(streams[0], plan(user))
    made.fake.streams += reversed(streams[1:])
    return made


def walked(app: FakeApp, *names: str) -> tuple[Walked, list[str]]:
    seen: list[str] = []

    def work(box: Box) -> Steps[None]:
        yield app.connection.quietly("NOOP")
        seen.append(app.connection.box)

    return app.to_the_end(walk(app, [Box(name, "/", ()) for name in names], work)), seen


def test_the_others_are_done_on_a_new_connection() -> None:
    app = shell(server("B"), server("B")).does("SELECT Work")
    result, seen = walked(app, "A", "B", "C", "D")
    assert seen == ["A", "C", "D"]
    assert [fault.box.name for fault in result.faults] == ["B"]
    assert app.connection.box == "Work"
    assert result.finish(app) == "NO"
    assert not app.leaving
    assert app.text.count("connecting again for the other mailboxes") == 1


def test_what_was_found_earlier_is_known_on_the_new_connection() -> None:
    app = shell(server("B"), server())
    found = {"C": (7, SequenceSet.of([5]))}
    app.connection.results.elsewhere.update(found)
    walked(app, "A", "B", "C")
    assert app.connection.results.elsewhere == found


def test_two_in_a_row_end_the_walk() -> None:
    app = shell(server("B", "C"), server("B", "C"), server())
    result, seen = walked(app, "A", "B", "C", "D")
    assert seen == ["A"]
    assert result.seen == 2
    with pytest.raises((ConnectionLost, CommandNo)):
        result.finish(app)


def test_it_connects_ten_times_at_the_most() -> None:
    names = [f"{letter}{number}" for number in range(12) for letter in "AB"]
    app = shell(*[server(*[f"B{number}" for number in range(12)]) for _ in range(13)])
    result, seen = walked(app, *names)
    assert len(seen) == 11
    assert result.ended is not None
    assert len(app.fake.streams) == 2


def test_after_a_login_that_was_typed_the_walk_ends() -> None:
    app = shell(server("B", greeting="OK", **LOGGED_IN), server())
    app.does("LOGIN ann pw")
    result, seen = walked(app, "A", "B", "C")
    assert seen == ["A"]
    assert result.ended is not None
    assert len(app.fake.streams) == 1


def test_the_login_of_the_plan_is_done_again() -> None:
    app = shell(*[server("B", greeting="OK", **LOGGED_IN) for _ in range(2)], user="ann")
    _, seen = walked(app, "A", "B", "C")
    assert seen == ["A", "C"]
    assert app.connection.user == "ann"


def test_a_login_that_is_refused_then_ends_the_walk() -> None:
    refusing = server(greeting="OK", LOGIN="TAG NO [AUTHENTICATIONFAILED] changed meanwhile")
    app = shell(server("B", greeting="OK", **LOGGED_IN), refusing, user="ann").does("SELECT Work")
    result, seen = walked(app, "A", "B", "C")
    assert seen == ["A"]
    assert result.ended is not None
    assert result.seen == 1  # nothing was tried on the connection without a login
    assert "changed meanwhile" in app.text
    due = app.named("1").due
    assert due is not None
    assert due.name == "Work"  # \connect opens it again


def test_another_person_is_not_searched() -> None:
    app = shell(server("B", greeting="OK", **LOGGED_IN), server(), user="ann")
    app.does("UNAUTHENTICATE").does("LOGIN bob pw")
    result, _ = walked(app, "A", "B", "C")
    assert result.ended is not None
    assert len(app.fake.streams) == 1


def test_a_status_that_ends_the_connection_is_a_fault_of_its_mailbox() -> None:
    told = {f"STATUS {name}": f"* STATUS {name} (MESSAGES 1)\nTAG OK done" for name in ("INBOX", "Old/2019")}
    app = shell(server("Work", **told, **{"STATUS Work": BYE}), server("Work", **told))
    boxes = app.to_the_end(listed(app.connection, "", "*", ["MESSAGES"], Again(app)))
    assert [(box.name, box.status.get("MESSAGES"), bool(box.fault)) for box in boxes] == [
        ("INBOX", 1, False), ("Old/2019", 1, False), ("Work", None, True),
    ]  # fmt: skip


def test_du_measures_the_others() -> None:
    told = {f"STATUS {name}": f"* STATUS {name} (MESSAGES 0 UNSEEN 0)\nTAG OK done" for name in ("INBOX", "Old/2019")}
    app = shell(*[server("Work", **told, **{"STATUS Work": BYE}) for _ in range(3)])
    app.does("\\du")
    assert app.complaint == "1 of 1 mailbox failed"  # the others have no messages, and are not opened
    assert "Work: EXAMINE was refused" in app.text
