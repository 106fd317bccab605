"""The shell at the prompt: lines in, commands out, and the sessions' events above the line being typed."""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from prompt_toolkit.filters import Condition

from imapsh.errors import ImapshError, Interrupted
from imapsh.session.events import Closed, Event
from imapsh.session.exchange import Exchange
from imapsh.shell import literals
from imapsh.shell.completer import ShellCompleter
from imapsh.shell.connections import Connections
from imapsh.shell.dialling import Dialling
from imapsh.shell.folders import state_folder
from imapsh.shell.host import FIRST
from imapsh.shell.known import Known
from imapsh.shell.options import Options
from imapsh.shell.output import is_plain, theme_for
from imapsh.shell.prompting import prompt, toolbar
from imapsh.shell.prompting.history import Entry, MaskedHistory
from imapsh.shell.prompting.reading import Reading
from imapsh.shell.prompting.terminal import lent

if TYPE_CHECKING:
    from pathlib import Path

    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output as Terminal
    from prompt_toolkit.shortcuts import PromptSession

    from imapsh.shell.steps import Step, Steps, T
    from imapsh.shell.talk import Talk
    from imapsh.spec.match import Match


class _Answer(str):
    """A line of a paste that answers an AUTHENTICATE before it, and is never sent as a command."""

    __slots__ = ()


