r"""`\watch` at the prompt: IDLE between the person's commands, or NOOP now and then where the server has no IDLE.

    nothing runs, the prompt waits, a mailbox is selected  ->  IDLE, unseen
    a command is submitted                                 ->  DONE (the session does that), its reply, the command
    29 minutes                                             ->  DONE, and IDLE again (RFC 2177 section 3)
    OK by the server itself, at once                       ->  a pause and IDLE again; soon NOOP in its place
    NO or BAD to IDLE                                      ->  NOOP in its place

What the server tells is shown as ever; its keep-alives (`* OK Still here`) are for the trace alone.  With `verbose`
(`\watch -v`), IDLE is ended a moment after new messages are told, and their senders and subjects are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from imapsh.hints import TYPE_CHECKING, Any
from imapsh.session.core import RENEWAL
from imapsh.session.exchange import Exchange
from imapsh.session.pace import INSTEAD, POLLING, Pace
from imapsh.shell.connection.own import Own
from imapsh.table.model import SELECTED

if TYPE_CHECKING:
    from imapsh.session.events import Event
    from imapsh.shell.connection.arrivals import Arrivals
    from imapsh.shell.connection.connection import Connection
    from imapsh.shell.screen.clock import Clock

_NONE = "the server has no IDLE"


def has_idle(capabilities: frozenset[str]) -> bool:
    """Return whether the server has IDLE.  A server that lists no capabilities may have it, and is tried."""
    return not capabilities or bool({"IDLE", "IMAP4REV2"} & capabilities)


class Watch:
    r"""Watches one connection for `\watch`: IDLE or NOOP between the person's commands.

    `free()` is true if nothing is being done for the person just now.  `note` shows a line.  Call `look` whenever it
    may be time to begin.
    """

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        free: Callable[[], bool],
        note: Callable[[str], None],
    ) -> None:
        self._connection = connection
        self._session = connection.session
        self._clock = clock
        self._free = free
        self._note = note
        self._timer: Any = None
        self._pace = Pace()
        self._instead = ""  # why NOOP takes the place of IDLE
        self._said = ""
        self.seconds = 0.0
        self.verbose = False
        self.exchange: Exchange | None = None
        """The IDLE, NOOP or FETCH of ours that runs."""
        self._soon: Any = None  # the timer after which new messages are asked for, until they are
        self._asks = False  # true when it is over

    @property
    def on(self) -> bool:
        """Return whether watching was turned on."""
        return self.seconds > 0

    @property
    def watching(self) -> bool:
        """Return whether news comes by itself now."""
        return self.on and not self._session.closed and self._session.state == SELECTED

    @property
    def how(self) -> str:
        """Return the way of watching, in words."""
        why = self._instead or ("" if has_idle(self._session.capabilities) else _NONE)
        return f"by NOOP every {self.seconds:g} s, because {why}" if why else "by IDLE"

    @cached_property
    def _arrivals(self) -> Arrivals:
        from imapsh.shell.connection.arrivals import Arrivals

        return Arrivals(self._session, self._connection.quietly)

    def begin(self, seconds: float = POLLING, *, verbose: bool = False) -> None:
        """Watch from now on, with NOOPs `seconds` apart; with `verbose`, tell of new messages from whom they are."""
        self.seconds = seconds
        self.verbose = verbose
        if verbose and self._happened not in self._connection.listeners:
            self._connection.listeners.append(self._happened)
        self._stop()
        self.look()

    def end(self) -> None:
        """Stop watching."""
        self.seconds = 0.0
        self.verbose = False
        self._said = ""
        self._stop()

    def look(self) -> None:
        """Begin, if nothing runs and a mailbox is selected."""
        session = self._session
        idle = not (session.running or session.queue)
        if not (self.watching and idle and self._free()) or self.exchange is not None:
            return
        if self._asks:
            self._asks, self._soon = False, None
            if self.verbose and self._arrivals.due:
                self.exchange = self._arrivals.ask()
                self._connection.kick()
                return
        if self._timer is not None:
            return
        if self._said != self.how:
            self._said = self.how
            self._note(f"watching {self.how}: news is shown as it comes; \\watch off ends it")
        if has_idle(session.capabilities) and not self._instead:
            self.exchange = self._connection.quietly("IDLE", own=Own(news=True))
            self._later(RENEWAL, self._renew)
            self._connection.kick()
        else:
            self._later(self.seconds, self._poll)

    def completed(self, exchange: Exchange) -> None:
        """Note that a command has its reply."""
        if exchange is not self.exchange:
            return
        self.exchange = None
        if exchange.name not in ("IDLE", "NOOP"):
            self._tell(exchange)
            return
        self._cancel()
        if exchange.name == "IDLE":
            self._idled(exchange)

    def _happened(self, connection: Connection, event: Event, own: bool) -> None:
        """Take note of new messages; they are asked for a moment later, together with those that still come."""
        if self.verbose and self.watching and self._arrivals.take(event) and self._soon is None:
            from imapsh.shell.connection.arrivals import TOGETHER

            self._soon = self._clock.call_later(TOGETHER, self._ask)

    def _ask(self) -> None:
        """Ask for the new messages when IDLE has ended, or at once."""
        self._asks = True
        if self.exchange is not None and self.exchange.name == "IDLE" and not self._session.closed:
            self._session.done()
            self._connection.kick()
        else:
            self.look()

    def _tell(self, exchange: Exchange) -> None:
        found, others = self._arrivals.told(exchange)
        for text in (*map(str, found), others):
            if text:
                self._note(text)

    def _idled(self, idle: Exchange) -> None:
        """Decide how to go on after an IDLE."""
        if idle.status != "OK":
            self._instead = self._instead or _NONE
        elif (pause := self._pace.after(idle)) is None:
            self._instead = INSTEAD
        elif pause:
            self._later(pause, self._again)

    def _again(self) -> None:
        self._timer = None
        self.look()

    def _renew(self) -> None:
        self._timer = None
        if self.exchange is not None:
            self._session.done()
            self._connection.kick()

    def _poll(self) -> None:
        self._timer = None
        if not self.watching:
            return
        if self._session.running or self._session.queue or not self._free():
            self._later(self.seconds, self._poll)
            return
        self.exchange = self._connection.quietly("NOOP", own=Own(news=True))
        self._connection.kick()

    def _stop(self) -> None:
        self._cancel()
        if self.exchange is not None and not self._session.closed:
            self._session.done()
            self._connection.kick()

    def _later(self, seconds: float, work: Callable[[], None]) -> None:
        self._timer = self._clock.call_later(seconds, work)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
