"""Rows of STATUS and its items."""

from imapsh.table.model import AFTER_LOGIN, Command, Name

COMMANDS = (
    Command("STATUS", AFTER_LOGIN, "<mailbox> (<status-item>...)", "Asks for numbers about a mailbox not selected.",
            "RFC 9051 §6.3.11", "STATUS blurdybloop (UIDNEXT MESSAGES)", responses=("STATUS",), asks="STATUS"),
)  # fmt: skip

_ITEM = "RFC 9051 §6.3.11"

#: Name, what it tells, where it stands, what it needs, and the revisions that have it.
_ITEMS: tuple[tuple[str, str, str, tuple[str, ...], str], ...] = (
    ("MESSAGES", "How many messages it holds.", _ITEM, (), "12"),
    ("RECENT", r"How many messages are \Recent.", "RFC 3501 §6.3.10", (), "1"),
    ("UIDNEXT", "The UID that the next message will get.", _ITEM, (), "12"),
    ("UIDVALIDITY", "The value that dates the mailbox's UIDs.", _ITEM, (), "12"),
    ("UNSEEN", r"How many messages are without \Seen.", _ITEM, (), "12"),
    ("DELETED", r"How many messages are marked \Deleted.", _ITEM, ("QUOTA=RES-MESSAGE", "IMAP4rev2"), "12"),
    ("SIZE", "The size of all messages, in octets.", _ITEM, ("STATUS=SIZE", "IMAP4rev2"), "12"),
)

NAMES = (
    *(Name("status-item", name, summary, rfc, "", needs, editions, f"STATUS blurdybloop ({name})")
      for name, summary, rfc, needs, editions in _ITEMS),
    Name("response", "STATUS", "The numbers asked for.", "RFC 9051 §7.3.3",
         example="* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)", read="mailboxes.mailbox_status"),
)  # fmt: skip
