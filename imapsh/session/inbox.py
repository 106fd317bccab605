"""Turns the server's octets into responses that may be shown.

The counterpart of `imapsh.session.outbox`.  Octets go through the frame reader, deflated ones through DEFLATE first.
Each frame is parsed, and known secrets in it are masked.  A copy of the octets, masked too, goes to the trace piece by
piece as they are used, so that a trace is complete even if a frame never ends.
"""

from __future__ import annotations

from imapsh.findings import Violation
from imapsh.grammar.responses import CONTINUATION, GARBAGE, UNTAGGED, Response
from imapsh.grammar.values import Garbage, StatusText
from imapsh.hints import TYPE_CHECKING, Protocol
from imapsh.session import states
from imapsh.session.freetext import FreeText, Heard
from imapsh.wire.frames import Frame
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader

if TYPE_CHECKING:
    from imapsh.grammar.alike import Run, Shapes
    from imapsh.session.knowledge import Knowledge
    from imapsh.session.secrets import Secrets
    from imapsh.session.traffic import Traffic
    from imapsh.wire.limits import Limits
    from imapsh.wire.push import Unfinished
    from imapsh.wire.reader import Opener


class Tracer(Protocol):
    """An object that keeps a trace; `imapsh.wire.trace.Trace` is one."""

    def received(self, piece: bytes, /) -> None:
        """Take in octets from the server, with known secrets masked."""

    def sent(self, octets: bytes, /) -> None:
        """Take in octets to the server, with secrets masked."""


class Keeper(Protocol):
    """An object that keeps the latest octets of both sides, in the clear; they may be of part of a line.

    `literal` says that all the octets are of one literal.
    """

    def received(self, octets: bytes, /, *, literal: bool = False) -> None:
        """Take in octets from the server; secrets are not masked."""

    def sent(self, octets: bytes, /, *, literal: bool = False) -> None:
        """Take in octets to the server, with secrets masked."""

    def passed(self, octets: int, /) -> bool:
        """Take note that so many octets of a literal go to the server; return False if they are to be kept."""

    def forget(self, octets: int, /) -> None:
        """Take back the last octets from the server, this many: they were deflated already."""


