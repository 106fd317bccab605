"""Puts the segments of TCP connections in order, and finds which connections are IMAP and who their server is."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator

from imapsh.logs.sides import is_client
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple
from imapsh.wire.pieces import CLIENT, EXACT, NOTE, SERVER, Piece

#: Octets of a connection that are held: until it is known to be IMAP, and of a side, until a missing segment comes.
HELD = 1 << 20

SEGMENTS = 4096  #: of a side that are held

_TRIED = 50  # pieces of a connection; if none of them is a line of IMAP, the connection is not

_GREETING = lazy(rb"\* (?:OK|PREAUTH|BYE)\b")
_RESPONSE = lazy(
    rb"\* (?:(?:OK|NO|BAD|BYE|PREAUTH|CAPABILITY|ENABLED|FLAGS|LIST|LSUB|NAMESPACE|SEARCH|ESEARCH|STATUS|ID)\b"
    rb"|\d+ (?:EXISTS|RECENT|EXPUNGE|FETCH)\b)|[^\s*+]{1,40} (?:OK|NO|BAD) "
)


class Segment(NamedTuple):
    """A segment of TCP: when it was captured, whose it is, and its place among the octets of its sender.

    `length` is that of the octets that were sent; of a capture that cuts packets, `octets` may be shorter.
    """

    time: float
    source: str
    opens: bool
    sequence: int
    acknowledged: int
    length: int
    octets: bytes


class Run(NamedTuple):
    """Octets of one side in order; `lost` octets before them are not in the capture."""

    segment: Segment
    octets: bytes
    lost: int


class Flow:
    """Puts the segments of one side in order.  What was sent again comes once."""

    def __init__(self) -> None:
        self._next: int | None = None  # the number of the octet that comes next
        self._held: list[Segment] = []  # that came too early,
        self._octets = 0  # and how many octets they have

    @property
    def waits(self) -> bool:
        """Return whether segments are held."""
        return bool(self._held)

    def take(self, segment: Segment) -> Iterator[Run]:
        """Yield what can be read now that a segment has come."""
        if segment.opens:
            self._next = (segment.sequence + 1) % 2**32
            return
        if not segment.length:
            return
        if self._next is None:
            self._next = segment.sequence
        if self._ahead(segment) > 0:
            insort(self._held, segment, key=self._ahead)
            self._octets += len(segment.octets)
            if self._octets > HELD or len(self._held) > SEGMENTS:
                yield from self.skip()
            return
        yield from self._run(segment, 0)
        yield from self._held_now()

    def acknowledged(self, number: int) -> Iterator[Run]:
        """Yield what was held for a segment that the other side has got, so that only the capture lacks it."""
        if self._held and (number - self._held[0].sequence) % 2**32 < 2**31:
            yield from self.skip()

    def skip(self) -> Iterator[Run]:
        """Yield what is held, though octets are missing before it."""
        if self._held:
            first = self._released()
            lost = self._ahead(first)
            self._next = first.sequence
            yield from self._run(first, lost)
            yield from self._held_now()

    def end(self) -> Iterator[Run]:
        """Yield all that is held."""
        while self._held:
            yield from self.skip()

    def _held_now(self) -> Iterator[Run]:
        while self._held and self._ahead(self._held[0]) <= 0:
            yield from self._run(self._released(), 0)

    def _released(self) -> Segment:
        segment = self._held.pop(0)
        self._octets -= len(segment.octets)
        return segment

    def _run(self, segment: Segment, lost: int) -> Iterator[Run]:
        known = -self._ahead(segment)  # octets that came before
        if known >= segment.length:
            return
        self._next = (segment.sequence + segment.length) % 2**32
        if octets := segment.octets[known:]:
            yield Run(segment, octets, lost)
        if missing := segment.length - max(len(segment.octets), known):
            yield Run(segment, b"", missing)

    def _ahead(self, segment: Segment) -> int:
        """Return how many octets are missing before a segment; it is negative if the segment was sent again."""
        return (segment.sequence - (self._next or 0) + 2**31) % 2**32 - 2**31


class Dialogue:
    """Finds whether what two nodes say is IMAP, and which of them is the server.

    `client` is the client's node if it is known from the beginning of the connection; then the first octets of the
    server must be a greeting.  Otherwise the first line of IMAP tells it.  `accepted` is true when the connection was
    found to be IMAP, and `refused` when it was found not to be.
    """

    def __init__(self, connection: str, client: str | None = None) -> None:
        self._connection = connection
        self._whole = client is not None
        self._known = (client or "", CLIENT)
        self._held: list[tuple[str, Piece]] = []
        self._octets = 0
        self.accepted = False
        self.refused = False

    def take(
        self, node: str, octets: bytes, offset: int = 0, time: float | None = None, exactness: str = EXACT
    ) -> Iterator[Piece]:
        """Yield a piece of the node's octets, with the held ones before it, if the connection is IMAP."""
        if self.refused:
            return
        self._held.append((node, Piece(SERVER, octets, offset, time, self._connection, exactness)))
        if not self.accepted:
            self._octets += len(octets)
            self.accepted = self._is_imap(node, octets)
            self.refused |= not self.accepted and (self._octets > HELD or len(self._held) > _TRIED)
        if self.accepted:
            for one, piece in self._held:
                yield piece._replace(direction=self.side(one))
        if self.accepted or self.refused:
            self._held = []

    def note(self, text: str, time: float | None) -> Iterator[Piece]:
        """Yield a note, if the connection is IMAP."""
        if self.accepted:
            yield Piece(NOTE, text.encode(), 0, time, self._connection)

    def side(self, node: str) -> str:
        """Return SERVER or CLIENT for a node."""
        known, side = self._known
        return side if node == known else CLIENT if side == SERVER else SERVER

    def _is_imap(self, node: str, octets: bytes) -> bool:
        if not self._whole:
            if _RESPONSE.match(octets):
                self._known = (node, SERVER)
            elif octets.endswith(b"\n") and is_client(octets.partition(b"\n")[0] + b"\n"):
                self._known = (node, CLIENT)
            return bool(self._known[0])
        if self.side(node) == CLIENT:
            return False
        greets = bool(_GREETING.match(octets))
        self.refused = not greets
        return greets
