"""Commands of one connection at the prompt: sent, waited for, left running, answered."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from imapsh.client.connection import AsyncClient
from imapsh.session.core import RENEWAL
from imapsh.session.events import Closed, Completed, Event, Received
from imapsh.session.exchange import Exchange
from imapsh.shell.conversation import LOGINS, Conversation, Own
from imapsh.shell.known import Known
from imapsh.shell.link import Link
from imapsh.shell.prompting import toolbar
from imapsh.shell.rows import Rows
from imapsh.shell.stage import Stage
from imapsh.shell.watch import Watch
from imapsh.spec.model import AUTHENTICATED, SELECTED

if TYPE_CHECKING:
    from imapsh.session.waiting import Waiting
    from imapsh.shell.stall import Stall

_RENAMES = ("CREATE", "DELETE", "RENAME")  # after them mailbox names are asked for anew

#: Asks the person for what must not be seen; None is given for 'I will not say'.
Ask = Callable[[str], Awaitable[str | None]]


class Talk(Conversation):
    """`known`: what it has taught; `question`: an AUTHENTICATE typed by hand whose `+` is to be answered."""

    def __init__(
        self, name: str, link: Link, stage: Stage, ask: Ask, *, stall: float = 0.0, free: Callable[[], bool] = bool
    ) -> None:
        super().__init__(name, link.plan, link.session, link.stream, stage.viewer)
        self.link = link
        self.stage = stage
        self.known = Known.of(link.session)
        self.question: Exchange | None = None
        self._ask = ask
        self._free = free
        self._changed = asyncio.Event()
        self._interrupted = False
        self._awaited: Exchange | None = None
        self.stalled = False  # the prompt was given back because no reply will come
        self._clock = asyncio.get_running_loop()
        self._stall_seconds = stall
        self._midway = False  # when octets came, or were sent, last
        self.rows = Rows(self)
        self.watch = Watch(self, self._clock, free, stage.note)

    @property
    def client(self) -> AsyncClient:
        """Who moves the octets."""
        return self.link.client

    @property
    def summary(self) -> str:
        """Who, where, the state, and what runs."""
        if not self.live:
            return f"{self.label} not connected"
        session = self.session
        box = f" {self.box}" if self.box else ""
        what = "watching" if self.watch.watching else "idle" if self.idle is not None else self.busy
        return f"{self.label}{box} {session.state}{f', {what}' * bool(what)}"

    @property
    def box(self) -> str:
        """The name of the selected mailbox, or ""."""
        return self.session.mailbox.name if self.session.mailbox is not None else ""

    @property
    def busy(self) -> str:
        """What runs, and waits, but for what watches; or ""."""
        return toolbar.running(self.session, (self.watch.exchange,))

    # -- what happens

    def note(self, event: Event) -> None:
        """Take in an event, and show it where it is to be seen."""
        if type(event) is Received:
            self.known.learn(event)
            if event.asks:
                self._asked(event)
            self._show(event)
        elif isinstance(event, Completed):
            self._completed(event.exchange)
            self._changed.set()
            self._show(event)
            self._replied(event.exchange)
        else:
            if isinstance(event, Closed):
                self._changed.set()
            self._show(event)

    def _asked(self, event: Received) -> None:
        """A `+` came."""
        if event.asks == "authenticate" and event.exchange is self.session.asks_answer():
            self.question = event.exchange
        if event.asks == "idle" and event.exchange is not None and event.exchange not in self.own:
            self._clock.call_later(RENEWAL, partial(self._renew, event.exchange))
        self._changed.set()

    def _replied(self, exchange: Exchange) -> None:
        """When the reply is shown."""
        if exchange.status == "NO":
            utf8 = self.session.context().takes_utf8
            if meant := self.known.meant(exchange, utf8=utf8):
                self.stage.note(meant)
        self.watch.completed(exchange)
        self._clock.call_soon(self.watch.look)  # not in the middle of the events

    def _show(self, event: Event) -> None:
        shown = self.sifted(event)
        if shown is not None:
            self.stage.show(shown, aside=self.witness(shown))
        elif isinstance(event, Completed) and (why := self.own.pop(event.exchange).why):
            self.stage.asked(event.exchange, why)

    def _completed(self, exchange: Exchange) -> None:
        if exchange is self.question:
            self.question = None
        if exchange.status != "OK":
            return
        if exchange.name in LOGINS:
            self.known.names.clear()
        elif exchange.name in _RENAMES:
            self.known.names.stale = True
        elif exchange.name in ("LIST", "LSUB"):
            asyncio.get_running_loop().run_in_executor(None, self.known.names.prepare)

    def interrupt(self) -> None:
        """Ctrl-C while something is waited for."""
        self._interrupted = True
        self._changed.set()

    def kick(self) -> None:
        """See Conversation."""
        self.client.kick()
        self.heard()

    def resync(self) -> bool:
        """See Conversation.  What comes of it is shown, whatever was left running."""
        self.stage.muted.clear()
        self.stalled = False
        return super().resync()

    @cached_property
    def _stall(self) -> Stall:
        from imapsh.shell.stall import Stall

        return Stall(self.session, self._stall_seconds, self._stalled, self._clock)

    def heard(self) -> None:
        """Octets came, or were sent."""
        if self._midway or self.session.midway:
            self._midway = self.session.midway
            self._stall.heard()

    def _stalled(self, waiting: Waiting) -> None:
        """Where the reply that is waited for has come, within a literal, the prompt is given back."""
        from imapsh.shell.stall import REPLIED, explained

        awaited = self._awaited
        self.stalled = awaited is not None and waiting.looks == REPLIED
        self.stage.note(explained(waiting, at_prompt=self.stalled or self._free()))
        self._changed.set()

    def _renew(self, exchange: Exchange) -> None:
        """A typed IDLE is taken up again, as long as it runs."""
        if self.idle is exchange:
            self.stage.note("IDLE is ended and taken up again, for servers log out who is silent for 30 minutes")
            self.session.line("IDLE")
            self.kick()

    # -- commands

    async def go(self, exchange: Exchange) -> None:
        """Have a typed command sent, and wait for what comes of it, unless it has to wait for others itself."""
        busy = toolbar.running(self.session, {*self.own, exchange})
        self.kick()
        if busy:
            self.stage.note(f"{exchange.tag} {exchange.name} goes behind it: {busy}")
        else:
            await self.wait(exchange)

    async def wait(self, exchange: Exchange) -> None:
        """Until the reply, the end, Ctrl-C, a question, or an IDLE that has begun."""
        self._interrupted = self.stalled = False
        self._awaited = exchange
        try:
            await self._until(exchange)
        finally:
            self._awaited = None

    async def _until(self, exchange: Exchange) -> None:
        while exchange.response is None and self.live and not self.stalled:
            if self._interrupted:
                self._leave(exchange)
                return
            if self.question is not None or self.idle is exchange:
                return
            self._changed.clear()
            await self._changed.wait()

    def _leave(self, exchange: Exchange) -> None:
        """Leave a command running; its reply is for `\\last` and the trace."""
        name = f"{exchange.tag} {exchange.name}"
        if self.session.cancel(exchange):
            self.stage.note(f"{name} was not sent")
            return
        self.stage.mute(exchange)
        self.stage.note(f"{name} still running; what comes goes to \\last.  Ctrl-C again offers to disconnect")
        if exchange.name == "IDLE":
            self._done()

    async def end_idle(self) -> None:
        """DONE, and the reply to IDLE."""
        exchange = self.idle
        self._done()
        if exchange is not None:
            await self.wait(exchange)

    def _done(self) -> None:
        self.session.done()
        self.kick()

    async def answer(self, pasted: deque[str]) -> None:
        """The `+` of a hand-typed AUTHENTICATE: the next line goes raw, unseen, and is kept nowhere."""
        exchange, self.question = self.question, None
        if exchange is None or exchange.response is not None:
            return
        question = f"{exchange.tag} {exchange.name}, base64 (* cancels): "
        answer = pasted.popleft() if pasted else await self._ask(question)
        if not self.live or exchange.response is not None:
            return
        self.session.answer(b"*" if answer is None else answer.encode("utf-8", "surrogateescape"))
        self.kick()
        await self.wait(exchange)

    # -- what the shell asks by itself

    def ask_names(self) -> None:
        """Ask for the mailbox names once, where that is allowed and disturbs nothing."""
        session = self.session
        if not (self.known.names.stale and self.plan.ask and session.state in (AUTHENTICATED, SELECTED)):
            return
        if self.idle is not None or session.queue:
            return
        self.known.names.stale = False
        self.quietly("LIST", [b'"" "*"'], Own("completion"))
        self.kick()
