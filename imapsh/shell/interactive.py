"""The shell at the prompt: lines in, commands out, and the session's events above the line being typed."""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from imapsh.errors import ConnectError, ImapshError, StateError, UsageError
from imapsh.session.events import Closed, Completed, Event
from imapsh.shell import commands, literals, prompt, toolbar
from imapsh.shell.completer import ShellCompleter
from imapsh.shell.dial import Plan, make_plan
from imapsh.shell.dialling import Dialling
from imapsh.shell.folders import state_folder
from imapsh.shell.history import MaskedHistory
from imapsh.shell.link import make_link
from imapsh.shell.mailboxes import MailboxNames, as_typed
from imapsh.shell.options import Options
from imapsh.shell.output import Output, theme_for
from imapsh.shell.printer import Printer
from imapsh.shell.reading import Reading
from imapsh.shell.stage import Stage
from imapsh.shell.talk import Talk
from imapsh.shell.tracing import Tracing
from imapsh.spec.model import AUTHENTICATED, NOT_AUTHENTICATED, Context

if TYPE_CHECKING:
    from pathlib import Path

    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output as Terminal
    from prompt_toolkit.shortcuts import PromptSession

    from imapsh.server.store import Store
    from imapsh.session.mailbox import Mailbox

_NOBODY = Context(NOT_AUTHENTICATED)
_FAREWELL = 5.0  # seconds that LOGOUT may take before the connection is closed


