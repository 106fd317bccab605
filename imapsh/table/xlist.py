r"""Rows of XLIST: a LIST with special uses, which Gmail had before SPECIAL-USE (RFC 6154)."""

from imapsh.table.model import AFTER_LOGIN, Command, Name

_NEEDS = ("XLIST",)

_ATTRIBUTES = (
    (r"\Inbox", "The inbox, whatever it is called."),
    (r"\AllMail", r"All of the user's messages; \All in RFC 6154."),
    (r"\Starred", r"Messages with a star; \Flagged in RFC 6154."),
    (r"\Spam", r"Junk mail; \Junk in RFC 6154."),
)

COMMANDS = (
    Command("XLIST", AFTER_LOGIN, "<mailbox> <list-mailbox>", "Lists mailboxes, and says what each is for.", "Google",
            'XLIST "" "*"', needs=_NEEDS, responses=("XLIST",), asks="XLIST", standing="historic"),
)  # fmt: skip

NAMES = (
    Name("response", "XLIST", "A mailbox: attributes, hierarchy delimiter, name.", "Google", needs=_NEEDS,
         example=r'* XLIST (\HasNoChildren \Inbox) "/" Inbox', read="mailboxes.mailbox_list", standing="historic"),
    *(Name("attribute", name, summary, "Google", needs=_NEEDS, example=f'* XLIST ({name}) "/" foo',
           standing="historic") for name, summary in _ATTRIBUTES),
    Name("capability", "XLIST", "The XLIST command: LIST with special use, before SPECIAL-USE.", "Google",
         group="Mailboxes", standing="historic"),
)  # fmt: skip
