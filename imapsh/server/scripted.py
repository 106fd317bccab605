"""A server that plays a script, for tests of what a client does with a hostile or broken server.

    ScriptedServer([b"* OK hi\\r\\n", expect(rb"(?P<tag>\\S+) NOOP\\r\\n"), b"\\\\g<tag> OK \\xff\\r\\n", CLOSE])

Steps run in order.  Octets are sent as they are, except that `\\g<name>` stands for what the last `expect` caught under
that name.  An `expect` waits until its pattern is found at the beginning of what the client sent.  CLOSE ends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from imapsh.tuples import NamedTuple


class Expect(NamedTuple):
    """A step that waits for octets that this matches, from the first not yet used."""

    pattern: re.Pattern[bytes]


class Close(NamedTuple):
    """A step that ends the connection."""


CLOSE = Close()
Step = bytes | Expect | Close
_NAMED = re.compile(rb"\\g<(\w+)>")


def expect(pattern: bytes) -> Expect:
    """Return a step that waits for octets; `.` matches line ends too."""
    return Expect(re.compile(pattern, re.DOTALL))


class ScriptedServer:
    """A server that plays `script`, with the same interface as a ServerSession.

    `received` holds all octets from the client, `missing` the steps that were not played.
    """

    def __init__(self, script: Iterable[Step]) -> None:
        self.missing = list(script)
        self.received = b""
        self.closed = False
        self._used = 0
        self._out: list[bytes] = []
        self._caught: dict[str, bytes] = {}
        self._play()

    def receive_data(self, data: bytes) -> None:
        """Take octets from the client."""
        self.received += data
        self._play()

    def data_to_send(self) -> bytes:
        """Take the octets that wait to be sent."""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def eof(self) -> None:
        """Take in that the client is gone."""
        self.closed = True

    def _play(self) -> None:
        while self.missing and not self.closed:
            step = self.missing[0]
            if isinstance(step, Expect):
                found = step.pattern.match(self.received, self._used)
                if found is None:
                    return
                self._used = found.end()
                self._caught = {name: value or b"" for name, value in found.groupdict().items()}
            elif isinstance(step, Close):
                self.closed = True
            else:
                self._out.append(_NAMED.sub(lambda name: self._caught[name[1].decode()], step))
            del self.missing[0]
