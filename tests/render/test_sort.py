"""The view of SORT keeps the order."""

from __future__ import annotations

from tests.render.test_view import view


def test_sort_keeps_the_order() -> None:
    assert view("* SORT 5 3 4 1 2") == ["- 5 messages in order  5,3,4,1,2"]
    assert view("* SORT 5 (MODSEQ 12)") == ["- 1 message in order  5", "    MODSEQ 12"]
    assert view("* SORT") == ["- no messages"]


def test_an_esearch_keeps_the_order_too() -> None:
    assert view('* ESEARCH (TAG "a") UID ALL 5,3:4,1') == ["- 4 UIDs  5,3:4,1"]


def test_a_long_one_is_cut() -> None:
    lines = view("* SORT" + "".join(f" {number}" for number in range(4000, 0, -1)), 40)
    assert lines[-1].strip().startswith("... 3,")
    assert "more numbers" in lines[-1]
