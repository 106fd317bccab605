"""The frame: every octet of one response or command, as it came.

`parts` alternate: line piece, literal, line piece, ...; a line piece keeps its CRLF, and the announcement `{n}` is the
end of the piece before its literal.  Joined they are the octets (but for a literal that went to a sink).
"""

from __future__ import annotations

from imapsh.findings import Violation
from imapsh.hints import TYPE_CHECKING
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from typing import IO


class Spilled(NamedTuple):
    """A literal that went to a sink.

    It has the number of octets, the SHA-256 in hex if the sink made one, and the file in which the octets are, if they
    are in one.  A temporary file is at its beginning, is the program's to close, and is gone when it is closed.
    """

    octets: int
    sha256: str = ""
    where: IO[bytes] | None = None


Part = bytes | Spilled

_SMALL = 1 << 12  # octets below which a piece is joined to the one before it
_JOINED = 1 << 16  # octets of a piece to which no more are joined


def gather(kept: list[bytes | bytearray], piece: bytes) -> None:
    """Add a piece to those of a line that comes in pieces.

    Small ones are joined, because an object for each would take many times the memory of its octets.
    """
    if len(piece) >= _SMALL:
        kept.append(piece)
    elif kept and isinstance(kept[-1], bytearray) and len(kept[-1]) < _JOINED:
        kept[-1] += piece
    else:
        kept.append(bytearray(piece))


def size_of(part: Part) -> int:
    """Return the number of octets of a part."""
    return part.octets if isinstance(part, Spilled) else len(part)


class Frame:
    """One line with its literals.

    `length` counts its octets on the wire, spilled literals included, and `offset` those of the stream before it.
    `incomplete` is true if the stream ended inside.  `violations` holds what framing found wrong, with offsets from the
    frame's first octet.
    """

    __slots__ = ("incomplete", "length", "offset", "parts", "violations")

    def __init__(
        self,
        parts: tuple[Part, ...],
        offset: int = 0,
        violations: tuple[Violation, ...] = (),
        incomplete: bool = False,
    ) -> None:
        self.parts = parts
        self.offset = offset
        self.violations = violations
        self.incomplete = incomplete
        octets = 0
        for part in parts:
            octets += len(part) if type(part) is bytes else size_of(part)
        self.length = octets

    @property
    def raw(self) -> bytes:
        """The octets, without those of literals that went to a sink."""
        return b"".join([part for part in self.parts if isinstance(part, bytes)])

    @property
    def literals(self) -> tuple[Part, ...]:
        """The literals, in order."""
        return self.parts[1::2]

    def text(self) -> str:
        """The line pieces as Latin-1, joined, which is what the grammar reads."""
        if len(self.parts) == 1:
            return self.parts[0].decode("latin-1")  # type: ignore[union-attr]
        return b"".join(self.parts[::2]).decode("latin-1")  # type: ignore[arg-type]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and self.parts == other.parts and self.offset == other.offset

    def __hash__(self) -> int:
        return hash((self.parts, self.offset))

    def __reduce__(self) -> tuple[object, ...]:
        return Frame, (self.parts, self.offset, self.violations, self.incomplete)

    def __repr__(self) -> str:
        return f"<Frame at {self.offset}, {self.length} octets>"
