"""Reads a line that a client sent, held against the table.

The table was made for lines that are typed, so a line from the wire is given to it as text: without its line ends, and
with its literals beside it.  Here places in that text become octets of the frame again.
"""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.findings import RULES
from imapsh.grammar.tokens import LITERAL
from imapsh.patterns import lazy
from imapsh.session.exchange import Secret, Sendable, TypedLiteral
from imapsh.table.model import Command
from imapsh.tuples import NamedTuple
from imapsh.typed.found import Problem
from imapsh.typed.match import Match
from imapsh.wire.frames import Frame, Part, Spilled, size_of

BASE64 = lazy(rb"[A-Za-z0-9+/]*={0,2}")  #: a client's answer to AUTHENTICATE


class Ruled(NamedTuple):
    """A violation or finding with its own RFC, which may be that of the row that a line breaks.

    `severity` is that of `imapsh.typed.found.Problem`.
    """

    rule: str
    offset: int
    message: str
    rfc: str
    severity: str = "advice"


def ruled(problem: Problem, row: Command | None, offset: int) -> Ruled:
    """Return a problem of a line with the RFC that it breaks, at an octet."""
    known = RULES.get(problem.rule)
    own = problem.rfc or (row.rfc if row is not None else "")
    rfc = known.rfc if known is not None else own or "RFC 9051 §9"
    return Ruled(problem.rule, offset, problem.message, rfc, problem.severity)


def cut_short(found: Match) -> Iterator[Problem]:
    """Yield the problem of a command that ends too early; at a prompt it would only be unfinished."""
    wrong = any(one.severity == "error" and one.rule != "state" for one in found.errors)
    if found.command is not None and not found.complete and not wrong:
        if found.text.endswith(" "):
            yield Problem("SP", len(found.text) - 1, "a space at the end of the line")
            return
        due = f"; {found.hint} is due" if found.hint else ""
        yield Problem("syntax", len(found.text), f"the command ends too early{due}", rfc=found.blamed)


def octets_before(frame: Frame, text: str, characters: int) -> int:
    """Return the octets of the frame before a character of its text, which leaves out line ends and literals."""
    octets = len(text[:characters].encode("utf-8", "surrogateescape"))
    left_out = 0
    for piece, literal in zip(frame.parts[::2], frame.parts[1::2], strict=False):
        assert isinstance(piece, bytes)
        shown = len(piece.rstrip(b"\r\n"))
        if octets < shown:
            break
        octets -= shown
        left_out += len(piece) + size_of(literal)
    return octets + left_out


def text_of(frame: Frame) -> str:
    """Return the pieces of the line without their ends, joined; octets that are not UTF-8 become surrogates."""
    pieces = b"".join(part.rstrip(b"\r\n") for part in frame.parts[::2] if isinstance(part, bytes))
    return pieces.decode("utf-8", "surrogateescape")


def literals_of(frame: Frame) -> list[bytes]:
    """Return the octets of the literals; b"" for a literal that is not held."""
    return [part if isinstance(part, bytes) else b"" for part in frame.parts[1::2]]


def veiled(frame: Frame, found: Match) -> tuple[Frame, list[Sendable]]:
    """Return the frame with stars for its secrets, and the line as the fragments of a command.

    The frame keeps its length, so that offsets stay true.  The fragments hold the secrets, and mark them.
    """
    parts: list[Part] = []
    fragments: list[Sendable] = []
    announced = [token for token in found.tokens if token.kind is LITERAL]
    begin = 0  # in the text
    for index, piece in enumerate(frame.parts[::2]):
        assert isinstance(piece, bytes)
        literal = frame.parts[2 * index + 1] if 2 * index + 1 < len(frame.parts) else None
        token = announced[index] if literal is not None and index < len(announced) else None
        end = begin + len(piece.rstrip(b"\r\n").decode("utf-8", "surrogateescape"))
        marked = list(_marked(found, begin, end if token is None else token.start))
        shown = b"".join(_stars(one.octets) if isinstance(one, Secret) else one for one in marked)
        fragments += marked
        parts.append(shown + piece[len(shown) :])
        if literal is not None:
            secret = token is not None and any(low < token.end and token.start < high for low, high in found.secrets)
            parts.append(hidden(literal) if secret else literal)
            if isinstance(literal, bytes):
                fragments.append(TypedLiteral(piece[len(shown) :], literal, True, secret))
        begin = end
    return Frame(tuple(parts), frame.offset, frame.violations, frame.incomplete), fragments


def all_hidden(frame: Frame) -> Frame:
    """Return the frame with stars for all octets but the line ends."""
    return Frame(tuple(map(hidden, frame.parts)), frame.offset, frame.violations, frame.incomplete)


def hidden(part: Part) -> Part:
    """Return stars for a line without its end, or for a literal."""
    if not isinstance(part, bytes):
        return Spilled(part.octets)
    line = part.rstrip(b"\r\n")
    return _stars(line) + part[len(line) :]


def _stars(octets: bytes) -> bytes:
    return b"*" * len(octets)


def _marked(found: Match, begin: int, end: int) -> Iterator[bytes | Secret]:
    """Yield the octets of the text between two places, the secrets among them marked."""
    at = begin
    for start, stop in found.secrets:
        low, high = max(start, at), min(stop, end)
        if low < high:
            if at < low:
                yield found.text[at:low].encode("utf-8", "surrogateescape")
            yield Secret(found.text[low:high].encode("utf-8", "surrogateescape"))
            at = high
    if at < end:
        yield found.text[at:end].encode("utf-8", "surrogateescape")
