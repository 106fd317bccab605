"""New mail told by a bell or a notification: once for what comes together, and no more than counts and names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imapsh.grammar.responses import UNTAGGED, Response
from imapsh.grammar.values import Count
from imapsh.session.events import Received
from imapsh.shell.screen.notify import Notifier, sequence
from imapsh.wire.frames import Frame
from tests.shell.acting import ENTER, Peer, Screen, acting, play
from tests.shell.clocks import FakeClock
from tests.shell.running import imapsh


def told(how: str, *news: tuple[str, str, int, int], term: str = "xterm") -> str:
    """What went to the terminal for changes of (mailbox, name, before, after) that come together."""
    screen, clock = Screen(), FakeClock()
    notifier = Notifier(lambda: how, screen.output, clock)
    for mailbox, name, before, after in news:
        response = Response(UNTAGGED, name, Count(after), Frame((b"* %d %s\r\n" % (after, name.encode()),)))
        notifier.news(Received(response, None, True, change=f"{name} {before} -> {after}"), mailbox)
    assert screen.written == ""
    clock.move(1)
    return screen.written


@pytest.fixture(autouse=True)
def _no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_one_bell_for_a_burst() -> None:
    assert told("bell", ("INBOX", "EXISTS", 3, 4), ("INBOX", "EXISTS", 4, 6), ("INBOX", "RECENT", 0, 3)) == "\a"


def test_nothing_for_less_mail_nor_where_it_was_not_asked_for() -> None:
    assert told("bell", ("INBOX", "EXISTS", 4, 3)) == ""
    assert told("never", ("INBOX", "EXISTS", 3, 4)) == ""


def test_a_notification_counts() -> None:
    news = (("INBOX", "EXISTS", 3, 4), ("INBOX", "EXISTS", 4, 6), ("INBOX", "RECENT", 0, 3), ("Work", "EXISTS", 0, 1))
    assert told("desktop", *news) == "\x1b]9;imapsh: INBOX: 3 new messages; Work: 1 new message\a"
    assert told("desktop", ("INBOX", "RECENT", 0, 1)) == "\x1b]9;imapsh: INBOX: new mail\a"


def test_a_mailbox_name_cannot_end_the_sequence() -> None:
    text = told("desktop", ("a\x1b]0;x\x07\x9cb", "EXISTS", 3, 4))
    assert text.count("\x1b") == 1
    assert text.count("\a") == 1
    assert "\x9c" not in text
    assert sequence("one; two", "rxvt-unicode") == "\x1b]777;notify;imapsh;one, two\a"


def test_notify_send_where_there_is_a_desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept"
    os.mkfifo(kept)
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\n{{ printf "%s|" "$@"; env; }} > {kept}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("DISPLAY", ":9")
    monkeypatch.setenv("IMAPSH_PASSWORD", "pa55word")
    assert told("desktop", ("-x", "EXISTS", 3, 4)) == ""
    text = kept.read_text()
    assert text.startswith("--app-name=imapsh|--|imapsh|-x: 1 new message|")
    assert "DISPLAY=:9" in text
    assert "pa55word" not in text


def test_at_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            person.types("SELECT INBOX" + ENTER)
            await peer.hears(b"SELECT INBOX\r\n")
            peer.says(b"* 3 EXISTS\r\nA1 OK ok\r\n")
            await person.screen.shows("INBOX>")
            await person.enters("\\notify", "new mail is shown, without a bell or a notification")
            await person.enters("\\notify bell", "new mail is announced by: bell")
            assert "\a" not in person.screen.written
            peer.says(b"* 4 EXISTS\r\n* 5 EXISTS\r\n")
            await person.screen.until(lambda: "\a" in person.screen.written)
            await person.enters("\\notify tell", "\\notify takes off, bell or desktop, not 'tell'")
            await person.enters("\\notify off")
            assert person.screen.written.count("\a") == 1

    play(scene)


def test_it_is_for_the_prompt() -> None:
    assert "\\notify works only at the prompt" in imapsh("--demo", "-c", "\\notify bell").err
