"""The text of `--help`."""

from __future__ import annotations

import pytest

from imapsh.shell.settings.options import OPTIONS
from imapsh.shell.settings.usage import groups, help_text


@pytest.mark.parametrize("columns", [80, 100, 132])
def test_help_holds_every_row_and_fits(columns: int) -> None:
    text = help_text(columns)
    assert [line for line in text.splitlines() if len(line) > columns] == []
    assert all(option.synopsis in text for option in OPTIONS)
    assert all(group in text for group, _ in groups())


@pytest.mark.parametrize(("columns", "most"), [("20", 60), ("80", 80), ("200", 100)])
def test_help_is_as_wide_as_the_terminal(columns: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert help_text() == help_text(most)
