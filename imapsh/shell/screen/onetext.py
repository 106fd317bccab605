"""Finds the one text of one message that a FETCH asks for, and tells if a response brings it."""

from __future__ import annotations

from imapsh.grammar.sequence import STAR, SequenceSet
from imapsh.grammar.values import Fetch, UidFetch
from imapsh.tuples import NamedTuple
from imapsh.typed.found import find
from imapsh.typed.match import Match
from imapsh.wire.frames import Spilled

_TEXTS = ("BODY[", "BODY.PEEK[", "BINARY[", "BINARY.PEEK[", "RFC822", "RFC822.HEADER", "RFC822.TEXT")


class OneText(NamedTuple):
    """The one text of one message that a FETCH asks for.

    `item` is the text as typed, and `number` the message's number, STAR for the last.  `uid` is true if that is a UID.
    """

    item: str
    number: int
    uid: bool

    def text_of(self, value: Fetch | UidFetch, uid: int | None) -> bytes | Spilled | None:
        """Return the text if this FETCH response brings it; None if it is of another message, or NIL."""
        number = (value.uid or uid) if self.uid else value.seq
        if STAR != self.number != number and number is not None:
            return None
        texts = (one for name, one in value.items.items() if _section(name) == _section(self.item))
        return next((one for one in texts if isinstance(one, bytes | Spilled)), None)


def _section(item: str) -> tuple[str, str]:
    """Return what a FETCH item is of, however it is written.

    It is "BODY" or "BINARY", and the section before any names of header fields; RFC822 and its like are BODY.
    """
    name, bracket, rest = item.upper().replace(".PEEK[", "[", 1).partition("[")
    if bracket:
        return name, rest.rpartition("]")[0].partition("(")[0].strip()
    return ("BODY", name[7:]) if name.startswith("RFC822") and name != "RFC822.SIZE" else (name, "")


def one_text(found: Match) -> OneText | None:
    """Return the text that a command fetches, if it is one text of one message and nothing else; else None."""
    if found.command is None or found.command.name not in ("FETCH", "UID FETCH") or not found.complete:
        return None
    items = find(found.pieces, "fetch-item", "fetch-macro")
    numbers = found.slots[0].value
    one = isinstance(numbers, SequenceSet) and len(numbers.ranges) == 1 and len(set(numbers.ranges[0])) == 1
    if not one or len(items) != 1 or items[0].name not in _TEXTS:
        return None
    assert isinstance(numbers, SequenceSet)
    item = found.text[items[0].start : items[0].end]
    return OneText(item, numbers.ranges[0][0], found.command.name == "UID FETCH")
