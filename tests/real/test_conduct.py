"""A long session, two connections on one mailbox, on each real server: nothing is found that is not the server's."""

from __future__ import annotations

import pytest

from imapsh.grammar.writer import Writer
from imapsh.session.exchange import Exchange
from tests.servers.seed import MULTIPART, PLAIN

from .visitor import Visitor

SERVERS = ("dovecot", "cyrus", "courier", "mailutils", "demo")

#: What one connection does; before a line that begins with `other:` it waits, and the other one does this.
LINES = r"""
CAPABILITY
NAMESPACE
LIST "" "*"
LIST "" ""
LSUB "" "*"
STATUS BOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)
STATUS BOX (HIGHESTMODSEQ)
GETQUOTAROOT INBOX
SELECT BOX
FETCH 1:* (UID FLAGS)
FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY BODYSTRUCTURE)
UID FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY BODYSTRUCTURE)
UID FETCH 1:* ENVELOPE
FETCH 1 BODY[HEADER]
SEARCH ALL
UID SEARCH ALL
SEARCH SUBJECT nothing-of-the-kind
SEARCH RETURN (ALL COUNT MIN MAX) ALL
UID SEARCH RETURN (COUNT) UNSEEN
SEARCH RETURN (SAVE) ALL
SEARCH RETURN () DELETED
STORE 1 +FLAGS (\Flagged)
STORE 1:2 +FLAGS (fresh)
STORE 1 FLAGS (\Seen \Answered)
UID STORE 1:* -FLAGS (\Answered)
STORE 2 +FLAGS.SILENT (\Deleted)
STORE 1 +FLAGS \Draft
other:STORE 1 +FLAGS (other \Flagged)
NOOP
FETCH 1 FLAGS
FETCH 1 (FLAGS MODSEQ)
STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\Seen)
STORE 3 (UNCHANGEDSINCE 999999999) -FLAGS (\Seen)
COPY 1 BOX
NOOP
other:NOOP
other:STORE 3 +FLAGS (\Deleted)
other:EXPUNGE
NOOP
FETCH 1:* (UID FLAGS RFC822.SIZE ENVELOPE)
UID SEARCH UID 1:*
EXPUNGE
EXAMINE BOX
SEARCH ALL
STATUS BOX (MESSAGES UIDNEXT UIDVALIDITY)
SELECT INBOX
FETCH 1:* (UID FLAGS INTERNALDATE)
SELECT nothing-of-the-kind
SELECT BOX
UNSELECT
ENABLE CONDSTORE
ENABLE QRESYNC
SELECT BOX
FETCH 1:* FLAGS
UID FETCH 1:* (FLAGS MODSEQ)
STORE 1 +FLAGS (\Flagged)
UID STORE 1:* -FLAGS (\Flagged)
UID STORE 1:* FLAGS.SILENT (\Seen)
other:APPEND
other:STORE 1 +FLAGS (\Answered)
NOOP
other:STORE 1 +FLAGS (\Deleted)
other:EXPUNGE
NOOP
FETCH 1:* (UID FLAGS)
UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)
STORE 1 +FLAGS (\Deleted)
EXPUNGE
SELECT INBOX
SELECT BOX (QRESYNC (1 1))
CLOSE
STATUS BOX (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)
ENABLE IMAP4rev2
SELECT BOX
SEARCH ALL
EXAMINE INBOX
LIST "" "*" RETURN (STATUS (MESSAGES))
CLOSE
"""


#: Words of a line -> the capability without which it is left out.
NEEDS = {
    "HIGHESTMODSEQ": "CONDSTORE", "UNCHANGEDSINCE": "CONDSTORE", "(FLAGS MODSEQ)": "CONDSTORE", "ENABLE": "ENABLE",
    "RETURN (STATUS": "LIST-STATUS", "SEARCH RETURN": "ESEARCH", "CHANGEDSINCE": "QRESYNC", "(QRESYNC": "QRESYNC",
}  # fmt: skip


@pytest.fixture
def pair(request: pytest.FixtureRequest) -> tuple[Visitor, Visitor]:
    """Two connections, on each server."""
    server = request.getfixturevalue(request.param)
    return Visitor(server, "plain"), Visitor(server, "plain")


@pytest.mark.parametrize("pair", SERVERS, indirect=True)
def test_nothing_is_found_that_is_not_so(pair: tuple[Visitor, Visitor]) -> None:
    visitor, other = pair
    box = f"{visitor.server.prefix}conduct"
    run(visitor, f"CREATE {box}")
    for octets in (PLAIN, MULTIPART, PLAIN, PLAIN):
        append(visitor, box, octets)
    run(other, f"SELECT {box}")
    for line in LINES.strip().splitlines():
        who = other if line.startswith("other:") else visitor
        line = line.removeprefix("other:").replace("BOX", box)
        if line == "APPEND":
            append(who, box, PLAIN)
        elif all(who.has(needed) for words, needed in NEEDS.items() if words in line):
            run(who, line)
    run(other, "CLOSE")
    run(visitor, f"DELETE {box}")
    for one in pair:
        run(one, "LOGOUT")
        one.client.close()
    assert [one.wrong(grammar=False) for one in pair] == [[], []]


def append(visitor: Visitor, box: str, octets: bytes) -> None:
    visitor.send("APPEND", Writer().mailbox(box).raw(" ").literal(octets))


def run(visitor: Visitor, line: str) -> Exchange:
    """Run a line, whatever its reply is."""
    exchange = visitor.session.line(line)
    visitor.client.run(exchange)
    return exchange
