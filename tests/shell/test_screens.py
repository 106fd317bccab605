"""Screens of another kind than most: without colours, and narrow ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.render.visible import width
from tests.shell.acting import ENTER, Peer, Screen, acting, play

INBOX = "demo@demo INBOX>"


def colours(screen: Screen) -> set[str]:
    """Those of all that is seen, the terminal's own left out."""
    cells = [cell for row in screen.screen.buffer.values() for cell in row.values()]
    return {colour for cell in cells for colour in (cell.fg, cell.bg)} - {"default"}


@pytest.mark.parametrize(("variable", "color"), [("", "auto"), ("1", "auto"), ("", "never")])
def test_no_colour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, color: str) -> None:
    """Replies, the prompt, the menu, what is wrong and the toolbar; all of them are there."""
    monkeypatch.setenv("NO_COLOR", variable)
    coloured = (variable, color) == ("", "auto")
    seen = []

    async def scene() -> None:
        async with acting(tmp_path, demo=True, color=color) as person:
            await person.enters("SELECT INBOX", INBOX)
            await person.enters("FETCH 4 ENVELOPE", "OK fetched")
            await person.prompted(INBOX)
            person.types("FETCH 1 (FLAGS ENV")
            await person.screen.shows("ENVELOPE", "The chief header fields")
            seen.append(colours(person.screen))
            person.types("\x15FETCH 1 (FLAGS FLAG )")
            await person.screen.shows("did you mean FLAGS?")
            seen.append(colours(person.screen))

    play(scene)
    assert [bool(found) for found in seen] == [coloured, coloured]


def test_a_push_above_a_line_that_is_longer_than_the_terminal_is_wide(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, columns=40, url=peer.url) as person:
            person.types("SELECT INBOX" + ENTER)
            await peer.hears(b"SELECT INBOX\r\n")
            peer.says(b"* 3 EXISTS\r\nA1 OK [READ-WRITE] ok\r\n")
            await person.screen.shows("INBOX>")
            typed = "FETCH 1:3 (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)"
            person.types(typed)
            await person.screen.shows("ENVELOPE)")
            peer.says(b"* 4 EXISTS\r\n* OK [ALERT] " + b"the lamp is out " * 4 + b"\r\n")
            await person.screen.shows("~ * 4 EXISTS", "ALERT")
            first = person.screen.line("INBOX>")
            assert person.screen.line("~ * 4 EXISTS") < first
            assert typed in "".join(person.screen.screen.display[first : first + 2])
            assert person.screen.text.count("INBOX> F") == 1
            assert "".join(person.screen.screen.display).count("the lamp is out") == 4
            assert all(width(line) <= 40 for line in person.screen.lines)
            person.types(ENTER)
            await peer.hears(typed.encode() + b"\r\n")
            peer.says(b"A2 OK\r\n")

    play(scene)


def test_a_subject_of_wide_characters_beside_a_number(tmp_path: Path) -> None:
    """In the menu, and beside the raw words of the reply."""

    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, columns=72, url=peer.url) as person:
            person.types("SELECT INBOX" + ENTER)
            await peer.hears(b"SELECT INBOX\r\n")
            peer.says(b"* 1 EXISTS\r\nA1 OK [READ-WRITE] ok\r\n")
            person.types("FETCH 1 ENVELOPE" + ENTER)
            await peer.hears(b"FETCH 1 ENVELOPE\r\n")
            subject = b"=?UTF-8?B?54Gv5Y+w44Gu5YWJ?="
            peer.says(b'* 1 FETCH (ENVELOPE (NIL "%s" NIL NIL NIL NIL NIL NIL NIL NIL))\r\nA2 OK done\r\n' % subject)
            await person.screen.shows("54Gv5Y+w44Gu5YWJ", "-- subject: 灯台の光", "A2 OK done")
            person.types("FETCH 1")
            await person.screen.until(lambda: any("灯台の光" in line for line in below(person.screen, "> FETCH 1")))
            assert all(width(line) <= 72 for line in person.screen.lines)

    play(scene)


def below(screen: Screen, text: str) -> list[str]:
    """The lines behind the last one that holds a text: the menu and the toolbar."""
    return screen.lines[screen.line(text) + 1 :]
