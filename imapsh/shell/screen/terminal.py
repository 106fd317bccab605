"""Controls the terminal while no prompt shows: quiet, or lent to another program."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

_IFLAG, _LFLAG = 0, 3  # places in what termios.tcgetattr returns

_usual: list[Any] = []  # the attributes before `quiet`, while it holds


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the terminal quiet while a command runs.

    It shows no keys and edits no lines, so what is typed ahead is for the next prompt.  Ctrl-C stays a signal.
    """
    import termios

    try:
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
    except (OSError, ValueError, termios.error):
        yield  # there is no terminal
        return
    attributes = termios.tcgetattr(terminal)
    attributes[_IFLAG] &= ~termios.ICRNL
    attributes[_LFLAG] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(terminal, termios.TCSADRAIN, attributes)
    _usual[:] = before
    try:
        yield
    finally:
        _usual.clear()
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


@contextlib.contextmanager
def lent() -> Iterator[None]:
    """Lend the terminal, as it was before, to a program that needs it so: an editor, a pager."""
    if not _usual:
        yield
        return
    import termios

    terminal = sys.stdin.fileno()
    now = termios.tcgetattr(terminal)
    termios.tcsetattr(terminal, termios.TCSADRAIN, _usual)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, now)
