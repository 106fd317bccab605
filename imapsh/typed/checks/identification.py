"""The check of ID: how many fields there may be, and how long they may be (RFC 2971 section 3.3)."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.typed.found import Piece, Problem, find

_RULE = "id-limits"
_FIELDS = 30
_LONGEST = {"id-field": 30, "id-value": 1024}


def fields(pieces: tuple[Piece, ...]) -> Iterator[Problem]:
    """Yield a problem for each field too many, for what is too long, and for a field that comes twice."""
    seen: set[str] = set()
    for piece in find(pieces, *_LONGEST):
        octets = _octets(piece)
        if len(octets) > _LONGEST[piece.kind]:
            yield _advice(piece, f"this may have {_LONGEST[piece.kind]} octets, not {len(octets)}")
        if piece.kind != "id-field":
            continue
        name = octets.decode("utf-8", "replace").lower()
        if name in seen:
            yield _advice(piece, f"the field {name} is given already")
        elif len(seen) == _FIELDS:
            yield _advice(piece, f"ID takes at most {_FIELDS} fields")
        seen.add(name)


def _advice(piece: Piece, message: str) -> Problem:
    """Return the problem as advice.  It is not an error, because the grammar allows all of it."""
    return Problem(_RULE, piece.start, message, "advice")


def _octets(piece: Piece) -> bytes:
    value = piece.value
    return value if isinstance(value, bytes) else str(value or "").encode("utf-8", "surrogatepass")