class Shell:
    """One run of the shell; to be made in a running loop.  `input`, `output` and `folder` are given in tests."""

    def __init__(
        self, options: Options, *, folder: Path | None = None,
        input: Input | None = None, output: Terminal | None = None,
    ) -> None:  # fmt: skip
        self.options = options
        self.plan: Plan | None = None
        self.talk: Talk | None = None
        self.leaving = False
        self.pending: deque[str] = deque()
        self.names = MailboxNames()
        self.tracing = Tracing()
        self.reading = Reading(self.context)
        self.theme = theme_for(options, True)
        self.history = MaskedHistory((folder or state_folder()) / "history", self._without_secrets)
        completer = ShellCompleter(self.reading, self.names, self._need_names)
        self.prompt = prompt.make(
            self.status, self.reading, completer, self.history, self.theme, self._goes_raw, input=input, output=output
        )
        self._terminal = self.prompt.app.output
        self._secret: PromptSession[str] | None = None
        self._stop = asyncio.Event()  # Ctrl-C outside the prompt
        self._store: Store | None = None
        self.printer = Printer(self._terminal)
        self.stage = Stage(self.printer, Output(options.format, self.theme, json_raw=options.json_raw))

    # -- what its parts ask

    @property
    def live(self) -> Talk | None:
        """The conversation, while the connection lives."""
        return self.talk if self.talk is not None and self.talk.live else None

    def context(self) -> Context:
        """What decides how a line is read now."""
        live = self.live
        return live.link.session.context() if live is not None else _NOBODY

    def status(self) -> toolbar.Status:
        """For prompt and toolbar."""
        if self.talk is None:
            return toolbar.Status("", None)
        link = self.talk.link
        return toolbar.Status(link.who, link.session, link.tls, self.tracing.path)

    def _goes_raw(self) -> bool:
        live = self.live
        return live is not None and live.link.session.idling

    def _need_names(self) -> None:
        if self.live is not None:
            self.live.ask_names()

    def _without_secrets(self, text: str) -> str:
        kept = self.reading.without_secrets(text)
        if self.talk is None:
            return kept
        octets = kept.encode("utf-8", "surrogateescape")
        return self.talk.link.session.secrets.mask(octets).decode("utf-8", "surrogateescape")

    # -- the life of it

    async def run(self, dialling: Dialling) -> int:
        """From the connection to the end; the exit status."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        try:
            if dialling.plan.trace:
                self.tracing.begin(dialling.plan.trace)
            await self._guarded(self._open(dialling))
            while not self.leaving:
                await self._guarded(self._turn())
            await self._guarded(self._log_out())
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            await self._close()
            await self.printer.close()
            self.tracing.end()
        return 0

    async def _guarded(self, step: Coroutine[Any, Any, None]) -> None:
        """A mistake of the person's or the server's is a sentence, and the prompt comes again."""
        self.stage.output.width = self._terminal.get_size().columns
        try:
            await step
        except ImapshError as error:
            if self.talk is None or error is not self.talk.link.client.error:  # that one was told when it happened
                self.stage.fault(str(error))
        await self.printer.drain()

    async def _turn(self) -> None:
        """One line from the person, and what comes of it."""
        live = self.live
        if live is not None and live.question is not None:
            await live.answer(self.pending)
            return
        if not self.pending:
            await self._read()
        if self.pending:
            await self._take(self.pending.popleft())

    async def _read(self) -> None:
        """A line, or a paste of several, from the prompt."""
        if self.history.fault:
            self.stage.note(self.history.fault)
            self.history.fault = ""
        await self.printer.drain()
        try:
            text = await self.prompt.prompt_async(handle_sigint=False)
        except KeyboardInterrupt:
            await self._interrupted_at_prompt()
        except EOFError:
            self.leaving = True
        else:
            self.pending.extend([text] if self._goes_raw() and not text.strip() else literals.commands(text))

    async def _take(self, text: str) -> None:
        if text.startswith("\\"):
            await commands.run(self, text)
        elif self.live is None:
            self.pending.clear()
            raise StateError("not connected: \\connect opens a connection, Ctrl-D ends")
        else:
            await self.live.send(text)

    async def ask(self, question: str, *, secret: bool = True) -> str | None:
        """An answer that is kept nowhere, unseen where `secret`; None where the person will not say."""
        await self.printer.drain()
        if self._secret is None:
            self._secret = prompt.make_secret(self.theme, input=self.prompt.input, output=self._terminal)
        try:
            return await self._secret.prompt_async(question, is_password=secret, handle_sigint=False)
        except (KeyboardInterrupt, EOFError):
            return None

    # -- Ctrl-C

    def _interrupt(self) -> None:
        """Ctrl-C as a signal: nearly always outside the prompt."""
        for session in (self.prompt, self._secret):
            if session is not None and session.app.is_running:
                session.app.exit(exception=KeyboardInterrupt)
                return
        self.pending.clear()
        self._stop.set()
        if self.talk is not None:
            self.talk.interrupt()

    async def _interrupted_at_prompt(self) -> None:
        """DONE in IDLE; on an empty line the way out of a command that still runs; else no more than a clear line."""
        live = self.live
        if live is None or (self.prompt.default_buffer.text and not live.link.session.idling):
            return
        if live.link.session.idling:
            await live.end_idle()
        elif busy := toolbar.running(live.link.session):
            answer = await self.ask(f"{busy}: disconnect? [y/N] ", secret=False)
            if (answer or "").strip().lower() in ("y", "yes"):
                await self._close()
                self.stage.note("disconnected: \\connect opens it again")

    async def _or_interrupted(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of `work`; Ctrl-C ends it.  Raises ConnectError then."""
        self._stop.clear()
        task = asyncio.create_task(work)
        stop = asyncio.create_task(self._stop.wait())
        await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if task.done():
            return task.result()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise ConnectError("interrupted: \\connect tries again")

    # -- connections

    def _tell(self, event: Event) -> None:
        """Every event of the session, in order."""
        assert self.talk is not None
        own = isinstance(event, Completed) and event.exchange in self.stage.own
        self.talk.note(event)
        self.stage.show(event)
        if isinstance(event, Closed):
            self._lost(event)
        if self.prompt.app.is_running:
            self.prompt.app.invalidate()
            if own and self.prompt.default_buffer.text:
                self.prompt.default_buffer.start_completion()

    def _lost(self, event: Closed) -> None:
        self.leaving = self.leaving or event.error is None
        self.pending.clear()
        if self._secret is not None and self._secret.app.is_running:
            self._secret.app.exit(result="")
        if self.leaving and self.prompt.app.is_running:
            self.prompt.app.exit(exception=EOFError)

    async def _open(self, dialling: Dialling) -> None:
        self.plan = dialling.plan
        if dialling.plan.demo and self._store is None:
            from imapsh.server.demo import demo_store

            self._store = demo_store()
        link = await self._or_interrupted(
            make_link(dialling, self._store if dialling.plan.demo else None, self.tracing)
        )
        self.plan = link.plan
        self.talk = Talk(link, self.stage, self.reading, self.names, self.ask)
        self.names.clear()
        self.stage.begin(link.session)
        link.start(self._tell, self.printer.room)
        try:
            await self._or_interrupted(link.open(self.ask))
        except ConnectError:
            await self._close()
            raise

    async def _close(self) -> None:
        """End the connection without a word."""
        if self.talk is not None:
            self.talk.link.session.lost(ConnectError("closed here"))
            await self.talk.link.client.close()

    async def _log_out(self) -> None:
        live = self.live
        if live is None:
            return
        exchange = live.link.session.line("LOGOUT")
        live.link.client.kick()
        try:
            async with asyncio.timeout(_FAREWELL):
                await live.wait(exchange)
        except TimeoutError:
            self.stage.note("the server does not answer; the connection is closed")

    # -- what the backslash commands do

    def say(self, text: str, style: str = "") -> None:
        """Show lines of text."""
        self.stage.say(text, style)

    async def connect(self, url: str) -> None:
        """Connect anew, to `url` or where one was, there with the same mailbox selected."""
        plan = make_plan(self.options, url) if url else self.plan
        if plan is None:
            raise UsageError("\\connect needs a URL: there was no connection before")
        before = self.talk.link.session.mailbox if self.talk is not None and not url else None
        if self.live is not None:
            await self._log_out()
        await self._close()
        self.leaving = False
        await self._open(Dialling(plan))
        if before is not None:
            await self._select_again(before)

    async def _select_again(self, before: Mailbox) -> None:
        live = self.live
        if live is None or live.link.session.state != AUTHENTICATED:
            return
        name = as_typed(before.name, utf8=live.link.session.context().takes_utf8)
        await live.send(f"{'EXAMINE' if before.read_only else 'SELECT'} {name}")
        now = live.link.session.mailbox
        if now is not None and before.uidvalidity is not None and now.uidvalidity != before.uidvalidity:
            self.stage.fault(f"UIDVALIDITY was {before.uidvalidity} and is {now.uidvalidity}: UIDs of before are void")

    async def show_last(self, form: str) -> None:
        """Show the last exchange again."""
        if self.stage.last is None or not len(self.stage.last):
            raise UsageError("there is no exchange to show yet")
        self._stop.clear()
        await self.stage.again(form, self._stop.is_set)

    @property
    def format(self) -> str:
        """The format of what is shown."""
        return self.stage.output.format

    def set_format(self, form: str) -> None:
        """Show in another format from now on."""
        self.stage.output.format = form

    def send_raw(self, octets: bytes) -> None:
        """Send octets as they are."""
        if self.live is None:
            raise StateError("not connected: \\connect opens a connection")
        self.live.link.session.raw(octets)
        self.live.link.client.kick()

    def set_trace(self, path: str) -> str:
        """Trace into a file, or no more for ""."""
        old = self.tracing.path
        if not path:
            self.tracing.end()
            return f"the trace in {old} ends here" if old else "there was no trace"
        self.tracing.begin(path)
        return f"tracing into {path}, without secrets; imapsh --explain reads it"

    @property
    def trace_path(self) -> str:
        """Where the trace goes, "" for nowhere."""
        return self.tracing.path

    async def quit(self) -> None:
        """Log out and end the program."""
        self.leaving = True
