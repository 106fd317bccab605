"""The check of SETACL: who is given the right to change rights (RFC 4314 section 6)."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.typed.found import Piece, Problem, find

_EVERYBODY = "anyone"
_ADMINISTER = "a"


def grants(pieces: tuple[Piece, ...]) -> Iterator[Problem]:
    """Yield a warning if every user of the server could then administer the mailbox.  A client should give it."""
    [identifier] = find(pieces, "identifier")
    [rights] = find(pieces, "mod-rights")
    if _text(identifier) == _EVERYBODY and _ADMINISTER in _text(rights) and _text(rights)[:1] != "-":
        message = f"{_ADMINISTER} lets every user of the server change who has rights to this mailbox"
        yield Problem("identifier", identifier.start, message, "advice")


def _text(piece: Piece) -> str:
    """Return the argument as characters; "" for a file, or for a literal whose octets are not typed yet."""
    if isinstance(piece.value, bytes):
        return piece.value.decode("utf-8", "replace")
    return piece.value if isinstance(piece.value, str) else ""
