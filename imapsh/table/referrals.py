"""Rows of referrals to other servers, of logins (RFC 2221) and of mailboxes (RFC 2193)."""

from imapsh.table.model import AFTER_LOGIN, Command, Name

_MAILBOXES = ("MAILBOX-REFERRALS",)

COMMANDS = (
    Command("RLIST", AFTER_LOGIN, "<mailbox> <list-mailbox>", "Lists mailboxes, those on other servers too.",
            "RFC 2193 §5.1", 'RLIST "" "#SHARED/%"', needs=_MAILBOXES, responses=("LIST",), asks="LIST"),
    Command("RLSUB", AFTER_LOGIN, "<mailbox> <list-mailbox>",
            "Lists subscribed mailboxes, those on other servers too.", "RFC 2193 §5.2", 'RLSUB "" "*"',
            needs=_MAILBOXES, responses=("LSUB",), asks="LSUB"),
)  # fmt: skip

NAMES = (
    Name("code", "REFERRAL", "Where to go instead.", "RFC 2193 §6", "<url>...",
         ("LOGIN-REFERRALS", "MAILBOX-REFERRALS"), example="[REFERRAL IMAP://user;AUTH=*@SERVER2/]",
         read="referrals.referral"),
    Name("capability", "LOGIN-REFERRALS", "A login may be referred to another server.", "RFC 2221 §3", group="Login"),
    Name("capability", "MAILBOX-REFERRALS", "A mailbox may be on another server.", "RFC 2193 §3", group="Mailboxes"),
)  # fmt: skip