class Shell(Connections):
    """One run of the shell; to be made in a running loop.  `input`, `output` and `folder` are given in tests."""

    interactive = True

    def __init__(
        self, options: Options, *, folder: Path | None = None,
        input: Input | None = None, output: Terminal | None = None,
    ) -> None:  # fmt: skip
        theme = theme_for(options, True)
        self.pending: deque[str] = deque()
        self.reading = Reading(self.context, lambda: self.aliases, lambda: self.variables.own, self._begun)
        self.history = MaskedHistory((folder or state_folder()) / "history", self._without_secrets)
        self._secret: PromptSession[str] | None = None
        self._waits = False
        self._nothing = Known()
        self.prompt: PromptSession[str]
        if is_plain(options):
            from imapsh.shell.prompting.plainprompt import PlainPrompt

            parts = (self.status, self.history, self._goes_raw)
            self.prompt = PlainPrompt(*parts, input=input, output=output)
            self._secret = PlainPrompt(*parts, input=self.prompt.input, output=self.prompt.app.output)
        else:
            completer = ShellCompleter(self, self.reading, self._known, self._need_names, self.history.get_strings)
            self.history.kept = completer.used
            self.prompt = prompt.make(
                self.status, self.reading, completer, self.history, theme, self._goes_raw, self.note,
                vi=options.keys == "vi", input=input, output=output,
            )  # fmt: skip
        super().__init__(options, theme, self.prompt.app.output)

    # -- what its parts ask

    def match(self, text: str) -> Match:
        """See Host."""
        return self.reading.match(text)

    def status(self) -> toolbar.Status:
        """For prompt and toolbar."""
        talk = self.talk
        if talk is None:
            return toolbar.Status("", None)
        return toolbar.Status(
            talk.label, talk.session, talk.link.tls, self.trace_path, self.label(talk.name), len(self.talks),
            talk.busy, talk.idle is not None, talk.watch.watching,
        )  # fmt: skip

    def _goes_raw(self) -> bool:
        live = self.live
        return live is not None and live.idle is not None

    def waits(self) -> bool:
        """See Connections."""
        return self._waits

    def _begun(self) -> bytes:
        return self.live.begun if self.live is not None else b""

    def _known(self) -> Known:
        return self.talk.known if self.talk is not None else self._nothing

    def _need_names(self) -> None:
        if self.live is not None:
            self.live.ask_names()

    @property
    def answers_follow(self) -> bool:
        """See Host."""
        return bool(self.pending) and isinstance(self.pending[0], _Answer)

    def past(self) -> list[Entry]:
        """See Host."""
        return self.history.entries()

    def hide(self, secret: str) -> None:
        """See Host."""
        super().hide(secret)
        self.history.mask_again()

    def _without_secrets(self, text: str) -> str:
        return self.masked(self.reading.without_secrets(text))

    def set_keys(self, mode: str) -> None:
        """See Host."""
        super().set_keys(mode)
        prompt.set_keys(self.prompt, mode)

    # -- the life of it

    async def run(self, dialling: Dialling) -> int:
        """From the connection to the end; the exit status."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._signalled)
        loop.set_exception_handler(self._broke)
        try:
            if dialling.plan.trace:
                self.tracing(FIRST).begin(dialling.plan.trace)
            await self._guarded(self.open(dialling, FIRST))
            while not self.leaving:
                await self._guarded(self._turn())
            for talk in self.talks.values():
                await self._guarded(self.log_out(talk))
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            for talk in self.talks.values():
                await self.close(talk)
            await self.printer.close()
            self.end_traces()
        return 0

    async def _guarded(self, step: Coroutine[Any, Any, None]) -> None:
        """A mistake of the person's or the server's is a sentence, and the prompt comes again."""
        self.output.width = self.prompt.app.output.get_size().columns
        try:
            await step
        except Interrupted:
            self.note("interrupted")
        except ImapshError as error:
            if all(error is not talk.client.error for talk in self.talks.values()):  # those were told as they happened
                self.fault(str(error))
        await self.printer.drain()

    def _broke(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A mistake of ours in a callback: told as a sentence, for a traceback may hold secrets."""
        if error := context.get("exception"):
            from imapsh.shell import crash

            self.fault(crash.sentence(error))
        else:
            loop.default_exception_handler(context)

    async def _turn(self) -> None:
        """One line from the person, and what comes of it."""
        live = self.live
        if live is not None and live.question is not None:
            await live.answer(self.pending)
            return
        if not self.pending:
            await self._read()
        if self.answers_follow:
            self.pending.popleft()
            self.note("a line that was to answer AUTHENTICATE was not asked for: not sent")
        elif self.pending:
            await self._take(self.pending.popleft())

    async def _read(self) -> None:
        """A line, or a paste of several, from the prompt."""
        if self.history.fault:
            self.note(self.history.fault)
            self.history.fault = ""
        await self.printer.drain()
        self._waits = True
        for talk in self.talks.values():
            talk.watch.look()
        try:
            text = await self.prompt.prompt_async(handle_sigint=False, set_exception_handler=False)
        except KeyboardInterrupt:
            await self._interrupted_at_prompt()
        except EOFError:
            self.leaving = True
        else:
            lines = [text] if self._goes_raw() and not text.strip() else literals.commands(text)
            answers = zip(lines, self.reading.answers(lines), strict=True)
            self.pending.extend(_Answer(line) if is_answer else line for line, is_answer in answers)
            self.operators = len(self.pending) == 1
        finally:
            self._waits = False

    async def _take(self, text: str) -> None:
        """Do a line.  While IDLE runs an IMAP command ends it first; so does an empty line."""
        from imapsh.shell import lines  # a first prompt needs none of it

        if not lines.is_ours(self, text):
            if self.live is None:
                self.pending.clear()
            if self.conversation.idle is not None:
                await self.conversation.end_idle()
                if text.strip().upper() in ("", "DONE"):
                    return
            if not text.strip() or self.live is None:
                return
        await self._follow(lines.take(self, text))
        if self.live is not None and self.live.stalled:
            self.pending.clear()

    def _seems_secret(self) -> bool:
        from imapsh.spec.secrets import credentials

        return self._secret is not None and credentials(self._secret.default_buffer.text)

    async def ask(self, question: str, *, secret: bool = True) -> str | None:
        """See Connections."""
        await self.printer.drain()
        hidden: Any = secret or Condition(self._seems_secret)
        if self._secret is None:
            self._secret = prompt.make_secret(self.theme, input=self.prompt.input, output=self.prompt.app.output)
        try:
            return await self._secret.prompt_async(
                question, is_password=hidden, handle_sigint=False, set_exception_handler=False
            )
        except (KeyboardInterrupt, EOFError):
            self.pending.clear()  # what was pasted behind it was meant for another answer
            return None

    # -- steps

    async def _follow(self, steps: Steps[T]) -> T:
        """Run steps to their end, and give its result.  Raises what they let through."""
        from imapsh.shell.steps import Walk

        with Walk(steps) as walk:
            try:
                for step in walk:
                    try:
                        walk.answer = await self._do(step)
                    except ImapshError as error:
                        walk.error = error
            finally:
                self.unmetered()
            return walk.result

    async def _do(self, step: Step) -> Any:
        from imapsh.shell import steps

        match step:
            case steps.Typed(exchange):
                with self.metered():
                    await self.conversation.go(exchange)
            case Exchange():
                with self.metered():
                    await self.complete(step)
            case steps.Ask(question, secret):
                self.unmetered()
                return await self.ask(question, secret=secret)
            case steps.Line(text):
                from imapsh.shell import lines

                return await self._follow(lines.take(self, text))
            case steps.Room():
                await self.interruptible(self.printer.room())
            case steps.Pause(seconds):
                await self.interruptible(asyncio.sleep(seconds))
            case steps.Away(work):
                return await self._away(work)
            case steps.Octets(octets, shown):
                self.session.raw(octets, shown)
                self.conversation.kick()
                return ""
            case steps.Dial(plan, name):
                await self.open(Dialling(plan), name)
            case steps.HangUp(name):
                await self.log_out(self.talks[name])
                self.leaving = False
        return None

    async def _away(self, work: Any) -> Any:
        """The loop goes on meanwhile, so that connections live."""
        await self.printer.drain()
        with self.printer.held(), lent():
            return await asyncio.to_thread(work)

    def password(self, user: str) -> Steps[str | None]:
        """See Host."""
        from imapsh.shell.steps import Ask

        answer: str | None = yield Ask(f"Password for {user} at {self.conversation.plan.where}: ", secret=True)
        return answer

    # -- Ctrl-C

    def _signalled(self) -> None:
        """Ctrl-C as a signal: nearly always outside the prompt."""
        for session in (self.prompt, self._secret):
            if session is not None and session.app.is_running:
                session.app.exit(exception=KeyboardInterrupt)
                return
        self.pending.clear()
        self.interrupt()

    async def _interrupted_at_prompt(self) -> None:
        """DONE in IDLE; on an empty line the way out of a command that still runs; else no more than a clear line."""
        live = self.live
        if live is None or (self.prompt.default_buffer.text and live.idle is None):
            return
        if live.idle is not None:
            await live.end_idle()
        elif busy := live.busy:
            answer = await self.ask(f"{busy}: disconnect? [y/N] ", secret=False)
            if (answer or "").strip().lower() in ("y", "yes"):
                await self.close(live)
                self.note("disconnected: \\connect opens it again")

    # -- events

    def happened(self, talk: Talk, event: Event, own: bool) -> None:
        """See Connections."""
        running = self.prompt.app.is_running
        if isinstance(event, Closed):
            self.pending.clear()
            if self._secret is not None and self._secret.app.is_running:
                self._secret.app.exit(result="")
            if self.leaving and running:
                self.prompt.app.exit(exception=EOFError)
        if running and self.prompt.app.is_running:
            self.prompt.app.invalidate()
            if own and self.prompt.default_buffer.text:
                self.prompt.default_buffer.start_completion()

    def leave(self) -> None:
        """See Host."""
        self.leaving = True
