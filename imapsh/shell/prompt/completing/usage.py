"""Knows the names that have been used lately and often, by kind; these come first among equals."""

from __future__ import annotations

from collections.abc import Iterable

from imapsh.grammar.mutf7 import decode_leniently
from imapsh.typed.found import Piece
from imapsh.typed.match import Match, match
from imapsh.typed.slots import SLOTS

MOST = 2_000  #: names whose use is known; past it the half used least is forgotten

_GROWTH = 1.05  # how much more a line counts than the one before it
_FROM_HISTORY = 300  # lines of the history that are learned from
_LARGEST = 1e200

#: Slots whose values are names.  No other's are kept: not a password's, not a text's.
_NAMES = frozenset({"mailbox", "list-mailbox", "flag", "use", "keyword", "header-fld-name", "capability", "charset"})


class Usage:
    """Learns names from lines that were accepted."""

    def __init__(self) -> None:
        self._weights: dict[tuple[str, str], float] = {}
        self._next = 1.0

    def rank(self, kind: str, name: str) -> float:
        """Return how much a name was used; 0.0 means never."""
        return self._weights.get((_KINDS.get(kind, kind), name.casefold()), 0.0)

    def used(self, kind: str) -> list[str]:
        """Return the names of a kind that were used, folded, the one used most first."""
        items = list(self._weights.items())  # at once: lines may be learned in another thread meanwhile
        names = [(weight, name) for (of, name), weight in items if of == _KINDS.get(kind, kind)]
        return [name for _, name in sorted(names, reverse=True)]

    def learn(self, line: Match) -> None:
        """Take in a line."""
        if line.command is None:
            return
        self.count("command", line.command.name)
        waiting = list(line.pieces)
        while waiting:
            piece = waiting.pop()
            waiting.extend(piece.children)
            if name := _name(piece):
                self.count(piece.kind, name)
        self._next *= _GROWTH
        if len(self._weights) > MOST or self._next > _LARGEST:
            self._forget()

    def learn_history(self, lines: Iterable[str]) -> None:
        """Take in lines of earlier sessions, the oldest first."""
        for line in list(lines)[-_FROM_HISTORY:]:
            if not line.startswith("\\"):
                self.learn(match(line))

    def count(self, kind: str, name: str) -> None:
        """Note that a name has been used."""
        key = _KINDS.get(kind, kind), name.casefold()
        self._weights[key] = self._weights.get(key, 0.0) + self._next

    def _forget(self) -> None:
        kept = sorted(self._weights.items(), key=lambda item: item[1])[-MOST // 2 :]
        self._weights = {key: weight / self._next for key, weight in kept}
        self._next = 1.0


#: Kinds of one sort of name.
_KINDS = {"list-mailbox": "mailbox", "keyword": "flag"}


def _name(piece: Piece) -> str:
    if piece.kind not in SLOTS:
        return piece.name
    if piece.kind not in _NAMES or not isinstance(piece.value, str):
        return ""
    return decode_leniently(piece.value)[0] if _KINDS.get(piece.kind, piece.kind) == "mailbox" else piece.value
