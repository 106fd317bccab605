"""Dials in a thread of its own, so that the handshake goes on while prompt_toolkit is imported.

Imports neither asyncio nor prompt_toolkit.
"""

from __future__ import annotations

from threading import Lock, Thread
from typing import TYPE_CHECKING

from imapsh.errors import ConnectionLost
from imapsh.shell.connection.dial import Plan, dial

if TYPE_CHECKING:
    import asyncio

    from imapsh.transport.base import Stream


class BackgroundDial:
    """Dials in the background, from the moment it is made.  The demo needs no dialling."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._lock = Lock()
        self._outcome: tuple[Stream, Plan] | BaseException | None = None
        self._waiting: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._abandoned = False
        if not (plan.demo or _is_locked(plan)):  # without the passphrase nobody is dialled yet
            import imapsh.transport.blocking  # noqa: F401 - before: two threads that import wait for each other

            Thread(target=self._dial, daemon=True).start()

    async def wait(self) -> tuple[Stream, Plan]:
        """Return the stream and the plan that was followed.  Raises ConnectError or TLSError.

        If it is cancelled, the stream that the dialling brings is closed.
        """
        import asyncio

        done = asyncio.Event()
        with self._lock:
            if self._outcome is None:
                self._waiting = (asyncio.get_running_loop(), done)
            else:
                done.set()
        try:
            await done.wait()
        except asyncio.CancelledError:
            self._abandon()
            raise
        if isinstance(self._outcome, tuple):
            return self._outcome
        raise self._outcome or ConnectionLost("connecting was given up")

    def _dial(self) -> None:
        outcome: tuple[Stream, Plan] | BaseException
        try:
            outcome = dial(self.plan)
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            outcome = error
        with self._lock:
            self._outcome = outcome
            abandoned, waiting = self._abandoned, self._waiting
        if abandoned and isinstance(outcome, tuple):
            outcome[0].close()
        elif waiting is not None and not waiting[0].is_closed():
            waiting[0].call_soon_threadsafe(waiting[1].set)

    def _abandon(self) -> None:
        with self._lock:
            self._abandoned = True
            outcome = self._outcome
        if isinstance(outcome, tuple):
            outcome[0].close()


def _is_locked(plan: Plan) -> bool:
    if not (plan.tls.cert or plan.tls.key):
        return False
    from imapsh.shell.connection.passphrase import is_locked

    return is_locked(plan)
