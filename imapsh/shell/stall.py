r"""A stall explained: after some quiet seconds in the middle of something, one note says what is waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from imapsh.session.core import Session
from imapsh.session.waiting import Waiting

REPLIED = "a tagged reply"  #: what `Waiting.looks` says where the server seems to be done


class Clock(Protocol):
    """What an asyncio loop has of one."""

    def time(self) -> float:
        """Seconds."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Any:
        """Have it called in so many seconds; `cancel` of what is returned prevents it."""


class Stall:
    """`heard` is to be called whenever octets came, or were sent; `tell` is called once for each stall.

    `seconds` 0: never.  There is one timer, and only while something is half said.
    """

    def __init__(self, session: Session, seconds: float, tell: Callable[[Waiting], None], clock: Clock) -> None:
        self._session = session
        self._seconds = seconds
        self._tell = tell
        self._clock = clock
        self._heard = 0.0
        self._due = False  # a timer is on its way
        self._told: object = None

    def heard(self) -> None:
        """Something came, or was sent."""
        if not (self._session.midway and self._seconds):
            self._told = None
            return
        self._heard = self._clock.time()
        if not self._due:
            self._due = True
            self._clock.call_later(self._seconds, self._look)

    def _look(self) -> None:
        self._due = False
        if self._session.closed or not self._session.midway:
            return
        left = self._heard + self._seconds - self._clock.time()
        if left > 0:
            self._due = True
            self._clock.call_later(left, self._look)
            return
        waiting = self._session.waiting
        if waiting is not None and (about := waiting._replace(received=0)) != self._told:
            self._told = about
            self._tell(waiting)


def explained(waiting: Waiting, *, at_prompt: bool) -> str:
    """What is waited for, and the way out."""
    if waiting.kind == "+":
        return f"{waiting}; \\raw sends octets all the same"
    out = "\\resync goes on from there" if at_prompt else "Ctrl-C and \\resync go on from there"
    return f"{waiting}. {out}" if waiting.looks else f"{waiting}; {out}"
