r"""`\journal`: the table of changes, at the width of a terminal, and as JSON."""

from __future__ import annotations

import json

import pytest

from imapsh.errors import UsageError
from imapsh.render.visible import width
from tests.shell.hosting import FakeApp

LINES = (
    "SELECT INBOX", "STORE 1:3 +FLAGS (a)", "COPY 1 Archive", "CREATE new", "DELETE Junk", "SELECT Archive",
    r"UID STORE 1:* +FLAGS.SILENT (\Flagged $OneMore $AndAnother $AndOneThatIsQuiteLong)", "\\undo",
)  # fmt: skip


def told(host: FakeApp) -> list[str]:
    """The lines of \\journal."""
    host.said.clear()
    return "\n".join(host.does("\\journal").said).splitlines()


def filled() -> FakeApp:
    host = FakeApp("y", connected=True, yes=True)
    for line in LINES:
        host.does(line)
    host.said.clear()
    return host


def test_each_change_is_told_with_its_way_back() -> None:
    host = filled()
    head, *rows = told(host)
    assert head.split() == ["change", "time", "mailbox", "messages", "line", "\\undo"]
    assert [row.split()[0] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert rows[0].endswith("yes")
    assert rows[3].endswith("no: DELETE removes a mailbox and its messages for good")
    assert rows[4].endswith("taken back by change 6")


def test_what_a_server_calls_its_mailboxes_is_made_safe() -> None:
    host = filled()
    host.journal.add("created", "CREATE \x1b[31m", host.connection.place("a\x1b[31m\nb"))
    *_, row = told(host)
    assert "a^[[31m^Jb" in row


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits_a_terminal(columns: int) -> None:
    host = filled()
    host.screen.width = columns
    rows = told(host)
    assert len(rows) >= 7
    assert max(map(width, rows)) <= columns


def test_it_is_one_object_in_json() -> None:
    host = filled().does("\\format json")
    host.said.clear()
    value = json.loads(host.does("\\journal").said[0])["value"]
    assert [change["kind"] for change in value["changes"]] == [
        "flags", "copied", "created", "deleted", "flags", "flags"
    ]  # fmt: skip
    first, copy, _, deleted, _, last = value["changes"]
    assert first["flags"] == [{"before": [], "after": ["a"], "uids": "1,3,6"}]
    assert (copy["to"]["mailbox"], copy["undoable"]) == ("Archive", True)
    assert (deleted["undoable"], last["undoes"]) == (False, 5)


def test_where_several_accounts_are_open_each_has_its_name() -> None:
    host = filled()
    host.does("\\connect -n two").does("SELECT INBOX").does("STORE 1 +FLAGS (z)")
    assert not any("two:INBOX" in row for row in told(host))  # it is the same account
    host.journal.add("created", "CREATE x", host.connection.place("x")._replace(server="other", connection="o"))
    assert any("o:x" in row for row in told(host))


def test_what_was_dropped_is_said() -> None:
    host = FakeApp(connected=True, yes=True, limit=("journal=2000",)).does("SELECT INBOX")
    for number in range(6):
        host.does(f"STORE 1 +FLAGS (f{number})")
    host.does("\\journal")
    assert "older changes not kept: the journal is limited to 2,000 octets (--limit journal=N)" in host.text


def test_an_empty_journal_says_so_and_an_argument_is_refused() -> None:
    assert "nothing was changed in this run" in FakeApp(connected=True).does("\\journal").text
    with pytest.raises(UsageError):
        FakeApp(connected=True).does("\\journal 3")
