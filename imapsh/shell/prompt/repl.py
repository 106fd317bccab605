"""Begins the interactive shell: dials the connection while prompt_toolkit is imported."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

from imapsh.shell.connection.background import BackgroundDial
from imapsh.shell.screen.output import is_plain
from imapsh.shell.screen.terminal import end_by, quiet

if TYPE_CHECKING:
    from imapsh.shell.connection.dial import Plan
    from imapsh.shell.settings.options import Options

_BEGUN = 1.0  # seconds in which the prompt stands


def run(plan: Plan, options: Options) -> int:
    """Talk with the person at the terminal until they leave, and return the exit status."""
    dialling = BackgroundDial(plan)
    import asyncio

    from imapsh.shell.prompt.shell import Shell

    async def life() -> int:
        asyncio.get_running_loop().call_later(_BEGUN, _collect)
        shell = Shell(options)
        try:
            return await shell.run(dialling)
        finally:
            if shell.signals.ended:
                end_by(shell.signals.ended)  # whatever it has left to do

    # In plain mode the terminal edits the lines, also those typed ahead.
    with contextlib.nullcontext() if is_plain(options) else quiet():
        return asyncio.run(life())


def _collect() -> None:
    """Look for garbage from now on, but not among what a start has made, which stays."""
    gc.freeze()
    gc.enable()
