"""The shell at the prompt: lines in, commands out, and the connections' events above the line being typed."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import get_app_session
from prompt_toolkit.filters import Condition

from imapsh.errors import ImapshError, Interrupted
from imapsh.session.events import Closed, Completed, Event
from imapsh.shell.app import FIRST, App
from imapsh.shell.connection.background import BackgroundDial
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.dial import history
from imapsh.shell.lines import literals
from imapsh.shell.prompt import prompt, toolbar
from imapsh.shell.prompt.completer import ShellCompleter
from imapsh.shell.prompt.driver import PromptDriver
from imapsh.shell.prompt.history import MaskedHistory
from imapsh.shell.prompt.reading import Reading
from imapsh.shell.prompt.signals import Signals
from imapsh.shell.record.known import Known
from imapsh.shell.screen.output import CUT, Output, is_plain, theme_for
from imapsh.shell.settings.folders import state_place
from imapsh.shell.settings.options import Options

if TYPE_CHECKING:
    from pathlib import Path

    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output as Terminal
    from prompt_toolkit.shortcuts import PromptSession

    from imapsh.shell.connection.steps import Steps


class _Answer(str):
    """A line of a paste that answers an AUTHENTICATE before it, and is never sent as a command."""

    __slots__ = ()


class Shell:
    """One run of the shell at a prompt; it must be made in a running loop.

    `app` is the shell itself, `driver` is what moves it, and `prompt` is what a line is typed into.  `input`, `output`
    and `folder` are for tests.
    """

    def __init__(
        self, options: Options, *, folder: Path | None = None,
        input: Input | None = None, output: Terminal | None = None,
    ) -> None:  # fmt: skip
        self.theme = theme_for(options, True)
        terminal = output or get_app_session().output
        timing = not options.quiet if options.timing is None else options.timing
        shown = Output(options.format, self.theme, json_raw=options.json_raw, summary=timing)
        shown.cut = CUT  # what waits to be written at a prompt is in memory
        self.driver = PromptDriver(options, shown, terminal)
        self.app = self.driver.app = App(options, shown, self.driver, _take_line)
        self.reading = Reading(self.app.context, lambda: self.app.aliases, lambda: self.app.variables.own, self._begun)
        usual = os.path.join(folder or state_place(), "history")
        self.history = MaskedHistory(lambda: self._history_file(usual), self._without_secrets)
        self._secret: PromptSession[str] | None = None
        self._waits = False
        self._nothing = Known()
        self.prompt = self._make_prompt(options, input, terminal)
        self.signals = Signals(self._prompts, self.driver.interrupt, plain=is_plain(options))
        self.driver.asks = self._ask
        self.driver.waits = lambda: self._waits
        self.driver.drawn = self._happened
        self.app.past = self.history.entries
        self.app.answers_follow = self._answers_follow
        self.app.on_hide = self.history.mask_again
        self.app.on_keys = lambda mode: prompt.set_keys(self.prompt, mode)

    def _make_prompt(self, options: Options, input: Input | None, output: Terminal) -> PromptSession[str]:
        if is_plain(options):
            from imapsh.shell.prompt.plainprompt import PlainPrompt

            parts = (self.status, self.history, self._goes_raw)
            made = PlainPrompt(*parts, input=input, output=output)
            self._secret = PlainPrompt(*parts, input=made.input, output=made.app.output)
            return made
        completer = ShellCompleter(self.app, self.reading, self._known, self._need_names, self.history.get_strings)
        self.history.kept = completer.used
        return prompt.make(
            self.status, self.reading, completer, self.history, self.theme, self._goes_raw,
            self.app.note, vi=options.keys == "vi", input=input, output=output,
        )  # fmt: skip

    def _prompts(self) -> list[PromptSession[str]]:
        return [self.prompt, *([self._secret] if self._secret is not None else [])]

    # -- what its parts ask

    def status(self) -> toolbar.Status:
        """Return what the prompt and the toolbar show."""
        app = self.app
        here = app.here
        if here is None:
            return toolbar.Status("", None)
        return toolbar.Status(
            here.label, here.session, here.tls, app.trace_path, app.label(here.name), len(app.connections),
            here.busy, here.idle is not None, here.watch.watching,
        )  # fmt: skip

    def _goes_raw(self) -> bool:
        live = self.app.live
        return live is not None and live.idle is not None

    def _history_file(self, usual: str) -> str | None:
        """Return the file of the history: a profile may have its own, or none."""
        here = self.app.here
        kept = here.plan.history if here is not None else history(self.app.options)
        return kept if kept is None else os.path.expanduser(kept) or usual

    def _begun(self) -> bytes:
        return self.app.live.begun if self.app.live is not None else b""

    def _answers_follow(self) -> bool:
        pending = self.driver.pending
        return bool(pending) and isinstance(pending[0], _Answer)

    def _known(self) -> Known:
        here = self.app.here
        return here.record.known if here is not None else self._nothing

    def _need_names(self) -> None:
        if self.app.live is not None:
            self.driver.attending(self.app.live).ask_names()

    def _without_secrets(self, text: str) -> str:
        return self.app.masked(self.reading.without_secrets(text))

    # -- the life of it

    async def run(self, dialling: BackgroundDial) -> int:
        """Run the shell from the connection to the end.  Return the exit status."""
        asyncio.get_running_loop().set_exception_handler(self._broke)
        with self.signals.handled():
            await self._live(dialling)
        return 0

    async def _live(self, dialling: BackgroundDial) -> None:
        app, driver = self.app, self.driver
        try:
            if dialling.plan.trace:
                app.tracing(FIRST).begin(dialling.plan.trace, dialling.plan)
            driver.begun = dialling
            await self._guarded(self._follow(app.connect(dialling.plan, FIRST)))
            while not app.leaving:
                await self._guarded(self._turn())
            for connection in list(app.connections.values()):
                await self._guarded(self._follow(app.log_out(connection)))
        finally:
            for tap in app.taps.values():
                await tap.close()
            for connection in app.connections.values():
                await driver.close(connection)
            await driver.printer.close()
            app.end_traces()

    async def _guarded(self, work: Coroutine[Any, Any, object]) -> None:
        """Run work, and report a mistake of the person's or the server's in a sentence.

        The prompt comes again after that.
        """
        app = self.app
        app.screen.width = self.prompt.app.output.get_size().columns
        try:
            await work
        except Interrupted:
            app.note("interrupted")
        except ImapshError as error:
            from imapsh.shell.settings.reasons import in_options

            if not self.driver.has_told(error):
                app.fault(in_options(error))
        await self.driver.printer.drain()

    def _broke(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Report a mistake of ours in a callback in a sentence, because a traceback may hold secrets."""
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno == errno.EIO:
            return  # a redraw met a terminal that is gone; whoever reads from it ends the shell
        if error:
            from imapsh.shell.settings import crash

            self.app.fault(crash.sentence(error))
        else:
            loop.default_exception_handler(context)

    async def _turn(self) -> None:
        """Do one line from the person, and what comes of it."""
        pending, live = self.driver.pending, self.app.live
        if live is not None and live.question is not None:
            from imapsh.shell.lines import perform

            await self._follow(perform.answers(live, live.question))
            return
        if not pending:
            await self._read()
        if self._answers_follow():
            pending.popleft()
            self.app.note(
                "a line of the paste was an answer to AUTHENTICATE, and the server did not ask for it: not sent"
            )
        elif pending:
            await self._take(pending.popleft())

    async def _read(self) -> None:
        """Read a line, or a paste of several, from the prompt."""
        app, driver = self.app, self.driver
        if self.history.fault:
            app.fault(self.history.fault)
            self.history.fault = ""
        await driver.printer.drain()
        self._waits = True
        for connection in app.connections.values():
            connection.watch.look()
        try:
            text = await self.prompt.prompt_async(handle_sigint=False, set_exception_handler=False)
        except KeyboardInterrupt:
            await self._interrupted_at_prompt()
        except EOFError:
            app.leaving = True
        else:
            lines = [text] if self._goes_raw() and not text.strip() else literals.commands(text)
            answers = zip(lines, self.reading.answers(lines), strict=True)
            driver.pending.extend(_Answer(line) if is_answer else line for line, is_answer in answers)
            app.operators = len(driver.pending) == 1
        finally:
            self._waits = False

    async def _take(self, text: str) -> None:
        """Do a line.  While IDLE runs, an IMAP command or an empty line ends it first."""

        from imapsh.shell.lines import perform  # a first prompt needs none of it

        app, driver = self.app, self.driver
        if not perform.is_ours(app, text):
            if app.live is None:
                driver.pending.clear()
            connection = app.connection
            if connection.idle is not None:
                await driver.attending(connection).end_idle()
                if text.strip().upper() in ("", "DONE"):
                    return
            if not text.strip() or app.live is None:
                return
        await self._follow(app.perform(text))
        if app.live is not None and driver.attending(app.live).stalled:
            driver.pending.clear()

    async def _follow(self, steps: Steps[Any]) -> None:
        try:
            await self.app.follow(steps)
        finally:
            self.driver.unmetered()

    def _seems_secret(self) -> bool:
        from imapsh.typed.secrets import credentials

        return self._secret is not None and credentials(self._secret.default_buffer.text)

    async def _ask(self, question: str, secret: bool) -> str | None:
        """Ask the person below all that was shown.  Return None if they will not say."""
        hidden: Any = secret or Condition(self._seems_secret)
        if self._secret is None:
            self._secret = prompt.make_secret(self.theme, input=self.prompt.input, output=self.prompt.app.output)
        try:
            return await self._secret.prompt_async(
                question, is_password=hidden, handle_sigint=False, set_exception_handler=False
            )
        except (KeyboardInterrupt, EOFError):
            self.driver.pending.clear()  # what was pasted behind it was meant for another answer
            return None

    # -- Ctrl-C

    async def _interrupted_at_prompt(self) -> None:
        """Handle Ctrl-C at the prompt.

        In IDLE, send DONE.  On an empty line, offer to disconnect from a running command.  Otherwise only clear the
        line.
        """
        live = self.app.live
        if live is None or (self.prompt.default_buffer.text and live.idle is None):
            return
        if live.idle is not None:
            await self.driver.attending(live).end_idle()
        elif busy := live.busy:
            answer = await self.driver.ask(f"{busy}: disconnect? [y/N] ", secret=False)
            if (answer or "").strip().lower() in ("y", "yes"):
                await self.driver.close(live)
                self.app.note("disconnected: \\connect opens it again")

    # -- events

    def _happened(self, connection: Connection, event: Event, own: bool) -> None:
        """Draw anew what an event that was shown may have changed on the screen."""
        running = _waits(self.prompt)
        if isinstance(event, Closed):
            if self._secret is not None and _waits(self._secret):
                self._secret.app.exit(result="")
            if self.app.leaving and running:
                self.prompt.app.exit(exception=EOFError)
        if running and _waits(self.prompt):
            self.prompt.app.invalidate()
            if own and isinstance(event, Completed) and self.prompt.default_buffer.text:
                self.prompt.default_buffer.start_completion()


def _waits(prompt: PromptSession[str]) -> bool:
    """Return whether a prompt waits for a line, and has not just got one."""
    return prompt.app.is_running and not prompt.app.is_done


def _take_line(app: App, text: str) -> Steps[str]:
    from imapsh.shell import commands

    return commands.take(app, text)
