"""Rows of OBJECTID (RFC 8474): identifiers of mailboxes, messages and threads."""

from imapsh.table.model import Name

_NEEDS = ("OBJECTID",)
_EITHER = ("OBJECTID", "OBJECTID+")  # the draft that is to follow it has these keys too

NAMES = (
    Name("fetch-item", "EMAILID", "The identifier of the message's content: the same in each copy.", "RFC 8474 §5.1",
         needs=_NEEDS, example="EMAILID", read="objectid.email_id"),
    Name("fetch-item", "THREADID", "The identifier that the messages of a thread share; NIL if the server has none.",
         "RFC 8474 §5.2", needs=_NEEDS, example="THREADID", read="objectid.thread_id"),
    Name("status-item", "MAILBOXID", "The mailbox's identifier, which a new name does not change.", "RFC 8474 §4.3",
         needs=_NEEDS, example="STATUS INBOX (MAILBOXID)", read="objectid.status_mailbox_id"),
    Name("code", "MAILBOXID", "The identifier of the mailbox made or opened.", "RFC 8474 §4.1", "(<objectid>)", _NEEDS,
         example="[MAILBOXID (F2212ea87-6097-4256-9d51-71338625)]", read="objectid.mailbox_id"),
    Name("search-key", "EMAILID", "With this identifier of the content.", "RFC 8474 §6", "<objectid>", _EITHER,
         example="EMAILID M6d99ac3275bb4e"),
    Name("search-key", "THREADID", "Of the thread with this identifier.", "RFC 8474 §6", "<objectid>", _EITHER,
         example="THREADID T64b478a75b7ea9"),
    Name("capability", "OBJECTID", "Identifiers of mailboxes, messages and threads that outlive renames and moves.",
         "RFC 8474 §3", group="Fetching"),
)  # fmt: skip
