"""Rows of the capabilities: those of the two revisions, of every extension that has an RFC, and well-known others.

They are grouped by what a capability gives.  If no RFC defines a name, its vendor or its draft takes the RFC's place.
"""

from collections.abc import Iterator

from imapsh.table.model import Name

#: The groups, in the order in which they are shown.
GROUPS = (
    "Protocol", "Security", "Login", "Mailboxes", "Searching", "Fetching", "Storing", "Sync", "Sharing", "Limits",
    "Other",
)  # fmt: skip

_EDITIONS = {"IMAP4rev1": "1", "IMAP4rev2": "2"}

#: The capabilities of each group: name, what it gives, RFC and section, and an example if the name alone is not one.
_ROWS: dict[str, tuple[tuple[str, ...], ...]] = {
    "Protocol": (
        ("IMAP4rev1", "Internet Message Access Protocol, version 4rev1.", "RFC 3501 §6.1.1"),
        ("IMAP4rev2", "Internet Message Access Protocol, version 4rev2.", "RFC 9051 §6.1.1"),
        ("ENABLE", "The ENABLE command.", "RFC 5161 §3.1"),
        ("ID", "The ID command.", "RFC 2971 §3"),
        ("IDLE", "The IDLE command.", "RFC 2177 §3"),
        ("LITERAL+", "Literals of any size may be sent without waiting.", "RFC 7888 §4"),
        ("LITERAL-", "Literals up to 4096 octets may be sent without waiting.", "RFC 7888 §5"),
        ("COMPRESS=", "An algorithm that COMPRESS takes.", "RFC 4978 §3", "COMPRESS=DEFLATE"),
        ("XAPPLELITERAL", "Literals in more places in responses.", "Apple"),
    ),
    "Security": (
        ("STARTTLS", "The connection can be turned into a TLS one.", "RFC 9051 §6.2.1"),
        ("LOGINDISABLED", "LOGIN is refused, for now at least.", "RFC 9051 §6.2.3"),
    ),
    "Login": (
        ("AUTH=", "A SASL mechanism that AUTHENTICATE takes.", "RFC 9051 §6.2.2", "AUTH=PLAIN"),
        ("SASL-IR", "AUTHENTICATE may bring an initial response.", "RFC 4959 §3"),
        ("CLIENTACCESSRULES", "Logins may be refused by rules about clients.", "Microsoft"),
        ("CLIENTNETWORKPRESENCELOCATION", "For proxies: the client's own address.", "Microsoft"),
        ("BACKENDAUTHENTICATE", "For proxies: a login on the server behind.", "Microsoft"),
    ),
    "Mailboxes": (
        ("NAMESPACE", "The NAMESPACE command.", "RFC 2342 §5"),
        ("CHILDREN", "LIST says whether a mailbox has children.", "RFC 3348 §3"),
        ("LIST-EXTENDED", "Options and several patterns in LIST.", "RFC 5258 §3"),
        ("LIST-STATUS", "STATUS of mailboxes within LIST.", "RFC 5819 §2"),
        ("SPECIAL-USE", "LIST names the mailboxes for drafts, sent mail, junk and so on.", "RFC 6154 §2"),
        ("CREATE-SPECIAL-USE", "CREATE may give a mailbox a special use.", "RFC 6154 §3"),
        ("STATUS=SIZE", "STATUS tells a mailbox's size.", "RFC 8438 §3"),
        ("UNSELECT", "The UNSELECT command.", "RFC 3691 §2"),
        ("NO_ATOMIC_RENAME", "RENAME of a tree may stop half-way.", "Cyrus"),
        ("SCAN", "The SCAN command: mailboxes that contain a text.", "Cyrus"),
        ("X-SIEVE-MAILBOX", "A Sieve script may be tried on a mailbox.", "Cyrus"),
    ),
    "Fetching": (
        ("BINARY", "Body parts decoded by the server, and literals with NUL.", "RFC 3516 §4"),
    ),
    "Storing": (
        ("UIDPLUS", "UID EXPUNGE, and the UIDs of appended and copied messages.", "RFC 4315 §2"),
        ("MOVE", "The MOVE command.", "RFC 6851 §3"),
        ("XMOVE", "The XMOVE command, before MOVE.", "Cyrus"),
    ),
    "Sync": (
        ("X-REPLICATION", "Replication between servers.", "Cyrus"),
        ("X-REPLICATION-ARCHIVE", "Replication of archived mail between servers.", "Cyrus"),
    ),
}  # fmt: skip


def _names() -> Iterator[Name]:
    for group, rows in _ROWS.items():
        for name, summary, rfc, *example in rows:
            editions = _EDITIONS.get(name, "12")
            yield Name("capability", name, summary, rfc, editions=editions, example="".join(example), group=group)


NAMES = tuple(_names())
