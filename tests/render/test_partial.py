"""The views of PARTIAL, ADDTO and REMOVEFROM in ESEARCH."""

from __future__ import annotations

from tests.render.test_view import view


def test_a_part_of_a_result() -> None:
    assert view('* ESEARCH (TAG "a") UID PARTIAL (-1:-100 42,9) COUNT 3') == [
        "- 3 UIDs",
        "    PARTIAL -1:-100  42,9",
    ]
    assert view('* ESEARCH (TAG "a") UID PARTIAL (5:9 NIL)')[1] == "    PARTIAL 5:9  nothing there"


def test_changes_of_a_result() -> None:
    assert view('* ESEARCH (TAG "a") UID ADDTO (0 3:4 1 9) REMOVEFROM (2 5)') == [
        "- UIDs",
        "    ADDTO in its place  3:4",
        "          at 1  9",
        "    REMOVEFROM at 2  5",
    ]


def test_the_mailbox_and_the_scores() -> None:
    assert view('* ESEARCH (TAG "a" MAILBOX "f" UIDVALIDITY 1) UID ALL 4,5')[0] == "- 2 UIDs in f  4,5"
    assert view('* ESEARCH (TAG "a") ALL 1,5 RELEVANCY (4 99)')[1] == "    RELEVANCY (4 99)"
