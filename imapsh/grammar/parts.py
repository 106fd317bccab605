"""The numbers of a message's parts, as they are used in BODY[1.2] (RFC 9051 section 6.4.5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.values import BodyPart
from imapsh.grammar.values import Numbered as Numbered


def numbered(structure: BodyPart) -> Iterator[Numbered]:
    """Yield every part in order, as `BodyPart.walk` does."""
    return structure.walk()


def find(structure: BodyPart, number: str) -> BodyPart | None:
    """Return the part with this number, or the whole body for TEXT; None if there is no such part."""
    for item in numbered(structure):
        if item.number == number or (number == "TEXT" and not item.last):
            return item.part
    return None
