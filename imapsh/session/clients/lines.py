"""Reads a line that a client sent, held against the table.

The table was made for lines that are typed, so a line from the wire is given to it as text: without its line ends, and
with its literals beside it.  Here places in that text become octets of the frame again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from imapsh import table
from imapsh.findings import RULES
from imapsh.grammar.tokens import LITERAL
from imapsh.patterns import lazy
from imapsh.session.exchange import Secret, Sendable, TypedLiteral
from imapsh.table.model import Command
from imapsh.tuples import NamedTuple
from imapsh.typed.found import Problem, find
from imapsh.typed.match import Match
from imapsh.typed.slots import OR_A_FILE
from imapsh.wire.frames import Frame, Part, Spilled, size_of

_MASKED = lazy(r"\*(?:.*\*)?|<.*>")
_STARS = lazy(r"\*{4}")  # a log masks a secret that is also a name by its value, wherever it comes
_MOST_PARTS = 8  # of a line, in which secrets are looked for
_LOOKED_AT = 1024  # octets of each
_LOGINS = ("LOGIN", "AUTHENTICATE")
_WORDS = lazy(rb'[^\x00- "]+')
_VISIBLE = lazy(rb"[!#-~]+")

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
    if known is not None and not (problem.rfc and problem.severity != "error"):
        own = known.rfc
    message = problem.message.replace(OR_A_FILE, "")  # no client can type that
    return Ruled(problem.rule, offset, message, own or "RFC 9051 §9", problem.severity)


def problems_of(frame: Frame, found: Match, place: Callable[[int], int] = int) -> tuple[list[Ruled], list[Ruled]]:
    """Return what is wrong with the grammar of a line, and the advice on it.

    The state is left to the conduct, and so is an initial response that is not offered.

    What stars that mask a secret break is nobody's fault.  `place` is given an octet of the frame and
    returns the offset for it.
    """
    every = [
        ruled(problem, found.command, place(octets_before(frame, found.text, problem.offset)))
        for problem in (*found.errors, *cut_short(found))
        if problem.rule != "state" and not _STARS.match(found.text, problem.offset) and not _is_initial(found, problem)
    ]
    return [one for one in every if one.severity == "error"], [one for one in every if one.severity != "error"]


def _is_initial(found: Match, problem: Problem) -> bool:
    return problem.rule == "not-offered" and any(
        piece.kind == "initial-response" and piece.start == problem.offset for piece in found.slots
    )


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


def has_initial(found: Match) -> bool:
    """Return whether AUTHENTICATE has an initial response (RFC 4959), even a wrong one or one that is masked."""
    mechanism = next((piece for piece in found.slots if piece.kind == "mechanism"), None)
    return mechanism is not None and any(start >= mechanism.end for start, _ in found.secrets)


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


def hidden_from(frame: Frame, offset: int) -> Frame:
    """Return the frame with stars for all octets from `offset` on, which counts from its beginning, but line ends."""
    parts: list[Part] = []
    begin = 0
    for part in frame.parts:
        keep = max(0, offset - begin)
        begin += size_of(part)
        if not isinstance(part, bytes):
            parts.append(part if keep else hidden(part))
        else:
            parts.append(part[:keep] + hidden(part[keep:]) if keep < len(part) else part)  # type: ignore[operator]
    return Frame(tuple(parts), frame.offset, frame.violations, frame.incomplete)


def doubtful_from(frame: Frame, found: Match, broken: Sequence[Ruled]) -> int | None:
    """Return the octet from which on a line is not understood, so that a password may be there; None if all of it is.

    A name that is no mechanism may be a password, too, and so may any word of a login that is wrong.
    """
    if found.command is None:
        return 0
    if any(_MASKED.fullmatch(found.text, *span) for span in found.secrets):
        return None  # by the log itself
    if broken and found.command.name in _LOGINS:
        name = found.command.name
        behind = found.text.upper().index(name) + len(name)
        spaces = len(found.text) - behind - len(found.text[behind:].lstrip(" "))
        return octets_before(frame, found.text, behind + max(1, spaces))
    strange = [
        octets_before(frame, found.text, piece.start)
        for piece in find(found.pieces, "mechanism")
        if not _is_mechanism(str(piece.value), found)
    ]
    return min((*strange, *(one.offset for one in broken)), default=None)


def _is_mechanism(name: str, found: Match) -> bool:
    return name.upper() in table.names("mechanism") or f"AUTH={name.upper()}" in found.context.capabilities


def words_of(frame: Frame) -> set[bytes]:
    """Return the words of a line that may be secrets, for whoever hides the line and cannot tell which they are.

    Of a long line or literal these are the words at its beginning.
    """
    found: set[bytes] = set()
    for part in frame.parts[:_MOST_PARTS]:
        if isinstance(part, bytes):
            begin = part[:_LOOKED_AT]
            found |= {begin.strip(), *_WORDS.findall(begin), *_VISIBLE.findall(begin)}
    return {word for word in found if word.upper().decode("latin-1") not in table.commands()}


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
