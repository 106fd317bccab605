"""Listings of mailboxes as tables: columns, order, totals, parts."""

from __future__ import annotations

import pytest

from imapsh.render.view import Views
from imapsh.render.view.look import Look
from tests.render.reading import one, read

LINES = """
* LIST (\\HasNoChildren \\Subscribed) "/" INBOX
* STATUS INBOX (MESSAGES 11 UNSEEN 4 SIZE 9851 UIDNEXT 22000)
* LIST (\\HasChildren \\Archive) "/" Archive
* STATUS Archive (MESSAGES 2400 UNSEEN 74 SIZE 107186 UIDNEXT 241)
* LIST (\\HasNoChildren) "/" Archive/a
* STATUS Archive/a (MESSAGES 11 UNSEEN 0 SIZE 2 UIDNEXT 3)
* LIST (\\Noselect) "/" "B&APw-cher"
a1 OK listed
"""


def view(lines: str, column: str, width: int | None = None) -> list[str]:
    """The lines of the views of lines."""
    them = Views(Look(width=width, column=column))
    raw = "".join(f"{line}\r\n" for line in lines.strip("\n").split("\n")).encode()
    return ("".join([them.show(response) for response in read(raw)]) + them.end()).splitlines()


def names(lines: list[str]) -> list[str]:
    """The first word of each row of a table."""
    return [line.split()[0] for line in lines[2:-1]]


def test_a_table_is_sorted_and_totalled() -> None:
    assert view(LINES, "SIZE") == [
        "- 4 mailboxes, by size",
        "  mailbox    messages  unseen      size  uidnext",
        "  Archive       2,400      74  107.2 kB      241  \\Archive",
        "  INBOX            11       4     9,851    22000  subscribed",
        "  Archive/a        11       0         2        3",
        "  Bücher                                          not selectable",
        "  (total)       2,422      78  117.0 kB",
        "< a1 OK listed",
    ]


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("MESSAGES", ["Archive", "Archive/a", "INBOX", "Bücher", "(total)"]),
        ("UIDNEXT", ["INBOX", "Archive", "Archive/a", "Bücher", "(total)"]),
        ("NAME", ["Archive", "Archive/a", "Bücher", "INBOX", "(total)"]),
    ],
)
def test_the_largest_come_first_and_names_break_a_tie(column: str, order: list[str]) -> None:
    assert names(view(LINES, column)) == order


def test_an_item_that_nothing_was_told_of_sorts_by_name() -> None:
    lines = view(LINES, "RECENT")
    assert lines[0] == "- 4 mailboxes, by name  (nothing was told of recent)"
    assert names(lines) == ["Archive", "Archive/a", "Bücher", "INBOX", "(total)"]


def test_text_sorts_behind_numbers_and_is_not_added_up() -> None:
    lines = """
* LIST () "/" a
* LIST () "/" b
* LIST () "/" c
* STATUS a (MAILBOXID (F2) UIDVALIDITY 4)
* STATUS b (MAILBOXID (F1) UIDVALIDITY 4)
* STATUS c (UIDVALIDITY 5)
"""
    assert view(lines, "MAILBOXID") == [
        "- 3 mailboxes, by mailboxid",
        "  mailbox  mailboxid  uidvalidity",
        "  b        F1                   4",
        "  a        F2                   4",
        "  c                             5",
    ]


def test_a_listing_without_numbers_is_a_tree_unless_sorted_by_name() -> None:
    lines = '* LIST () "/" b\n* LIST () "/" a\na1 OK x'
    assert view(lines, "SIZE") == ["- 2 mailboxes  delimiter /", "  b", "  a", "< a1 OK x"]
    assert view(lines, "NAME") == ["- 2 mailboxes, by name", "  mailbox", "  a", "  b", "< a1 OK x"]
    assert view(lines.replace("LIST", "LSUB"), "NAME")[0] == "- 2 mailboxes of LSUB, by name"
    assert view(lines.replace("LIST", "XLIST"), "NAME")[0] == "- 2 mailboxes of XLIST, by name"


def test_a_narrow_terminal_has_two_lines_a_mailbox() -> None:
    lines = view(LINES, "SIZE", 40)
    assert all(len(line) <= 40 for line in lines)
    assert any("107.2 kB" in line for line in lines)


def test_a_listing_beyond_the_bound_comes_in_parts_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.render.view.tree.MOST", 2)
    assert view(LINES, "MESSAGES") == [
        "- 2 mailboxes, by messages",
        "  mailbox  messages  unseen      size  uidnext",
        "  Archive     2,400      74  107.2 kB      241  \\Archive",
        "  INBOX          11       4     9,851    22000  subscribed",
        "  (total)     2,411      78  117.0 kB",
        "  2 more, by messages among themselves",
        "  mailbox    messages  unseen      size  uidnext",
        "  Archive/a        11       0         2        3",
        "  Bücher                                          not selectable",
        "  (total)       2,422      78  117.0 kB           of 4 mailboxes",
        "< a1 OK listed",
    ]


def test_items_beyond_a_bound_have_no_columns() -> None:
    told = " ".join(f"X-{number} {number}" for number in range(20))
    lines = view(f'* LIST () "/" a\n* STATUS a ({told} SIZE 5)\na1 OK x', "SIZE")
    assert lines[1].split() == ["mailbox", *(f"x-{number}" for number in range(11)), "size"]
    assert lines[2].endswith("  X-11 11  X-12 12  X-13 13  X-14 14  X-15 15  X-16 16  X-17 17  X-18 18  X-19 19")


def test_what_is_told_of_few_mailboxes_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.render.view.tree.TOLD", 2)
    assert view('* LIST () "/" a\n' + "* MYRIGHTS a l\n" * 3, "") == [
        "- 1 mailbox  delimiter /",
        "  a  rights l  rights l",
        "- a  you may: lookup",
    ]


def test_what_others_say_of_a_listed_mailbox_stands_beside_it() -> None:
    lines = '* LIST () "/" a\n* MYRIGHTS a lrs\n* LIST () "/" b\n* MYRIGHTS b lr\na1 OK x'
    assert view(lines, "")[:3] == ["- 2 mailboxes  delimiter /", "  a  rights lrs", "  b  rights lr"]
    assert view(lines, "NAME")[2:4] == ["  a        rights lrs", "  b        rights lr"]
    assert view("* MYRIGHTS a lrs", "")[0].startswith("- a  you may:")


def test_the_column_may_change_between_two_listings() -> None:
    them = Views(Look())
    them.show(one(b'* LIST () "/" a\r\n'))
    assert "delimiter" in them.end()
    them.look.column = "NAME"
    them.show(one(b'* LIST () "/" a\r\n'))
    assert ", by name" in them.end()


def test_metadata_of_a_listed_mailbox_stands_beside_it() -> None:
    lines = '* LIST () "/" a\n* METADATA a (/shared/comment "of the tide" /private/x NIL)\na1 OK x'
    assert view(lines, "")[1] == "  a  /shared/comment of the tide, /private/x NIL"
    pushed = view('* LIST () "/" a\n* METADATA a /shared/comment\na1 OK x', "")
    assert pushed[1:3] == ["  a", "- changed metadata of a  /shared/comment"]
