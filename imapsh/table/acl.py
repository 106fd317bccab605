"""Rows of ACL (RFC 4314, and RFC 2086 before it): who may do what with a mailbox.  Also LIST-MYRIGHTS (RFC 8440)."""

from imapsh.table.model import AFTER_LOGIN, Command, Name

_ACL = ("ACL",)

COMMANDS = (
    Command("GETACL", AFTER_LOGIN, "<mailbox>", "Asks who may do what with a mailbox.", "RFC 4314 §3.3",
            "GETACL INBOX", needs=_ACL, responses=("ACL",), asks="ACL"),
    Command("SETACL", AFTER_LOGIN, "<mailbox> <identifier> <mod-rights>",
            "Gives somebody these rights to a mailbox; + adds to those there are, - takes away from them.",
            "RFC 4314 §3.1", "SETACL INBOX/Drafts Chris +kxte", needs=_ACL, changes=True, responses=("ACL",),
            check="acl.grants"),
    Command("DELETEACL", AFTER_LOGIN, "<mailbox> <identifier>",
            "Takes somebody off the access control list of a mailbox.", "RFC 4314 §3.2", "DELETEACL INBOX Fred",
            needs=_ACL, changes=True, responses=("ACL",)),
    Command("LISTRIGHTS", AFTER_LOGIN, "<mailbox> <identifier>",
            "Asks which rights to a mailbox somebody can be given.", "RFC 4314 §3.4",
            "LISTRIGHTS ~/Mail/saved smith", needs=_ACL, responses=("LISTRIGHTS",), asks="LISTRIGHTS"),
    Command("MYRIGHTS", AFTER_LOGIN, "<mailbox>", "Asks which rights to a mailbox one has oneself.",
            "RFC 4314 §3.5", "MYRIGHTS INBOX", needs=_ACL, responses=("MYRIGHTS",), asks="MYRIGHTS"),
)  # fmt: skip

NAMES = (
    Name("slot", "identifier", "an identifier (a user, a group or anyone, or one of these denied: -user)",
         "RFC 4314 §2", "<astring>"),
    Name("slot", "mod-rights", "rights (such as lrs, +kxte or -w)", "RFC 4314 §3.1", "<astring>",
         read="acl.typed_rights"),
    Name("response", "ACL", "Who may do what with a mailbox.", "RFC 4314 §3.6", needs=_ACL,
         example="* ACL INBOX/Drafts Fred rwipslxetad Chris lrswi", read="acl.acl"),
    Name("response", "LISTRIGHTS", "The rights that somebody always has, and those that can be given.",
         "RFC 4314 §3.7", needs=_ACL, example="* LISTRIGHTS ~/Mail/saved smith la r swicdkxte",
         read="acl.list_rights"),
    Name("response", "MYRIGHTS", "The rights that one has oneself.", "RFC 4314 §3.8", needs=_ACL,
         example="* MYRIGHTS INBOX rwiptsldaex", read="acl.my_rights"),
    Name("list-return", "MYRIGHTS", "A MYRIGHTS response for each mailbox.", "RFC 8440 §3", needs=("LIST-MYRIGHTS",),
         example='LIST "" % RETURN (MYRIGHTS)'),
    Name("capability", "ACL", "Who may do what with a mailbox: l lookup, r read, s set \\Seen, w write flags, "
         "i insert, p post, k create mailboxes, x delete the mailbox, t delete messages, e expunge, a administer.",
         "RFC 4314 §2", group="Sharing"),
    Name("capability", "RIGHTS=", "The rights beyond those of RFC 2086.", "RFC 4314 §2.2", example="RIGHTS=kxte",
         group="Sharing"),
    Name("capability", "LIST-MYRIGHTS", "MYRIGHTS of mailboxes within LIST.", "RFC 8440 §3", group="Sharing"),
    Name("capability", "ACL2=UNION", "ACL, in Courier's own form too.", "Courier", group="Sharing"),
)  # fmt: skip
