"""Responses that are read as a run are the same events, and leave the same behind, as if each was read by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Event, Received, ReceivedRun
from imapsh.wire.limits import DEFAULT, Limits
from tests.grammar.listings import listing
from tests.grammar.reading import DATA, lines
from tests.session.player import Ticks, Trace


class Reading:
    """A session in a mailbox of 100 messages while a command runs; `runs` counts the responses that came in runs."""

    def __init__(self, together: bool, command: str = "FETCH 1:* ALL", limits: Limits = DEFAULT) -> None:
        self.session = Session(clock=Ticks(), limits=limits, trace=None if together else Trace())
        self.together = together
        self.events: list[Event] = []
        self.runs = 0
        self._take(b"* PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE QRESYNC NOTIFY] hi\r\n")
        tag = self.session.line("SELECT INBOX").tag.encode()
        list(self.session.events())
        self._take(b"* FLAGS (\\Seen work)\r\n* 100 EXISTS\r\n* OK [UIDNEXT 500]\r\n%s OK [READ-WRITE] done\r\n" % tag)
        self.command = self.session.line(command)
        self._take(b"")
        self.events.clear()

    def says(self, octets: bytes, step: int = 0) -> None:
        """Take octets in, so many at a time; 0 for all at once."""
        for at in range(0, len(octets), step or len(octets) or 1):
            self._take(octets[at : at + (step or len(octets))])

    def _take(self, octets: bytes) -> None:
        if octets:
            self.session.receive(octets)
        if not self.together:
            self.events += self.session.events()
            return
        for event in self.session.happenings():
            if isinstance(event, ReceivedRun):
                self.runs += len(event.run.found)
                self.events += event.each()
            else:
                self.events.append(event)

    def told(self) -> list[object]:
        """Return all that can be seen of the events, and of what the session knows after them."""
        known, box = self.session.known, self.session.mailbox
        facts: list[object] = [known.state, known.capabilities, self.command.untagged, self.command.received]
        if box is not None:
            facts += [box.exists, box.flags, box.uids.tolist(), box.numbering.modseqs.tolist(), box.highestmodseq]
        return [*map(event_told, self.events), *facts]


def event_told(event: Event) -> object:
    """Return an event in a form that can be compared."""
    if isinstance(event, Received | Completed):
        response = event.response
        exchange = event.exchange
        more: tuple[Any, ...] = (event.findings,)
        if isinstance(event, Received):
            more += (event.unsolicited, event.asks, event.change, event.greeting, event.uid, event.gone)
        return (
            type(event), response.kind, response.name, response.tag, response.value, response.frame.parts,
            response.offset, response.violations, exchange and exchange.tag, more,
        )  # fmt: skip
    return (Closed, str(event.error), event.findings) if isinstance(event, Closed) else event


def both(octets: bytes, step: int = 0, command: str = "FETCH 1:* ALL", limits: Limits = DEFAULT) -> Reading:
    """Read the octets in runs and one by one, and compare; return the reading with runs."""
    together, apart = Reading(True, command, limits), Reading(False, command, limits)
    for reading in (together, apart):
        reading.says(octets, step)
        reading.says(reading.command.tag.encode() + b" OK done\r\n* 3 FETCH (FLAGS (other))\r\n", step)
    assert together.told() == apart.told()
    return together


def found(reading: Reading) -> list[str]:
    """Return the rules of the findings."""
    told = (event.findings for event in reading.events if isinstance(event, Received | Completed))
    return [finding.rule for findings in told for finding in findings]


FLAGS = b"".join(b"* %d FETCH (UID %d FLAGS (\\Seen))\r\n" % (number, number + 10) for number in range(1, 21))


def test_a_listing_comes_in_runs() -> None:
    assert both(FLAGS).runs == 16


@given(
    listing(),
    st.sampled_from([0, 0, 1, 7, 64, 200]),
    st.sampled_from(["FETCH 1:* ALL", "UID FETCH 1:* ALL", "NOOP", "IDLE"]),
)
def test_any_listing_makes_the_same_events(octets: bytes, step: int, command: str) -> None:
    both(octets, step, command)


def test_flags_that_come_during_idle_were_not_asked_for_however_many_come_at_once() -> None:
    assert all(event.unsolicited for event in both(FLAGS, command="IDLE").events if isinstance(event, Received))


@given(st.lists(listing(), min_size=2, max_size=3))
def test_what_was_told_before_is_compared_in_the_same_way(parts: list[bytes]) -> None:
    both(b"".join(parts))
    both(parts[0] * 2)


@pytest.mark.parametrize(
    ("more", "finding"),
    [
        (b"* 5 FETCH (UID 99 FLAGS ())\r\n", "uid-changes"),
        (b"* 30 FETCH (UID 20 FLAGS ())\r\n", "uid-order"),
        (b"* 21 FETCH (UID 700 FLAGS ())\r\n", "uid-above-next"),
        (b"* 101 FETCH (UID 400 FLAGS ())\r\n", "message-number"),
        (b"* 3 FETCH (UID 13 FLAGS (other))\r\n", "keyword-unannounced"),
        (b"* 2 EXPUNGE\r\n* 30 FETCH (UID 12 FLAGS ())\r\n", "uid-gone"),
    ],
)
def test_a_fault_in_the_middle_of_a_run_is_found_in_the_same_response(more: bytes, finding: str) -> None:
    reading = both(FLAGS + more + FLAGS.replace(b"\\Seen", b""), command="NOOP")
    assert finding in found(reading)


def test_a_message_that_comes_twice_in_a_run_is_not_held_against_itself() -> None:
    uids = {5: 2, 6: 1}
    told = [
        b"* %d FETCH (UID %d MODSEQ (%d) FLAGS () RFC822.SIZE 0)\r\n" % (number, uids.get(number, 0), 2 * (number == 6))
        for number in range(1, 11)
    ]
    risen = [
        b"* %d FETCH (MODSEQ (%d))\r\n" % pair for pair in ((1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (5, 2), (6, 1))
    ]
    assert found(both(b"".join(told + risen))).count("modseq-falls") == 1


ENVELOPED = (
    b'* %d FETCH (UID %d INTERNALDATE "05-Feb-2024 09:00:%02d +0100" RFC822.SIZE %d ENVELOPE (NIL "%s" NIL NIL NIL '
    b"NIL NIL NIL NIL NIL))\r\n"
)


AGAIN = b"* OK once more\r\n"


def enveloped(subject: bytes = b"Hi", size: int = 9, number: int = 0) -> bytes:
    """Return a listing, in which one message, `number`, is different."""
    return b"".join(
        ENVELOPED % (one, one + 10, one, size if one == number else 9, subject if one == number else b"Hi")
        for one in range(1, 21)
    )


@pytest.mark.parametrize(
    ("again", "changes"),
    [
        (enveloped(), 0),
        (enveloped(b"Ho", 9, 12), 1),
        (enveloped(b"Hi", 8, 12), 1),
        (enveloped(b"Ho", 8, 20), 2),
        (enveloped(b'a \\"b\\"', 9, 7), 1),
        (enveloped().replace(b"09:00:05 +0100", b"08:00:05 +0000"), 0),
        (enveloped().replace(b"09:00:05 +0100", b"08:00:05 +0100"), 1),
        (enveloped().replace(b"Feb", b"feb"), 0),
        (enveloped().replace(b"NIL))", b"nil))"), 0),
        (enveloped().replace(b'"Hi"', b"{2}\r\nHi"), 0),
        (enveloped().replace(b'"Hi"', b"{2}\r\nHo"), 20),
        (enveloped().replace(b"RFC822.SIZE 9", b"RFC822.SIZE 0"), 0),
    ],
)
def test_what_never_changes_is_compared_however_it_was_read(again: bytes, changes: int) -> None:
    assert found(both(enveloped() + AGAIN + again)) == ["message-changes"] * changes
    assert both(enveloped() + AGAIN + enveloped()).runs == 16 + 16 + 4


def test_the_limit_on_responses_ends_the_session_at_the_same_one() -> None:
    reading = both(FLAGS, limits=DEFAULT._replace(responses=12))
    assert [type(event) for event in reading.events[-2:]] == [Received, Closed]
    assert reading.command.untagged == 13


def test_a_trace_and_a_state_without_a_login_are_read_line_by_line() -> None:
    reading = Reading(True)
    reading.session.set_trace(Trace())
    reading.says(FLAGS)
    assert reading.runs == 0


def test_octets_that_are_deflated_come_in_runs_too() -> None:
    import zlib

    reading = Reading(True, "COMPRESS DEFLATE")
    reading.says(reading.command.tag.encode() + b" OK from here on\r\n")
    fetch = reading.session.line("FETCH 1:* FLAGS")
    list(reading.session.events())
    deflate = zlib.compressobj(wbits=-15)
    reading.says(deflate.compress(FLAGS + fetch.tag.encode() + b" OK done\r\n") + deflate.flush(zlib.Z_SYNC_FLUSH), 50)
    assert reading.runs > 8
    assert fetch.status == "OK"
    assert fetch.untagged == 20


LINES = [line["raw"].encode() for name in ("quirks", "more", "examiner") for line in lines(f"{name}.jsonl")]
RECORDED = [path for path in (DATA / "captures").rglob("*") if path.is_file() and path.suffix != ".jsonl"]


@pytest.mark.parametrize("part", range(20))
def test_each_line_of_the_corpora_among_a_listing_makes_the_same_events(part: int) -> None:
    listing = FLAGS + enveloped()
    for octets in LINES[part::20]:
        ended = octets if octets.endswith(b"\n") else octets + b"\r\n"
        both(listing[:300] + ended + FLAGS + ended * 2 + listing)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_servers_said_makes_the_same_events(path: Path) -> None:
    octets = path.read_bytes()
    both(octets)
    both(octets * 2, step=100)
