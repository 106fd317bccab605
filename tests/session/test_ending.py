"""How a session ends: BYE, the end of the stream at every octet, limits; and streams cut anywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.errors import (
    ConnectionLost,
    ConnectionTimeout,
    GreetingError,
    ImapshError,
    LimitError,
    ServerBye,
    StateError,
    TLSError,
)
from imapsh.sasl.table import make
from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Event, Received
from imapsh.session.exchange import Exchange
from imapsh.table.model import LOGOUT
from imapsh.wire.limits import DEFAULT

from .player import SELECTED, Player, play

DIALOGUE = r"""
S: * OK [CAPABILITY IMAP4rev1 STARTTLS LITERAL+] ready
>>> a LOGIN joe "open sesame"
C: a LOGIN joe "open sesame"
S: * CAPABILITY IMAP4rev1 IDLE
S: a OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS] in
>>> SELECT INBOX
C: A1 SELECT INBOX
S: * FLAGS (\Seen)
S: * 2 EXISTS
S: * OK [UIDVALIDITY 7] valid
S: A1 OK [READ-WRITE] open
>>> FETCH 1:2 (UID BODY[])
C: A2 FETCH 1:2 (UID BODY[])
S: * 1 FETCH (UID 4 BODY[] {12}
S+: A2 OK no\x0d\x0a\x0d\x0a
S:  FLAGS ())
S: * 2 FETCH (BODY[] {0}
S:  UID 9)
S: A2 OK done
>>> APPEND Box {3}\r\nabc
C: A3 APPEND Box {3}
S: + ready
C: abc
S: * 3 EXISTS
S: A3 OK [APPENDUID 1 2] done
>>> IDLE
C: A4 IDLE
S: + idling
S: * 2 EXPUNGE
S: * 9 FETCH (FLAGS (\Seen
S: nonsense "
!! DONE
C: DONE
S: A4 OK done
>>> LOGOUT
C: A5 LOGOUT
S: * BYE see you
S: A5 OK bye
"""


def told(events: list[Event]) -> list[object]:
    """Events without their times, comparable."""
    found: list[object] = []
    for event in events:
        if isinstance(event, Received):
            found.append((event.response.frame, repr(event.response), *event[2:]))
        elif isinstance(event, Completed):
            exchange = event.exchange
            counted = (exchange.tag, exchange.sent, exchange.received, exchange.untagged, tuple(exchange.changes))
            found.append((event.response.frame, repr(event.response), event.findings, counted))
        elif isinstance(event, Closed):
            found.append((repr(event.error), [exchange.tag for exchange in event.in_flight], event.findings))
        else:
            found.append(event)
    return [str(item) for item in found]


WHOLE = told(play(DIALOGUE).events)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64])
def test_cut_anywhere_the_events_are_the_same(step: int) -> None:
    assert told(play(DIALOGUE, step).events) == WHOLE


SERVER = b"".join(
    [
        b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n* 1 FETCH (FLAGS (\\Seen) BODY[] {5}\r\nab\r\nc)\r\n",
        b'* LIST () "/" "open\r\n  string"\r\n+ what\r\n\xff\x00garbage\r\n* 3 EXISTS\n',
        b"B1 OK who\r\n* OK [ALERT] {3}\r\n* BYE enough\r\n* 1 FETCH (BODY[] {100}\r\ncut short",
    ]
)


@given(st.lists(st.integers(0, len(SERVER)), max_size=12))
def test_cut_at_random_the_events_are_the_same(places: list[int]) -> None:
    def events(cuts: list[int]) -> list[object]:
        session = Session()
        found: list[Event] = []
        for start, stop in zip([0, *cuts], [*cuts, len(SERVER)], strict=True):
            if start < stop:
                session.receive(SERVER[start:stop])
                found.extend(session.events())
        session.receive(b"")
        return told([*found, *session.events()])

    assert events(sorted(places)) == events([])


def test_the_end_at_every_octet_of_a_dialogue() -> None:
    """Each octet received is in one event, nothing completes that was not said whole, and the error fits."""
    lines = DIALOGUE.strip().splitlines()
    for stop in range(len(lines)):
        if not lines[stop].startswith("S"):
            continue
        for cut in (0, 1, len(lines[stop]) // 2, len(lines[stop])):
            last = lines[stop][:cut].replace("S:", "S+:", 1) if cut > 2 else "S+:"
            if last.endswith(("\\", "\\x", "\\x0")):
                continue
            played = Player()
            played.play("\n".join([*lines[:stop], last]))
            played.play("!! eof")
            error = played.closed.error
            if played.session.greeting is None or stop == 0:
                assert isinstance(error, GreetingError)
            elif stop == len(lines) - 1:
                assert error is None
            else:
                assert type(error) is ConnectionLost
            frames = [event.response.frame for event in played.events if isinstance(event, Received | Completed)]
            assert sum(frame.length for frame in frames) == played.session.received_octets


@given(st.binary(max_size=200) | st.text('* +A1OKNBDFETCHIS()[]{}"\\\r\n0123456789~', max_size=200).map(str.encode))
def test_whatever_comes_it_ends_and_all_of_it_is_shown(noise: bytes) -> None:
    session = Session()
    session.receive(b"* PREAUTH hi\r\n")
    session.line("FETCH 1 UID")
    events = list(session.events())
    session.receive(noise)
    events += session.events()
    session.receive(b"")
    events += session.events()
    assert isinstance(events[-1], Closed)
    shown = b"".join(e.response.frame.raw for e in events if isinstance(e, Received | Completed))
    assert shown == b"* PREAUTH hi\r\n" + noise


# -- BYE


def test_bye_in_mid_command_is_read_to_the_end() -> None:
    played = play(SELECTED + "\n>>> NOOP\nC: A2 NOOP\n>>> SELECT Box\nS: * BYE [UNAVAILABLE] going down\nS: A2 OK done")
    assert played.session.ending
    assert played.session.state == LOGOUT
    assert played.exchanges[-2].status == "OK"
    with pytest.raises(ServerBye, match="going down"):
        played.session.line("NOOP")
    played.play("!! eof")
    error = played.closed.error
    assert isinstance(error, ServerBye)
    assert str(error) == "the server said BYE: going down"
    assert [exchange.name for exchange in played.closed.in_flight] == ["SELECT"]


def test_a_timeout_after_bye_is_told_as_bye() -> None:
    played = play(SELECTED + "\nS: * BYE going down")
    played.session.lost(ConnectionTimeout("nothing came"))
    played.pump()
    assert isinstance(played.closed.error, ServerBye)


def test_bye_into_a_literal() -> None:
    played = play(SELECTED + "\n>>> APPEND Box {3}\\r\\nabc\nC: A2 APPEND Box {3}\nS: * BYE no\nS: + go on\n!! eof")
    assert isinstance(played.closed.error, ServerBye)


def test_octets_behind_the_end_are_shown() -> None:
    played = play(SELECTED + "\n>>> LOGOUT\nC: A2 LOGOUT\nS: * BYE bye\nS: A2 OK done\nS: * 7 EXISTS\nS+: mo")
    assert played.closed.error is None
    assert played.last.response.frame.raw == b"* 7 EXISTS\r\nmo"


def test_what_came_before_the_connection_failed_is_read_first() -> None:
    session = Session()
    session.receive(b"* PREAUTH hi\r\n")
    exchange = session.line("NOOP")
    list(session.events())
    session.receive(b"A1 OK done\r\n* 3 EX")
    error = ConnectionLost("reset")
    session.lost(error)
    *_, shown, closed = session.events()
    assert exchange.status == "OK"
    assert isinstance(shown, Received)
    assert shown.response.frame.raw == b"* 3 EX"
    assert closed == Closed(error)


# -- limits


@pytest.mark.parametrize(
    ("limit", "allowed", "said", "seen"),
    [
        ("line", 100, "S+: * OK " + "x" * 100, 105),
        ("line", 100, "S: * OK " + "x" * 100, 107),
        ("literal", 100, "S: * 1 FETCH (BODY[] {101}", 101),
        ("literal", 100, "S: * 1 FETCH (BODY[] {9223372036854775807}", 9223372036854775807),
        ("responses", 5, "\n".join(f"S: * {number} EXISTS" for number in range(6, 12)), 6),
    ],
)
@pytest.mark.parametrize("step", [0, 1])
def test_limits(limit: str, allowed: int, said: str, seen: int, step: int) -> None:
    limits = DEFAULT._replace(**{limit: allowed})
    played = play(f"{SELECTED}\n>>> FETCH 1 UID\nC: A2 FETCH 1 UID\n{said}", step, limits)
    error = played.closed.error
    assert isinstance(error, LimitError)
    assert (error.limit, error.allowed) == (limit, allowed)
    assert allowed < error.seen <= seen
    assert f"Limits({limit}=N)" in str(error)
    shown = [event.response.frame for event in played.events if isinstance(event, Received | Completed)]
    assert sum(frame.length for frame in shown) == played.session.received_octets


def test_a_literal_of_2_to_the_64_is_no_literal() -> None:
    played = play(f"{SELECTED}\nS: * 1 FETCH (BODY[] {{18446744073709551616}}\nS: * 7 EXISTS\nS: x)")
    assert "number64" in [violation.rule for violation in played.received[-3].response.violations]


def test_there_is_no_limit_on_what_nobody_asked_for() -> None:
    played = play(SELECTED + "\nS: * 6 EXISTS" * 20, 0, DEFAULT._replace(responses=5))
    assert not played.session.closed


# -- what is asked of a session that is over (D5)

ASKED: dict[str, Callable[[Session], object]] = {
    "line": lambda session: session.line("NOOP"),
    "command": lambda session: session.command("NOOP"),
    "submit": lambda session: session.submit(Exchange("A9", "NOOP", [b"A9 NOOP"])),
    "raw": lambda session: session.raw(b"A9 NOOP\r\n"),
    "answer": lambda session: session.answer(b"abc"),
    "authenticate": lambda session: session.authenticate(make("PLAIN", "ida", "pw12")),
    "resync": lambda session: session.resync(),
    "require": lambda session: session.require("NOOP"),
}

ENDS: dict[str, tuple[str, type[ImapshError], str]] = {
    "dropped": ("!! eof", ConnectionLost, "closed the connection"),
    "bye": ("S: * BYE going down\n!! eof", ServerBye, "going down"),
    "logout": (">>> LOGOUT\nC: A2 LOGOUT\nS: * BYE bye\nS: A2 OK done", StateError, "after LOGOUT"),
}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("end", ENDS)
def test_d5_the_end_is_told_to_whoever_asks_later(end: str, asked: str) -> None:
    script, kind, text = ENDS[end]
    session = play(f"{SELECTED}\n{script}").session
    assert not session.is_open
    for _ in range(2):
        with pytest.raises(kind, match=text) as raised:
            ASKED[asked](session)
        assert type(raised.value) is kind
    assert session.to_send() == b""


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize(
    ("error", "here", "kind"),
    [
        (ConnectionTimeout("nothing came"), False, ConnectionTimeout),
        (LimitError("line", 1, 2), False, LimitError),
        (TLSError("no handshake"), False, ConnectionLost),
        (ConnectionLost("it was closed here"), True, StateError),
    ],
)
def test_d5_what_the_driver_ended(error: ImapshError, here: bool, kind: type[ImapshError], asked: str) -> None:
    player = play(SELECTED)
    player.session.lost(error, here=here)
    with pytest.raises(kind) as raised:
        ASKED[asked](player.session)
    assert type(raised.value) is kind
    assert str(error) in str(raised.value)


@pytest.mark.parametrize("asked", [name for name in ASKED if name != "resync"])
def test_d5_after_a_bye_nothing_is_said_any_more(asked: str) -> None:
    player = play(f"{SELECTED}\nS: * BYE going down")
    assert (player.session.closed, player.session.is_open) == (False, False)
    with pytest.raises(ServerBye, match="going down"):
        ASKED[asked](player.session)
