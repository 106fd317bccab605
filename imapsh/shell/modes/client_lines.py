"""Reads the commands that a client sent, and checks each against the table.

A recording has only the client's octets, or also the `+` lines of the server between them.  The server's answers are
not known, so a command is taken to have been accepted.  A state is complained of only if no answer could have made it
right.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader
from typing import Any

from imapsh.findings import Finding, Violation
from imapsh.patterns import lazy
from imapsh.session.clients.conduct import Said, Scene, Tags, judged
from imapsh.session.clients.course import Course
from imapsh.session.clients.lines import BASE64, Ruled, has_initial, literals_of, problems_of, text_of
from imapsh.session.states import LEAVES
from imapsh.table.model import SELECTED, Context
from imapsh.tuples import NamedTuple
from imapsh.typed.match import Match, match
from imapsh.wire.frames import Frame
from imapsh.wire.limits import Limits
from imapsh.wire.reader import COMMAND, FrameReader, Octets, Opener, Request

CLIENT, SERVER = "client", "server"  # the side that sent what an item is about

_GO_ON = lazy(rb"\+(?: [^\r\n]*)?\r?\n")
_ENDS = frozenset(b"\r\n )")  # octets that may follow a literal


class Line(NamedTuple):
    """A command, an answer to `+`, or a line of the server.

    `offset` and `length` count octets of the recording, `+` lines within a command included.  `name` is the command's,
    or "DONE", "+", or "" for an answer to an AUTHENTICATE.  The offsets of violations are those of the recording.
    """

    offset: int
    length: int
    kind: str
    tag: str | None
    name: str
    violations: tuple[Violation | Ruled, ...] = ()
    findings: tuple[Finding, ...] = ()
    incomplete: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the line as `--explain --client` prints it."""
        made: dict[str, Any] = {
            "offset": self.offset,
            "length": self.length,
            "kind": self.kind,
            "tag": self.tag,
            "name": self.name,
            "violations": [
                {"rule": one.rule, "rfc": one.rfc, "offset": one.offset, "message": one.message}
                for one in self.violations
            ],
            "findings": [{"rule": one.rule, "rfc": one.rfc, "message": one.message} for one in self.findings],
        }
        return {**made, "incomplete": True} if self.incomplete else made


