from __future__ import annotations

import pytest

from imapsh.render.styles import paint
from imapsh.render.visible import width
from imapsh.shell.screen.sheet import LONGEST, Row, sheet, shortened

ROWS = {
    "First": [Row("a", "b"), Row("longer", "one two three four five six", True)],
    "Nothing": [],
    "Second": [Row("wide", "灯" * 30), Row("long", "x" * 70), Row("bad", "a\x1b[31m\nb", False)],
}


def lines(columns: int | None) -> list[str]:
    return paint(sheet(ROWS, columns), None).split("\n")


def test_without_a_width() -> None:
    assert lines(None) == [
        "First",
        "  a       b",
        "  longer  one two three four five six",
        "",
        "Second",
        "  wide  " + "灯" * 30,
        "  long  " + "x" * 70,
        "  bad   a^[[31m^Jb",
        "",
    ]


@pytest.mark.parametrize("columns", [24, 40, 80])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    found = lines(columns)
    assert max(map(width, found)) <= columns
    assert "".join(line.strip() for line in found).count("x") == 71
    assert "".join(found).count("灯") == 30


def test_long_text_is_cut() -> None:
    assert shortened("x" * LONGEST) == "x" * LONGEST
    assert shortened("x" * (LONGEST + 1)) == "x" * LONGEST + "..."
