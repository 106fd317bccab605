"""The answers of a command's handler, and the reading of its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from imapsh.grammar.values import Code, StatusText
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.table import Piece
    from imapsh.typed.match import Match


class Bad(Exception):
    """Raised to answer BAD; the text is a sentence that names the place."""


class Continue(NamedTuple):
    """The answer of a command that is not done: `+ text` is sent, and `then` is given the next line, without line end.

    If `idles` is true, news of the mailbox is sent meanwhile, as it comes.
    """

    text: str
    then: Callable[[bytes], Reply]
    idles: bool = False


Reply = StatusText | Continue


def ok(text: str, code: str = "", arg: object = None) -> StatusText:
    """Return the text of an OK, with a response code if one is given."""
    return StatusText(Code(code, arg) if code else None, text)


class Arguments:
    """A matched command's arguments by their kind."""

    def __init__(self, match: Match, utf8: bool) -> None:
        self.match = match
        self.utf8 = utf8  # mailbox names are UTF-8, not modified UTF-7

    def all(self, *kinds: str) -> list[Piece]:
        """Return the pieces of these kinds, in order."""
        from imapsh.typed.found import find

        return find(self.match.pieces, *kinds)

    def every(self) -> Iterator[Piece]:
        """Yield all pieces, at any depth."""
        waiting = list(self.match.pieces)
        while waiting:
            piece = waiting.pop()
            yield piece
            waiting.extend(piece.children)

    def names(self, *kinds: str) -> frozenset[str]:
        """Return the names of the pieces of these kinds, in upper case."""
        return frozenset(piece.name.upper() for piece in self.all(*kinds))

    def text(self, kind: str, index: int = 0) -> str:
        """Return an argument as characters.  Raises Bad if a literal is not UTF-8."""
        return as_text(self.all(kind)[index].value)

    def mailbox(self, index: int = 0, kind: str = "mailbox") -> str:
        """Return a mailbox name as a person reads it.  Raises Bad if it is not in the encoding agreed on."""
        return self.name(self.text(kind, index))

    def name(self, written: str) -> str:
        """Return a mailbox name or pattern as text, decoded from UTF-8 or modified UTF-7 (RFC 3501 section 5.1.3)."""
        from imapsh.grammar.mutf7 import decode

        if self.utf8:
            return written
        try:
            return decode(written)
        except ValueError as error:
            raise Bad(f"the mailbox name is not modified UTF-7: {error}") from None


def as_text(value: object) -> str:
    """Return a string argument as characters.  Raises Bad if a literal is not UTF-8."""
    if not isinstance(value, bytes):
        return "" if value is None else str(value)
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Bad(f"octet {error.start} of the literal is not UTF-8") from None
