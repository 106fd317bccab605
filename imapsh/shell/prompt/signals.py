"""Handles signals at the prompt: Ctrl-C, Ctrl-Z and `fg`, and those that end imapsh.

SIGINT                     clears the line, answers no, or ends what the person waits for
SIGTSTP, then SIGCONT      the terminal is as it was while imapsh is stopped; then the prompt is drawn anew
SIGCONT alone (SIGSTOP)    the prompt is drawn anew
SIGTERM, SIGHUP, SIGQUIT   all is closed, the terminal is as it was, and imapsh ends by the signal

A signal that was ignored when imapsh began, as SIGHUP under nohup, stays ignored.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from prompt_toolkit.enums import DEFAULT_BUFFER

from imapsh.shell.screen import terminal
from imapsh.transport.child import signal_front

if TYPE_CHECKING:
    from prompt_toolkit.application import Application
    from prompt_toolkit.shortcuts import PromptSession


class Signals:
    """Handles the signals of a shell at a prompt, in a running loop.

    `prompts` are those that may be waiting for a line.  `interrupt` is for Ctrl-C while none is.  `ended` is the signal
    that ends the shell, or 0.
    """

    def __init__(
        self, prompts: Callable[[], Iterable[PromptSession[str]]], interrupt: Callable[[], object], *, plain: bool
    ) -> None:  # fmt: skip
        self.ended = 0
        self._prompts = prompts
        self._interrupt = interrupt
        self._plain = plain
        self._loop = asyncio.get_running_loop()
        self._before: dict[int, Any] = {}
        self._life: asyncio.Task[Any] | None = None

    @contextlib.contextmanager
    def handled(self) -> Iterator[None]:
        """Handle signals while inside; those that end imapsh cancel the present task, and go on being handled."""
        self._life = asyncio.current_task()
        self._loop.add_signal_handler(signal.SIGINT, self._interrupted)
        self._handle(signal.SIGTSTP, self._in_loop(self._stop))
        self._handle(signal.SIGCONT, self._in_loop(self._go_on))
        for signum in terminal.ENDING:
            self._handle(signum, self._end)
        try:
            yield
        finally:
            self._loop.remove_signal_handler(signal.SIGINT)
            while self._before and not self.ended:
                signal.signal(*self._before.popitem())

    def _handle(self, signum: int, handler: Callable[..., object]) -> None:
        self._before[signum] = terminal.handle(signum, handler)

    def _in_loop(self, handler: Callable[[], object]) -> Callable[..., object]:
        """Return a handler that waits for the loop's turn, so that it is in the middle of nothing."""
        return lambda *_: self._loop.call_soon_threadsafe(handler)

    def _running(self) -> Application[str] | None:
        """Return the application that waits for a line now; none waits that has just got one, or was just ended."""
        apps = (prompt.app for prompt in self._prompts())
        return next((app for app in apps if app.is_running and not app.is_done), None)

    def _interrupted(self) -> None:
        """Handle Ctrl-C as a signal, which comes nearly always outside the prompt."""
        app = self._running()
        if app is not None:
            if not self._plain:
                app.layout.search_links.clear()  # else a search goes on at the next prompt
                app.layout.focus(DEFAULT_BUFFER)
            app.exit(exception=KeyboardInterrupt)
        else:
            self._interrupt()

    def _stop(self) -> None:
        app = self._running()
        if app is not None and not self._plain:
            from prompt_toolkit.application import run_in_terminal

            run_in_terminal(terminal.stop)
        else:
            terminal.stop()

    def _go_on(self) -> None:
        """Draw the prompt anew in a terminal whose modes a shell has changed."""
        app = self._running()
        if app is not None and not self._plain:
            app.input.raw_mode().__enter__()  # what ends the prompt knows the modes before it
            app.renderer.reset()
            app.invalidate()
            return
        terminal.resume()
        from imapsh.shell.prompt.plainprompt import PlainApp

        if isinstance(app, PlainApp):
            app.ask()

    def _end(self, signum: int, *_: object) -> None:
        """Close all and end.  If that lasts, or the signal comes again, end in the middle of it."""
        if self.ended:
            self._end_at_once()
            return
        self.ended = signum
        terminal.expect_end(self._end_at_once)
        signal_front(signum)
        if self._life is not None:
            self._loop.call_soon_threadsafe(self._life.cancel)

    def _end_at_once(self, *_: object) -> None:
        if not self._plain:
            terminal.calm(1)
        terminal.end_by(self.ended)