class Reader:
    """A reader of the lines of a recording, in order; each octet belongs to one of them.

    `capabilities` holds those that the server offers; if it is empty, all are assumed.
    """

    def __init__(
        self,
        file: BufferedReader[Any],
        limits: Limits,
        opener: Opener | None,
        capabilities: frozenset[str] = frozenset(),
    ) -> None:
        self._file = file
        self._most = limits.line + len(b"\r\n") + 1 if limits.line else -1  # octets of a line; the reader refuses more
        self._capabilities = capabilities
        self._frames = FrameReader(COMMAND, limits, opener)
        self._skipped: list[tuple[int, int]] = []  # `+` lines: octets of the frame before each, and how long it is
        self._taken = 0  # octets of the frame so far, without the skipped lines
        self._offset = 0
        self._course = Course()
        self._answers = ""  # the command whose `+` is answered
        self._tags = Tags()
        self._enabled: frozenset[str] = frozenset()

    def lines(self) -> Iterator[Line]:
        """Yield each line.  Raises LimitError."""
        while (frame := self._frame()) is not None:
            length = frame.length + sum(size for _, size in self._skipped)
            yield self._line(frame, length)
            self._offset += length

    # -- octets

    def _frame(self) -> Frame | None:
        """Read one frame; the `+` lines before its literals are skipped, and noted."""
        self._skipped, self._taken = [], 0
        self._frames.raw_line = bool(self._answers)
        reading = self._frames.read()
        request: Request = next(reading)
        try:
            while True:
                request = reading.send(self._asked(request))
        except StopIteration as stop:
            frame: Frame | None = stop.value
            return frame

    def _asked(self, request: Request) -> bytes:
        if not isinstance(request, Octets):
            octets = self._file.readline(self._most)
        else:
            if request.first and request.synchronizing:
                self._skip(request.octets)
            octets = self._file.read(min(request.octets, 1 << 18)) if request.octets else b""
        self._taken += len(octets)
        return octets

    def _skip(self, octets: int) -> None:
        """Skip the `+` line before a literal of `octets` octets, unless it looks like the literal's own."""
        ahead = self._file.peek(1)
        found = _GO_ON.match(ahead)
        if found is None:
            return
        behind = (ahead[at : at + 1] for at in (octets, found.end() + octets))
        own, after = (not one or one[0] in _ENDS for one in behind)
        if own and not after:
            return
        self._skipped.append((self._taken, len(self._file.readline(self._most))))

    # -- lines

    def _line(self, frame: Frame, length: int) -> Line:
        first = frame.parts[0]
        assert isinstance(first, bytes)
        if _GO_ON.fullmatch(first):
            return Line(self._offset, length, SERVER, None, "+")
        wire = tuple(one._replace(offset=self._place(one.offset)) for one in frame.violations)
        if self._answers:
            return self._answer(first, length, wire, frame.incomplete)
        found = match(text_of(frame), self._context(), literals_of(frame))
        violations, advice = problems_of(frame, found, self._place)
        findings = self._conduct(Said(frame, found, advice), found)
        self._follow(found)
        name = found.command.name if found.command is not None else found.name.upper()
        every: list[Violation | Ruled] = [*wire, *violations]
        every.sort(key=lambda one: one.offset)
        return Line(self._offset, length, CLIENT, found.tag, name, tuple(every), findings, frame.incomplete)

    def _answer(self, line: bytes, length: int, wire: tuple[Violation, ...], incomplete: bool) -> Line:
        """Return the line of an answer to AUTHENTICATE, or of what ends IDLE."""
        idle, self._answers = self._answers == "IDLE", ""
        word = line.rstrip(b"\r\n")
        violations = wire
        if idle and word.upper() != b"DONE":
            violations = (*wire, Violation("idle", self._offset, "only DONE may follow IDLE"))
        elif not idle:
            wrong = BASE64.match(word)
            end = wrong.end() if wrong is not None else 0
            if end < len(word) and word != b"*":
                violations = (*wire, Violation("base64", self._offset + end, "expected base64, or * to give up"))
            elif word != b"*":
                self._answers = "AUTHENTICATE" if self._more() else ""
        return Line(self._offset, length, CLIENT, None, "DONE" if idle else "", violations, (), incomplete)

    def _more(self) -> bool:
        """Return whether the next line is a further answer of the same login: base64 alone, on a line of its own."""
        ahead = self._file.peek(1)
        found = _GO_ON.match(ahead)
        start = found.end() if found is not None else 0
        end = ahead.find(b"\n", start)
        line = ahead[start : end if end >= 0 else len(ahead)].rstrip(b"\r")
        return bool(line) and BASE64.fullmatch(line) is not None and b" " not in line

    def _context(self) -> Context:
        rev2 = "IMAP4REV2" in self._enabled
        utf8 = rev2 or "UTF8=ACCEPT" in self._enabled
        return Context(SELECTED, self._capabilities, rev2, utf8, tagged=True)

    def _place(self, octets: int) -> int:
        """Return where the octet of the frame is in the recording: after the `+` lines that were skipped before it."""
        return self._offset + octets + sum(size for before, size in self._skipped if before <= octets)

    def _follow(self, found: Match) -> None:
        """Take in what a command does to the state and to the lines after it."""
        row = found.command
        if row is None:
            return
        self._course.passed(row)
        if row.name == LEAVES:
            self._enabled = frozenset()
        if row.name == "ENABLE":
            self._enabled |= {str(piece.value).upper() for piece in found.slots}
        if row.name == "IDLE" or (row.name == "AUTHENTICATE" and not has_initial(found)):
            self._answers = row.name

    def _conduct(self, said: Said, found: Match) -> tuple[Finding, ...]:
        capabilities = frozenset(name.upper() for name in self._capabilities)
        findings = list(judged(said, Scene(self._course.states, capabilities)))
        if found.tag is not None:
            findings += self._tags.take(found.tag, running=False)
        return tuple(findings)
