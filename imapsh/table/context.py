"""Rows of contexts (RFC 5267 section 4): results that the server keeps up to date."""

from imapsh.table.model import MAILBOX_SELECTED, Command, Name

_CONTEXT = ("CONTEXT=SEARCH", "CONTEXT=SORT")

COMMANDS = (
    Command("CANCELUPDATE", MAILBOX_SELECTED, "<quoted>...", "Ends the updates that these tags asked for.",
            "RFC 5267 §4.3.5", 'CANCELUPDATE "B01"', needs=_CONTEXT),
)  # fmt: skip

NAMES = (
    Name("search-return", "CONTEXT", "Tells the server that the same search will come again.", "RFC 5267 §4.2",
         needs=_CONTEXT, example="SEARCH RETURN (CONTEXT COUNT) UNDELETED"),
    Name("search-return", "UPDATE", "The server tells from now on what joins the result, and what leaves it; with "
         "items, FETCH tells these of what joins.", "RFC 5267 §4.3", "[(<fetch-item>...)]", _CONTEXT,
         example="UID SEARCH RETURN (UPDATE COUNT) DELETED"),
    Name("search-data", "ADDTO", "What joins the result: a place, from 1, or 0 for where it belongs; and the numbers.",
         "RFC 5267 §4.3.3", needs=_CONTEXT, example='* ESEARCH (TAG "B01") UID ADDTO (0 32768:32769)',
         read="context.changes"),
    Name("search-data", "REMOVEFROM", "What leaves the result: a place, from 1, or 0 for any; and the numbers.",
         "RFC 5267 §4.3.4", needs=_CONTEXT, example='* ESEARCH (TAG "B01") UID REMOVEFROM (0 32768)',
         read="context.changes"),
    Name("code", "NOUPDATE", "The result of the command with this tag is not kept up to date.", "RFC 5267 §4.3.1",
         "<string>", _CONTEXT, example='[NOUPDATE "B02"]', read="context.no_update"),
    Name("capability", "CONTEXT=SEARCH", "A search that is kept up to date, and results in parts.", "RFC 5267 §4.1",
         group="Searching"),
    Name("capability", "CONTEXT=SORT", "A sort that is kept up to date, and results in parts.", "RFC 5267 §4.1",
         group="Searching"),
)  # fmt: skip
