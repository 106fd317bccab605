"""COMPRESS=DEFLATE (RFC 4978): raw DEFLATE in both directions, octets in and octets out."""

from __future__ import annotations

from collections.abc import Callable
from zlib import MAX_WBITS, Z_DEFAULT_COMPRESSION, Z_SYNC_FLUSH, compressobj, decompressobj, error

from imapsh.errors import ConnectionLost, LimitError
from imapsh.wire.frames import Frame
from imapsh.wire.limits import DEFAULT, RATIO, Limits
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader, Octets

_CHUNK = 1 << 16
_FLUSHED = b"\0\0\xff\xff"  #: the end of a flush: the length of an empty stored block (RFC 1951 section 3.2.4)
_MIDWAY = 3  # octets of a stream that may come between its last line and _FLUSHED, or its end

#: Blocks without octets, on the border of an octet; the streams end with the others.
_EMPTY = (b"\0" + _FLUSHED, b"\1" + _FLUSHED, b"\3\0")


class Deflate:
    """The two streams of one connection.

    Compressed octets are flushed, so that the peer can read them at once.  Octets of the peer that become more than
    RATIO times as long are counted, and `limits.inflated` limits them.
    """

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self._limits = limits
        self._owed = 0  # octets inflated beyond RATIO times what came
        self._came = self._became = 0  # since nothing was owed
        self._out = compressobj(Z_DEFAULT_COMPRESSION, wbits=-MAX_WBITS)
        self._in = decompressobj(wbits=-MAX_WBITS)
        self._last = b""

    def deflate(self, data: bytes) -> bytes:
        """Return what to send for `data`."""
        return self._out.compress(data) + self._out.flush(Z_SYNC_FLUSH)

    def inflate(self, data: bytes = b"", most: int = _CHUNK, *, literal: bool = False) -> bytes:
        """Return at most `most` octets of what `data` and the octets held back before stand for; b"" asks for the rest.

        So a few octets that stand for very many take no more memory than the reader asks for.  `literal` says that
        they belong to a literal; sixteen of those count as one, because the limit on literals counts them too.  Raises
        ConnectionLost for octets that are no DEFLATE, and LimitError.
        """
        self._check()
        self._last = (self._last + data)[-len(_FLUSHED) :]
        coded = self._in.unconsumed_tail + data
        try:
            clear = self._in.decompress(coded, most)
        except error as fault:
            raise ConnectionLost("the server sent data under COMPRESS that is not DEFLATE: connect again") from fault
        self._count(len(coded) - len(self._in.unconsumed_tail), len(clear), 4 if literal else 0)
        return clear

    def _count(self, came: int, became: int, shift: int) -> None:
        self._came += came
        self._became += became
        self._owed += (became >> shift) - RATIO * came
        if self._owed <= 0:
            self._owed = self._came = self._became = 0

    def _check(self) -> None:
        """Raise LimitError if too much was inflated, but only now, when all of it was handed out."""
        if self._owed > self._limits.inflated > 0:
            ratio = self._became // max(1, self._came)
            how = f" in {self._came} octets under COMPRESS, which is {ratio} times as much"
            raise LimitError("inflated", self._limits.inflated, self._became, how)

    @property
    def rest(self) -> bytes:
        """Return the octets that were handed in and not inflated."""
        return self._in.unused_data or self._in.unconsumed_tail

    @property
    def ended(self) -> bool:
        """Return whether the peer has ended its stream; nothing can follow."""
        return self._in.eof

    @property
    def flushed(self) -> bool:
        """Return whether what came last ends a flush."""
        return self._last == _FLUSHED and not self._in.unconsumed_tail

    def ending(self, data: bytes) -> int | None:
        """Return how many of the next octets of the peer end its stream or a flush, and bring nothing.

        0 stands for none, and None says that more octets are needed to know.
        """
        trial = self._in.copy()
        for count in range(1, min(len(data), _MIDWAY + len(_FLUSHED)) + 1):
            try:
                if trial.decompress(data[count - 1 : count]):
                    return 0
            except error:
                return 0
            come = self._last + data[:count]
            if trial.eof or come.endswith(_FLUSHED):
                self._in = trial
                return count
            if count > _MIDWAY and not any(come.endswith(_FLUSHED[:part]) for part in range(1, len(_FLUSHED))):
                return 0
        return None if len(data) < _MIDWAY + len(_FLUSHED) else 0


