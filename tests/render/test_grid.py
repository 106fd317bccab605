"""A table of results: aligned, totalled, folded to a terminal's width, and safe."""

from __future__ import annotations

from imapsh.render.grid import Column, table
from imapsh.render.styles import paint

COLUMNS = [Column("mailbox", least=8), Column("messages", right=True), Column("UIDs", least=10, folds=True)]
UIDS = "1:40,50,60:70,80,90:100,110,120:130,140"


def drawn(rows: list[tuple[str, str, str]], width: int | None, total: tuple[str, ...] = ()) -> list[str]:
    cells = [[("", text) for text in row] for row in rows]
    return paint(table(COLUMNS, cells, width, [("", text) for text in total]), None).splitlines()


def test_columns_are_aligned_and_totalled() -> None:
    assert drawn([("INBOX", "7", "1"), ("Work", "1,204", "2:9")], None, ("(total)", "1,211", "")) == [
        "mailbox  messages  UIDs",
        "INBOX           7  1",
        "Work        1,204  2:9",
        "(total)     1,211  ",
    ]


def test_a_column_that_folds_goes_on_below_itself() -> None:
    assert drawn([("INBOX", "7", UIDS), ("Work", "1", "3")], 40) == [
        "mailbox  messages  UIDs",
        "INBOX           7  1:40,50,60:70,80,",
        "                   90:100,110,120:130,",
        "                   140",
        "Work            1  3",
    ]


def test_names_that_differ_at_their_end_can_be_told_apart() -> None:
    columns = [Column("mailbox", least=8, inside=True), Column("messages", right=True)]
    rows = [[("", f"Projects/Beta/{name}"), ("", "1")] for name in ("2021", "2022", "\u00fc\u4e2d\u6587e\u0301")]
    lines = paint(table(columns, rows, 23), None).splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["Proj…eta/2021", "Proj…eta/2022", "Proj…a/\u00fc\u4e2d\u6587e\u0301"]


def test_nothing_is_cut_without_a_terminal() -> None:
    long = "Archive/" + "x" * 200
    assert drawn([(long, "1", UIDS)], None)[1] == f"{long}         1  {UIDS}"
    assert all(len(line) <= 40 for line in drawn([(long, "1", UIDS)], 40))


def test_a_word_without_a_place_to_break_is_broken_anywhere() -> None:
    lines = drawn([("INBOX", "1", "9" * 45)], 40)
    assert "".join(line[19:] for line in lines[1:]) == "9" * 45


def test_control_characters_do_not_reach_the_terminal() -> None:
    text = "\n".join(drawn([("a\x1b[2Jb\r\n\x9bc", "1", "\u202e1")], 80))
    assert not any(character in text for character in "\x1b\r\x9b\u202e")


def test_no_rows() -> None:
    assert drawn([], 80) == ["mailbox  messages  UIDs"]
