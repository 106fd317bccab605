"""Rows of REPLACE (RFC 8508): one command stores a message and removes another."""

from imapsh.table.message import MESSAGE
from imapsh.table.model import MAILBOX_SELECTED, Command, Name

_REPLACE = ("REPLACE",)
_BRINGS = ("OK", "EXISTS", "EXPUNGE", "VANISHED")
_LOST = "the message that is replaced"

COMMANDS = (
    Command("REPLACE", MAILBOX_SELECTED, f"<seq-number> <mailbox> {MESSAGE}",
            "Puts a message into a mailbox in place of one of the selected mailbox.", "RFC 8508 §3.2",
            r"REPLACE 4 Drafts (\Seen \Draft) {@message.eml}", needs=_REPLACE, numbers=True, changes=True,
            destroys=_LOST, responses=_BRINGS, guard="one", asks="EXPUNGE"),
    Command("UID REPLACE", MAILBOX_SELECTED, f"<uniqueid> <mailbox> {MESSAGE}",
            "Puts a message into a mailbox in place of one of the selected mailbox, by UID.", "RFC 8508 §3.3",
            r"UID REPLACE 2000 Drafts (\Seen \Draft) {@message.eml}", needs=_REPLACE, changes=True, destroys=_LOST,
            responses=_BRINGS, guard="one", asks="EXPUNGE"),
)  # fmt: skip

NAMES = (
    Name("capability", "REPLACE", "The REPLACE command: a message in place of another.", "RFC 8508 §3.1",
         group="Storing"),
)  # fmt: skip
