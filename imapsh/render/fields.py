"""Cuts the octets of an envelope into its fields, and a list of addresses into its addresses.

This is for octets that the strict rules accept, with quoted strings in place of literals.  A field keeps its
quotation marks and its escapes, so that it can be shown without being read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import AnyStr, TypeVar

from imapsh.grammar.envelope import ADDRESS, NIL, NSTRING
from imapsh.grammar.kept import keep
from imapsh.grammar.responses import Parser, Response
from imapsh.grammar.tokens import unquote
from imapsh.patterns import lazy
from imapsh.wire.frames import Frame

Made = TypeVar("Made")

_LIST = rf"(?:\((?:{ADDRESS})++\)|{NIL})"
_ENVELOPE = lazy(rf"\({' '.join(f'({field})' for field in [NSTRING] * 2 + [_LIST] * 6 + [NSTRING] * 2)}\)")
_BEGUN = lazy(rf"\({NSTRING} ({NSTRING})")
_ADDRESS = lazy(ADDRESS)
_NSTRING = lazy(NSTRING)
_WIDE = lazy(r"[^\x00-\x7f]")


def envelope_fields(text: str) -> tuple[str, ...] | None:
    """Return the ten fields of an ENVELOPE, or None if it has another form."""
    found = _ENVELOPE.fullmatch(text)
    return found.groups() if found is not None else None


def wide_fields(text: str) -> tuple[str, ...] | None:
    """Return the same for an ENVELOPE in which strings may be 8-bit."""
    found = _ENVELOPE.fullmatch(_WIDE.sub("?", text))
    return tuple([text[start:end] for start, end in found.regs[1:]]) if found is not None else None


def subject(text: str) -> str | None:
    """Return the subject of an ENVELOPE, or None for NIL."""
    found = _BEGUN.match(text)
    return unquote(found[1]) if found is not None and found[1][0] == '"' else None


def addresses(text: str) -> list[str]:
    """Return the addresses of a list, each with its parentheses; none for NIL."""
    return _ADDRESS.findall(text)


def nstrings(text: str) -> list[str]:
    """Return the strings of an address, with NIL where there is none."""
    return _NSTRING.findall(text)


class Unwritten(ValueError):
    """The octets have a form that is not written from them."""


def read(octets: bytes, offset: int = 0) -> Response:
    """Return the response of a row from its octets, as the rules read it."""
    from imapsh import table

    return Parser(table.readers).parse(_framed(octets, offset) if b"}\r\n" in octets else Frame((octets,), offset))


def _framed(octets: bytes, offset: int) -> Frame:
    """Return the frame of a response that has literals."""
    from imapsh.wire.push import Pusher
    from imapsh.wire.reader import FrameReader

    pusher = Pusher(FrameReader())
    pusher.reader.offset = offset
    pusher.feed(octets)
    frame = pusher.take()
    assert isinstance(frame, Frame)
    return frame


class Kept(dict[AnyStr, Made]):
    """A map from octets to what `make` makes of them, within the bounds of `keep`."""

    def __init__(self, make: Callable[[AnyStr], Made]) -> None:
        super().__init__()
        self._make: Callable[[AnyStr], Made] = make

    def __missing__(self, octets: AnyStr) -> Made:
        return keep(self, octets, self._make(octets))
