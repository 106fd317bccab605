"""Rows of what IMAP4 (RFC 1730) had and IMAP4rev1 dropped: PARTIAL, FIND, and items of FETCH by older names."""

from imapsh.table.model import AFTER_LOGIN, MAILBOX_SELECTED, Command, Name

_HISTORIC = "historic"

COMMANDS = (
    Command("PARTIAL", MAILBOX_SELECTED, "<nz-number> <fetch-item> <number> <number>",
            "Reads a range of octets of a message's data, counted from 1; BODY[]<n.m> in place of it.",
            "RFC 1730 §6.4.6", "PARTIAL 4 RFC822.HEADER 1 1024", editions="1", expunges=False, numbers=True,
            responses=("FETCH",), standing=_HISTORIC),
    Command("FIND ALL.MAILBOXES", AFTER_LOGIN, "<list-mailbox>", "Lists mailboxes; LIST in place of it.",
            "RFC 1730 §A", "FIND ALL.MAILBOXES *", editions="1", responses=("MAILBOX",), asks="MAILBOX",
            standing=_HISTORIC),
    Command("FIND MAILBOXES", AFTER_LOGIN, "<list-mailbox>", "Lists the subscribed mailboxes; LSUB in place of it.",
            "RFC 1730 §A", "FIND MAILBOXES *", editions="1", responses=("MAILBOX",), asks="MAILBOX",
            standing=_HISTORIC),
)  # fmt: skip

_ITEMS = (
    ("RFC822.PEEK", r"The whole message; \Seen is not set.", ""),
    ("RFC822.TEXT.PEEK", r"The text; \Seen is not set.", ""),
    ("RFC822.HEADER.LINES", "These fields of the header.", "(<header-fld-name>...)"),
    ("RFC822.HEADER.LINES.NOT", "The header without these fields.", "(<header-fld-name>...)"),
)

NAMES = (
    *(Name("fetch-item", name, summary, "RFC 1730 §6.4.5", syntax, editions="1",
           example=f"{name} (DATE FROM)" if syntax else name, standing=_HISTORIC) for name, summary, syntax in _ITEMS),
    Name("response", "MAILBOX", "A mailbox that FIND has found.", "RFC 1730 §B", editions="1",
         example="* MAILBOX blurdybloop", read="imap4.mailbox_found", standing=_HISTORIC),
)  # fmt: skip
