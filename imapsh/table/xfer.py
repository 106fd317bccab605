"""Rows of Cyrus's own commands that belong to no other family: for administrators, and for servers of one group."""

from imapsh.table.model import AFTER_LOGIN, Command, Name

COMMANDS = (
    Command("XFER", AFTER_LOGIN, "<mailbox> <astring> [<astring>]",
            "Moves a mailbox to another server of the group, or to a partition of it.", "Cyrus",
            "XFER user.ida imap2.example.com", changes=True),
    Command("RECONSTRUCT", AFTER_LOGIN, "<mailbox> [RECURSIVE]", "Repairs a mailbox's index from its messages.",
            "Cyrus", "RECONSTRUCT user.ida RECURSIVE", changes=True),
)  # fmt: skip

NAMES = (
    Name("capability", "MUPDATE=", "The server that knows where each mailbox of the group is.", "Cyrus",
         example="MUPDATE=mupdate://mupdate.example.com/", group="Mailboxes"),
    Name("capability", "XUSERGROUPS", "Groups of users may be asked for.", "Cyrus", group="Sharing"),
)  # fmt: skip
