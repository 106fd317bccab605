"""Does what the rules of a tap say (`imapsh.shell.connection.taprules`), on one connection.

Theory of operation.  Octets of a side go through `Ruling.steps`, which yields what is to be done with them, in order.
The rules that name something need lines.  So the first line of a command or response is held until it is complete, or
until it is clear that no rule is about it.  A literal is passed over.  What the tap answers itself is put between two
responses of the server.  When COMPRESS begins, lines cannot be read any more, and that is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.patterns import lazy
from imapsh.render.amounts import count, duration
from imapsh.shell.connection.taprules import ANSWER, CUT, DELAY, HIDE, SPLIT, Rule
from imapsh.tuples import NamedTuple
from imapsh.wire.pieces import CLIENT, SERVER

PASS, KEEP, SAY, WAIT, NOTE, END = "pass", "keep", "say", "wait", "note", "end"

MOST_HELD = 1 << 16  #: octets of a line that is held; a longer one passes as it is

_LITERAL = lazy(rb"\{(\d{1,19})(\+?)\}\r?\n\Z")
_PRINTABLE = lazy(rb"[ -~\r]*")
_COMMAND = lazy(rb"(?i)([!-~]+) (?:UID )?([!-~]+)")
_RESPONSE = lazy(rb"\* (?:\d+ )?([!-~]+)")
_TAGGED_OK = lazy(rb"(?i)([!-~]+) OK\b")
_LISTED = lazy(rb"(?i)(?:\* CAPABILITY|(?:\*|[^ *+\r\n]+) (?:OK|NO|BAD|PREAUTH|BYE) \[CAPABILITY)((?: [^\] \r\n]+)+)")
_NAMES = {CLIENT: "client", SERVER: "server"}


class Ended(Exception):
    """A rule ends the connection."""


class Step(NamedTuple):
    """A thing to be done: PASS octets, KEEP the client's octets from the server, SAY octets to the client.

    Or WAIT so many seconds, NOTE a text, END the connection.
    """

    do: str
    octets: bytes = b""
    text: str = ""
    seconds: float = 0


class _Lines:
    """Cuts the octets of a side where commands or responses begin.  `inside` is true between those places."""

    def __init__(self) -> None:
        self.inside = False
        self.ended = False  # there are no lines any more
        self.waits = False  # the last line announced a literal that the server must ask for
        self._held = b""
        self._tail = b""
        self._literal = 0

    def cut(self, octets: bytes) -> Iterator[tuple[bool, bytes]]:
        """Yield octets, and whether they are the whole first line of a command or response."""
        while octets:
            if self.ended:
                yield False, self.rest() + octets
                return
            if self._literal:
                piece, octets = octets[: self._literal], octets[self._literal :]
                self._literal -= len(piece)
                yield False, piece
                continue
            end = octets.find(b"\n") + 1
            piece, octets = (octets[:end], octets[end:]) if end else (octets, b"")
            whole = not self.inside and bool(end)
            if not self.inside:
                self._held += piece
                if not end and len(self._held) <= MOST_HELD and _PRINTABLE.fullmatch(self._held):
                    return
                piece = self.rest()
            self._take(piece, ends=bool(end))
            yield whole, piece

    def _take(self, piece: bytes, *, ends: bool) -> None:
        self._tail = (self._tail + piece[-32:])[-32:]
        announced = _LITERAL.search(self._tail) if ends else None
        self.inside = not ends or announced is not None
        self.waits = announced is not None and not announced[2]
        if announced is not None:
            self._literal = int(announced[1])
        if ends:
            self._tail = b""

    def refuse(self) -> None:
        """Take in that the announced literal will not come, nor what follows it."""
        self.inside = self.waits = False
        self._literal = 0

    def rest(self) -> bytes:
        """Return what is held, and hold it no more."""
        held, self._held = self._held, b""
        return held


class Ruling:
    """The rules of a tap, on one connection."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._lines = {CLIENT: _Lines(), SERVER: _Lines()}
        self._of_lines = [rule for rule in rules if rule.needs_lines]
        self._of_octets = {side: [rule for rule in rules if rule.side == side and not rule.name] for side in _NAMES}
        self._passed = {CLIENT: 0, SERVER: 0}
        self._compressing = b""  # the tag of a COMPRESS that has no answer yet
        self._answering: bytes | None = None  # the answer to a command whose octets still come
        self._due = b""  # answers that wait for the end of a response

    def steps(self, side: str, octets: bytes) -> Iterator[Step]:
        """Yield what is to be done with octets of a side."""
        passing = b""
        for step in self._by_lines(side, octets):
            if step.do == PASS:
                passing += step.octets
                continue
            if passing:
                yield from self._by_octets(side, passing)
                passing = b""
            yield step
        if passing:
            yield from self._by_octets(side, passing)

    def end(self, side: str) -> bytes:
        """Return octets of a side that are held, because the side sends no more."""
        return self._lines[side].rest()

    def secured(self) -> None:
        """Take in that TLS has begun: what is held came before it, and is nobody's."""
        self._lines = {CLIENT: _Lines(), SERVER: _Lines()}

    # -- rules about lines

    def _by_lines(self, side: str, octets: bytes) -> Iterator[Step]:
        if not self._of_lines:
            yield Step(PASS, octets)
            return
        for whole, piece in self._lines[side].cut(octets):
            if side == CLIENT:
                yield from self._said(piece, whole=whole)
            else:
                yield from self._received(piece, whole=whole)

    def _said(self, piece: bytes, *, whole: bool) -> Iterator[Step]:
        lines = self._lines[CLIENT]
        if self._answering is not None:
            yield Step(KEEP, piece)
            yield from self._answered()
            return
        found = _COMMAND.match(piece) if whole else None
        if found is not None:
            name = found[2].decode("ascii").upper()
            if name == "COMPRESS":
                self._compressing = found[1]
            for rule in self._named(CLIENT, name):
                if rule.kind == ANSWER:
                    yield Step(NOTE, text=f"{ANSWER} {name}: the server does not get this command, the tap answers it")
                    yield Step(KEEP, piece)
                    self._answering = _answer(rule, found[1])
                    if lines.waits:
                        lines.refuse()
                    yield from self._answered()
                    return
                yield from self._waited(rule, f"the client's {name}")
        yield Step(PASS, piece)

    def _answered(self) -> Iterator[Step]:
        """Answer the command if all of it has come, as soon as no response is under way."""
        if self._answering is None or self._lines[CLIENT].inside:
            return
        answer, self._answering = self._answering, None
        if self._lines[SERVER].inside:
            self._due += answer
        else:
            yield Step(SAY, answer)

    def _received(self, piece: bytes, *, whole: bool) -> Iterator[Step]:
        compresses = False
        if whole:
            found = _RESPONSE.match(piece)
            if found is not None:
                name = found[1].decode("ascii").upper()
                for rule in self._named(SERVER, name):
                    if rule.kind == DELAY:
                        yield from self._waited(rule, f"the server's {name}")
            tagged = _TAGGED_OK.match(piece)
            compresses = tagged is not None and tagged[1] == self._compressing
            for rule in self._of_lines:
                if rule.kind == HIDE:
                    piece, notes = _hidden(piece, rule)
                    yield from notes
        yield Step(PASS, piece)
        if compresses:
            for lines in self._lines.values():
                lines.ended = True
            yield Step(NOTE, text=f"COMPRESS begins: {self._of_no_use()} cannot work any more on this connection")
        elif self._due and not self._lines[SERVER].inside:
            yield Step(SAY, self._due)
            self._due = b""

    def _of_no_use(self) -> str:
        return ", ".join(f"the rule '{rule.text.strip()}'" for rule in self._of_lines)

    def _named(self, side: str, name: str) -> Iterator[Rule]:
        for rule in self._of_lines:
            if rule.kind != HIDE and (rule.side, rule.name) == (side, name):
                yield rule

    @staticmethod
    def _waited(rule: Rule, what: str) -> Iterator[Step]:
        yield Step(NOTE, text=f"{DELAY}: {what} waits {duration(rule.number)}")
        yield Step(WAIT, seconds=rule.number)

    # -- rules about octets

    def _by_octets(self, side: str, octets: bytes) -> Iterator[Step]:
        who, pieces = _NAMES[side], 0
        for rule in self._of_octets[side]:
            if rule.kind == DELAY:
                yield from self._waited(rule, f"{count(len(octets), 'octet')} of the {who}")
            elif rule.kind == SPLIT:
                pieces = int(rule.number)
        ends = False
        for rule in self._of_octets[side]:
            if rule.kind == CUT and self._passed[side] + len(octets) >= rule.number:
                most = int(rule.number) - self._passed[side]
                yield Step(
                    NOTE,
                    text=f"{CUT}: the connection ends after {count(int(rule.number), 'octet')} of the {who}; "
                    f"{count(len(octets) - most, 'octet')} that came do not pass",
                )
                octets, ends = octets[:most], True
        self._passed[side] += len(octets)
        if pieces and len(octets) > pieces:
            parts = -(-len(octets) // pieces)
            yield Step(NOTE, text=f"{SPLIT}: {count(len(octets), 'octet')} of the {who} pass in {parts:,} pieces")
            for at in range(0, len(octets), pieces):
                yield Step(PASS, octets[at : at + pieces])
        elif octets:
            yield Step(PASS, octets)
        if ends:
            yield Step(END)


def _answer(rule: Rule, tag: bytes) -> bytes:
    *before, last = rule.lines
    return b"".join(line + b"\r\n" for line in (*before, tag + b" " + last))


def _hidden(line: bytes, rule: Rule) -> tuple[bytes, list[Step]]:
    """Take a capability out of a line that lists capabilities.  Return the line, and what is told."""
    found = _LISTED.match(line)
    if found is None:
        return line, []
    kept = b"".join(b" " + name for name in found[1].split(b" ")[1:] if not _is(name, rule.name))
    if kept == found[1]:
        return line, []
    if not kept:
        return line, [
            Step(NOTE, text=f"{HIDE} {rule.name}: nothing else is in the server's list, which stays as it is")
        ]
    taken = [name.decode("ascii", "replace") for name in found[1].split(b" ")[1:] if _is(name, rule.name)]
    told = Step(NOTE, text=f"{HIDE} {rule.name}: {' '.join(taken)} taken out of the server's capabilities")
    return line[: found.start(1)] + kept + line[found.end(1) :], [told]


def _is(name: bytes, hidden: str) -> bool:
    upper = name.upper()
    if hidden.endswith("*"):
        return upper.startswith(hidden[:-1].encode("ascii"))
    return upper == hidden.encode("ascii")
