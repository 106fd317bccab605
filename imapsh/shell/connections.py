r"""The prompt's connections: dialled, several at once, logged out of, lost, and opened again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from imapsh.errors import ConnectError, ImapshError, Interrupted
from imapsh.session.events import Closed, Completed, Event, Received
from imapsh.shell.dialling import Dialling
from imapsh.shell.host import Host
from imapsh.shell.link import Accepted, make_link
from imapsh.shell.output import Output, is_plain
from imapsh.shell.printer import Printer
from imapsh.shell.stage import Stage, Voice
from imapsh.shell.talk import Talk
from imapsh.shell.watch import POLLING

if TYPE_CHECKING:
    from prompt_toolkit.output import Output as Terminal

    from imapsh.render.styles import Theme
    from imapsh.render.visible import Shown
    from imapsh.session.exchange import Exchange
    from imapsh.shell.last import Last
    from imapsh.shell.notify import Notifier
    from imapsh.shell.options import Options
    from imapsh.shell.progress import Meter
    from imapsh.shell.retry import Retries

_FAREWELL = 5.0  # seconds that LOGOUT may take before the connection is closed


class Connections(Host[Talk]):
    """The half of the prompt's shell that knows its connections; to be made in a running loop."""

    def __init__(self, options: Options, theme: Theme | None, terminal: Terminal) -> None:
        super().__init__(
            options, Output(options.format, theme, json_raw=options.json_raw, summary=options.timing is not False)
        )
        self.theme = theme
        self.printer = Printer(terminal)
        self.voice = Voice(self.printer, self.screen)
        self.leaving = False
        self._terminal = terminal
        self._accepted: Accepted = {}
        self._stop = asyncio.Event()  # Ctrl-C outside the prompt
        self._ticking: asyncio.Task[None] | None = None

    @cached_property
    def _notifier(self) -> Notifier:
        from imapsh.shell.notify import Notifier

        return Notifier(lambda: self.options.notify, self._terminal, asyncio.get_running_loop())

    @cached_property
    def _meter(self) -> Meter:
        from imapsh.shell.progress import Meter

        terminal = self._terminal
        columns = None if is_plain(self.options) else lambda: terminal.get_size().columns
        self.printer.meter = meter = Meter(partial(_at_once, terminal), columns)
        return meter

    # -- what the other half does

    async def ask(self, question: str, *, secret: bool = True) -> str | None:
        """An answer of the person's, unseen where `secret`; None where they will not say."""
        raise NotImplementedError

    def waits(self) -> bool:
        """Whether the prompt waits for a line, and nothing is done for the person."""
        raise NotImplementedError

    def happened(self, talk: Talk, event: Event, own: bool) -> None:
        """An event was shown; `own`: it ended a command of ours."""
        raise NotImplementedError

    # -- what is shown

    def show(self, text: Shown) -> None:
        """See Host."""
        self.printer.put(text, self)

    def note(self, text: str) -> None:
        """See Host."""
        self.voice.note(self.masked(text))

    def fault(self, text: str) -> None:
        """See Host."""
        self.voice.fault(self.masked(text))

    @property
    def last(self) -> Last | None:
        """See Host."""
        return self.talk.stage.last if self.talk is not None else None

    @contextlib.contextmanager
    def metered(self) -> Iterator[None]:
        """Meanwhile a line tells how far it has come, if it lasts; no prompt may show.

        It goes on behind a command that is a step of something longer, until `unmetered`.
        """
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._metering())
        try:
            yield
        finally:
            if self.progress is None:
                self.unmetered()

    def unmetered(self) -> None:
        """Tell no more how far it has come."""
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
            self._meter.clear()

    async def _metering(self) -> None:
        from imapsh.shell.progress import EVERY

        while True:
            await asyncio.sleep(EVERY)
            self._meter.show(self.moving, asyncio.get_running_loop().time())

    # -- opened and closed

    async def open(self, dialling: Dialling, name: str) -> None:
        """Dial, log in, and make it the current connection; again as often as `--retry` says.  Raises what ends it."""
        try:
            await self._open_at_last(dialling, name)
        except Interrupted:
            raise ConnectError("interrupted: \\connect tries again") from None

    async def _open_at_last(self, dialling: Dialling, name: str) -> None:
        retries: Retries | None = None
        before = self.talks.get(name)
        while True:
            try:
                await self._open(dialling, name)
                return
            except ImapshError as error:
                from imapsh.shell.retry import Retries

                retries = retries or Retries(dialling.plan)
                talk = self.talks.get(name)
                seconds = retries.next(error, None if talk is None or talk is before else talk.session)
                if seconds is None:
                    raise
                self.note(retries.said(error, seconds))
            before = talk
            await self.interruptible(asyncio.sleep(seconds))
            dialling = Dialling(dialling.plan)

    async def _open(self, dialling: Dialling, name: str) -> None:
        plan = dialling.plan
        link = await self.interruptible(make_link(dialling, self.demo if plan.demo else None, self.tracer(name)))
        stage = Stage(self.printer, self.screen, link.session, partial(self.label, name))
        before = self.talks.get(name)
        watched = before.watch.seconds if before is not None else POLLING if self.options.watch else 0.0
        talk = self.talks[name] = Talk(name, link, stage, self.ask, stall=self.options.stall, free=self.waits)
        talk.watch.seconds = watched
        self.current = name
        link.start(partial(self._tell, talk), talk.rows.end, partial(self._room, talk))
        try:
            await self.interruptible(link.open(self.ask, self._accepted))
        except (ConnectError, Interrupted):
            await self.close(talk)
            raise
        talk.opened()

    async def _room(self, talk: Talk) -> None:
        """Behind every piece that was read: wait while too much is due to be shown."""
        talk.heard()
        await self.printer.room()

    async def close(self, talk: Talk) -> None:
        """End a connection without a word."""
        talk.session.lost(ConnectError("closed here"))
        await talk.client.close()

    async def log_out(self, talk: Talk) -> None:
        """LOGOUT, and the end."""
        if talk.live:
            exchange = talk.session.line("LOGOUT")
            talk.client.kick()
            try:
                async with asyncio.timeout(_FAREWELL):
                    await talk.wait(exchange)
            except TimeoutError:
                talk.stage.note("the server does not answer; the connection is closed")
        await self.close(talk)

    # -- events

    def _tell(self, talk: Talk, event: Event) -> None:
        """Every event of a session, in order."""
        if talk.rows.take(event):
            return
        if type(event) is Received:
            talk.note(event)
            if event.change and (event.unsolicited or event.exchange in talk.own):
                self._news(talk, event)
            self.happened(talk, event, own=False)
            return
        own = isinstance(event, Completed) and event.exchange in talk.own
        self.count(talk, event)
        talk.note(event)
        if isinstance(event, Closed) and event.error is None and not any(one.live for one in self.talks.values()):
            self.leaving = True
        self.happened(talk, event, own)

    def _news(self, talk: Talk, event: Received) -> None:
        if self.options.notify != "never":
            self._notifier.news(event, talk.box)

    # -- Ctrl-C

    def interrupt(self) -> None:
        """Ctrl-C while no prompt shows: what is waited for ends, or is left running."""
        self.interruptions += 1
        self._stop.set()
        if self.talk is not None:
            self.talk.interrupt()

    async def interruptible(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of `work`; Ctrl-C ends it.  Raises Interrupted then."""
        self._stop.clear()
        task = asyncio.create_task(work)
        stop = asyncio.create_task(self._stop.wait())
        await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if task.done():
            return task.result()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise Interrupted("interrupted")

    async def complete(self, exchange: Exchange) -> Exchange:
        """Wait for the reply to a command of ours.  Raises Interrupted, and what ended the connection."""
        talk = self.conversation
        talk.heard()
        before = self.interruptions
        try:
            await self.interruptible(talk.client.run(exchange))
        except Interrupted:
            talk.session.cancel(exchange)
            raise
        if self.interruptions > before:  # it came together with the reply: what would follow is not wanted
            raise Interrupted("interrupted")
        return exchange


def _at_once(terminal: Terminal, text: Shown) -> None:
    with contextlib.suppress(OSError):  # the terminal is gone: the printer notices
        terminal.write_raw(text)
        terminal.flush()
