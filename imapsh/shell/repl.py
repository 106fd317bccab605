"""The interactive shell, begun: the connection is dialled while prompt_toolkit is imported."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.shell.dialling import Dialling

if TYPE_CHECKING:
    from imapsh.shell.dial import Plan
    from imapsh.shell.options import Options

_IFLAG, _LFLAG = 0, 3  # places in what termios.tcgetattr returns


def run(plan: Plan, options: Options) -> int:
    """Talk with the person at the terminal until they leave; the exit status."""
    dialling = Dialling(plan)
    import asyncio

    from imapsh.shell.interactive import Shell

    gc.freeze()  # what was imported stays
    gc.enable()

    async def life() -> int:
        return await Shell(options).run(dialling)

    with _quiet():
        return asyncio.run(life())


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """While a command runs the terminal shows no keys and edits no lines: what is typed ahead is for the next prompt.

    Ctrl-C stays a signal.
    """
    import termios

    try:
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
    except (OSError, ValueError, termios.error):
        yield  # there is no terminal
        return
    quiet = termios.tcgetattr(terminal)
    quiet[_IFLAG] &= ~termios.ICRNL
    quiet[_LFLAG] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(terminal, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
