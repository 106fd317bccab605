"""imaplib and our classes on a scripted server, for the tests that hold one against the other."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import ModuleType
from typing import Any
from unittest import mock

GREETING = b"* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n"


def scripted(module: ModuleType, *replies: bytes, greeting: bytes = GREETING, **attributes: Any) -> Any:
    """An IMAP4 of `module` whose server answers each line it is sent with the next of `replies`; then it is gone.

    In a reply `<tag>` stands for the tag of the line.  `sent` is what the client sent.  The first line is CAPABILITY,
    which is answered.  What is sent while the server waits for a literal is a line like any other.
    """
    script = iter((b"* CAPABILITY IMAP4REV1 ENABLE IDLE LITERAL+\r\n<tag> OK done\r\n", *replies))

    class Scripted(module.IMAP4):  # type: ignore[name-defined,misc]
        """Moves its octets in memory."""

        def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
            self.host, self.port, self.sock, self.sent, self.due = host, port, None, b"", b""
            self.from_server = io.BytesIO(greeting)
            for name, value in attributes.items():
                setattr(self, name, value)

        def read(self, size: int) -> bytes:
            return self.from_server.read(size)

        def readline(self) -> bytes:
            line = self.from_server.readline(module._MAXLINE + 1)
            if len(line) > module._MAXLINE:
                raise self.error(f"got more than {module._MAXLINE} bytes")
            return line

        def send(self, data: bytes) -> None:
            self.sent += data
            self.due += data
            if self.due.endswith(b"\r\n"):
                tag = self.tagpre + b"%d" % (self.tagnum - 1)
                self.due = b""
                rest = self.from_server.read()
                self.from_server = io.BytesIO(rest + next(script, b"").replace(b"<tag>", tag))

        def shutdown(self) -> None:
            pass

    with mock.patch("random.randint", return_value=5000):  # the same tags
        return Scripted()


def outcome(call: Callable[[], Any]) -> Any:
    """What a call returns, or the name of the exception that it raises."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - whichever it is
        return type(error).__name__
