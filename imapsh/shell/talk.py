"""Lines as commands of one connection: sent, waited for, left running, answered."""

from __future__ import annotations

import asyncio
from collections import deque

from imapsh.errors import UsageError
from imapsh.session.events import Closed, Completed, Event, Received
from imapsh.session.exchange import Exchange
from imapsh.shell import toolbar
from imapsh.shell.files import open_file
from imapsh.shell.link import Link
from imapsh.shell.login import Ask, log_in, mechanism
from imapsh.shell.mailboxes import MailboxNames
from imapsh.shell.password import append_password
from imapsh.shell.reading import Reading
from imapsh.shell.stage import Stage
from imapsh.spec.match import Match
from imapsh.spec.model import AUTHENTICATED, NOT_AUTHENTICATED, SELECTED

_LOGINS = ("LOGIN", "AUTHENTICATE")
_RENAMES = ("CREATE", "DELETE", "RENAME")  # after them mailbox names are asked for anew


class Talk:
    """`ask` asks the person for what must not be seen; None is given for 'I will not say'."""

    def __init__(self, link: Link, stage: Stage, reading: Reading, names: MailboxNames, ask: Ask) -> None:
        self.link = link
        self.stage = stage
        self.names = names
        self.question: Exchange | None = None
        """An AUTHENTICATE typed by hand whose `+` is to be answered."""
        self._reading = reading
        self._ask = ask
        self._changed = asyncio.Event()
        self._interrupted = False
        self._user = ""  # of the LOGIN sent last

    @property
    def live(self) -> bool:
        """Whether the connection lives."""
        return not self.link.session.closed

    # -- what happens

    def note(self, event: Event) -> None:
        """Take in an event."""
        if isinstance(event, Received):
            self.names.learn(event.response)
            if event.asks:
                if event.asks == "authenticate" and event.exchange is self.link.session.asks_answer():
                    self.question = event.exchange
                self._changed.set()
        elif isinstance(event, Completed):
            self._completed(event.exchange)
            self._changed.set()
        elif isinstance(event, Closed):
            self._changed.set()

    def _completed(self, exchange: Exchange) -> None:
        if exchange is self.question:
            self.question = None
        if exchange.status != "OK":
            return
        if exchange.name in _LOGINS:
            self.names.clear()
            if exchange.mechanism is not None:
                self._user = exchange.mechanism.user
            if exchange.name == "LOGIN" or exchange.mechanism is not None:
                self.link.user = self._user
        elif exchange.name in _RENAMES:
            self.names.stale = True

    def interrupt(self) -> None:
        """Ctrl-C while something is waited for."""
        self._interrupted = True
        self._changed.set()

    # -- lines

    async def send(self, text: str) -> None:
        """Send a typed command, and wait for what comes of it.  While IDLE runs the line ends it first.

        Raises UsageError where it cannot be sent.
        """
        if self.link.session.idling:
            await self.end_idle()
            if text.strip().upper() in ("", "DONE"):
                return
        if text.strip() and self.live:
            await self._send(text)

    async def _send(self, text: str) -> None:
        session = self.link.session
        found = self._reading.match(text)
        if session.read_only and found.command is not None and found.command.changes:
            name = found.command.name
            raise UsageError(f"{name} changes mail or mailboxes and read-only mode is on: it was not sent")
        if session.state == NOT_AUTHENTICATED and (name := mechanism(found)):
            await self._log_in(name)
            return
        if _lacks_password(found):
            password = await self._ask(f"Password for {found.slots[0].value} at {self.link.plan.where}: ")
            if password is None or not self.live:
                return
            found = self._reading.match(append_password(text, password))
        busy = toolbar.running(session, self.stage.own)
        exchange = session.line(found.text, open_file=open_file, matched=found)
        if exchange.name == "LOGIN" and found.slots:
            self._user = str(found.slots[0].value)
        await self._go(exchange, busy)

    async def _log_in(self, name: str) -> None:
        """AUTHENTICATE by a mechanism of ours."""
        exchange = await log_in(self.link, name, self._ask)
        if exchange is None:
            return
        await self._go(exchange, toolbar.running(self.link.session, {*self.stage.own, exchange}))
        if exchange.status not in ("", "OK") and exchange.mechanism is not None and exchange.mechanism.said:
            self.stage.note(exchange.mechanism.said)

    async def _go(self, exchange: Exchange, busy: str) -> None:
        """Have it sent, and wait for what comes of it, unless it has to wait for others itself."""
        self.link.client.kick()
        if busy:
            self.stage.note(f"{exchange.tag} {exchange.name} goes behind it: {busy}")
        else:
            await self.wait(exchange)

    async def wait(self, exchange: Exchange) -> None:
        """Until the reply, the end, Ctrl-C, a question, or an IDLE that has begun."""
        session = self.link.session
        self._interrupted = False
        while exchange.response is None and self.live:
            if self._interrupted:
                self._leave(exchange)
                return
            if self.question is not None or (session.idling and exchange.name == "IDLE"):
                return
            self._changed.clear()
            await self._changed.wait()

    def _leave(self, exchange: Exchange) -> None:
        """Leave a command running; its reply is for `\\last` and the trace."""
        name = f"{exchange.tag} {exchange.name}"
        if self.link.session.cancel(exchange):
            self.stage.note(f"{name} was not sent")
            return
        self.stage.mute(exchange)
        self.stage.note(f"{name} still running; what comes goes to \\last.  Ctrl-C again offers to disconnect")
        if exchange.name == "IDLE":
            self._done()

    async def end_idle(self) -> None:
        """DONE, and the reply to IDLE."""
        exchange = next((e for e in self.link.session.running.values() if e.name == "IDLE"), None)
        self._done()
        if exchange is not None:
            await self.wait(exchange)

    def _done(self) -> None:
        self.link.session.done()
        self.link.client.kick()

    async def answer(self, pasted: deque[str]) -> None:
        """The `+` of a hand-typed AUTHENTICATE: the next line goes raw, unseen, and is kept nowhere."""
        exchange, self.question = self.question, None
        if exchange is None or exchange.response is not None:
            return
        question = f"{exchange.tag} {exchange.name}, base64 (* cancels): "
        answer = pasted.popleft() if pasted else await self._ask(question)
        if not self.live or exchange.response is not None:
            return
        self.link.session.answer(b"*" if answer is None else answer.encode("utf-8", "surrogateescape"))
        self.link.client.kick()
        await self.wait(exchange)

    # -- what the shell asks by itself

    def ask_names(self) -> None:
        """Ask for the mailbox names once, where that is allowed and disturbs nothing."""
        session = self.link.session
        if not (self.names.stale and self.link.plan.ask and session.state in (AUTHENTICATED, SELECTED)):
            return
        if session.idling or session.queue:
            return
        self.names.stale = False
        exchange = session.command("LIST", [b'"" "*"'])
        self.stage.own.add(exchange)
        self.link.client.kick()


def _lacks_password(found: Match) -> bool:
    """Whether this is `LOGIN user`, and nothing behind."""
    if found.command is None or found.command.name != "LOGIN" or found.complete or found.secrets:
        return False
    return len(found.slots) == 1 and found.slots[0].kind == "userid" and isinstance(found.slots[0].value, str)
