"""What a FETCH brings is taken in many at a time, and nobody sees a difference."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from imapsh.shell.record import rows as taken_together
from imapsh.shell.screen.output import Output
from tests.shell.acting import Actor, Peer, acting, play
from tests.shell.connection.test_connection_runs import ran

ENVELOPE = b'* 1 FETCH (ENVELOPE (NIL "Kelp" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n'
REPLY = b"A2 OK fetched\r\n"


async def fetched(person: Actor, peer: Peer, octets: bytes) -> None:
    """What comes at once for a FETCH in a mailbox of three messages with the UIDVALIDITY 6."""
    await person.prompted_once()
    person.types("SELECT INBOX\r")
    await peer.hears(b"SELECT INBOX\r\n")
    peer.says(b"* 3 EXISTS\r\n* OK [UIDVALIDITY 6] ok\r\nA1 OK [READ-WRITE] opened\r\n")
    await person.screen.shows("opened")
    await person.prompted_once()
    person.types("FETCH 1:3 FLAGS\r")
    await peer.hears(b"FETCH 1:3 FLAGS\r\n")
    peer.says(octets + REPLY)
    await person.screen.shows("fetched")


def test_rows_keep_their_order_among_all_else_that_comes(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            rows = [b"* %d FETCH (FLAGS (k%d))\r\n" % (number, number) for number in (1, 2, 3)]
            await fetched(person, peer, b"".join([rows[0], rows[1], b"* 2 EXPUNGE\r\n", rows[1], b"* OK said\r\n"]))
            seen = person.screen.text
            places = [seen.index(text) for text in ("k1", "k2", "2 EXPUNGE", "OK said", "OK fetched")]
            assert places == sorted(places)
            assert places[2] < seen.rindex("k2") < places[3]
            talk = person.shell.app.connection
            assert list(talk.record.known.messages.keywords) == ["k1", "k2"]
            assert talk.results.found is not None
            assert bytes(talk.results.found.marks).rstrip(b"\0") == b"\1\1"
            shown = "".join(talk.last.render(Output()))
            places = [shown.index(text) for text in ("k1", "k2", "2 EXPUNGE", "OK said", "OK fetched")]
            assert places == sorted(places)

    play(scene)


def test_rows_belong_to_the_mailbox_as_it_was_when_they_came(tmp_path: Path) -> None:
    async def scene(more: bytes) -> list[str]:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await fetched(person, peer, ENVELOPE + more)
            return [seen.subject for _, seen in person.shell.app.connection.record.known.messages.newest()]

    assert asyncio.run(scene(b"")) == ["Kelp"]
    assert asyncio.run(scene(b"* OK [UIDVALIDITY 7] made anew\r\n")) == []


PLAIN = b"".join(
    b'* LIST (%s) %s "Archive/%d &AMQ-rger"\r\n' % (flags, delimiter, number)
    for number in range(40)
    for flags, delimiter in ((b"\\HasNoChildren \\Subscribed", b'"/"'), (b"", b"NIL"), (b"\\NonExistent", b'"."'))
)
OTHERS = (
    b'* LIST () "/" {5}\r\nInbox\r\n',
    b'* LIST () "/" "Old" ("OLDNAME" ("Older"))\r\n',
    b'* LIST  () "/" "two spaces"\r\n',
    b'* LIST () "/" Archive/&x\r\n',
    b'* STATUS "Archive" (MESSAGES 3)\r\n',
    b"* 61 EXISTS\r\n* OK [ALERT] said\r\n* 1 FETCH (FLAGS (k))\r\n",
    b'* LSUB () "/" "Archive \\"quoted\\""\r\n',
)


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize(
    "words",
    [
        ["--format", "wire"],
        ["--format", "json", "--json-raw"],
        ["--format", "pretty", "--color", "never"],
        ["--format", "pretty", "--color", "always"],
        ["--format", "view", "--color", "never"],
        ["--format", "hex", "--color", "never"],
        ["--format", "wire", "--quiet"],
    ],
    ids=" ".join,
)
def test_a_list_is_shown_and_kept_as_if_each_mailbox_came_by_itself(
    monkeypatch: pytest.MonkeyPatch, words: list[str], terminal: bool
) -> None:
    octets = PLAIN + b"".join(PLAIN[:500].rpartition(b"* ")[0] + other for other in OTHERS)
    shown = []
    for kinds in (taken_together._KINDS, frozenset[type]()):
        with monkeypatch.context() as patch:
            patch.setattr(taken_together, "_KINDS", kinds)
            script = b'LIST "" *\n\\last\nNOOP\n'
            shown.append(ran(patch, True, octets, script, *words, terminal=terminal))
    assert shown[0] == shown[1]
    assert len(shown[0]) > 1000