class EndingPusher(Pusher):
    """A Pusher of octets in the clear, before which the end of a deflated stream may still come, in pieces.

    The flush that sent the last line ends with an empty block, and its sender may end the stream too.  What does not
    fit into such blocks is in the clear.
    """

    def __init__(self, reader: FrameReader, on_piece: Callable[[bytes], None] | None, deflate: Deflate) -> None:
        super().__init__(reader, on_piece)
        self._deflate = None if deflate.ended else deflate
        self._whole = deflate.flushed  # the stream stands on the border of an octet
        self._held = b""  # octets that may be of such a block

    def feed(self, data: bytes | bytearray | memoryview) -> bool:
        """Do as Pusher.feed, and pass over the end of the stream."""
        ended = not data
        data, self._held = self._held + bytes(data), b""
        while data and self._deflate is not None:
            count = self._block(data) if self._whole else self._deflate.ending(data)
            if count is None and not ended:
                self._held = data
                return False
            if not count or data[:count] in _EMPTY[1:] or self._deflate.ended:
                self._deflate = None
            self._whole = True
            data = data[count or 0 :]
        flows = super().feed(data) if data else False
        if ended:
            super().feed(b"")
        return flows

    @staticmethod
    def _block(data: bytes) -> int | None:
        """Return how many octets at the beginning are an empty block, None if more must come to know."""
        for block in _EMPTY:
            if data.startswith(block):
                return len(block)
            if block.startswith(data):
                return None
        return 0


class InflatingPusher(Pusher):
    """A Pusher of deflated octets that goes on where the Pusher `before` stands.

    Octets that `before` held and had not used are deflated already.  They are inflated piece by piece, as frames are
    taken, so that what was pushed never becomes many octets at once.
    """

    def __init__(self, before: Pusher, deflate: Deflate) -> None:
        super().__init__(before.reader, before.on_piece)
        self.on_chunk = before.on_chunk
        self._deflate = deflate
        self._coded = before.rest()
        self._over = before._ended

    @property
    def coded(self) -> int:
        """The number of octets that are not inflated yet."""
        return len(self._coded)

    def feed(self, data: bytes | bytearray | memoryview) -> bool:
        """Do as Pusher.feed, with deflated octets, which `take` inflates."""
        self._coded += data
        self._over = self._over or not data
        return False

    def take(self) -> Frame | Octets | None:
        """Do as Pusher.take.  Raises ConnectionLost too, for octets that are no DEFLATE, and what Deflate raises."""
        while (found := super().take()) is None and self._inflate():
            pass
        self.drained = False  # there may be more to inflate
        return found

    def plain(self) -> Pusher:
        """Return a Pusher of octets that are deflated no more, which goes on where this one stands.

        It passes over the end of the deflated stream, which may come late.
        """
        made = EndingPusher(self.reader, self.on_piece, self._deflate)
        clear = self.rest()
        if clear:
            Pusher.feed(made, clear)
        made.on_chunk = self.on_chunk
        if left := self._deflate.rest + self._coded:
            made.feed(left)
        if self._over:
            made.feed(b"")
        return made

    def _inflate(self) -> bool:
        """Hand on the next octets, or the end.  Return whether there was any."""
        if self._coded and self._deflate.ended:
            raise ConnectionLost("the server sent data after the end of its DEFLATE stream: connect again")
        coded, self._coded = self._coded, b""
        clear = self._deflate.inflate(coded, literal=self.literal is not None)
        if clear or (self._over and not self._ended):
            super().feed(clear)
            return True
        return False
