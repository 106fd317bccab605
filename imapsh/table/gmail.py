"""Rows of X-GM-EXT-1: labels, threads, message identifiers and searches as Gmail has them."""

from imapsh.table.model import Name

_NEEDS = ("X-GM-EXT-1",)

_STORES = (
    ("X-GM-LABELS", "Puts these labels in place of the old ones."),
    ("X-GM-LABELS.SILENT", "Puts these labels in place of the old ones; the server does not tell the result."),
    ("+X-GM-LABELS", "Adds these labels."),
    ("+X-GM-LABELS.SILENT", "Adds these labels; the server does not tell the result."),
    ("-X-GM-LABELS", "Takes these labels off."),
    ("-X-GM-LABELS.SILENT", "Takes these labels off; the server does not tell the result."),
)
_LABELS = (
    (r"\Inbox", "It is in the inbox."),
    (r"\Sent", "It was sent."),
    (r"\Draft", "It is a draft."),
    (r"\Starred", "It has a star."),
    (r"\Important", "Gmail or the user thinks that it matters."),
    (r"\Trash", "It was thrown away."),
    (r"\Spam", "It is spam."),
    (r"\Muted", "Its conversation stays out of the inbox."),
)

NAMES = (
    Name("slot", "gm-system-label", "a label of Gmail's own", "Google", "<use>"),
    Name("slot", "gm-own-label", "a label", "Google", "<mailbox>"),
    Name("syntax", "gm-label", "A label: Gmail's own, which begin with a backslash, or the user's.", "Google",
         "<gm-system-label>|<gm-own-label>", example=r"\Inbox"),
    *(Name("gm-system-label", name, summary, "Google", needs=_NEEDS, example=f"STORE 1 +X-GM-LABELS ({name})")
      for name, summary in _LABELS),
    *(Name("store-item", name, summary, "Google", "([<gm-label>...])|<gm-label>...", _NEEDS,
           example=rf"STORE 1 {name} (foo \Starred)") for name, summary in _STORES),
    Name("fetch-item", "X-GM-LABELS", "The labels.", "Google", needs=_NEEDS, example="X-GM-LABELS",
         read="gmail.labels"),
    Name("fetch-item", "X-GM-MSGID", "The message's identifier, the same in all mailboxes.", "Google", needs=_NEEDS,
         example="X-GM-MSGID", read="gmail.identifier"),
    Name("fetch-item", "X-GM-THRID", "The identifier that the messages of a conversation share.", "Google",
         needs=_NEEDS, example="X-GM-THRID", read="gmail.identifier"),
    Name("search-key", "X-GM-RAW", "What is found by Gmail's own search.", "Google", "<astring>", _NEEDS,
         example='X-GM-RAW "has:attachment in:unread"'),
    Name("search-key", "X-GM-LABELS", "With this label.", "Google", "<gm-label>", _NEEDS, example="X-GM-LABELS foo"),
    Name("search-key", "X-GM-MSGID", "With this identifier.", "Google", "<gm-id>", _NEEDS,
         example="X-GM-MSGID 1278455344230334865"),
    Name("search-key", "X-GM-THRID", "Of the conversation with this identifier.", "Google", "<gm-id>", _NEEDS,
         example="X-GM-THRID 1266894439832287888"),
    Name("capability", "X-GM-EXT-1", "Labels, threads, message identifiers and searches as Gmail has them.", "Google",
         group="Fetching"),
)  # fmt: skip
