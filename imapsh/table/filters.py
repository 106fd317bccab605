"""Rows of FILTERS (RFC 5466): searches that the server keeps by name.

They are kept as metadata of the server.  /private/filters/values/NAME and /shared/filters/values/NAME hold the search.
/private/filters/descriptions/NAME and /shared/filters/descriptions/NAME hold a description for people.
"""

from imapsh.table.model import Name

_FILTERS = ("FILTERS",)

NAMES = (
    Name("search-key", "FILTER", "What the search finds that is kept as /private/filters/values/NAME, or as "
         "/shared/filters/values/NAME.", "RFC 5466 §3.1", "<filter-name>", _FILTERS, example="FILTER on-the-road"),
    Name("code", "UNDEFINED-FILTER", "There is no filter of this name, or it may not be used.", "RFC 5466 §3.1",
         "<filter-name>", _FILTERS, example="[UNDEFINED-FILTER on-the-road]", read="filters.undefined"),
    Name("capability", "FILTERS", "Searches that are kept by name.", "RFC 5466 §3", group="Searching"),
)  # fmt: skip
