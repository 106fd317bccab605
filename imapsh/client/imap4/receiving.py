"""IMAP4's methods that wait for replies and have them filed.  `replies` says how; all octets come through
`IMAP4.readline` and `IMAP4.read`.
"""

from __future__ import annotations

from imapsh.client.imap4.names import CRLF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from imapsh.client.imap4.classes import IMAP4
    from imapsh.client.imap4.replies import Append, Datum, Result

_OPEN, _CLOSE, _QUOTE = b'()"'  # numbers: `40 in line` is ten times as fast as `b"(" in line`


class ResponseTimeout(TimeoutError):
    """Raised if no reply began within the time for which IDLE was to wait."""


def _get_response(self: IMAP4, start_timeout: float | None = None) -> bytes | None:
    """Read one reply and file it.  Returns its first line, or None for a continuation request.

    Raises `abort` for the end, a line without CRLF, a tagged reply to nothing and an unusable literal;
    ResponseTimeout if none begins within `start_timeout` seconds.
    """
    replies = self._replies
    append: Append = self._append_untagged
    if getattr(append, "__func__", None) is _append_untagged:
        append = replies.append  # as nearly always; that saves a call for each
    try:
        line = self._get_line() if start_timeout is None else self._get_line_within(start_timeout)
        # The rest is read unless the frame reader would call the line whole.  While idling, nobody waits to see if a
        # broken line goes on.
        if line[-1:] == b"}" or (
            (_OPEN in line or _CLOSE in line or _QUOTE in line)
            and (line.count(b"(") != line.count(b")") or line.count(b'"') & 1)
            and replies.captured is None
        ):
            if replies.transcript.untold:
                self._tell()
            parts, broken = self._reader.rest(line + CRLF, self.readline, self.read, self.literal_limit)
            return replies.file_parts(line, parts, broken, append)
        return replies.file(line, append)
    except ConnectionError as fault:
        raise self._lost(fault) from fault
    finally:
        if replies.transcript.untold:
            self._tell()


def _lost(self: IMAP4, fault: ConnectionError) -> ConnectionError:
    return self.lost(*fault.args)


def _get_line(self: IMAP4) -> bytes:
    """Return the next line without its CRLF."""
    reader = self._reader
    if reader.pending is None:
        return self._replies.line(self.readline())
    line, reader.pending = reader.pending, None
    return self._replies.line(line)


def _get_line_within(self: IMAP4, seconds: float) -> bytes:
    allowed = self.sock.gettimeout()
    self.sock.settimeout(seconds)
    try:
        return self._get_line()
    except TimeoutError as fault:
        raise ResponseTimeout from fault
    finally:
        self.sock.settimeout(allowed)


def _append_untagged(self: IMAP4, typ: str, dat: Datum | None) -> None:
    self._replies.append(typ, dat)


def _command_complete(self: IMAP4, name: str, tag: bytes) -> Result:
    """Wait for the tagged reply; returns (typ, data).  Raises `error` for BAD, `abort` for BYE unless LOGOUT."""
    logout = name == "LOGOUT"
    if not logout and "BYE" in self._replies.untagged:
        self._check_bye()
    try:
        typ, data = self._get_tagged_response(tag, expect_bye=logout)
    except self.lost:
        raise
    except self.abort as fault:
        raise self.abort(f"command: {name} => {fault}") from fault
    except self.error as fault:
        raise self.error(f"command: {name} => {fault}") from fault
    if not logout and "BYE" in self._replies.untagged:
        self._check_bye()
    if typ == "BAD":
        masked = [self._transcript.masked(datum) for datum in data]
        raise self.error(f"{name} command error: {typ} {masked!r}")
    return typ, data


def _get_tagged_response(self: IMAP4, tag: bytes, expect_bye: bool = False) -> Result:
    replies, receive = self._replies, self._get_response
    tagged = replies.tagged
    while True:
        result: Result | None = tagged[tag]
        if result is not None:
            del tagged[tag]
            return result
        if "BYE" in replies.untagged:
            if expect_bye:
                return "BYE", replies.untagged.pop("BYE")
            self._check_bye()
        try:
            receive()
        except self.abort:
            if self.debug >= 1:
                self.print_log()
            raise


def _check_bye(self: IMAP4) -> None:
    bye = self._replies.untagged.get("BYE")
    if bye:
        raise self.abort(self._transcript.masked(bye[-1]).decode(self._encoding, "replace"))


def _untagged_response(self: IMAP4, typ: str, dat: list[Any], name: str) -> Result:
    """Take what was filed under `name`; `[None]` if there is nothing, `dat` if `typ` is NO."""
    if typ == "NO":
        return typ, dat
    replies = self._replies
    data = replies.untagged.pop(name, None)
    if data is None:
        return typ, [None]
    if replies.transcript.level >= 5:
        self._mesg(f"untagged_responses[{name}] => {data}")
    return typ, data
