"""Reads what a program prints, with limits: a password or a token is short, and nobody may be there to wait for it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from imapsh.errors import LoginError
from imapsh.transport.deadline import Deadline

if TYPE_CHECKING:
    import subprocess

PATIENCE = 60.0
"""Seconds that a program may take if there is no terminal, on which a person would see it wait and press Ctrl-C."""

MOST = 1 << 20
"""Octets that a program may print."""


def patience() -> float | None:
    """Return the seconds that a program may take, or None if there is a terminal."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return PATIENCE
    return None


def collect(child: subprocess.Popen[bytes], option: str, seconds: float | None) -> bytes:
    """Return all that a child prints, and wait for its end.

    Raises LoginError, which names the option that the child is for, if it takes more than `seconds` or prints more than
    MOST octets.  Whatever is raised, the child has ended then, and what it started too if it leads a session.
    """
    from subprocess import TimeoutExpired

    try:
        due = Deadline(seconds)
        printed = _read(child, option, due)
        child.wait(due.left())
        return printed
    except (TimeoutError, TimeoutExpired):
        end(child)
        raise LoginError(
            f"{option} did not end within {seconds:g} s, and there is no terminal on which it could ask: "
            "run it by hand to see why"
        ) from None
    except BaseException:
        end(child)
        raise


def _read(child: subprocess.Popen[bytes], option: str, due: Deadline) -> bytes:
    import select

    assert child.stdout is not None
    descriptor, printed = child.stdout.fileno(), bytearray()
    while True:
        ready, _, _ = select.select([descriptor], [], [], due.left())
        if not ready:
            raise TimeoutError
        octets = os.read(descriptor, 1 << 16)
        if not octets:
            return bytes(printed)
        printed += octets
        if len(printed) > MOST:
            raise LoginError(f"{option} printed more than {MOST:,} octets, which is no password and no token")


def end(child: subprocess.Popen[bytes]) -> None:
    """Kill a child, and what it started if it leads a session of its own."""
    try:
        if os.getpgid(child.pid) == child.pid:
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    except ProcessLookupError:
        pass  # it has ended
