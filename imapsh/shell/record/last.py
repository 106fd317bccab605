r"""The last exchange, kept whole for `\last`: in memory up to a bound, beyond that in a temporary file.

Of each event its octets are kept, and what the session knew of it; to show it, they are read again, by the same parser.
So memory stays flat however much came, and every octet is there.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from itertools import chain

from imapsh.findings import Finding, Violation
from imapsh.grammar.responses import Parser, Response
from imapsh.hints import IO, Any
from imapsh.render.visible import Shown
from imapsh.session.events import Completed, Event, Received, ReceivedRun, Sent
from imapsh.session.exchange import Exchange
from imapsh.shell.screen.output import Output, encoded, release
from imapsh.wire.frames import Frame, Spilled
from imapsh.wire.limits import DEFAULT

MEMORY = 4 << 20  #: octets kept before the rest goes to a temporary file

_FILES = 100  # literals in files of their own that are kept, for a process may have few files open

_TOGETHER = 1 << 16  # octets whose records are written at once

_FEW = 16  # events that are kept as they are, while nothing asks for them

_OCTETS = frozenset({bytes})

_SENT, _RECEIVED, _COMPLETED = range(3)

#: Of events that follow one another and are alike: what they have in common, the stream's octets before the first,
#: their frames (lines that are a frame each as their octets, any other with all that is known of it) and their
#: messages' UIDs.
_Run = tuple[tuple[Any, ...], int, list[Any], list[int | None]]


class Last:
    """Keeps the events since `begin`.

    `parser` is the session's, whose reading of UTF-8 is kept with each event.
    """

    def __init__(self, parser: Parser, *, memory: int = MEMORY, most: int = DEFAULT.kept) -> None:
        self._parser = parser
        self._memory = memory
        self._most = most
        self._late: list[tuple[Event, bool]] = []  # events, and whether the parser read UTF-8, that are to be kept
        self._late_octets = 0
        self._kept = False  # something but that, or it is not kept because there is too much
        self._octets = self._files = self._left_out = 0  # of what is kept
        self._full = False
        self._objects: list[Any] = []
        self._spooled: list[Spilled] = []
        self._came: list[Spilled] = []  # the large literals of the server
        self._file: IO[bytes] = BytesIO()
        self._written = self._spilled = False
        self._due: list[_Run] = []  # what goes to the file together, with the things themselves in it
        self._due_octets = 0
        self._exchange: Exchange | None = None  # the one that it began with
        self._alike: tuple[Any, ...] | None = None  # what the events of the last run have in common
        self._lines: list[Any] = []
        self._uids: list[int | None] = []
        self._end = -1  # where in the stream the next line of the run would begin

    def __len__(self) -> int:
        """Return the octets kept, with what is known of them."""
        self._flush()
        return self._file.seek(0, 2)

    @property
    def left_out(self) -> int:
        """The octets that were not kept, because there were more than the limit, or nowhere to keep them."""
        self._settle()
        return self._left_out

    @property
    def gone(self) -> int:
        """The octets of the server's large literals that cannot be read: their files were not written, or were changed.

        What was sent from a file is not meant: it is not kept, and the file is the person's.
        """
        from imapsh.wire.sinks import is_kept  # a start needs none of it

        self._settle()
        return sum(one.octets for one in self._came if not is_kept(one))

    def begin(self) -> None:
        """Begin a new exchange: forget the one before, and close its spooled literals."""
        self._late, self._late_octets = [], 0
        if not self._kept:
            return  # mostly nothing but what is late
        self._kept = False
        if self._written:
            with suppress(OSError):  # what the disk does not take is not needed any more
                self._file.close()
            self._file, self._written, self._spilled = BytesIO(), False, False
        self._due, self._due_octets, self._alike = [], 0, None
        self._octets = self._files = self._left_out = 0
        self._full = False
        for spilled in self._spooled:
            release(Frame((b"", spilled)))
        self._spooled.clear()
        self._objects.clear()
        self._came.clear()

    def keep(self, event: Event, *, on: bool = False) -> None:
        """Keep an event.  An event sent for another exchange begins anew, unless it is to go `on`.

        Raises OSError when the disk is full.
        """
        if type(event) is Sent and event.exchange is not None and event.exchange is not self._exchange and not on:
            self.begin()
            self._exchange = event.exchange
        self.add(event)

    def keep_rows(self, rows: Sequence[Received], utf8: bool, octets: bytes | None = None) -> None:
        """Keep events of one command that differ in their responses and UIDs alone; `utf8` is as the parser's was.

        `octets` are theirs, if each is one line.  Raises OSError when the disk is full.
        """
        if len(rows) == 1:
            self.add(rows[0], utf8)
            return
        self._settle()
        alike = _received(rows[0], utf8)
        if octets is not None and self._has_room(octets):
            self._octets += len(octets)
            self._add_lines(octets, rows[0].response.frame.offset, alike, [row.uid for row in rows])
            return
        for row in rows:
            self._add(row.response.frame, alike, row.uid)

    def keep_run(self, run: ReceivedRun, utf8: bool) -> None:
        """Keep the events of a run; `utf8` is as the parser's was.  Raises OSError when the disk is full."""
        self._settle()
        octets = run.run.octets
        if run.run.literals or not self._has_room(octets):
            for event in run.each():
                self._add(event.response.frame, _received(event, utf8), event.uid)
            return
        self._octets += len(octets)
        alike = (_RECEIVED, utf8, run.exchange, (), False, "", "", False)
        self._add_lines(octets, run.run.offset, alike, run.uids)

    def _has_room(self, octets: bytes) -> bool:
        return not (self._full or 0 < self._most < self._octets + len(octets))

    def add(self, event: Event, utf8: bool | None = None) -> None:
        """Keep an event, if it has octets; `utf8` is as the parser's was, None for as it is now.

        For now it is kept as it is, because mostly the next exchange begins before anybody asks for this one.  Raises
        OSError when the disk is full.
        """
        if type(event) is Received or type(event) is Completed:
            frame = event.response.frame
        elif type(event) is Sent:
            frame = event.frame
        else:
            return
        self._late.append((event, self._parser.utf8 if utf8 is None else utf8))
        self._late_octets += frame.length
        if len(self._late) > _FEW or self._late_octets > _TOGETHER or not _OCTETS.issuperset(map(type, frame.parts)):
            self._settle()

    def _settle(self) -> None:
        """Keep what was put off.  Raises OSError when the disk is full."""
        self._kept = True
        self._late_octets = 0
        while self._late:
            event, utf8 = self._late.pop(0)
            if type(event) is Received:
                self._add(event.response.frame, _received(event, utf8), event.uid)
            elif isinstance(event, Sent):
                self._add(event.frame, (_SENT, False, event.exchange, ()), None)
            elif isinstance(event, Completed):
                self._add(event.response.frame, (_COMPLETED, utf8, event.exchange, event.findings), None)

    def give_up(self) -> None:
        """Keep nothing more of this exchange, and forget what was kept of it: there is no place on the disk."""
        octets = self._octets + sum(event.response.frame.length for event, _ in self._late if type(event) is Received)
        self.begin()
        self._left_out, self._full, self._kept = octets, True, True

    def _takes(self, frame: Frame, files: int, alike: tuple[Any, ...]) -> bool:
        """Return whether there is room for a frame with so many literals in files of their own.

        For what was sent, and the tagged reply, there always is.
        """
        if alike[0] != _RECEIVED:
            return True
        if not self._full and self._octets and self._most:
            self._full = self._octets + frame.length > self._most or (files > 0 and self._files + files > _FILES)
        if self._full:
            self._left_out += frame.length
        self._octets += frame.length
        self._files += files
        return not self._full

    def _add(self, frame: Frame, alike: tuple[Any, ...], uid: int | None) -> None:
        parts = frame.parts
        spilled = [part for part in parts if type(part) is Spilled] if len(parts) > 1 else []
        if not self._takes(frame, len(spilled), alike):
            return
        octets = parts[0]
        if len(parts) > 1 or frame.violations or frame.incomplete or not isinstance(octets, bytes):
            self._begin_run(alike, frame.offset)
            self._lines.append(frame)
            if spilled:
                self._spooled += spilled
                if alike[0] != _SENT:
                    self._came += spilled
            self._uids.append(uid)
            self._due_octets += frame.length
            self._alike = None
            self._flush_much()
        else:
            self._add_lines(octets, frame.offset, alike, (uid,))

    def _add_lines(self, octets: bytes, offset: int, alike: tuple[Any, ...], uids: Sequence[int | None]) -> None:
        """Add lines that are a frame each, one for each of `uids`."""
        if offset != self._end or (alike is not self._alike and alike != self._alike):
            self._begin_run(alike, offset)
        self._lines.append(octets)
        self._uids += uids
        self._due_octets += len(octets)
        self._end += len(octets)
        self._flush_much()

    def _flush_much(self) -> None:
        if self._due_octets >= _TOGETHER:
            self._flush()

    def _begin_run(self, alike: tuple[Any, ...], offset: int) -> None:
        self._alike, self._end, self._lines, self._uids = alike, offset, [], []
        self._due.append((alike, offset, self._lines, self._uids))

    def _flush(self) -> None:
        """Write what is due.

        It is written in one piece, which marshal makes in a fraction of the time that many take.
        """
        self._settle()
        if not self._due:
            return
        due, self._due, self._due_octets, self._alike = self._due, [], 0, None
        if self._file.seek(0, 2) > self._memory and not self._spilled:
            self._spill()
        self._written = True
        self._file.write(marshal.dumps([self._plain_run(*run) for run in due]))

    def _plain_run(
        self, alike: tuple[Any, ...], offset: int, lines: list[Any], uids: list[int | None]
    ) -> tuple[tuple[Any, ...], int, list[Any], list[int | None]]:
        """Return a run in which each thing that marshal does not take is a plain one, or its place."""
        kind, utf8, exchange, findings, *known = alike
        plain = (kind, utf8, self._keep(exchange), _plain(findings), *known)
        return plain, offset, [one if isinstance(one, bytes) else self._frame(one) for one in lines], uids

    def events(self) -> Iterator[Event]:
        """Yield what was kept, in order, read again.  Do not add or begin meanwhile."""
        parser = Parser(self._parser.readers, nesting=self._parser.nesting)
        for (kind, utf8, place, findings, *known), offset, lines, uids in self._runs():
            parser.utf8 = utf8
            exchange: Any = self._objects[place] if place >= 0 else None
            found = tuple(Finding(*finding) for finding in findings)
            for line, uid in zip(chain.from_iterable(map(_each, lines)), uids, strict=True):
                frame = Frame((line,), offset) if isinstance(line, bytes) else self._unframe(line)
                offset += frame.length
                if kind == _SENT:
                    yield Sent(frame, exchange)
                elif kind == _COMPLETED:
                    yield Completed(parser.parse(frame), exchange, found)
                else:
                    unsolicited, asks, change, greeting = known
                    response = parser.parse(frame, greeting=greeting)
                    yield Received(response, exchange, unsolicited, asks, found, change, greeting, uid)

    @property
    def exchange(self) -> Exchange | None:
        """The command that it began with; None if there is none."""
        return self._exchange

    def _runs(self) -> Iterator[_Run]:
        end = len(self)
        at = 0
        while at < end:
            self._file.seek(at)
            runs = marshal.load(self._file)
            at = self._file.tell()
            yield from runs

    def render(self, output: Output) -> Iterator[Shown]:
        """Yield the exchange in another format, piece by piece."""
        for event in self.events():
            yield from output.texts(event)
        if rest := output.flush():
            yield rest

    def octets(self, output: Output) -> Iterator[bytes]:
        """Yield the exchange's octets for a pipe or a file."""
        for event in self.events():
            yield from output.octets(event)
        yield encoded(output.flush())

    def _spill(self) -> None:
        from tempfile import TemporaryFile

        file = TemporaryFile()  # noqa: SIM115 - closed by begin
        try:
            file.write(self._file.getvalue())  # type: ignore[attr-defined]
        except OSError:
            with suppress(OSError):
                file.close()
            raise
        self._file.close()
        self._file, self._spilled = file, True

    def _keep(self, thing: object) -> int:
        """Return the place of an object that is kept as it is, -1 for None."""
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


def _received(event: Received, utf8: bool) -> tuple[Any, ...]:
    """Return what events have in common that are kept together."""
    _, exchange, unsolicited, asks, findings, change, greeting, *_ = event
    return _RECEIVED, utf8, exchange, findings, unsolicited, asks, change, greeting


def _each(lines: Any) -> Sequence[Any]:
    """Return the lines that were kept together one by one; any other frame is returned as it was kept."""
    if not isinstance(lines, bytes) or lines.count(b"\n") < 2:
        return (lines,)
    return [line + b"\n" for line in lines[:-1].split(b"\n")]


def read_again(parser: Parser, utf8: bool, octets: bytes) -> Iterator[Response]:
    """Yield the responses that are a line each, as `parser` read them when its `utf8` was this."""
    again = Parser(parser.readers, nesting=parser.nesting)
    again.utf8 = utf8
    return (again.parse(Frame((line,))) for line in octets.splitlines(keepends=True))


def _plain(named: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return named tuples as plain ones, which is what marshal takes."""
    return tuple(map(tuple, named)) if named else ()
