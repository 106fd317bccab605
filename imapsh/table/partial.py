"""Rows of PARTIAL (RFC 9394; first in RFC 5267): results in parts."""

from imapsh.table.model import Name

_RANGE = "<partial-range-first>|<partial-range-last>"

NAMES = (
    Name("search-return", "PARTIAL", "This range of the numbers found, from the first, or with - from the last.",
         "RFC 9394 §3.1", _RANGE, ("PARTIAL", "CONTEXT=SEARCH", "CONTEXT=SORT"),
         example="UID SEARCH RETURN (PARTIAL -1:-100) UNDELETED", read="partial.partial"),
    Name("fetch-modifier", "PARTIAL", "This range of the messages only, from the first, or with - from the last.",
         "RFC 9394 §3.3", _RANGE, ("PARTIAL",), example="UID FETCH 25900:26600 (UID FLAGS) (PARTIAL -1:-3)"),
    Name("capability", "PARTIAL", "Results of SEARCH and FETCH in parts.", "RFC 9394 §3", group="Searching"),
)  # fmt: skip
