"""Octets read the whole way: frames, then responses."""

from __future__ import annotations

from imapsh import table
from imapsh.grammar.responses import CLIENT, Parser, Readers, Response
from imapsh.wire.frames import Frame
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader


def read(octets: bytes) -> list[Response]:
    """Every response in the octets."""
    pusher = Pusher(FrameReader())
    pusher.feed(octets)
    pusher.feed(b"")
    parser = Parser(Readers(table.readers("response"), table.readers("code"), table.readers("fetch-item")))
    return [parser.parse(frame) for frame in pusher if isinstance(frame, Frame)]


def one(octets: bytes) -> Response:
    """The only response."""
    [response] = read(octets)
    return response


def ours(octets: bytes, *parts: bytes) -> Response:
    """A client's line."""
    return Response(CLIENT, "", None, Frame((octets, *parts)))
