"""The prompt of `--plain`: the terminal itself edits the line, and nothing is ever drawn again.

It is for screen readers and terminals that cannot move their cursor.  What is seen is what was written, in order; news
come between the lines.  A password typed into a line is seen, as everything is: `LOGIN user` asks for it unseen, and
the literal of a login is taken unseen.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import AnyFormattedText, fragment_list_to_text, to_formatted_text
from prompt_toolkit.input import Input
from prompt_toolkit.output import DummyOutput, Output, create_output
from prompt_toolkit.shortcuts import PromptSession

from imapsh.render.styles import LINE_END, NOTHING, paint
from imapsh.render.visible import Shown
from imapsh.shell.lines import literals
from imapsh.shell.prompt import toolbar
from imapsh.shell.prompt.history import MaskedHistory
from imapsh.shell.screen import terminal as terminal_modes

_CHUNK = 1 << 16


class PlainApp(Application[str]):
    """The part of an application that the shell wants: it says if a line is awaited, and can end that."""

    def __init__(self, input: Input, output: Output) -> None:
        super().__init__(input=input, output=DummyOutput())  # it would begin with an escape sequence
        self.output = output
        self.answer: asyncio.Future[str] | None = None
        self.question = NOTHING

    @property
    def is_running(self) -> bool:
        """Return whether a line is awaited."""
        return self.answer is not None and not self.answer.done()

    def exit(
        self, result: str | None = None, exception: BaseException | type[BaseException] | None = None, style: str = ""
    ) -> None:
        """End the wait for a line with this result or exception."""
        if self.answer is None or self.answer.done():
            return
        if exception is not None:
            self.answer.set_exception(exception)
        else:
            self.answer.set_result(result or "")

    def invalidate(self) -> None:
        """Do nothing, because nothing is drawn again."""

    def ask(self) -> None:
        """Write the question: once, and again when imapsh was stopped and goes on."""
        self.output.write_raw(self.question)
        self.output.flush()


class PlainPrompt(PromptSession[str]):
    """A prompt whose lines the terminal edits.

    `status`, `history` and `raw` are as for `imapsh.shell.prompt.prompt.make`.
    """

    def __init__(
        self,
        status: Callable[[], toolbar.Status],
        history: MaskedHistory,
        raw: Callable[[], bool],
        *,
        input: Input | None = None,
        output: Output | None = None,
    ) -> None:
        super().__init__(input=input, output=DummyOutput())
        self.app: PlainApp = PlainApp(self.input, output or create_output())
        self._status = status
        self._kept = history
        self._raw = raw
        self._held = b""  # what was read of a line that has no end yet, and of the next

    async def prompt_async(self, message: AnyFormattedText = None, *, is_password: Any = False, **ignored: Any) -> str:
        """Return a command with its literals, or the answer to `message`.

        Raises EOFError and KeyboardInterrupt.
        """
        if message is not None:
            return await self._line(_shown(message), unseen=is_password is True)
        text = await self._line(_shown(toolbar.prompt(self._status())))
        while self._goes_on(text):
            more = toolbar.continuation(text + "\n", text.count("\n") + 1)
            text += "\n" + await self._line(_shown(more), unseen=self._kept.hides(f"{text}\nx"))
        self._kept.append_string(text)
        return text

    def _goes_on(self, text: str) -> bool:
        left = None if self._raw() or text.startswith("\\") else literals.wanted(text)
        return left is not None and (left > 0 or literals.announced(text))

    async def _line(self, question: Shown, *, unseen: bool = False) -> str:
        loop = asyncio.get_running_loop()
        terminal = self.input.fileno()
        answer: asyncio.Future[str] = loop.create_future()
        self.app.answer = answer
        self.app.question = question
        loop.add_reader(terminal, self._read, terminal)
        try:
            with terminal_modes.unseen(terminal) if unseen else contextlib.nullcontext():
                self.app.ask()
                self._take()
                text = await answer
            if unseen:
                self._write(LINE_END)
            return text
        except BaseException:
            self._held = b""
            self._write(LINE_END)
            raise
        finally:
            loop.remove_reader(terminal)
            self.app.answer = None

    def _write(self, text: Shown) -> None:
        self.app.output.write_raw(text)
        self.app.output.flush()

    def _read(self, terminal: int) -> None:
        try:
            octets = os.read(terminal, _CHUNK)
        except OSError:
            octets = b""  # the terminal is gone
        self._held += octets or (b"\n" if self._held else b"")
        if octets or self._held:
            self._take()
        else:
            self.app.exit(exception=EOFError())

    def _take(self) -> None:
        line, end, rest = self._held.partition(b"\n")
        if end and self.app.is_running:
            self._held = rest
            self.app.exit(line.rstrip(b"\r").decode("utf-8", "surrogateescape"))


def _shown(text: AnyFormattedText) -> Shown:
    return paint([("", fragment_list_to_text(to_formatted_text(text)))], None)
