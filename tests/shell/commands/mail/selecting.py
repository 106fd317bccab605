"""What a person types before mail is saved."""

from __future__ import annotations

from tests.shell.acting import Actor, Peer


async def selects(person: Actor, peer: Peer) -> None:
    """Select a mailbox of two messages, with the first command."""
    person.types("SELECT INBOX\r")
    await peer.hears(b"SELECT INBOX\r\n")
    peer.says(b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\nA1 OK [READ-WRITE] ok\r\n")
    await person.screen.shows("INBOX>")
