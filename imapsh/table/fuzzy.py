"""Rows of fuzzy search (RFC 6203): messages that nearly match, and how well they do."""

from imapsh.table.model import Name

_FUZZY = ("SEARCH=FUZZY",)

NAMES = (
    Name("search-key", "FUZZY", "Nearly what follows, as the server sees fit.", "RFC 6203 §3", "<search-key>", _FUZZY,
         example='FUZZY SUBJECT "IMAP break"'),
    Name("search-return", "RELEVANCY", "How well each message matches, from 1 to 100; only with FUZZY.", "RFC 6203 §4",
         needs=_FUZZY, example='SEARCH RETURN (RELEVANCY ALL) FUZZY TEXT "Helo"', read="fuzzy.relevancy"),
    Name("sort-key", "RELEVANCY", "By how well it matches, the best first; only with FUZZY.", "RFC 6203 §6",
         needs=_FUZZY, example='SORT (RELEVANCY) UTF-8 FUZZY SUBJECT "Helo"'),
    Name("capability", "SEARCH=FUZZY", "The FUZZY search key: what nearly matches.", "RFC 6203 §3", group="Searching"),
)  # fmt: skip
