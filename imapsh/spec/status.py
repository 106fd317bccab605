"""Rows of STATUS and its items."""

from imapsh.spec.model import AFTER_LOGIN, Command, Name

COMMANDS = (
    Command("STATUS", AFTER_LOGIN, "<mailbox> (<status-item>...)", "Asks for numbers about a mailbox not selected.",
            "RFC 9051 §6.3.11", "STATUS blurdybloop (UIDNEXT MESSAGES)", responses=("STATUS",)),
)  # fmt: skip

NAMES = (
    Name("status-item", "MESSAGES", "How many messages it holds.", "RFC 9051 §6.3.11"),
    Name("status-item", "RECENT", r"How many messages are \Recent.", "RFC 3501 §6.3.10", editions="1"),
    Name("status-item", "UIDNEXT", "The UID that the next message will get.", "RFC 9051 §6.3.11"),
    Name("status-item", "UIDVALIDITY", "The value that dates the mailbox's UIDs.", "RFC 9051 §6.3.11"),
    Name("status-item", "UNSEEN", r"How many messages are without \Seen.", "RFC 9051 §6.3.11"),
    Name("status-item", "DELETED", r"How many messages are marked \Deleted.", "RFC 9051 §6.3.11",
         needs=("QUOTA=RES-MESSAGE", "IMAP4rev2")),
    Name("status-item", "SIZE", "The size of all messages, in octets.", "RFC 9051 §6.3.11",
         needs=("STATUS=SIZE", "IMAP4rev2")),
    Name("response", "STATUS", "The numbers asked for.", "RFC 9051 §7.3.3",
         example="* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)", read="mailboxes.mailbox_status"),
)  # fmt: skip
