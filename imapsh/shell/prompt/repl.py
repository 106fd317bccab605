"""Begins the interactive shell: dials the connection while prompt_toolkit is imported."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator

from imapsh.hints import TYPE_CHECKING, Any
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
    with contextlib.nullcontext() if _dials_tls(plan) else _without_ssl():
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


def _dials_tls(plan: Plan) -> bool:
    """Return whether the thread that dials may import `ssl` meanwhile."""
    return not plan.demo and (plan.address.speaks_tls or plan.address.proxy is not None)


@contextlib.contextmanager
def _without_ssl() -> Iterator[None]:
    """Let asyncio be imported as where Python has no `ssl`, which takes a twentieth of a start.

    asyncio wants it for its own TLS alone.  That of imapsh is `imapsh.transport.tls`, which imports `ssl` when the
    first connection needs it.
    """
    modules: dict[str, Any] = sys.modules
    if "ssl" in modules:
        yield
        return
    modules["ssl"] = None  # Python's way to say that there is no such module
    try:
        yield
    finally:
        del modules["ssl"]


def _collect() -> None:
    """Look for garbage from now on, but not among what a start has made, which stays."""
    gc.freeze()
    gc.enable()
