"""Octets read the whole way: frames, then responses."""

from __future__ import annotations

from io import BytesIO

from imapsh import table
from imapsh.grammar.responses import CLIENT, Parser, Response
from imapsh.wire.frames import Frame, Part, Spilled, size_of
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader


def read(octets: bytes) -> list[Response]:
    """Every response in the octets."""
    pusher = Pusher(FrameReader())
    pusher.feed(octets)
    pusher.feed(b"")
    parser = Parser(table.readers)
    return [parser.parse(frame) for frame in pusher if isinstance(frame, Frame)]


def one(octets: bytes) -> Response:
    """The only response."""
    [response] = read(octets)
    return response


def ours(octets: bytes, *parts: bytes) -> Response:
    """A client's line."""
    return Response(CLIENT, "", None, Frame((octets, *parts)))


def spooled(octets: bytes) -> Spilled:
    """A literal that is kept in a file, here one in memory."""
    return Spilled(len(octets), "ab" * 32, BytesIO(octets))


def fetched(literal: Part, item: bytes = b"BODY[]") -> Response:
    """A FETCH of one text."""
    parts: tuple[Part, ...] = (b"* 1 FETCH (%s {%d}\r\n" % (item, size_of(literal)), literal, b" UID 7)\r\n")
    parser = Parser(table.readers)
    return parser.parse(Frame(parts, offset=40))
