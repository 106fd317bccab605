"""Rows of SAVEDATE (RFC 8514): when a message came into its mailbox."""

from imapsh.table.model import Name

_NEEDS = ("SAVEDATE",)
_KEY = "RFC 8514 §4.3"

NAMES = (
    Name("fetch-item", "SAVEDATE", "When the message came into this mailbox; NIL if the mailbox does not keep it.",
         "RFC 8514 §4.2", needs=_NEEDS, example="SAVEDATE", read="savedate.save_date"),
    Name("search-key", "SAVEDBEFORE", "Came into this mailbox before this day.", _KEY, "<date>", _NEEDS,
         example="SAVEDBEFORE 28-Dec-2014"),
    Name("search-key", "SAVEDON", "Came into this mailbox on this day.", _KEY, "<date>", _NEEDS,
         example="SAVEDON 28-Dec-2014"),
    Name("search-key", "SAVEDSINCE", "Came into this mailbox this day or later.", _KEY, "<date>", _NEEDS,
         example="SAVEDSINCE 28-Dec-2014"),
    Name("search-key", "SAVEDATESUPPORTED", "Every message, if the mailbox keeps save dates; else none.", _KEY,
         needs=_NEEDS, example="SAVEDATESUPPORTED"),
    Name("capability", "SAVEDATE", "When a message came into this mailbox.", "RFC 8514 §4", group="Fetching"),
)  # fmt: skip
