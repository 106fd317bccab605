r"""What `\compare` shows, at the widths of terminals, and of many mailboxes."""

from __future__ import annotations

import pytest

from imapsh.shell.commands.transfer.comparing.report import Compared, Side, side, tell
from imapsh.shell.commands.transfer.comparing.verdicts import Verdicts
from imapsh.shell.commands.transfer.messages.identity import Mark
from tests.shell.commands.transfer.twins import Twins

NOON = "01-Feb-2026 12:00:00 +0000"
LONG = "Projects/Beta and many other things that have long names/Minutes"


def compared(name: str, there: str | None = None, *, differs: bool = True, subject: str = "Tea") -> Compared:
    verdicts = Verdicts()
    verdicts.same = 19_999
    if differs:
        one = Mark(7, ("\\Flagged",), NOON, 5, subject=subject)
        verdicts.missing = [one]
        verdicts.add(one, one._replace(uid=8, flags=()))
    one_side = Side(name, 7, 20_001, 123_456_789)
    return Compared(one_side, one_side._replace(name=there or name), verdicts)


def shown(found: list[Compared], width: int | None) -> list[str]:
    app = Twins()
    app.screen.width = width
    app.fake.sink.shown.clear()
    app.said.clear()
    tell(app, found, every=False, whole=True, partly=False)
    return app.shown[: -len(app.said)]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_it_fits_the_terminal(width: int) -> None:
    lines = shown([compared("INBOX"), compared(LONG, f"INBOX.{LONG}", subject="long " * 20)], width)
    assert all(len(line) <= width for line in lines)
    assert any("extra" in line for line in lines)
    assert any("flags: \\Flagged only here" in line for line in lines) or width == 40


def test_the_table_of_a_terminal_of_80_columns_has_a_line_for_each_mailbox() -> None:
    lines = shown([compared("INBOX"), compared("Work/2024", "Work.2024")], 80)
    assert lines[:4] == [
        "mailbox    counterpart    here   there    same  alike  missing  extra  changed",
        "INBOX      INBOX        20,001  20,001  19,999      0        1      0        1",
        "Work/2024  Work.2024    20,001  20,001  19,999      0        1      0        1",
        "(total)                 40,002  40,002  39,998      0        2      0        2",
    ]


def test_sizes_are_there_if_there_is_room() -> None:
    assert "123.5 MB" in shown([compared("INBOX")], 120)[1]
    assert "123.5 MB" not in shown([compared("INBOX")], 80)[1]


def test_both_uidvalidities_are_told_however_long_the_names_are() -> None:
    lines = shown([compared(LONG, f"INBOX.{LONG}")], 80)
    assert " ".join(lines).count("(UIDVALIDITY 7)") == 2


def test_of_many_mailboxes_those_that_differ_are_shown() -> None:
    equal = [compared(f"Box {number}", differs=False) for number in range(60)]
    lines = shown([*equal, compared("Other")], 120)
    assert [line.split("  ")[0] for line in lines[:3]] == ["mailbox", "Other", "(total of 61)"]


def test_names_and_subjects_are_safe() -> None:
    text = "\n".join(shown([compared("a\x1b[2J\r\n\x9bb", subject="\u202eevil\x07")], 80))
    assert not any(character in text for character in "\x1b\r\x9b\u202e\x07")


def test_an_unknown_size_counts_as_nothing() -> None:
    assert side("INBOX", None, [Mark(1, size=-1), Mark(2, size=5)]) == Side("INBOX", None, 2, 5)
