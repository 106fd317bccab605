"""The methods that imaplib has not, or only since Python 3.14."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from imapsh.client.imap4.arguments import quoted
from imapsh.client.imap4.idle import Idler
from imapsh.client.imap4.methods import Methods, Moment, Text
from imapsh.client.imap4.names import CRLF, MapCRLF
from imapsh.client.imap4.replies import Result
from imapsh.client.imap4.sockets import DeflatedSocket, SocketFile
from imapsh.client.imap4.typed import parsed
from imapsh.grammar.fragments import Literal
from imapsh.wire.reader import Sink
from imapsh.wire.sinks import FileSink, Writable


class Choose(Protocol):
    """Chooses a file for a literal of so many octets, given the line before it; None keeps it in memory."""

    def __call__(self, line: bytes, octets: int, /) -> Writable | None: ...


class Extensions(Methods):
    """The commands of later RFCs, and literals that go to files."""

    def idle(self, duration: float | None = None) -> Idler:
        """IDLE (RFC 2177), for `with`: iterate what it gives for the responses, for `duration` seconds at most.

        Raises `error` where the server does not offer it, and for a duration where there is no socket.
        """
        return Idler(self, duration)

    def move(self, message_set: str, new_mailbox: Text) -> Result:
        """MOVE (RFC 6851)."""
        return self._formed("MOVE", message_set, new_mailbox)

    def id(self, fields: Mapping[str, str | None] | None = None) -> Result:
        """ID (RFC 2971): who the client is, None for nothing; returns who the server is."""
        if fields is None:
            return self._fetched("ID", "NIL")
        return self._fetched("ID", _list(self._nstring(text) for pair in fields.items() for text in pair))

    def unauthenticate(self) -> Result:
        """UNAUTHENTICATE (RFC 8437): back to where nobody is logged in."""
        typ, dat = self._simple_command("UNAUTHENTICATE")
        if typ == "OK":
            self.state = "NONAUTH"
            self._mode_ascii()
        return typ, dat

    def getmetadata(self, mailbox: Text, *entries: str, maxsize: int | None = None, depth: str | None = None) -> Result:
        """GETMETADATA (RFC 5464 section 4.2); `mailbox` "" for the server's own.  `depth` is 0, 1 or infinity."""
        options = [*(("MAXSIZE", str(maxsize)) if maxsize is not None else ()), *(("DEPTH", depth) if depth else ())]
        return self._fetched(
            "GETMETADATA", _list(options) if options else None, mailbox, _list(entries), filed="METADATA"
        )

    def setmetadata(self, mailbox: Text, values: Mapping[str, str | bytes | None]) -> Result:
        """SETMETADATA (RFC 5464 section 4.3): bytes go as a literal, None removes the entry."""
        pieces: list[Any] = []
        for entry, value in values.items():
            pieces += [" " if pieces else "(", entry, " "]
            pieces.append(Literal(value, len(value)) if isinstance(value, bytes) else self._nstring(value))
        return self._formed("SETMETADATA", mailbox, [*pieces, ")"])

    def replace(
        self, message_num: str, mailbox: Text | None, flags: str | None, date_time: Moment | None, message: bytes
    ) -> Result:
        """REPLACE (RFC 8508 section 3.3): APPEND and expunge what it replaces, at once."""
        self.literal = MapCRLF.sub(CRLF, message)
        return self._formed("REPLACE", message_num, mailbox or "INBOX", *self._about(flags, date_time))

    def notify(self, *events: str) -> Result:
        """NOTIFY (RFC 5465): `notify("NONE")`, `notify("SET", "(SELECTED (MessageNew MessageExpunge))")`."""
        return self._simple_command("NOTIFY", *events)

    def esearch(self, charset: str | None, *criteria: Text, returns: str = "ALL") -> Result:
        """SEARCH RETURN (RFC 9051 section 6.4.4): `returns` are MIN, MAX, ALL, COUNT, SAVE; gives ESEARCH responses."""
        wanted = ("RETURN", f"({returns})", *self._charset(charset))
        return self._fetched("SEARCH", *wanted, *criteria, filed="ESEARCH")

    def compress(self, mechanism: str = "DEFLATE") -> Result:
        """COMPRESS (RFC 4978): after OK both directions are compressed.

        Raises `error` where there is no socket of ours to compress, before anything is sent.
        """
        if not self.sock or not isinstance(self._reading(), SocketFile):
            raise self.error("COMPRESS needs a socket that these classes read")
        typ, dat = self._simple_command("COMPRESS", mechanism)
        if typ == "OK":
            from imapsh.wire.deflate import Deflate

            self.sock = DeflatedSocket(self.sock, Deflate(), self._unread())
            self.file = SocketFile(self.sock)
        return typ, dat

    def fetch_to(self, message_set: str, message_parts: str, sink: Writable | Choose, *, uid: bool = False) -> Result:
        """FETCH, or UID FETCH, whose literals go to a file piece by piece, so that memory stays flat.

        `sink` is a binary file, which takes one literal after another, or a function of the line before a literal and
        its octets that returns a file for it, or None.  In the data `imapsh.wire.frames.Spilled` stands for what went
        to a file: its `octets`, and the file in `where`.  Raises what the file raises, and is of no use then.
        """

        def opener(octets: int, line: bytes) -> Sink | None:
            file = sink(line, octets) if callable(sink) else sink
            return None if file is None else FileSink(file)

        self._reader.opener = opener
        try:
            if uid:
                return self.uid("FETCH", message_set, message_parts)
            return self.fetch(message_set, message_parts)
        finally:
            self._reader.opener = None

    def parsed(self, name: str, data: Iterable[Any]) -> list[Any]:
        """`imap4.parsed`, with UTF-8 where this connection has it enabled."""
        return parsed(name, data, utf8=self.utf8_enabled)

    def _nstring(self, text: str | None) -> str:
        return "NIL" if text is None else quoted(text)


def _list(words: Any) -> str:
    return f"({' '.join(words)})"
