"""Every extension that a real server advertises is used once over its life: what it says is read, and typed.

A server may say NO to a line, for what it does not allow.  It must not say BAD to what it advertises, nor may imapsh
find anything wrong that is not known (`KNOWN` in `visitor`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imapsh import table
from imapsh.grammar.values import Unknown
from imapsh.session.events import Completed, Received

from .visitor import Visitor

BOX = "extensions"
MAIL = "From: ida@example.org\\r\\nSubject: %s\\r\\nMessage-ID: <%s@example.org>\\r\\n%s\\r\\ntext\\r\\n"

#: A capability, and lines that use it.  They come in this order, with BOX selected from the first SELECT on.
LINES = (
    ("ID", 'ID ("name" "imapsh")'),
    ("NAMESPACE", "NAMESPACE"),
    ("ENABLE", "ENABLE CONDSTORE"),
    ("QUOTA", "GETQUOTAROOT INBOX"),
    ("QUOTA", 'GETQUOTA ""'),
    ("ACL", "MYRIGHTS {box}"),
    ("ACL", "GETACL {box}"),
    ("ACL", "LISTRIGHTS {box} anyone"),
    ("ACL", "SETACL {box} other lr"),
    ("ACL", "GETACL {box}"),
    ("ACL", "DELETEACL {box} other"),
    ("METADATA", 'SETMETADATA {box} (/private/comment "ours")'),
    ("METADATA", "GETMETADATA {box} (/private/comment /shared/comment)"),
    ("METADATA", 'GETMETADATA (DEPTH infinity) {box} "/private"'),
    ("METADATA", 'GETMETADATA "" /shared/comment'),
    ("METADATA", "SETMETADATA {box} (/private/comment NIL)"),
    ("LIST-EXTENDED", 'LIST (SUBSCRIBED) "" "*" RETURN (CHILDREN)'),
    ("LIST-STATUS", 'LIST "" {box} RETURN (STATUS (MESSAGES UNSEEN UIDNEXT))'),
    ("LIST-MYRIGHTS", 'LIST "" {box} RETURN (MYRIGHTS)'),
    ("LIST-METADATA", 'LIST "" {box} RETURN (METADATA ("/private/comment"))'),
    ("SPECIAL-USE", 'LIST "" "*" RETURN (SPECIAL-USE)'),
    ("STATUS=SIZE", "STATUS {box} (MESSAGES SIZE)"),
    ("CONDSTORE", "STATUS {box} (MESSAGES HIGHESTMODSEQ)"),
    ("OBJECTID", "STATUS {box} (MAILBOXID)"),
    ("APPENDLIMIT", "STATUS {box} (APPENDLIMIT)"),
    ("CONDSTORE", "SELECT {box} (CONDSTORE)"),
    ("CONDSTORE", "FETCH 1:* (UID MODSEQ FLAGS)"),
    ("CONDSTORE", "FETCH 1:* FLAGS (CHANGEDSINCE 1)"),
    ("CONDSTORE", r"STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\Flagged)"),
    ("CONDSTORE", r"STORE 1 (UNCHANGEDSINCE 9000000000) +FLAGS.SILENT (\Seen)"),
    ("CONDSTORE", "SEARCH MODSEQ 1"),
    ("SORT", "SORT (REVERSE SUBJECT) UTF-8 ALL"),
    ("SORT", "UID SORT (ARRIVAL) US-ASCII ALL"),
    ("SORT", "SORT (SUBJECT) UTF-8 SUBJECT nowhere"),
    ("SORT=DISPLAY", "SORT (DISPLAYFROM) UTF-8 ALL"),
    ("ESORT", "SORT RETURN (MIN COUNT) (DATE) UTF-8 ALL"),
    ("THREAD=REFERENCES", "THREAD REFERENCES UTF-8 ALL"),
    ("THREAD=ORDEREDSUBJECT", "UID THREAD ORDEREDSUBJECT UTF-8 ALL"),
    ("THREAD=REFS", "THREAD REFS UTF-8 ALL"),
    ("ESEARCH", "SEARCH RETURN (MIN MAX COUNT ALL) ALL"),
    ("ESEARCH", "UID SEARCH RETURN () SUBJECT nowhere"),
    ("SEARCHRES", "SEARCH RETURN (SAVE) ALL"),
    ("SEARCHRES", "FETCH $ UID"),
    ("WITHIN", "SEARCH YOUNGER 259200"),
    ("SEARCH=FUZZY", "SEARCH FUZZY SUBJECT one"),
    ("CONTEXT=SEARCH", "SEARCH RETURN (PARTIAL 1:2) ALL"),
    ("PARTIAL", "UID SEARCH RETURN (PARTIAL -1:-2) ALL"),
    ("PARTIAL", "UID FETCH 1:* FLAGS (PARTIAL 1:1)"),
    ("MULTISEARCH", "ESEARCH IN (mailboxes {box}) SUBJECT one"),
    ("OBJECTID", "FETCH 1:* (EMAILID THREADID)"),
    ("PREVIEW", "FETCH 1 PREVIEW"),
    ("SAVEDATE", "FETCH 1 SAVEDATE"),
    ("BINARY", "FETCH 1 (BINARY.PEEK[1] BINARY.SIZE[1])"),
    ("DIGEST=SHA1", "FETCH 1 DIGEST.SHA1"),
    ("URLAUTH", "RESETKEY {box}"),
    ("I18NLEVEL=2", "COMPARATOR"),
    ("LANGUAGE", "LANGUAGE"),
    ("JMAPACCESS", "GETJMAPACCESS"),
    ("UIDPLUS", "UID EXPUNGE 4000000000"),
    ("MOVE", "MOVE 2 {box}"),
    ("UNSELECT", "UNSELECT"),
    ("XLIST", 'XLIST "" "*"'),
    ("MAILBOX-REFERRALS", 'RLIST "" "*"'),
    ("MAILBOX-REFERRALS", 'RLSUB "" "*"'),
    ("NOTIFY", "NOTIFY SET STATUS (personal (MessageNew MessageExpunge))"),
    ("NOTIFY", "NOTIFY NONE"),
    ("QRESYNC", "ENABLE QRESYNC"),
    ("QRESYNC", "SELECT {box} (QRESYNC (1 1))"),
    ("QRESYNC", "UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)"),
    ("QRESYNC", r"UID STORE 1:* +FLAGS.SILENT (\Deleted)"),
    ("QRESYNC", "EXPUNGE"),
    ("UIDONLY", "UNSELECT"),
)

#: Lines to which a server says BAD though it advertises the extension, each with its reason.
REFUSED: dict[tuple[str, str], str] = {}

#: Commands of extensions that are tried elsewhere, or cannot be, with the reason.
APART = {
    "STARTTLS": "every way in",
    "COMPRESS": "tests/session/test_compress.py: nothing can follow it in the clear",
    "IDLE": "tests/real/test_session.py",
    "UNAUTHENTICATE": "ends what the script needs",
    "SETQUOTA": "not the user's to set",
    "GENURLAUTH": "needs a URL with a server's own name",
    "URLFETCH": "the same",
    "REPLACE": "needs a literal",
    "CANCELUPDATE": "tests/real/test_context.py: needs an update that is going on",
    "XAPPLEPUSHSERVICE": "needs a device",
    "CONVERT": "no server here has it",
    "DELETEACL": "behind SETACL",
    "GETANNOTATION": "METADATA's own is tried",
    "SETANNOTATION": "METADATA's own is tried",
}


def untried(visitor: Visitor) -> set[str]:
    """The commands of what the server advertises that no line uses."""
    offered = visitor.session.capabilities
    known = {name for name, row in table.commands().items() if any(need.upper() in offered for need in row.needs)}
    tried = {line.removeprefix("UID ").split()[0] for _, line in LINES}
    return {name for name in known if name.removeprefix("UID ") not in tried | set(APART)}


def lines_for(visitor: Visitor) -> Iterator[str]:
    """The lines that use what this server advertises."""
    for capability, line in LINES:
        if capability in visitor.session.capabilities:
            yield line.replace("{box}", visitor.server.prefix + BOX)


@pytest.mark.parametrize("visitor", [(name, "plain") for name in ("dovecot", "cyrus", "courier", "mailutils", "demo")],
                         indirect=True, ids="-".join)  # fmt: skip
def test_what_is_advertised_is_read_and_typed(visitor: Visitor) -> None:
    box = visitor.server.prefix + BOX
    visitor.do(f"CREATE {box}")
    for name, more in (("one", ""), ("two", "In-Reply-To: <one@example.org>\r\n"), ("three", "")):
        octets = MAIL.replace("\\r\\n", "\r\n") % (name, name, more)
        visitor.client.run(visitor.session.line(f"APPEND {box} {{{len(octets)}}}\r\n{octets}"))
    if "CONDSTORE" not in visitor.session.capabilities:
        visitor.do(f"SELECT {box}")
    for line in lines_for(visitor):
        exchange = visitor.client.run(visitor.session.line(line))
        assert exchange.status != "BAD" or (visitor.server.name, line) in REFUSED, (line, exchange.response)
    assert untried(visitor) == set()
    untyped = {
        event.response.name
        for event in visitor.events
        if isinstance(event, Received | Completed) and isinstance(event.response.value, Unknown)
    }
    assert untyped == set()
    if visitor.session.state == "selected":
        visitor.do("CLOSE")
    visitor.do(f"DELETE {box}")
