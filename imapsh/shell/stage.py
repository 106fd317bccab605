"""What is shown of the session's events, and what only `\\last` and the trace get."""

from __future__ import annotations

from collections.abc import Callable

from imapsh.errors import ConnectionLost
from imapsh.render.styles import paint
from imapsh.render.visible import visible
from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Event, Received, Sent
from imapsh.session.exchange import Exchange
from imapsh.shell.last import Last
from imapsh.shell.output import Output, duration, summary
from imapsh.shell.printer import Printer


class Stage:
    """`muted`: exchanges whose replies are kept and not shown; `own`: those the shell asked by itself."""

    def __init__(self, printer: Printer, output: Output) -> None:
        self.printer = printer
        self.output = output
        self.last: Last | None = None
        self.muted: set[Exchange] = set()
        self.own: set[Exchange] = set()
        self._kept: Exchange | None = None  # the one that `last` began with

    def begin(self, session: Session) -> None:
        """A new connection: what was kept of the one before is forgotten."""
        if self.last is not None:
            self.last.begin()
        self.last = Last(session.parser)
        self.muted.clear()
        self.own.clear()
        self._kept = None

    def mute(self, exchange: Exchange) -> None:
        """Show no more of it, nor what is due of it."""
        self.muted.add(exchange)
        self.printer.drop(exchange)

    def say(self, text: str, style: str = "") -> None:
        """Lines of ours."""
        lines = "".join(f"{line}\n" for line in text.split("\n"))
        self.printer.put(paint([(style, lines)], self.output.theme))

    def note(self, text: str) -> None:
        """A dimmed line beside the conversation."""
        self.say(f"  {visible(text)}", "note")

    def fault(self, text: str) -> None:
        """What went wrong, in a sentence."""
        self.say(f"imapsh: {visible(text)}", "violation")

    async def again(self, form: str, stopped: Callable[[], bool]) -> None:
        """Show the last exchange in a format, "" for the present one, until it is all there or `stopped`."""
        if self.last is None:
            return
        now = self.output
        output = Output(form or now.format, now.theme, now.width, elide=now.elide, json_raw=now.json_raw)
        for text in self.last.render(output):
            if stopped():
                self.printer.drop(self)
                self.note("interrupted")
                return
            self.printer.put(text, self)
            await self.printer.room()

    def show(self, event: Event) -> None:
        """Keep an event, and show it where it is to be seen."""
        exchange = None if isinstance(event, Closed) else event.exchange
        if exchange in self.own and not (isinstance(event, Received) and event.unsolicited):
            self._asked(event)
            return
        self._keep(event, exchange)
        if isinstance(event, Closed):
            self._closed(event)
        elif exchange in self.muted and not isinstance(event, Sent) and not _unasked(event):
            self._drained(event)
        else:
            self.printer.put(self.output.event(event), exchange)
            if isinstance(event, Completed):
                self.note(f"{event.exchange.status}: {summary(event.exchange)}")

    def _keep(self, event: Event, exchange: Exchange | None) -> None:
        if self.last is None:
            return
        if isinstance(event, Sent) and exchange is not None and exchange is not self._kept and not self.muted:
            self.last.begin()
            self._kept = exchange
        try:
            self.last.add(event)
        except OSError as error:
            self.last.begin()
            self.fault(f"\\last cannot keep this: {error.strerror}")

    def _asked(self, event: Event) -> None:
        if isinstance(event, Completed):
            self.own.discard(event.exchange)
            name, answers = event.exchange.name, event.exchange.untagged
            self.note(f"asked {name} for completion: {event.exchange.status}, {answers} answers, "
                      f"{duration(event.exchange.elapsed)} (--no-ask stops this)")  # fmt: skip

    def _drained(self, event: Event) -> None:
        if isinstance(event, Completed):
            self.muted.discard(event.exchange)
            exchange = event.exchange
            name, status = f"{exchange.tag} {exchange.name}", exchange.status
            self.note(f"{name} is done: {status}, {summary(exchange)}; \\last shows it")

    def _closed(self, event: Closed) -> None:
        lost = [f"{exchange.tag} {exchange.name}" for exchange in event.in_flight]
        if event.error is None:
            self.note("logged out; the connection is closed")
            return
        text = str(event.error)
        unsaid = [name for name in lost if name not in text]
        if unsaid:
            text += f" (without a reply: {', '.join(unsaid)}; not sent again)"
        if isinstance(event.error, ConnectionLost) and "\\connect" not in text:
            text += ": \\connect opens it again"
        self.fault(text)


def _unasked(event: Event) -> bool:
    return isinstance(event, Received) and event.unsolicited
