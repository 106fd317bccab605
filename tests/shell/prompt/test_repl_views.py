"""Views at the prompt: as wide as the terminal, pushes between the rows, and the last exchange seen again."""

from __future__ import annotations

import signal
from pathlib import Path

from imapsh.render.visible import width
from tests.shell.acting import ENTER, Peer, acting, play


def test_the_last_exchange_as_a_view_knows_what_was_said_before(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted("demo@demo>")
            await person.enters("SELECT INBOX", "INBOX>")
            await person.enters("FETCH 4 BODYSTRUCTURE", "< A3 OK")
            await person.enters("FETCH 4 BODY.PEEK[2]", "< A4 OK")
            assert "lens,4200" not in person.screen.text
            await person.enters("\\last view", 'BODY[2] text/csv "budget.csv" 88 octets -- decoded from base64')
            await person.screen.shows("    | lens,4200,3980")
            await person.enters("CAPABILITY", "< A5 OK")
            await person.enters("\\last view", "    No longer", "- AUTH=PLAIN")  # it is longer than the screen

    play(scene)


def test_a_table_in_a_narrow_terminal_with_wide_characters(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, columns=60, demo=True, format="view") as person:
            await person.enters('LIST "" *', "  ├─ 2024", "  └─ 2025", "  灯台")
            await person.enters("SELECT INBOX", "INBOX>")
            await person.enters("FETCH 3:4 (FLAGS ENVELOPE)", "< A4 OK")
            lines = person.screen.lines
            [first] = [line for line in lines if line.startswith("- #")]
            at = lines.index(first)
            assert lines[at + 1 : at + 4] == [
                "      subject",
                "  3  S         2026-06-08 07:43 +0000  Edda Lindqvist",
                "      Fährplan und Tide 🌊",
            ]
            assert all(width(line) <= 60 for line in lines)

    play(scene)


def test_a_push_between_the_rows_is_shown_at_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, format="view") as person:
            person.types("SELECT INBOX" + ENTER)
            await peer.hears(b"SELECT INBOX\r\n")
            peer.says(b"* 3 EXISTS\r\nA1 OK [READ-WRITE] ok\r\n")
            person.types("FETCH 1:3 FLAGS" + ENTER)
            await peer.hears(b"FETCH 1:3 FLAGS\r\n")
            peer.says(b"* 1 FETCH (FLAGS ())\r\n* 2 FETCH (FLAGS ())\r\n* 4 EXISTS\r\n")
            await person.screen.shows("- #  flags", "  1  -", "  2  -", "~ 4 messages")
            peer.says(b"* 3 FETCH (FLAGS (\\Seen))\r\nA2 OK done\r\n")
            await person.screen.shows("  3  S", "< A2 OK done")

    play(scene)


def test_rows_of_a_command_that_is_left_running_are_not_shown(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, format="view") as person:
            person.types("SELECT INBOX" + ENTER)
            await peer.hears(b"SELECT INBOX\r\n")
            peer.says(b"* 2 EXISTS\r\nA1 OK [READ-WRITE] ok\r\n")
            person.types("FETCH 1:2 FLAGS" + ENTER)
            await peer.hears(b"FETCH 1:2 FLAGS\r\n")
            peer.says(b"* 1 FETCH (FLAGS ())\r\n* 2 FETCH (FLAGS ())\r\n* 3 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n")
            await person.screen.shows("~ 3 messages")
            signal.raise_signal(signal.SIGINT)
            await person.screen.shows("A2 FETCH is still running")
            peer.says(b"A2 OK done\r\n")
            await person.screen.shows("A2 FETCH is done: OK")
            assert "  1  S" not in person.screen.text
            await person.enters("\\last", "  1  S", "< A2 OK done")

    play(scene)


def test_a_lost_connection_shows_what_was_held_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, format="view") as person:
            person.types('LIST "" *' + ENTER)
            await peer.hears(b"LIST")
            peer.says(b'* LIST () "/" a\r\n* LIST () "/" a/b\r\n')
            peer.hangs_up()
            await person.screen.shows("- 2 mailboxes", "  a", "  └─ b", "\\connect opens it again")

    play(scene)
