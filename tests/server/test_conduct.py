"""Our own client finds no fault with the server: neither in its octets nor in when it says them."""

from __future__ import annotations

import pytest

from imapsh import table
from imapsh.client.blocking import BlockingClient
from imapsh.server.demo import demo_store
from imapsh.server.memory import connect
from imapsh.session.core import Session
from imapsh.session.events import Completed, Event, Received

#: Not to be typed here: they wait for more, read a file, or end it.
LEFT_OUT = {"APPEND", "REPLACE", "UID REPLACE", "AUTHENTICATE", "IDLE", "LOGOUT", "STARTTLS", "LOGIN"}
LINES = (
    "LOGIN demo demo",
    "SELECT INBOX",
    "FETCH 1:* (FLAGS UID ENVELOPE BODYSTRUCTURE BODY[1]<0.50>)",
    "STORE 2:3 +FLAGS (\\Deleted fresh)",
    "COPY 1:2 Drafts",
    "SEARCH RETURN (ALL COUNT) UNSEEN",
    "EXPUNGE",
    "MOVE 1 INBOX",
    'LIST (SUBSCRIBED) "" * RETURN (STATUS (MESSAGES SIZE))',
    "SELECT Archive",
    "UID STORE 1:10 FLAGS.SILENT (\\Deleted)",
    "CLOSE",
    "SELECT Archive",
)


@pytest.mark.parametrize("first", [(), ("ENABLE IMAP4rev2",)])
def test_no_findings(first: tuple[str, ...]) -> None:
    events: list[Event] = []
    session = Session()
    client = BlockingClient(connect(demo_store()), session, events.append)
    client.greet()
    examples = [row.example for row in table.commands().values() if row.name not in LEFT_OUT]
    for line in (LINES[0], *first, *LINES[1:], *examples):
        client.run(session.line(line))
    client.run(session.line("LOGOUT"))
    heard = [event for event in events if isinstance(event, Received | Completed)]
    assert [event.findings for event in heard if event.findings] == []
    assert [event.response.violations for event in heard if event.response.violations] == []
    assert sum(isinstance(event, Completed) for event in heard) >= len(LINES) + len(examples)
