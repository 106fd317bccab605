"""Rows of STATUS and its items."""

from imapsh.table.model import AFTER_LOGIN, Command, Name

COMMANDS = (
    Command("STATUS", AFTER_LOGIN, "<mailbox> (<status-item>...)", "Asks for numbers about a mailbox not selected.",
            "RFC 9051 §6.3.11", "STATUS blurdybloop (UIDNEXT MESSAGES)", responses=("STATUS",), asks="STATUS",
            due=("STATUS",)),
)  # fmt: skip

_ITEM = "RFC 9051 §6.3.11"

#: The name, what the item tells, its RFC and section, how its value is read, what it adds up to, and what it needs.
_ITEMS: tuple[tuple[str, str, str, str, str, tuple[str, ...]], ...] = (
    ("MESSAGES", "How many messages it holds.", _ITEM, "mailboxes.status_number", "count", ()),
    ("UIDNEXT", "The UID that the next message will get.", _ITEM, "mailboxes.status_nz_number", "", ()),
    ("UIDVALIDITY", "The value that dates the mailbox's UIDs.", _ITEM, "mailboxes.status_nz_number", "", ()),
    ("UNSEEN", r"How many messages are without \Seen.", _ITEM, "mailboxes.status_number", "count", ()),
    ("SIZE", "The size of all messages, in octets.", _ITEM, "mailboxes.status_number64", "octets",
     ("STATUS=SIZE", "IMAP4rev2")),
)  # fmt: skip

NAMES = (
    *(Name("status-item", name, summary, rfc, "", needs, example=f"STATUS blurdybloop ({name})", read=read,
           sums=adds)
      for name, summary, rfc, read, adds, needs in _ITEMS),
    Name("status-item", "RECENT", r"How many messages are \Recent.", "RFC 3501 §6.3.10", editions="1",
         example="STATUS blurdybloop (RECENT)", read="mailboxes.status_number", sums="count"),
    Name("response", "STATUS", "The numbers asked for.", "RFC 9051 §7.3.3",
         example="* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)", read="mailboxes.mailbox_status"),
)  # fmt: skip
