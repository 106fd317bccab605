"""Plays a conversation that is written down against a session, and tells what the session made of it.

    >>> SELECT INBOX                      what the person types
    C: A1 SELECT INBOX                    what must go out, and nothing else
    S: * 3 EXISTS                         what the server says
    !! DONE | answer TEXT | cancel | eof  what is done besides

A `C:` line stands for its CRLF; `C+:` for octets without one.  The same for `S:` and `S+:`.  `\\xff` is an octet.  What
goes out must be written down before the next `S:` or `>>>`; the events are in `events`.
"""

from __future__ import annotations

import re

from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Event, Received, Upgrade
from imapsh.session.exchange import Exchange
from imapsh.wire.limits import DEFAULT, Limits

_LINE = re.compile(r"\s*(>>>|C:|C\+:|S:|S\+:|!!) ?(.*)")


def octets(text: str) -> bytes:
    """The octets that a line of a script means."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), text.encode())


class Ticks:
    """A clock that moves by one at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


class Trace:
    """Keeps what a trace would."""

    def __init__(self) -> None:
        self.from_server = b""
        self.from_client = b""

    def received(self, piece: bytes) -> None:
        self.from_server += piece

    def sent(self, octets: bytes) -> None:
        self.from_client += octets


class Player:
    """A session and all that came of it.  `step`: how many octets the session is given at once, 0 for all."""

    def __init__(self, step: int = 0, limits: Limits = DEFAULT) -> None:
        self.trace = Trace()
        self.session = Session(clock=Ticks(), trace=self.trace, limits=limits)
        self.events: list[Event] = []
        self.exchanges: list[Exchange] = []
        self.out = b""
        self._step = step

    def play(self, script: str) -> Player:
        """Fails at the first line that does not go out as written."""
        said = b""
        for line in script.strip().splitlines():
            found = _LINE.fullmatch(line)
            assert found is not None, line
            side, text = found.groups()
            if side[0] == "S":
                said += octets(text) + (b"\r\n" if side == "S:" else b"")
                continue
            self._hear(said)
            said = b""
            if side[0] == "C":
                self._expect(octets(text) + (b"\r\n" if side == "C:" else b""))
            else:
                self._nothing_left(line)
                self._do(side, text)
        self._hear(said)
        self._nothing_left("the end")
        return self

    def _do(self, side: str, text: str) -> None:
        session = self.session
        if side == ">>>":
            self.exchanges.append(session.line(text.replace("\\r\\n", "\r\n")))
        elif text.startswith("answer "):
            session.answer(text[7:].encode())
        elif text == "DONE":
            session.done()
        elif text == "tls":
            session.upgraded()
        elif text == "eof":
            session.receive(b"")
        else:
            raise AssertionError(text)
        self.pump()

    def _hear(self, said: bytes) -> None:
        step = self._step or len(said) or 1
        for at in range(0, len(said), step):
            self.session.receive(said[at : at + step])
            self.pump()

    def pump(self) -> None:
        """Take what there is, as a driver does."""
        self.events.extend(self.session.events())
        while data := self.session.to_send():
            self.out += data
            self.events.extend(self.session.events())
        self.events.extend(self.session.events())

    def _expect(self, due: bytes) -> None:
        assert self.out[: len(due)] == due, f"{self.out!r} went out where {due!r} was due"
        self.out = self.out[len(due) :]

    def _nothing_left(self, where: str) -> None:
        assert not self.out, f"{self.out!r} went out before {where!r}"

    # -- what came of it

    @property
    def received(self) -> list[Received]:
        return [event for event in self.events if isinstance(event, Received)]

    @property
    def completed(self) -> list[Completed]:
        return [event for event in self.events if isinstance(event, Completed)]

    @property
    def last(self) -> Received:
        return self.received[-1]

    @property
    def closed(self) -> Closed:
        (event,) = [event for event in self.events if isinstance(event, Closed)]
        assert self.events[-1] is event
        return event

    @property
    def upgrades(self) -> list[Upgrade]:
        return [event for event in self.events if isinstance(event, Upgrade)]

    @property
    def findings(self) -> list[str]:
        """The rules of all findings, in order."""
        found = [event.findings for event in self.events if isinstance(event, Received | Completed | Closed)]
        return [finding.rule for findings in found for finding in findings]


def play(script: str, step: int = 0, limits: Limits = DEFAULT) -> Player:
    """A new session that plays `script`."""
    return Player(step, limits).play(script)


OPEN = "S: * OK ready"
LOGGED_IN = "S: * PREAUTH ready"
#: What a mailbox that is opened has to tell besides EXISTS.
MAILBOX = r"""
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] these
S: * OK [UIDVALIDITY 7] valid
S: * OK [UIDNEXT 100] next
""".strip()
SELECTED = f"""
S: * PREAUTH ready
>>> SELECT INBOX
C: A1 SELECT INBOX
{MAILBOX}
S: * 5 EXISTS
S: A1 OK [READ-WRITE] done
""".strip()