class Inbox:
    """A reader of responses in the octets that `feed` is given.

    `reader` is the frame reader; `challenge` is the text of the last `+` as it came, for mechanisms; `ended` is true
    once the end of the stream was fed, and `dry` while `take` needs more octets; `trace` keeps the trace, or is None;
    `keeper` keeps the latest octets, or is None.  What `known` says decides how a line is parsed and masked.
    """

    def __init__(
        self, known: Knowledge, secrets: Secrets, traffic: Traffic, *, limits: Limits, opener: Opener | None
    ) -> None:
        self.reader = FrameReader(limits=limits, opener=opener)
        self.challenge = ""
        self.ended = False
        self.dry = False
        self._known = known
        self._secrets = secrets
        self._traffic = traffic
        self._pusher = Pusher(self.reader)
        self._free = FreeText(secrets, known.parser.readers, known.tags)
        self._traced = Heard(secrets, known.parser.readers, known.tags)
        self.trace: Tracer | None = None
        self.keeper: Keeper | None = None
        self.shapes: Shapes | None = None  # of FETCH responses, if any came
        self._before: Response | None = None  # a line that says nothing; floods repeat it

    def feed(self, data: bytes) -> bool:
        """Take in octets; b"" is the end of the stream.  Return as `Pusher.feed` does."""
        self._traffic.received += len(data)
        self.ended = not data
        self.dry = False
        return self._pusher.feed(data)

    def take(self, frame: Frame | None = None) -> Response | None:
        """Return the next response, or that of `frame`; None if more octets are needed.

        What is shown of it is masked.  Data that a logged-in user asks for is mail and stays as it is.  Raises
        LimitError, and ConnectionLost for data that is not DEFLATE.
        """
        if frame is None:
            pusher = self._pusher
            found = pusher.take()
            self.dry = not self.ended and (found is None or pusher.drained)
            if not isinstance(found, Frame):
                return None
            frame = found
        known = self._known
        greeting = known.state == states.START
        before = self._before
        if before is not None and _alike(frame, before.frame):
            response = Response(before.kind, before.name, before.value, frame, None, before.violations)
        else:
            response = known.parser.parse(frame, greeting=greeting)
            if response.name == "FETCH" and len(frame.parts) == 1 and not response.violations:
                if self.shapes is None:
                    self.shapes = _shapes(known.parser.nesting)
                self.shapes.saw(response)
            nothing = response.kind in (CONTINUATION, GARBAGE) and len(frame.parts) == 1
            self._before = response if nothing and not (greeting or frame.incomplete) else None
        if response.kind is CONTINUATION:
            self.challenge = response.value.text if isinstance(response.value, StatusText) else ""
        logged_in = known.state in states.LOGGED_IN
        if not self._secrets.known or (response.kind is UNTAGGED and logged_in):
            return response
        self._free.logged_in = logged_in
        return self._free.shown(response, known.parser, greeting=greeting)

    def together(self, most: int | None = None) -> Run | None:
        """Return the next responses if they are alike, `most` at most, else None: `take` reads them then."""
        shape = self.shapes.now if self.shapes is not None else None
        if shape is None or not self._known.logged_in:
            return None
        small = self.reader.small
        run = self._pusher.together(lambda buffer, at, offset: shape.run(buffer, at, offset, most, small))
        if run is not None:
            self._before = None
        return run

    def resync(self) -> Response | None:
        """Give up the literal or line that has come in part, and return what it was; None if there is none."""
        self.dry = False
        frame = self._pusher.resync()
        return None if frame is None else self.take(frame)

    def rest(self, *, injected: bool = False) -> Response | None:
        """Take out what was received and made no response; None if nothing is left.

        `injected` says that it came in plaintext where TLS should have begun.
        """
        offset = self.reader.offset
        rest = self._pusher.rest()
        if not rest:
            return None
        cut = self.ended and not injected
        violations: tuple[Violation, ...] = ()  # what came behind the last response that was wanted breaks no rule
        if injected:
            violations = (Violation("starttls", 0, "plaintext after the OK to STARTTLS, possibly injected: not read"),)
        elif cut:
            violations = (Violation("line", len(rest), "the stream ended in the middle of a response"),)
        frame = Frame((self._secrets.mask_text(rest),), offset, incomplete=cut)
        return Response(GARBAGE, "", Garbage(), frame, None, violations)

    def compress(self) -> bool:
        """Deflate both directions from here on, including octets that were received and not used (RFC 4978 section 3).

        Return False, and do nothing, if they are deflated already.
        """
        if self._traffic.deflate is not None:
            return False
        from imapsh.wire.deflate import Deflate, InflatingPusher

        self.dry = False
        self._traffic.deflate = deflate = Deflate(self.reader.limits)
        self._pusher = inflating = InflatingPusher(self._pusher, deflate)
        if self.keeper is not None:
            self.keeper.forget(inflating.coded)
        return True

    def decompress(self) -> bool:
        """Deflate neither direction from here on (RFC 8437 section 4.1).

        Return False, and do nothing, if they are not deflated.
        """
        if self._traffic.deflate is None:
            return False
        self.dry = False
        self._traffic.deflate = None
        self._pusher = self._pusher.plain()  # type: ignore[attr-defined] # it inflates
        return True

    def set_keeper(self, keeper: Keeper) -> None:
        """Have the latest octets kept from now on."""
        self.keeper = keeper
        self._pusher.on_chunk = lambda data, literal: keeper.received(data, literal=literal)

    def set_trace(self, trace: Tracer | None) -> None:
        """Keep a trace from now on, or none."""
        if self.trace is not None and (held := self._traced.rest()):
            self.trace.received(held)
        self.trace = trace
        self._pusher.on_piece = None if trace is None else self._piece

    # -- what has come in part

    @property
    def midway(self) -> bool:
        """Return whether a response has arrived only in part."""
        return self._pusher.midway

    @property
    def unfinished(self) -> Unfinished | None:
        """Return what has arrived only in part, or None.  Take all responses first."""
        return self._pusher.unfinished

    @property
    def literal(self) -> tuple[int, int] | None:
        """The size of the literal that is coming and how many of its octets came, or None."""
        return self._pusher.literal

    @property
    def buffered(self) -> bool:
        """Return whether there are octets that no response has used."""
        return self._pusher.buffered

    # -- how it is read

    def _piece(self, piece: bytes) -> None:
        self._traced.logged_in = self._known.logged_in
        if self.trace is not None and (shown := self._traced.feed(piece, self._pusher.telling)):
            self.trace.received(shown)


def _shapes(nesting: int) -> Shapes:
    from imapsh.grammar.alike import Shapes  # nobody needs it before the first FETCH

    return Shapes(nesting)


def _alike(one: Frame, other: Frame) -> bool:
    return one.parts == other.parts and one.violations == other.violations and not one.incomplete
