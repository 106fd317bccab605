"""What is hinted, offered and found wrong for each line of the tables of hints."""

from __future__ import annotations

import pytest

from imapsh import table
from imapsh.shell.prompt.completing import dates
from imapsh.typed.match import match
from tests.shell.hints import NOW, TABLES, Entry, answers, entries

ENTRIES = [entry for path in TABLES for entry in entries(path.read_text("utf-8"))]


@pytest.mark.parametrize("entry", ENTRIES, ids=[f"{entry.context.state[0]}-{entry.typed}" for entry in ENTRIES])
def test_a_line(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "now", lambda: NOW)
    assert answers(entry.context, entry.typed) == entry.answers


def test_every_command_has_a_few_lines() -> None:
    lines = dict.fromkeys(table.commands(), 0)
    for entry in ENTRIES:
        command = match(entry.typed.replace("|", ""), entry.context).command
        if command is not None:
            lines[command.name] += 1
    assert [name for name, count in lines.items() if count < 2] == []
