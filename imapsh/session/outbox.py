"""Holds the octets that are still to be sent, and those that wait for the server's `+`.

Theory of operation.  There are two stores.  `_rest` holds the fragments of the current command that may not go out yet.
`ready` holds what may: octets, and literals as iterators that are read while they are sent, so that a large file is
never in memory.  Every octet enters `ready` once, in the order of the wire, and leaves it by `take`.

    free      no command is current; `start` takes one and moves its fragments to `ready`, in order, until
    waiting   a literal was announced that must wait for `+`: its announcement is ready, its octets and the rest are not
                `permit`   `+` came: the octets are ready, go on with the rest; then waiting again, or free
                `drop`     NO or BAD came: forget the rest; free
    free      the end of the line is ready; the octets may still be going out, and the next command queues behind them

What is in `ready` is never taken back.  A literal that was begun is always finished, because the server counts its
octets whatever it answers (RFC 7888 section 4).  Which literals wait was decided before (`Exchange.settle`).

Octets that are not a command (`send`: DONE, an answer to a challenge, raw octets) go after what is ready.  If a command
is waiting, that is in the middle of it, and the caller must know whether that is intended.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from imapsh.errors import ConnectionLost, plural
from imapsh.grammar.fragments import Literal, announce
from imapsh.session.exchange import Exchange, Secret, Sendable, TypedLiteral
from imapsh.session.secrets import MASK
from imapsh.tuples import NamedTuple

_PIECE = 1 << 16
_new = tuple.__new__  # this takes half the time of Out itself


class Out(NamedTuple):
    """Octets for the wire and what the trace may show of them; `literal` says that all of them are of one literal.

    `shown` is None if the octets are to be shown as they are, but for known secrets.
    """

    octets: bytes
    shown: bytes | None
    literal: bool = False


class Outbox:
    """The octets to send: one command after the other, as far as each may go.

    `mask` takes known secrets out of octets that the trace may show; `uncut` says how many octets of a piece it can do
    so without those that follow.  `ready` holds what may go out.  `current` is the command that is not sent whole.
    """

    def __init__(self, mask: Callable[[bytes], bytes], uncut: Callable[[bytes], int] = len) -> None:
        self._mask = mask
        self._uncut = uncut
        self._back = b""  # the end of a piece, which goes with the next one, because a secret may begin in it
        self.ready: deque[Out | Iterator[bytes]] = deque()
        self.current: Exchange | None = None
        self._rest: deque[Sendable] = deque()
        self._waiting: Literal | TypedLiteral | None = None
        self._due = self._gone = 0  # octets of the literals that are on their way

    @property
    def waiting(self) -> bool:
        """Return whether a literal waits for `+`."""
        return self._waiting is not None

    @property
    def waits(self) -> tuple[Exchange, int] | None:
        """The command whose literal waits for `+`, and the octets of the literal; None if none does."""
        literal, exchange = self._waiting, self.current
        if literal is None or exchange is None:
            return None
        data = literal.data
        return exchange, len(data) if isinstance(data, bytes) else literal.octets  # type: ignore[union-attr]

    @property
    def literal(self) -> tuple[int, int] | None:
        """The size of the literal that is being sent and how many of its octets went, or None.

        Literals in a row count as one.
        """
        return (self._due, self._gone) if self._due else None

    @property
    def busy(self) -> bool:
        """Return whether a command is not sent whole yet."""
        return self.current is not None

    def start(self, exchange: Exchange) -> None:
        """Send a command, as far as it may go."""
        fragments, exchange.fragments = exchange.fragments, []
        first = fragments[0] if len(fragments) == 1 else None
        if isinstance(first, bytes):  # the most frequent case: all of it goes at once
            octets = first + b"\r\n"
            exchange.sent += len(octets)
            self.ready.append(_new(Out, (octets, None, False)))
            return
        self.current = exchange
        self._rest = deque(fragments)
        self._go()

    def permit(self) -> None:
        """Take in that `+` came for the literal that waits."""
        waiting, self._waiting = self._waiting, None
        assert waiting is not None
        self._send_literal(waiting)
        self._go()

    def drop(self, exchange: Exchange) -> None:
        """Take in that the command has its reply, and send nothing more of it."""
        if self.current is exchange:
            self._rest.clear()
            self._waiting = None
            self.current = None

    def send(self, octets: bytes, shown: bytes) -> None:
        """Send octets that are not a command: an answer to `+`, DONE, raw octets."""
        self.ready.append(Out(octets, shown))

    def take(self, seen: Callable[[int], bool] = lambda octets: True, *, watched: bool = True) -> Out | None:
        """Return the next octets for the wire, about 64 KiB at most, or None if there are none now.

        If `watched` is false, nobody looks at what may be shown of them.  Otherwise `seen` is asked if anybody will see
        the next octets of a literal, that many.  If not, `shown` is empty, because looking for secrets takes longer
        than sending.  Raises ConnectionLost if a file does not hold what was announced.
        """
        ready = self.ready
        if not watched and len(ready) == 1 and isinstance(first := ready[0], Out):
            ready.clear()
            return first
        octets: list[bytes] = []
        shown: list[bytes] = []
        size, literal = 0, True
        while self.ready and size < _PIECE:
            first = self.ready[0]
            out = self.ready.popleft() if isinstance(first, Out) else self._piece(first)
            if isinstance(out, Out):
                if watched and out.literal and not octets and not seen(len(out.octets)):
                    return out._replace(shown=b"")
                if watched and out.literal and out.shown is None:
                    out = self._whole(out)
                octets.append(out.octets)
                if watched:
                    shown.append(self._mask(out.octets) if out.shown is None else out.shown)
                literal &= out.literal
                size += len(out.octets)
        return _new(Out, (b"".join(octets), b"".join(shown), literal)) if octets else None

    def _piece(self, pieces: Iterator[bytes]) -> Out | None:
        piece = next(pieces, None)
        back, self._back = self._back, b""
        if piece is None:
            self.ready.popleft()
            if all(isinstance(one, Out) for one in self.ready):
                self._due = self._gone = 0
            return Out(back, self._mask(back), literal=True) if back else None
        self._gone += len(piece)
        return Out(back + piece, None, literal=True)

    def _whole(self, out: Out) -> Out:
        """Keep the end of a piece back if a secret may begin in it and go on in the next piece."""
        cut = self._uncut(out.octets)
        if cut == len(out.octets):
            return out
        self._back = out.octets[cut:]
        return Out(out.octets[:cut], None, literal=True)

    def _go(self) -> None:
        while self._rest:
            fragment = self._rest.popleft()
            if isinstance(fragment, bytes):
                self._count(fragment)
            elif isinstance(fragment, Secret):
                self._count(fragment.octets, MASK)
            elif isinstance(fragment, TypedLiteral):
                self._count(fragment.announcement)
                if fragment.synchronizing:
                    self._waiting = fragment
                    return
                self._send_literal(fragment)
            elif self._announce(fragment):
                return
        self._count(b"\r\n")
        self.current = None

    def _announce(self, literal: Literal) -> bool:
        """Announce a literal.  Return whether its octets must wait."""
        self._count(announce(literal, not literal.waits))
        if literal.waits:
            self._waiting = literal
            return True
        self._send_literal(literal)
        return False

    def _count(self, octets: bytes, shown: bytes | None = None) -> None:
        exchange = self.current
        assert exchange is not None
        exchange.sent += len(octets)
        self.ready.append(Out(octets, shown))

    def _send_literal(self, literal: Literal | TypedLiteral) -> None:
        exchange = self.current
        assert exchange is not None
        data = literal.data
        octets = len(data) if isinstance(data, bytes) else literal.octets  # type: ignore[union-attr]
        exchange.sent += octets
        if literal.secret and isinstance(data, bytes):
            self.ready.append(Out(data, b"*" * len(data)))  # whoever reads the trace counts the octets announced
        else:
            self._due += octets
            self.ready.append(_pieces(data) if isinstance(data, bytes) else _counted(data(), literal.octets))  # type: ignore[union-attr]


def _counted(pieces: Iterable[bytes], octets: int) -> Iterator[bytes]:
    """Yield exactly `octets` octets, even if the file has changed since they were counted."""
    left = octets
    try:
        for piece in pieces:
            if left:
                yield piece[:left]
                left -= min(left, len(piece))
    except OSError as error:
        raise ConnectionLost(
            f"reading the file failed: {error.strerror or error}; connect and send it again"
        ) from error
    if left:
        missing = f"{left} {plural(left, 'octet')}"
        raise ConnectionLost(f"the file is {missing} shorter than announced: connect and send it again")


def _pieces(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), _PIECE):
        yield data[at : at + _PIECE]
