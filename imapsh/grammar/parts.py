"""The numbers of a message's parts, as they are used in BODY[1.2] (RFC 9051 section 6.4.5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.values import BodyPart
from imapsh.tuples import NamedTuple


class Numbered(NamedTuple):
    """A part of a message and its number as in BODY[1.2].

    `last` says, for each level from the outermost to the part's own, whether the part on that level is the last there.
    """

    number: str
    part: BodyPart
    last: tuple[bool, ...] = ()


def numbered(structure: BodyPart) -> Iterator[Numbered]:
    """Yield every part in order.

    A multipart that is a message's whole body has no number of its own.  Its octets are BODY[TEXT], or BODY[3.TEXT].
    """
    root = "TEXT" if structure.parts is not None else "1"
    waiting = [Numbered(root, structure)]
    while waiting:
        item = waiting.pop()
        yield item
        below = _below(item.number, item.part)
        end = len(below) - 1
        waiting += reversed(
            [Numbered(number, part, (*item.last, index == end)) for index, (number, part) in enumerate(below)]
        )


def _below(number: str, part: BodyPart) -> list[tuple[str, BodyPart]]:
    if part.parts is not None:
        base = number.removesuffix("TEXT").removesuffix(".")
        return [(f"{base}.{place}".lstrip("."), below) for place, below in enumerate(part.parts, 1)]
    if part.body is not None:
        return [(f"{number}.TEXT" if part.body.parts is not None else f"{number}.1", part.body)]
    return []


def find(structure: BodyPart, number: str) -> BodyPart | None:
    """Return the part with this number, or the whole body for TEXT; None if there is no such part."""
    for item in numbered(structure):
        if item.number == number or (number == "TEXT" and not item.last):
            return item.part
    return None
