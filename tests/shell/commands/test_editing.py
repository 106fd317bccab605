"""`\\edit`: a literal written in an editor, which here is a script."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from imapsh.errors import ImapshError, UsageError
from imapsh.session.events import Event
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.steps import Away, Line
from tests.shell.acting import Peer, acting, play
from tests.shell.hosting import FakeApp

SCRIPT = """#!{python}
import os, stat, sys
path = sys.argv[1]
with open(path, newline="") as file:
    text = file.read()
with open({seen!r}, "w") as file:
    modes = [oct(stat.S_IMODE(os.stat(place).st_mode)) for place in (path, os.path.dirname(path))]
    file.write(repr((path, text, modes, "IMAPSH_PASSWORD" in os.environ)))
{work}
with open(path, "w", newline="") as file:
    file.write(text)
"""


class Editor:
    """`does`: what it does to `text`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._program = folder / "editor"
        self._seen = folder / "seen"
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", str(self._program))
        monkeypatch.setenv("IMAPSH_PASSWORD", "pa55word")
        self.does("pass")

    def does(self, work: str) -> None:
        self._program.write_text(SCRIPT.format(python=sys.executable, seen=str(self._seen), work=work))
        self._program.chmod(0o755)

    @property
    def seen(self) -> tuple[str, str, list[str], bool]:
        found: tuple[str, str, list[str], bool] = eval(self._seen.read_text())
        return found

    @property
    def ran(self) -> bool:
        return self._seen.exists()


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    return Editor(tmp_path, monkeypatch)


def lines(host: FakeApp) -> list[str]:
    return [step.text for step in host.done if isinstance(step, Line)]


def test_a_message_is_begun_and_sent(editor: Editor) -> None:
    editor.does("text = text.replace('Subject: ', 'Subject: gr\\xfc\\xdfe') + 'hello\\n'")
    host = FakeApp(connected=True).does("\\edit APPEND Drafts (\\Draft)")
    path, text, modes, leaks = editor.seen
    assert path.endswith(".eml")
    assert modes == ["0o600", "0o700"]
    assert not leaks
    assert not os.path.exists(os.path.dirname(path))
    fields = [line.partition(":")[0] for line in text.splitlines() if line]
    assert fields[:4] == ["Date", "From", "To", "Subject"]
    assert "\nFrom: demo@" in text
    (line,) = lines(host)
    head, _, body = line.partition("\r\n")
    assert head == f"APPEND Drafts (\\Draft) {{{len(body.encode())}}}"
    assert "Subject: gr\xfc\xdfe\r\n" in body
    assert body.endswith("\r\n\r\nhello\r\n")
    assert "\n" not in body.replace("\r\n", "")
    host.does("SELECT Drafts")
    mailbox = host.session.mailbox
    assert mailbox is not None
    assert (mailbox.exists or 0) >= 1


@pytest.mark.parametrize("work", ["pass", "text = ''", "text = text + '\\n'"])
def test_what_was_not_written_is_not_sent(editor: Editor, work: str) -> None:
    editor.does(work)
    host = FakeApp(connected=True).does("\\edit APPEND Drafts")
    assert host.said == ["nothing was written, so nothing was sent"]
    assert lines(host) == []


def test_other_literals_begin_empty_and_end_without_a_line_break(editor: Editor) -> None:
    editor.does("text = text + 'report\\n'")
    host = FakeApp(connected=True).does("SELECT INBOX").does("\\edit SEARCH SUBJECT {} UNSEEN")
    assert editor.seen[:2] != ("", "")
    assert editor.seen[1] == ""
    assert lines(host) == ["SEARCH SUBJECT {6}\r\nreport UNSEEN"]


def test_literal8(editor: Editor) -> None:
    editor.does("text = 'Subject: x\\n\\nbody'")
    host = FakeApp(connected=True).does("\\edit APPEND Drafts ~{}")
    assert lines(host)[0].startswith("APPEND Drafts ~{20}\r\nSubject: x\r\n\r\nbody\r\n")
    assert host.draft is not None
    assert host.draft.sent


