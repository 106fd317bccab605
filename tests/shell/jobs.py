"""imapsh as the job of a shell, in a terminal of its own: it can be stopped, and go on, and its terminal is looked at.

The shell is a small program in a process of its own (`job_shell`): the leader of a session, whose terminal is the
test's.  It tells how the job fares in a pipe, and takes orders from another.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from pexpect import EOF, TIMEOUT
from pexpect.fdpexpect import fdspawn

from tests.patience import PATIENCE
from tests.shell.running import command, environment

SIZE = (40, 120)
SHELL = str(Path(__file__).with_name("job_shell.py"))

#: Modes of a terminal that a program may leave on: how it is turned on, and off.
_TURNED = {
    "bracketed paste": ("\x1b[?2004h", "\x1b[?2004l"),
    "a hidden cursor": ("\x1b[?25l", "\x1b[?25h"),
    "the other screen": ("\x1b[?1049h", "\x1b[?1049l"),
    "the mouse": ("\x1b[?1000h", "\x1b[?1000l"),
}


class Job:
    """A program in a terminal: `seen` is for pexpect, `pid` is the job's own process."""

    def __init__(self, words: list[str], env: Mapping[str, str], size: tuple[int, int]) -> None:
        self.terminal, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self._usual = termios.tcgetattr(slave)
        report, report_end = os.pipe()
        order_end, self._orders = os.pipe()
        self._shell = subprocess.Popen(
            [sys.executable, "-IS", SHELL, str(order_end), str(report_end), *words],
            stdin=slave, stdout=slave, stderr=slave, env=dict(env), start_new_session=True,
            pass_fds=(order_end, report_end),
        )  # fmt: skip
        for one in (slave, report_end, order_end):
            os.close(one)
        self._report: IO[str] = os.fdopen(report)
        self._written = io.StringIO()
        self.seen: Any = fdspawn(self.terminal, timeout=PATIENCE, encoding="utf-8", codec_errors="replace")
        self.seen.logfile_read = self._written
        self.pid = int(self._report.readline())

    # -- what a person does

    def expect(self, *texts: str) -> None:
        for text in texts:
            self.seen.expect_exact(text)

    def type(self, keys: str) -> None:
        self.seen.send(keys)

    def kill(self, signum: int) -> None:
        os.kill(self.pid, signum)

    def go_on(self) -> None:
        """`fg`: the shell gives the terminal back in its own modes, and lets the job go on."""
        os.write(self._orders, b"f")
        assert self._report.readline().strip() == "goes on"
        self._settle()

    def _settle(self) -> None:
        """Wait until the job waits again.  A signal right behind SIGCONT may come before that.

        A wait that had begun when the job was stopped begins anew; a handler that runs just before does not end it.
        """
        state = Path(f"/proc/{self.pid}/stat")
        while state.exists() and state.read_text().rpartition(")")[2].split()[0] in "RT":
            os.sched_yield()

    # -- what is found

    def stopped(self) -> None:
        """Wait until the job is stopped."""
        assert self._next() == "stopped"

    def ended(self) -> int:
        """Wait until the job has ended; its exit status, negative for a signal."""
        kind, _, number = self._next().partition(" ")
        assert kind == "ended"
        return int(number)

    def _next(self) -> str:
        import select

        with _Reader(self.seen) if self.terminal >= 0 else contextlib.nullcontext():
            ready, _, _ = select.select([self._report], [], [], PATIENCE)
            assert ready, f"nothing became of the job; the terminal:\n{self.text}"
            return self._report.readline().strip()

    def left_on(self) -> list[str]:
        """What is not as it was in the terminal: its attributes, and the modes that are turned on by writing."""
        found = [] if termios.tcgetattr(self.terminal) == self._usual else ["the attributes"]
        written = self._written.getvalue()
        return found + [mode for mode, (on, off) in _TURNED.items() if written.rfind(on) > written.rfind(off)]

    def hidden(self) -> bool:
        """Whether the terminal does not echo."""
        return not termios.tcgetattr(self.terminal)[3] & termios.ECHO

    def hang_up(self) -> None:
        """The terminal goes, as when its window is closed."""
        os.close(self.terminal)
        self.terminal = -1

    @property
    def text(self) -> str:
        """All that was written to the terminal so far and read by the test."""
        return self._written.getvalue()

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)  # and what it started
        os.close(self._orders)
        if self.terminal >= 0:
            os.close(self.terminal)
        self._shell.wait(PATIENCE)
        self._report.close()


class _Reader:
    """Reads the terminal meanwhile, in a thread, so that nobody who writes to it has to wait."""

    def __init__(self, seen: Any) -> None:
        import threading

        self._seen = seen
        self._end, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        os.close(self._wake)
        self._thread.join(PATIENCE)
        os.close(self._end)

    def _run(self) -> None:
        import select

        terminal = self._seen.child_fd
        while True:
            ready, _, _ = select.select([terminal, self._end], [], [])
            if terminal in ready:
                try:
                    self._seen.read_nonblocking(1 << 16, 0)
                except (OSError, EOF, TIMEOUT):
                    return
            elif self._end in ready:
                return


@contextlib.contextmanager
def job(*arguments: str, size: tuple[int, int] = SIZE, env: Mapping[str, str] | None = None) -> Iterator[Job]:
    """imapsh with these arguments as a job in a terminal."""
    base = environment(TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1", NO_COLOR="1")
    made = Job(command(*arguments), {**base, **(env or {})}, size)
    try:
        yield made
    finally:
        made.close()
