"""Rows of the commands about messages: APPEND, STORE, COPY, MOVE, EXPUNGE and their UID forms.  Also the flags."""

from imapsh.table.model import AFTER_LOGIN, MAILBOX_SELECTED, Command, Name

_MOVE = ("MOVE", "IMAP4rev2")
_GONE = r"every message marked \Deleted in the selected mailbox"

#: A message to store: append-message (RFC 9051 section 9, RFC 4466 section 3).  An append-extension is either another
#: form of the message (append-data-ext), or says something about the message that follows it (append-ext).
MESSAGE = "[<flag-list>] [<date-time>] {<message>|<append-extension>}"

COMMANDS = (
    Command("APPEND", AFTER_LOGIN, f"<mailbox> {MESSAGE} [<another-message>...]",
            "Puts a message into a mailbox.", "RFC 9051 §6.3.12", r"APPEND saved-messages (\Seen) {@message.eml}",
            changes=True, responses=("EXISTS",)),
    Command("EXPUNGE", MAILBOX_SELECTED, "", r"Removes the messages marked \Deleted.", "RFC 9051 §6.4.3", "EXPUNGE",
            changes=True, destroys=_GONE, responses=("EXPUNGE", "VANISHED"), guard="deleted",
            asks="EXPUNGE"),
    Command("UID EXPUNGE", MAILBOX_SELECTED, "<uid-set>", r"Removes those messages of the set marked \Deleted.",
            "RFC 9051 §6.4.9", "UID EXPUNGE 3000:3002", needs=("UIDPLUS", "IMAP4rev2"), changes=True,
            destroys=r"the messages of the set marked \Deleted", responses=("EXPUNGE", "VANISHED"), guard="deleted",
            asks="EXPUNGE"),
    Command("STORE", MAILBOX_SELECTED, "<sequence-set> [(<store-modifier>...)] <store-item>",
            "Changes the flags of messages.", "RFC 9051 §6.4.6", r"STORE 2:4 +FLAGS (\Deleted)", expunges=False,
            numbers=True, changes=True, responses=("FETCH",), guard="flags"),
    Command("UID STORE", MAILBOX_SELECTED, "<uid-set> [(<store-modifier>...)] <store-item>",
            "Changes the flags of messages, by UID.", "RFC 9051 §6.4.9", r"UID STORE 304 -FLAGS.SILENT (\Seen)",
            changes=True, responses=("FETCH",), guard="flags"),
    Command("COPY", MAILBOX_SELECTED, "<sequence-set> <mailbox>", "Copies messages to a mailbox.",
            "RFC 9051 §6.4.7", "COPY 2:4 MEETING", numbers=True, changes=True),
    Command("UID COPY", MAILBOX_SELECTED, "<uid-set> <mailbox>", "Copies messages to a mailbox, by UID.",
            "RFC 9051 §6.4.9", "UID COPY 305:310 meeting", changes=True),
    Command("MOVE", MAILBOX_SELECTED, "<sequence-set> <mailbox>", "Moves messages to a mailbox.", "RFC 9051 §6.4.8",
            "MOVE 2:4 MEETING", needs=_MOVE, numbers=True, changes=True, responses=("OK", "EXPUNGE", "VANISHED"),
            guard="set", asks="EXPUNGE"),
    Command("UID MOVE", MAILBOX_SELECTED, "<uid-set> <mailbox>", "Moves messages to a mailbox, by UID.",
            "RFC 9051 §6.4.9", "UID MOVE 42:69 foo", needs=_MOVE, changes=True, responses=("OK", "EXPUNGE", "VANISHED"),
            guard="set", asks="EXPUNGE"),
)  # fmt: skip

_FLAG = "RFC 9051 §2.3.2"
_STORES = (
    ("FLAGS", "Puts these flags in place of the old ones."),
    ("FLAGS.SILENT", "Puts these flags in place of the old ones; the server does not tell the result."),
    ("+FLAGS", "Adds these flags."),
    ("+FLAGS.SILENT", "Adds these flags; the server does not tell the result."),
    ("-FLAGS", "Takes these flags off."),
    ("-FLAGS.SILENT", "Takes these flags off; the server does not tell the result."),
)
_FLAGS = (
    (r"\Seen", "It has been read."),
    (r"\Answered", "It has been answered."),
    (r"\Flagged", "It needs attention."),
    (r"\Deleted", "EXPUNGE will remove it."),
    (r"\Draft", "It is not finished."),
    ("$Forwarded", "It has been forwarded."),
    ("$MDNSent", "Its read receipt has been sent."),
    ("$Junk", "It is certainly junk."),
    ("$NotJunk", "It is certainly not junk."),
    ("$Phishing", "It is likely to be phishing."),
)

NAMES = (
    Name("syntax", "flag-list", "Flags in parentheses.", "RFC 9051 §9", "([<flag>...])",
         example=r"(\Seen \Flagged $Junk)"),
    *(Name("store-item", name, summary, "RFC 9051 §6.4.6", "<flag-list>|<flag>...",
           example=rf"STORE 2:4 {name} (\Seen)") for name, summary in _STORES),
    *(Name("flag", name, summary, _FLAG, example=f"STORE 2:4 +FLAGS ({name})") for name, summary in _FLAGS),
    Name("flag", r"\Recent", "It has just arrived; only the server sets this.", "RFC 3501 §2.3.2", editions="1",
         example=r"* 23 FETCH (FLAGS (\Recent))"),
    Name("flag", r"\*", "In PERMANENTFLAGS: new keywords can be made.", "RFC 9051 §7.1",
         example=r"* OK [PERMANENTFLAGS (\Deleted \Seen \*)] Limited"),
)  # fmt: skip