def test_the_last_one_again(editor: Editor) -> None:
    host = FakeApp(connected=True).does("APPEND Drafts (\\Flagged) {7}\r\na: b\r\nc")
    editor.does("text = text.replace('b', 'd')")
    host.does("\\edit")
    assert editor.seen[1] == "a: b\nc"
    assert lines(host) == ["APPEND Drafts (\\Flagged) {9}\r\na: d\r\nc\r\n"]
    editor.does("text = text.replace('d', 'e')")
    host.does("\\edit")
    assert lines(host)[-1] == "APPEND Drafts (\\Flagged) {9}\r\na: e\r\nc\r\n"


def test_what_was_refused_is_not_lost(editor: Editor) -> None:
    editor.does("text = text + 'long work\\n'")
    host = FakeApp(connected=True).does("\\edit APPEND Nowhere")
    editor.does("pass")
    host.does("\\edit")
    first, second = lines(host)
    assert first == second
    assert "long work" in first


def test_there_must_be_a_literal(editor: Editor, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="sent no literal"):
        FakeApp(connected=True).does("\\edit")
    with pytest.raises(UsageError, match="sent no literal"):
        FakeApp(connected=True).does("NOOP").does("\\edit")
    with pytest.raises(ImapshError, match="not connected"):
        FakeApp().does("\\edit APPEND x")
    assert not editor.ran


@pytest.mark.parametrize("line", ["LOGIN demo", "LOGIN {} pa55word", "a1 LOGIN demo"])
def test_no_secret_is_edited(editor: Editor, line: str) -> None:
    host = FakeApp(connected=True)
    with pytest.raises(UsageError, match="LOGIN takes a secret"):
        host.does(f"\\edit {line}")
    assert not any(isinstance(step, Away) for step in host.done)
    assert not editor.ran


def test_at_the_prompt_news_wait_until_the_editor_has_ended(tmp_path: Path, editor: Editor) -> None:
    """The script waits for the peer's word, so the push comes in the middle."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    editor.does(f"open({str(gate)!r}).read(); text = text + 'hello\\n'")

    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await person.screen.shows("PREAUTH")
            await person.enters("\\edit APPEND Drafts")
            opened = await asyncio.to_thread(open, gate, "w")
            talk, came = person.shell.app.here, asyncio.Event()
            assert talk is not None

            def told(connection: Connection, event: Event, own: bool) -> None:
                came.set()

            talk.listeners.append(told)
            peer.says(b"* OK in the middle\r\n")
            await came.wait()
            assert "in the middle" not in person.screen.text
            opened.close()
            await peer.hears(b"}\r\n")
            peer.says(b"+ go\r\n")
            await peer.hears(b"hello\r\n")
            peer.says(b"A1 OK done\r\n")
            await person.screen.shows("in the middle", "A1 OK done")

    play(scene)


def test_a1_an_edited_text_waits_even_where_literal_plus_is_offered(tmp_path: Path, editor: Editor) -> None:
    editor.does("text = 'x1 CREATE Pwned\\n'")

    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await person.screen.shows("PREAUTH")
            person.types("\\edit APEND Drafts\r")
            await peer.hears(b"A1 APEND Drafts {15}\r\n")
            peer.says(b"A1 BAD what?\r\n")
            await person.enters("NOOP", "> A1 APEND Drafts {15}", "< A1 BAD what?")
            await peer.hears(b"A2 NOOP\r\n")
            assert b"Pwned" not in peer.heard
            peer.says(b"A2 OK done\r\n")
            await person.screen.shows("< A2 OK done")

    play(scene)


def test_a1_a_text_with_a_nul_is_kept_and_not_sent(editor: Editor) -> None:
    editor.does("text = 'a\\0b'")
    host = FakeApp(connected=True)
    with pytest.raises(UsageError, match="contains a NUL"):
        host.does("\\edit APPEND Drafts")
    assert lines(host) == []
    assert host.draft is not None
    assert host.draft.text.startswith("a\0b")
    host.draft = None
    assert lines(host.does("\\edit APPEND Drafts ~{}")) != []


def test_a16_a_file_that_was_sent_is_not_edited(tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_text("hello")
    host = FakeApp(connected=True).does(f"APPEND INBOX {{@{tmp_path / 'mail.eml'}}}")
    with pytest.raises(UsageError, match=r"sent a file, which .edit does not change: edit the file"):
        host.does("\\edit")
