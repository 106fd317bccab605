"""`\\copy` at the prompt: progress, and Ctrl-C between two messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell.acting import CTRL_C, Actor, Peer, acting, play

SELECTED = (
    b"* 0 EXISTS\r\n* OK [UIDVALIDITY 5] .\r\n* OK [UIDNEXT 1] .\r\n* OK [PERMANENTFLAGS (\\Answered \\Seen \\*)] .\r\n"
    b"A%d OK [%b] ok\r\n"
)


async def begun(person: Actor, peer: Peer) -> None:
    """Begin a copy of two messages to a peer; the first is sent, and has no reply yet."""
    await person.enters("SELECT INBOX", "demo@demo INBOX>")
    await person.enters(f"\\connect -n b {peer.url}", "b 127.0.0.1")
    await person.enters("\\use 1", "1 demo@demo INBOX>")
    person.types("\\copy 2:3 b:Back\r")
    await peer.hears(b"A1 SELECT Back\r\n")
    peer.says(SELECTED % (1, b"READ-WRITE"))
    await peer.hears(b"A2 EXAMINE Back\r\n")
    peer.says(SELECTED % (2, b"READ-ONLY"))
    await peer.hears(b"A3 CLOSE\r\n")
    peer.says(b"A3 OK closed\r\n")
    await peer.hears(b'A4 APPEND Back ($Important \\Answered \\Seen) " 5-Jun-2026 14:09:00 +0000" {882+}\r\n')


@pytest.mark.parametrize("columns", [80, 120])
def test_ctrl_c_waits_for_the_message_under_way(tmp_path: Path, columns: int) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, columns=columns, demo=True) as person:
            await begun(person, peer)
            person.types(CTRL_C) if person.shell.prompt.app.is_running else person.shell.driver.interrupt()
            peer.says(b"A4 OK [APPENDUID 5 1] done\r\n")
            await person.screen.shows("copied 1 message, 882 octets, to b:Back", "1 message is left", "interrupted")

    play(scene)
