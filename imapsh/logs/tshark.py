"""Runs tshark, and reads what it writes line by line."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO

from imapsh.errors import ParseError

PATIENCE = 300  #: seconds; tshark may be silent so long before it is ended

LONGEST = 64 << 20  #: octets of a line that tshark writes
_PIECE = 1 << 18

_MISSING = (
    "tshark reads packet captures, and it is not installed; install it (the package is tshark, wireshark-cli or "
    "wireshark), or save what 'tshark -r CAPTURE -q -z follow,tcp,raw,0' writes on another machine and explain that"
)


class Tshark:
    """tshark as it is run with `arguments`.

    When `lines` has come to its end, `complaint` holds what tshark said if it did not succeed, else "".
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = arguments
        self.complaint = ""

    def lines(self) -> Iterator[bytes]:
        """Yield the lines that tshark writes, without their ends.

        Raises ParseError if tshark is missing, cannot be started, or is silent for longer than PATIENCE.
        """
        program = shutil.which("tshark")
        if program is None:
            raise ParseError(_MISSING)
        with tempfile.TemporaryFile() as said:
            try:
                process = subprocess.Popen(
                    [program, *self._arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
                )
            except OSError as error:
                raise ParseError(f"tshark could not be started: {error.strerror}") from None
            assert process.stdout is not None
            with process:
                try:
                    yield from _lines(process.stdout)
                    if process.wait(PATIENCE):
                        self.complaint = _last_words(said) or f"tshark ended with exit status {process.returncode}"
                except subprocess.TimeoutExpired:
                    raise ParseError(f"tshark did not end within {PATIENCE} seconds; it was stopped") from None
                finally:
                    process.kill()


def _lines(output: IO[bytes]) -> Iterator[bytes]:
    rest: list[bytes] = []
    length = 0
    while piece := _read(output):
        *lines, last = piece.split(b"\n")
        for line in lines:
            yield b"".join((*rest, line))
            rest, length = [], 0
        rest.append(last)
        length += len(last)
        if length > LONGEST:
            raise ParseError(f"tshark wrote a line longer than {LONGEST:,} octets")
    if length:
        yield b"".join(rest)


def _read(output: IO[bytes]) -> bytes:
    ready, _, _ = select.select([output], [], [], PATIENCE)
    if not ready:
        raise ParseError(f"tshark wrote nothing for {PATIENCE} seconds; it was stopped")
    return os.read(output.fileno(), _PIECE)


def _last_words(said: IO[bytes]) -> str:
    """Return the last sentence of what tshark said, without its own name."""
    said.seek(0)
    lines = said.read(_PIECE).decode("utf-8", "replace").split("\n")
    words = [line.strip() for line in lines if line.strip() and not line.startswith("Running as user")]
    return words[0].removeprefix("tshark: ")[:300] if words else ""
