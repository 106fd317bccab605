"""The colors of flags, and where they are shown."""

from __future__ import annotations

import pytest

from imapsh.render.view.keywords import colored
from imapsh.render.view.readable import flag_marks

from .test_view import view


@pytest.mark.parametrize(
    ("bits", "color"),
    [("", ""), ("0", "orange"), ("1", "yellow"), ("01", "green"), ("2", "blue"), ("02", "purple"), ("12", "gray"),
     ("012", "")],
)  # fmt: skip
def test_the_color_of_the_bits(bits: str, color: str) -> None:
    keywords = [f"$mailflagbit{bit}" for bit in bits]
    left = ["\\Flagged", "x"] if color else ["\\Flagged", "x", *keywords]
    assert colored(["\\Flagged", "x", *keywords]) == (color, left)
    assert colored(keywords) == ("", keywords)


def test_a_flag_in_a_table() -> None:
    assert flag_marks(("\\Seen", "\\Flagged", "$MailFlagBit2", "$memo")) == ("SF", ["blue", "$memo"])
    shown = view("* 1 FETCH (FLAGS (\\Flagged $MailFlagBit0 $MailFlagBit1))\n* 2 FETCH (FLAGS ($MailFlagBit0))\na OK x")
    assert shown[:3] == ["- #  flags", "  1  F green", "  2  - $MailFlagBit0"]


def test_a_flag_of_one_message() -> None:
    assert view("* 1 FETCH (FLAGS (\\Flagged $MailFlagBit0))\na OK x")[0] == (
        "- message 1  \\Flagged  $MailFlagBit0  -- flag color orange"
    )
