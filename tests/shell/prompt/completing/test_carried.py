"""Completion of what the person carries over."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from imapsh.shell.prompt.completer import ShellCompleter
from imapsh.shell.prompt.reading import Reading
from imapsh.shell.record.known import Known
from imapsh.table.model import SELECTED, Context
from tests.shell.hosting import FakeApp


def after(text: str) -> dict[str, str]:
    """What the line may become -> the note beside it."""
    host = FakeApp().does("\\set box INBOX").does("\\set password hunter2").does("\\alias new SEARCH UNSEEN")
    reading = Reading(lambda: Context(SELECTED), lambda: host.aliases)
    completer = ShellCompleter(host, reading, Known, lambda: None)
    made = completer.get_completions(Document(text), CompleteEvent())
    return {text[: len(text) + one.start_position] + one.text: one.display_meta_text for one in made}


def test_values() -> None:
    offered = after("SELECT ${")
    assert offered["SELECT ${box}"] == "INBOX"
    assert offered["SELECT ${password}"] == "********"
    assert offered["SELECT ${uids}"].startswith("the UIDs")
    assert list(after("UID FETCH 1,${last.uidn")) == ["UID FETCH 1,${last.uidnext}"]
    assert "\\each SELECT ${box}" in after("\\each SELECT ${b")


def test_what_follows_a_value() -> None:
    assert "UID FETCH ${uids} FLAGS" in after("UID FETCH ${uids} FL")


def test_aliases() -> None:
    assert after("ne")["new"] == "SEARCH UNSEEN"
    assert "new" in after("")
    assert "NOOP new" not in after("NOOP ne")


def test_files_behind_an_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out.eml").touch()
    (tmp_path / "folder").mkdir()
    assert list(after("NOOP > ")) == ["NOOP > folder/", "NOOP > out.eml"]
    assert list(after("FETCH 1 ALL >> ou")) == ["FETCH 1 ALL >> out.eml"]
    assert list(after("\\last json > o")) == ["\\last json > out.eml"]
    assert not [line for line in after("SEARCH SUBJECT > ou") if "out.eml" in line]


def test_commands_behind_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "most")
    offered = after("NOOP | ")
    assert offered["NOOP | less"] == "page by page"
    assert offered["NOOP | most"] == "your pager"
    assert list(after("NOOP | gr")) == ["NOOP | grep -i "]


def test_nothing_in_a_comment() -> None:
    assert not after("# SEL")
