"""A word names a mailbox, one of another connection, or a whole account."""

from __future__ import annotations

import pytest

from imapsh.errors import StateError, UsageError
from imapsh.shell.commands.transfer.mailboxes.places import place
from imapsh.shell.connection.dial import make_plan
from tests.shell.commands.transfer.twins import Twins
from tests.shell.hosting import FakeApp, answering


@pytest.mark.parametrize(
    ("word", "connection", "mailbox"),
    [
        ("INBOX", "1", "INBOX"),
        ("2:INBOX", "2", "INBOX"),
        ("2:", "2", ""),
        ("1:a:b", "1", "a:b"),
        ("a b:c", "1", "a b:c"),
        ("Ü:x", "1", "Ü:x"),
    ],
)
def test_a_place(word: str, connection: str, mailbox: str) -> None:
    found = place(Twins(), word)
    assert (found.connection.name, found.mailbox) == (connection, mailbox)


def test_a_connection_must_be_there_open_and_logged_in() -> None:
    app = Twins()
    with pytest.raises(UsageError, match="there is no connection 'third'"):
        place(app, "third:INBOX")
    with pytest.raises(UsageError, match="no name"):
        place(app, "")
    app.use("2")
    app.does("LOGOUT")
    with pytest.raises(StateError, match="2 is not connected"):
        place(app, "2:INBOX")
    nobody = FakeApp()
    nobody.talks_over(answering({}, greeting="OK"), make_plan(nobody.options)._replace(user="", demo=False))
    with pytest.raises(StateError, match="nobody is logged in on 1"):
        place(nobody, "1:")
