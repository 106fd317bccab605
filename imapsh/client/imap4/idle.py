"""IDLE as a context manager that is iterated (RFC 2177), the shape it has in Python 3.14."""

from __future__ import annotations

import time

from imapsh.client.imap4.names import CRLF
from imapsh.client.imap4.receiving import ResponseTimeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from imapsh.client.imap4.classes import IMAP4
    from imapsh.client.imap4.replies import Result


class Idler:
    """The result of `IMAP4.idle`: it idles inside `with`, and yields (type, [data, ...]) for each untagged response.

    The iteration ends `duration` seconds after IDLE began; without a duration it waits for ever.  Responses that were
    not iterated are found in `untagged_responses` afterwards.
    """

    def __init__(self, imap: IMAP4, duration: float | None = None) -> None:
        if "IDLE" not in imap.capabilities:
            raise imap.error("Server does not support IMAP4 IDLE")
        if duration is not None and not imap.sock:
            raise imap.error("duration requires a socket connection")
        self._imap = imap
        self._duration = duration
        self._deadline: float | None = None
        self._tag = b""
        self._state = ""

    def __enter__(self) -> Idler:
        imap = self._imap
        if imap._replies.captured is not None:
            raise imap.error("IDLE is running already")
        imap._replies.captured = []
        try:
            self._tag = imap._command("IDLE")
            if not imap._permitted(self._tag):
                typ, data = imap.tagged_commands.pop(self._tag)
                if typ == "NO":
                    raise imap.error(f"idle denied: {data}")
                raise imap.abort(f"unexpected status response: {typ} {data}")
        except BaseException:
            self._leave()
            raise
        if self._duration is not None:
            self._deadline = time.monotonic() + self._duration
        self._state, imap.state = imap.state, "IDLING"
        return self

    def __iter__(self) -> Iterator[Result]:
        return self

    def __next__(self) -> Result:
        """Return the next response.  Stops when the duration is over; raises `abort` when the connection is."""
        left = None if self._deadline is None else self._deadline - time.monotonic()
        response = self._pop(left)
        if response is None:
            raise StopIteration
        return response

    def burst(self, interval: float = 0.1) -> Iterator[Result]:
        """Yield the next response, and those that follow no more than `interval` seconds after one another.

        Raises `error` if there is no socket.
        """
        if not self._imap.sock:
            raise self._imap.error("burst() requires a socket connection")
        response: Result | None = next(self, None)
        while response is not None:
            yield response
            response = self._pop(interval)

    def __exit__(self, exc_type: object, exc: object, trace: object) -> None:
        imap = self._imap
        imap.state = self._state
        self._leave()
        try:
            if imap.tagged_commands[self._tag] is None:
                imap._send_line(b"DONE" + CRLF, b"DONE")
            imap._command_complete("IDLE", self._tag)
        except imap.abort:
            if exc is None:  # else what ended the block is the news
                raise

    def _leave(self) -> None:
        """Stop capturing.  Responses that nobody took are filed like all others."""
        imap = self._imap
        captured, imap._replies.captured = imap._replies.captured, None
        for typ, data in captured or ():
            for datum in data:
                imap._append_untagged(typ, datum)

    def _pop(self, seconds: float | None) -> Result | None:
        """Return the next response, or None if none came within `seconds`."""
        imap = self._imap
        if imap.state != "IDLING":
            raise imap.error("iteration works only inside the with block")
        until = None if seconds is None else time.monotonic() + seconds
        while not (captured := imap._replies.captured):
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                return None
            try:
                imap._get_response(left)
            except ResponseTimeout:
                return None
            self._check_ended()
        return captured.pop(0)

    def _check_ended(self) -> None:
        """Raise `abort` if the server has ended IDLE by itself and nothing is left, because nothing would ever come."""
        reply: Any = self._imap.tagged_commands[self._tag]
        if reply is not None and not self._imap._replies.captured:
            raise self._imap.abort(f"unexpected status response: {reply[0]} {reply[1]}")
