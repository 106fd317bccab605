r"""The last exchange, kept whole for `\last`: in memory up to a bound, behind that in a temporary file.

What is kept of an event is its octets and what the session knew of it; to show it, they are read again, by the same
parser.  So memory stays flat however much came, and every octet is there.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from imapsh.findings import Finding, Violation
from imapsh.grammar.responses import Parser
from imapsh.session.events import Completed, Event, Received, Sent
from imapsh.session.exchange import Exchange
from imapsh.shell.output import Output, release
from imapsh.wire.frames import Frame, Spilled

MEMORY = 4 << 20  #: octets kept before the rest goes to a temporary file

_TOGETHER = 256  # events written at once
_OCTETS_TOGETHER = 1 << 16  # or this many octets, if that is sooner

_SENT, _RECEIVED, _COMPLETED = range(3)


class Last:
    """The events since `begin`; `parser` is the session's, whose reading of UTF-8 is kept with each event."""

    def __init__(self, parser: Parser, *, memory: int = MEMORY) -> None:
        self._parser = parser
        self._memory = memory
        self._objects: list[Any] = []
        self._file: IO[bytes] = BytesIO()
        self._spilled = False
        self._due: list[tuple[Any, ...]] = []  # records that go to the file together
        self._due_octets = 0
        self._exchange: Exchange | None = None  # the one that it began with

    def __len__(self) -> int:
        """Octets kept, with what is known of them."""
        self._flush()
        return self._file.seek(0, 2)

    def begin(self) -> None:
        """A new exchange: forget the one before, and close its spooled literals."""
        self._file.close()
        self._file, self._spilled = BytesIO(), False
        self._due, self._due_octets = [], 0
        for thing in self._objects:
            if isinstance(thing, Spilled):
                release(Frame((b"", thing)))
        self._objects.clear()

    def keep(self, event: Event, *, on: bool = False) -> None:
        """Keep an event; what is sent for another exchange begins anew, unless it is to go `on`.

        Raises OSError when the disk is full.
        """
        if isinstance(event, Sent) and event.exchange is not None and event.exchange is not self._exchange and not on:
            self.begin()
            self._exchange = event.exchange
        self.add(event)

    def add(self, event: Event) -> None:
        """Keep an event, where it has octets.  Raises OSError when the disk is full."""
        if isinstance(event, Received):
            response, exchange, unsolicited, asks, findings, change, greeting, uid = event
            frame = response.frame
            known: tuple[Any, ...] = (unsolicited, asks, _plain(findings), change, greeting, uid)
            kind = _RECEIVED
        elif isinstance(event, Sent):
            frame, exchange = event
            kind, known = _SENT, ()
        elif isinstance(event, Completed):
            frame, exchange = event.response.frame, event.exchange
            kind, known = _COMPLETED, (_plain(event.findings),)
        else:
            return
        self._due.append((kind, self._parser.utf8, self._frame(frame), self._keep(exchange), known))
        self._due_octets += len(frame.parts[0]) if len(frame.parts) == 1 else frame.length
        if len(self._due) >= _TOGETHER or self._due_octets >= _OCTETS_TOGETHER:
            self._flush()

    def _flush(self) -> None:
        """Write what is due; in one piece, which marshal makes in a fraction of the time that many take."""
        if not self._due:
            return
        due, self._due, self._due_octets = self._due, [], 0
        if self._file.seek(0, 2) > self._memory and not self._spilled:
            self._spill()
        self._file.write(marshal.dumps(due))

    def events(self) -> Iterator[Event]:
        """What was kept, in order, read again.  Do not add or begin meanwhile."""
        parser = Parser(self._parser.readers, nesting=self._parser.nesting)
        end = len(self)
        at = 0
        while at < end:
            self._file.seek(at)
            records = marshal.load(self._file)
            at = self._file.tell()
            for kind, utf8, parts, exchange, known in records:
                parser.utf8 = utf8
                thing = self._objects[exchange] if exchange >= 0 else None
                yield self._event(parser, kind, self._unframe(parts), thing, known)

    def render(self, output: Output) -> Iterator[str]:
        """The exchange in another format, piece by piece."""
        return (text for event in self.events() if (text := output.event(event)))

    def octets(self, output: Output) -> Iterator[bytes]:
        """The same for a pipe or a file."""
        for event in self.events():
            yield from output.octets(event)

    def _event(self, parser: Parser, kind: int, frame: Frame, exchange: Exchange | None, known: Any) -> Event:
        if kind == _SENT:
            return Sent(frame, exchange)
        if kind == _COMPLETED:
            assert exchange is not None
            return Completed(parser.parse(frame), exchange, _findings(known[0]))
        unsolicited, asks, findings, change, greeting, uid = known
        response = parser.parse(frame, greeting=greeting)
        return Received(response, exchange, unsolicited, asks, _findings(findings), change, greeting, uid)

    def _spill(self) -> None:
        from tempfile import TemporaryFile

        file = TemporaryFile()  # noqa: SIM115 - closed by begin
        file.write(self._file.getvalue())  # type: ignore[attr-defined]
        self._file.close()
        self._file, self._spilled = file, True

    def _keep(self, thing: object) -> int:
        """The place of an object that is kept as it is; -1 for None."""
        if thing is None:
            return -1
        if not self._objects or self._objects[-1] is not thing:
            self._objects.append(thing)
        return len(self._objects) - 1

    def _frame(self, frame: Frame) -> tuple[Any, ...]:
        parts: tuple[Any, ...] = frame.parts
        if len(parts) > 1:  # there are literals
            parts = tuple([self._keep(part) if isinstance(part, Spilled) else bytes(part) for part in parts])
        return parts, frame.offset, _plain(frame.violations), frame.incomplete

    def _unframe(self, kept: tuple[Any, ...]) -> Frame:
        parts, offset, violations, incomplete = kept
        whole = tuple(self._objects[part] if isinstance(part, int) else part for part in parts)
        return Frame(whole, offset, tuple(Violation(*violation) for violation in violations), incomplete)


def _plain(named: tuple[Any, ...]) -> tuple[Any, ...]:
    """Named tuples as plain ones, which is what marshal takes."""
    return tuple(map(tuple, named)) if named else ()


def _findings(kept: tuple[Any, ...]) -> tuple[Finding, ...]:
    return tuple(Finding(*finding) for finding in kept)
