"""Rows of THREAD (RFC 5256), which groups messages into conversations."""

from imapsh.table.model import MAILBOX_SELECTED, Command, Name

_THREAD = ("THREAD=",)
_RFC = "RFC 5256 §3"
_SYNTAX = "<thread-alg> <charset> <search-key>..."
_REFS = "draft-ietf-morg-inthread"

COMMANDS = (
    Command("THREAD", MAILBOX_SELECTED, _SYNTAX, "Finds messages; tells their numbers by conversation.", _RFC,
            "THREAD REFERENCES UTF-8 SINCE 5-Mar-2000", needs=_THREAD, expunges=False, numbers=True,
            responses=("THREAD",), asks="THREAD"),
    Command("UID THREAD", MAILBOX_SELECTED, _SYNTAX, "Finds messages; tells their UIDs by conversation.", _RFC,
            "UID THREAD REFERENCES UTF-8 ALL", needs=_THREAD, numbers=True, responses=("THREAD",), asks="THREAD"),
)  # fmt: skip

NAMES = (
    Name("thread-alg", "ORDEREDSUBJECT", "By subject; what has the same subject, by date.", _RFC,
         needs=("THREAD=ORDEREDSUBJECT",), example="THREAD ORDEREDSUBJECT UTF-8 SINCE 5-Mar-2000"),
    Name("thread-alg", "REFERENCES", "By what answers what, and then by subject.", _RFC,
         needs=("THREAD=REFERENCES",), example="THREAD REFERENCES UTF-8 SINCE 5-Mar-2000"),
    Name("thread-alg", "REFS", "By what answers what alone; the thread with the newest message first.", _REFS,
         needs=("THREAD=REFS",), example="THREAD REFS UTF-8 ALL"),
    Name("thread-alg", "<thread-alg-ext>", "An algorithm that the server defines.", "RFC 5256 §5", "<thread-alg-ext>",
         example="THREAD X-OWN UTF-8 ALL"),
    Name("response", "THREAD", "The numbers found, by conversation.", "RFC 5256 §4", needs=_THREAD,
         example="* THREAD (2)(3 6 (4 23)(44 7 96))", read="thread.thread"),
    Name("capability", "THREAD=", "An algorithm that the THREAD command takes.", _RFC, example="THREAD=REFERENCES",
         read="thread.capability", group="Searching"),
    Name("capability", "THREAD=REFS", "Threads by references, newest message first.", _REFS, group="Searching"),
)  # fmt: skip
