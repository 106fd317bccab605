"""Reads DER, the encoding of certificates (X.690), as far as a certificate needs it.

The octets may come from a peer that nobody has verified.  Nothing is read beyond its own element, and nothing recurses.
"""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.tuples import NamedTuple

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OID = 0x01, 0x02, 0x03, 0x04, 0x06
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31

_ENCODINGS = {0x0C: "utf-8", 0x14: "latin-1", 0x1C: "utf-32-be", 0x1E: "utf-16-be"}  # the other strings are ASCII
_LENGTH = 4  # octets of a length, at the most
_ARCS = 32  # numbers of an object identifier, at the most


class DERError(ValueError):
    """The octets are not DER, or not what was expected there."""


class Element(NamedTuple):
    """An element: its tag, its contents, and all of its octets, the tag and the length included."""

    tag: int
    contents: bytes
    octets: bytes


def elements(octets: bytes) -> Iterator[Element]:
    """Yield the elements that follow each other in `octets`.  Raises DERError."""
    at = 0
    while at < len(octets):
        element = _one(octets, at)
        yield element
        at += len(element.octets)


def only(octets: bytes, tag: int) -> Element:
    """Return the first element, which must have this tag; more may follow.  Raises DERError."""
    element = _one(octets, 0)
    if element.tag != tag:
        raise DERError(f"an element has the tag {element.tag:#04x}, not {tag:#04x}")
    return element


def _one(octets: bytes, at: int) -> Element:
    head = octets[at : at + 2]
    if len(head) < 2:
        raise DERError("the octets end within an element")
    tag, length, start = head[0], head[1], at + 2
    if tag & 0x1F == 0x1F:
        raise DERError("an element has a tag of several octets")
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count <= _LENGTH:
            raise DERError("an element has no length, or too long a one")
        length, start = int.from_bytes(octets[start : start + count]), start + count
    end = start + length
    if end > len(octets):
        raise DERError("the octets end within an element")
    return Element(tag, octets[start:end], octets[at:end])


def dotted(contents: bytes) -> str:
    """Return an object identifier as numbers with dots.  Raises DERError."""
    numbers: list[int] = []
    value = 0
    for octet in contents:
        value = value << 7 | octet & 0x7F
        if value >> 64 or len(numbers) >= _ARCS:
            raise DERError("an object identifier is too long")
        if not octet & 0x80:
            numbers.append(value)
            value = 0
    if not numbers or contents[-1] & 0x80:
        raise DERError("an object identifier is not complete")
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def text(element: Element) -> str:
    """Return what a string says.  Octets that do not fit its type are shown as U+FFFD."""
    return element.contents.decode(_ENCODINGS.get(element.tag, "ascii"), "replace")
