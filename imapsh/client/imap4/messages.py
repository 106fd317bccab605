"""IMAP4's methods on messages: fetching, searching, changing, storing them.

See `opening` for what every command returns and raises.
"""

from __future__ import annotations

from imapsh.client.imap4.arguments import FORMS, astring, formed, in_form
from imapsh.client.imap4.names import CRLF, Commands, MapCRLF, Time2Internaldate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from time import struct_time
    from typing import Any

    from imapsh.client.imap4.classes import IMAP4, Text
    from imapsh.client.imap4.replies import Result
    from imapsh.wire.sinks import Choose, Writable

    Moment = float | datetime | str | struct_time | tuple[int, ...]

_SEARCHING = ("SEARCH", "SORT", "THREAD")
_OPEN = ("SORT", "THREAD")  # any number of search criteria follow


def append(self: IMAP4, mailbox: Text | None, flags: str | None, date_time: Moment | None, message: bytes) -> Result:
    """Send APPEND (RFC 9051 section 6.3.12), to INBOX if `mailbox` is None; line ends become CRLF."""
    self.literal = _lines(message)
    return self._formed("APPEND", mailbox or "INBOX", flags or None, _moment(date_time))


def replace(
    self: IMAP4, message_num: str, mailbox: Text | None, flags: str | None, date_time: Moment | None, message: bytes
) -> Result:
    """Send REPLACE (RFC 8508 section 3.3): APPEND a message and expunge the one that it replaces, in one step."""
    self.literal = _lines(message)
    return self._formed("REPLACE", message_num, mailbox or "INBOX", flags or None, _moment(date_time))


def _lines(message: bytes) -> bytes:
    """Return a message with CRLF as its line ends.  `MapCRLF` takes four times as long, and all have CRLF mostly."""
    if type(message) is not bytes:
        return MapCRLF.sub(CRLF, message)
    ends = message.count(CRLF)
    if message.count(b"\n") == ends == message.count(b"\r"):
        return message
    return message.replace(CRLF, b"\n").replace(b"\r", b"\n").replace(b"\n", CRLF)


def _moment(date_time: Moment | None) -> str | None:
    """Return the date of a message to append."""
    return Time2Internaldate(date_time) if date_time else None


def check(self: IMAP4) -> Result:
    """Send CHECK (RFC 3501 section 6.4.1)."""
    return self._simple_command("CHECK")


def expunge(self: IMAP4) -> Result:
    """Send EXPUNGE (RFC 9051 section 6.4.3).  Returns the numbers of the messages removed."""
    return self._fetched("EXPUNGE")


def fetch(self: IMAP4, message_set: str, message_parts: str) -> Result:
    """Send FETCH (RFC 9051 section 6.4.5); the parts get their parentheses."""
    return self._fetched("FETCH", message_set, message_parts)


def fetch_to(
    self: IMAP4, message_set: str, message_parts: str, sink: Writable | Choose, *, uid: bool = False
) -> Result:
    """Send FETCH, or UID FETCH, whose literals go to a file piece by piece, so that memory stays flat.

    `sink` is a binary file, which takes one literal after another, or a function of the line before a literal and its
    octets that returns a file for it, or None.  In the data, `imapsh.wire.frames.Spilled` replaces what went to a file:
    its `octets`, and the file in `where`.  Raises what the function or the file raises.  The connection is closed then,
    because what comes next on it would be the rest of the literal.
    """

    from imapsh.client.imap4.files import Files

    files = Files(sink if callable(sink) else lambda line, octets: sink)
    self._reader.opener = files.open
    try:
        if uid:
            return self.uid("FETCH", message_set, message_parts)
        return self.fetch(message_set, message_parts)
    except Exception:
        if files.fault is None:
            raise
        self._hang_up()
        raise files.fault from None
    finally:
        self._reader.opener = None


def partial(self: IMAP4, message_num: str, message_part: str, start: str, length: str) -> Result:
    """Send PARTIAL (RFC 1730 section 6.4.6), which is obsolete."""
    return self._fetched("PARTIAL", message_num, message_part, start, length, filed="FETCH")


def store(self: IMAP4, message_set: str, command: str, flags: str) -> Result:
    """Send STORE (RFC 9051 section 6.4.6): `command` is FLAGS, +FLAGS or -FLAGS, with or without .SILENT."""
    return self._fetched("STORE", message_set, command, flags, filed="FETCH")


def copy(self: IMAP4, message_set: str, new_mailbox: Text) -> Result:
    """Send COPY (RFC 9051 section 6.4.7)."""
    return self._formed("COPY", message_set, new_mailbox)


def move(self: IMAP4, message_set: str, new_mailbox: Text) -> Result:
    """Send MOVE (RFC 6851)."""
    return self._formed("MOVE", message_set, new_mailbox)


def search(self: IMAP4, charset: str | None, *criteria: Text) -> Result:
    """Send SEARCH (RFC 9051 section 6.4.4).  Raises `error` for a charset under UTF8=ACCEPT (RFC 6855 section 3)."""
    if charset and self.utf8_enabled:
        raise self.error("Non-None charset not valid in UTF8 mode")
    return self._fetched("SEARCH", *_charset(charset), *criteria)


def esearch(self: IMAP4, charset: str | None, *criteria: Text, returns: str = "ALL") -> Result:
    """Send SEARCH RETURN (RFC 9051 section 6.4.4); `returns` are MIN, MAX, ALL, COUNT, SAVE.

    Returns ESEARCH responses.
    """
    return self._fetched("SEARCH", "RETURN", f"({returns})", *_charset(charset), *criteria, filed="ESEARCH")


def _charset(charset: str | None) -> tuple[str, ...]:
    return ("CHARSET", in_form(astring, charset)) if charset else ()


def sort(self: IMAP4, sort_criteria: str, charset: str, *search_criteria: Text) -> Result:
    """Send SORT (RFC 5256)."""
    return self._fetched("SORT", sort_criteria, charset, *search_criteria)


def thread(self: IMAP4, threading_algorithm: str, charset: str, *search_criteria: Text) -> Result:
    """Send THREAD (RFC 5256)."""
    return self._fetched("THREAD", threading_algorithm, charset, *search_criteria)


def uid(self: IMAP4, command: str, *args: Any) -> Result:
    """Send UID with another command (RFC 9051 section 6.4.9).  Raises `error` for a command that is not known."""
    command = command.upper()
    if command not in Commands:
        raise self.error(f"Unknown IMAP4 UID command: {command}")
    self._check_state(command)
    # otherwise it is not the command as it is known here
    if len(args) == len(FORMS.get(command, ())) or command in _OPEN:
        args = tuple(formed(command, args))
    return self._fetched("UID", command, *args, filed=command if command in _SEARCHING else "FETCH")
