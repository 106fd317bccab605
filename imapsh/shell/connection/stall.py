r"""Explains a stall: after some quiet seconds in the middle of something, one note says what is waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imapsh.session.core import Session
    from imapsh.session.exchange import Exchange
    from imapsh.session.waiting import Waiting
    from imapsh.shell.screen.clock import Clock

REPLIED = "a tagged reply"  #: what `Waiting.looks` says where the server seems to be done


class Stall:
    """Watches for silence in the middle of something.

    Call `heard` whenever octets came or were sent; `tell` is called once for each stall.  If `seconds` is 0, it never
    is.  `awaited()` is the command whose reply the person waits for, if any.  There is one timer, and only while
    something is half said or awaited.  If `again` is true, a stall that goes on is told again after the same time.
    """

    def __init__(
        self,
        session: Session,
        seconds: float,
        tell: Callable[[Waiting], None],
        clock: Clock,
        awaited: Callable[[], Exchange | None] = lambda: None,
        *,
        again: bool = False,
    ) -> None:
        self._again = again
        self._session = session
        self._awaited = awaited
        self._seconds = seconds
        self._tell = tell
        self._clock = clock
        self._heard = 0.0
        self._due = False  # a timer is on its way
        self._told: object = None

    def heard(self) -> None:
        """Restart the timer, because octets came or were sent."""
        if not (self._seconds and self._waits):
            self._told = None
            return
        self._heard = self._clock.time()
        if not self._due:
            self._due = True
            self._clock.call_later(self._seconds, self._look)

    @property
    def _waits(self) -> bool:
        return self._session.midway or self._awaited() is not None

    def _look(self) -> None:
        self._due = False
        if self._session.closed or not self._waits:
            return
        left = self._heard + self._seconds - self._clock.time()
        if left > 0:
            self._due = True
            self._clock.call_later(left, self._look)
            return
        waiting = self._session.waiting or unreplied(self._awaited())
        if waiting is not None and (about := waiting._replace(received=0)) != self._told:
            self._told = about
            self._tell(waiting)
        if self._again and not self._session.closed:
            self._told = None
            self._due = True
            self._clock.call_later(self._seconds, self._look)


def unreplied(exchange: Exchange | None) -> Waiting | None:
    """Return the wait of a completely sent command for its reply."""
    from imapsh.session.waiting import Waiting

    return Waiting("reply", command=f"{exchange.tag} {exchange.name}") if exchange is not None else None


def explained(waiting: Waiting, *, at_prompt: bool, script: bool = False, typed: bool = True) -> str:
    """Return a sentence about the wait and the way out: at the prompt, without a prompt, or in a script.

    `typed` tells that the command that has no reply is the person's.
    """
    if script:
        return f"{waiting}; --timeout limits the wait"
    if waiting.kind == "reply" and not typed:
        return f"{waiting}; Ctrl-C ends the wait"
    if waiting.kind == "reply":
        return f"{waiting}; Ctrl-C gives the prompt back, and \\resync then gives the command up"
    if waiting.kind == "+":
        return f"{waiting}; \\raw can still send octets"
    out = "\\resync continues from there" if at_prompt else "Ctrl-C and \\resync continue from there"
    return f"{waiting}. {out}" if waiting.looks else f"{waiting}; {out}"
