"""Which options and keys of a search may stand together."""

from __future__ import annotations

import pytest

from imapsh.table.model import AUTHENTICATED, SELECTED, Context
from imapsh.typed.match import match

#: A line, and the offset of what is wrong in it, None for nothing.
LINES = [
    ("SEARCH RETURN (ALL COUNT MIN) ALL", None),
    ("SEARCH RETURN (PARTIAL 1:5 COUNT) ALL", None),
    ("UID SEARCH RETURN (ALL PARTIAL 1:5) ALL", 23),
    ("SEARCH RETURN (ALL ALL) ALL", 19),
    ("SORT RETURN (PARTIAL 1:5 PARTIAL -1:-5) (DATE) UTF-8 ALL", 25),
    ("SEARCH RETURN (RELEVANCY) OR SEEN (NOT FUZZY SEEN)", None),
    ("SEARCH RETURN (RELEVANCY) SUBJECT FUZZY", 15),
    ("UID SORT (DATE RELEVANCY) UTF-8 SEEN", 15),
    ("ESEARCH IN (personal) RETURN (ALL PARTIAL 1:5) ALL", 34),
    ("ESEARCH IN (selected) RETURN (SAVE) ALL", None),
    ("ESEARCH RETURN (SAVE) ALL", None),
    ("ESEARCH IN (selected inboxes) RETURN (SAVE) ALL", 38),
]


@pytest.mark.parametrize(("line", "offset"), LINES)
def test_what_may_stand_together(line: str, offset: int | None) -> None:
    found = match(line, Context(SELECTED)).errors
    assert [(one.rule, one.offset) for one in found] == ([] if offset is None else [("search-return-opt", offset)])


def test_esearch_goes_without_a_selected_mailbox() -> None:
    assert match("ESEARCH IN (personal) ALL", Context(AUTHENTICATED)).errors == ()
