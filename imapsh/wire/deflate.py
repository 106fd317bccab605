"""COMPRESS=DEFLATE (RFC 4978): raw DEFLATE in both directions, octets in and octets out."""

from __future__ import annotations

from zlib import MAX_WBITS, Z_DEFAULT_COMPRESSION, Z_SYNC_FLUSH, compressobj, decompressobj, error

from imapsh.errors import ConnectionLost
from imapsh.wire.frames import Frame
from imapsh.wire.push import Pusher
from imapsh.wire.reader import Octets

_CHUNK = 1 << 16


class Deflate:
    """The two streams of one connection.

    Compressed octets are flushed, so that the peer can read them at once.
    """

    def __init__(self) -> None:
        self._out = compressobj(Z_DEFAULT_COMPRESSION, wbits=-MAX_WBITS)
        self._in = decompressobj(wbits=-MAX_WBITS)

    def deflate(self, data: bytes) -> bytes:
        """Return what to send for `data`."""
        return self._out.compress(data) + self._out.flush(Z_SYNC_FLUSH)

    def inflate(self, data: bytes = b"", most: int = _CHUNK) -> bytes:
        """Return at most `most` octets of what `data` and the octets held back before stand for; b"" asks for the rest.

        So a few octets that stand for very many take no more memory than the reader asks for.  Raises ConnectionLost
        for octets that are no DEFLATE.
        """
        try:
            return self._in.decompress(self._in.unconsumed_tail + data, most)
        except error as fault:
            raise ConnectionLost("the server sent data under COMPRESS that is not DEFLATE: connect again") from fault

    @property
    def rest(self) -> bytes:
        """Return the octets that were handed in and not inflated."""
        return self._in.unused_data or self._in.unconsumed_tail

    @property
    def ended(self) -> bool:
        """Return whether the peer has ended its stream; nothing can follow."""
        return self._in.eof


class InflatingPusher(Pusher):
    """A Pusher of deflated octets that goes on where the Pusher `before` stands.

    Octets that `before` held and had not used are deflated already.  They are inflated piece by piece, as frames are
    taken, so that what was pushed never becomes many octets at once.
    """

    def __init__(self, before: Pusher, deflate: Deflate) -> None:
        super().__init__(before.reader, before.on_piece)
        self._deflate = deflate
        self._coded = before.rest()
        self._over = before._ended

    def feed(self, data: bytes) -> None:
        """Do as Pusher.feed, with deflated octets."""
        self._coded += data
        self._over = self._over or not data

    def take(self) -> Frame | Octets | None:
        """Do as Pusher.take.  Raises ConnectionLost too, for octets that are no DEFLATE."""
        while (found := super().take()) is None and self._inflate():
            pass
        return found

    def plain(self) -> Pusher:
        """Return a Pusher of octets that are deflated no more, which goes on where this one stands."""
        made = Pusher(self.reader, self.on_piece)
        for octets in (self.rest(), self._deflate.rest + self._coded):
            if octets:
                made.feed(octets)
        if self._over:
            made.feed(b"")
        return made

    def _inflate(self) -> bool:
        """Hand on the next octets, or the end.  Return whether there was any."""
        if self._coded and self._deflate.ended:
            raise ConnectionLost("the server sent data after the end of its DEFLATE stream: connect again")
        coded, self._coded = self._coded, b""
        clear = self._deflate.inflate(coded)
        if clear or (self._over and not self._ended):
            super().feed(clear)
            return True
        return False
