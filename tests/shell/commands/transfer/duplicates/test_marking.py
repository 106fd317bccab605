"""Flags are added in lines that any server takes, and each line is in the journal."""

from __future__ import annotations

from imapsh.shell.commands.transfer.duplicates.marking import add
from imapsh.shell.commands.transfer.messages.identity import Mark
from tests.shell.commands.transfer.twins import Twins


def test_a_long_set_goes_in_pieces_each_with_its_entry() -> None:
    app = Twins()
    app.does("SELECT INBOX").done.clear()
    marks = [Mark(uid, ("\\Seen",)) for uid in range(1_000_001, 1_006_000, 2)]
    app.to_the_end(add(app, "\\line", ("\\Deleted", "\\Seen"), marks))
    assert len(app.sent) == len(app.journal) > 2
    assert all(len(line) < 8000 and line.endswith(" +FLAGS.SILENT (\\Deleted \\Seen)") for line in app.sent)
    assert sum(len(entry.uids) for entry in app.journal) == len(marks)
    assert {entry.flags[0].before for entry in app.journal} == {("\\Seen",)}
