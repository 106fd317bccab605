"""A program in a pseudo-terminal of its own, read as fast as a terminal reads."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from collections.abc import Sequence
from pathlib import Path

ENVIRONMENT = {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}


class Terminal:
    """`words` are the program's path and its arguments; `home` is where it finds nobody's configuration."""

    def __init__(self, words: Sequence[str], home: str) -> None:
        self.child, self._fd = pty.fork()
        if self.child == 0:
            places = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
            os.execve(words[0], list(words), {**os.environ, **ENVIRONMENT, **places})
        os.set_blocking(self._fd, False)

    def types(self, text: bytes) -> None:
        """Press keys."""
        os.write(self._fd, text)

    def until(self, text: bytes) -> None:
        """Read on until `text` was written.  SystemExit when nothing comes for a long time."""
        seen = b""
        while text not in seen:
            try:
                seen = seen[-len(text) :] + os.read(self._fd, 1 << 16)
            except BlockingIOError:
                if not select.select([self._fd], [], [], 20)[0]:
                    raise SystemExit(f"{text!r} never came: {seen[-300:]!r}") from None

    def end(self) -> None:
        """Kill it."""
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self._fd)


def shown(words: Sequence[str], text: bytes, home: str) -> float:
    """Milliseconds until a program has written `text`."""
    began = time.perf_counter()
    terminal = Terminal(words, home)
    terminal.until(text)
    taken = time.perf_counter() - began
    terminal.end()
    return taken * 1000


def seconds(child: int) -> float:
    """CPU seconds that a process which still runs has used."""
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(child: int | str) -> int:
    """KiB of memory that a process had at its most."""
    lines = Path(f"/proc/{child}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
