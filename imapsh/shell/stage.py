"""What is shown of a connection's events, and what only `\\last` and the trace get."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imapsh.errors import ConnectionLost
from imapsh.render.styles import lines_of, paint
from imapsh.render.visible import Shown, folded
from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Event, Received, Sent
from imapsh.session.exchange import Exchange
from imapsh.shell.conversation import told
from imapsh.shell.last import Last
from imapsh.shell.output import Output, labelled, room
from imapsh.shell.printer import Printer
from imapsh.shell.viewer import Viewer


class Voice:
    """Lines to the terminal.  `label()`: whose they are, "" where that is plain."""

    def __init__(self, printer: Printer, output: Output, label: Callable[[], str] = str) -> None:
        self.printer = printer
        self.output = output
        self._label = label

    def put(self, text: Shown, owner: object = None) -> None:
        """Text, each line behind the connection's name where there are several."""
        self.printer.put(labelled(text, self._label(), self.output.theme), owner)

    def note(self, text: str) -> None:
        """A dimmed line beside the conversation."""
        self._sentence(f"  {text}", "note")

    def fault(self, text: str) -> None:
        """What went wrong, in a sentence."""
        self._sentence(f"imapsh: {text}", "violation")

    def _sentence(self, text: str, style: str) -> None:
        lines = lines_of(folded(text, room(self.output.width, self._label())), style)
        self.put(paint(lines, self.output.theme))


class Stage(Voice):
    """`muted`: exchanges whose replies are kept and not shown."""

    def __init__(self, printer: Printer, output: Output, session: Session, label: Callable[[], str]) -> None:
        super().__init__(printer, output, label)
        self.last = Last(session.parser)
        self.viewer = Viewer()
        self.muted: set[Exchange] = set()

    def mute(self, exchange: Exchange) -> None:
        """Show no more of it, nor what is due of it."""
        self.muted.add(exchange)
        self.printer.drop(exchange)
        self.viewer.drop()

    def show(self, event: Event, *, aside: bool = False) -> None:
        """Keep an event, and show it where it is to be seen; not its text where that went `aside`."""
        try:
            self.last.keep(event, on=bool(self.muted))
        except OSError as error:
            self._not_kept(error)
        self.viewer.remember(event)
        if isinstance(event, Closed):
            self.put(self.viewer.flush())
            self._closed(event)
            return
        exchange = event.exchange
        if self.muted and exchange in self.muted and not isinstance(event, Sent) and not _unasked(event):
            self._drained(event)
        elif aside:
            self.put(self.output.closing(event), exchange)
        else:
            self.printer.put(self.output.event(event, self._label(), self.viewer), exchange)

    def show_rows(self, rows: Sequence[Received], utf8: bool) -> None:
        """The same for many at once (`imapsh.shell.rows`)."""
        try:
            self.last.keep_rows(rows, utf8)
        except OSError as error:
            self._not_kept(error)
        for row in rows:
            self.viewer.remember(row)
        exchange = rows[0].exchange
        if exchange not in self.muted:
            self.printer.put(self.output.rows(rows, self._label(), self.viewer), exchange)

    def _not_kept(self, error: OSError) -> None:
        self.last.begin()
        self.fault(f"\\last cannot keep this: {error.strerror}")

    def asked(self, exchange: Exchange, why: str) -> None:
        """A command of ours is done."""
        from imapsh.render.amounts import count, duration

        came = f"{exchange.status}, {count(exchange.untagged, 'answer')}, {duration(exchange.elapsed)}"
        self.note(f"asked {exchange.name} for {why}: {came} (--no-ask stops this)")

    def _drained(self, event: Event) -> None:
        if isinstance(event, Completed):
            from imapsh.shell.timing import summary

            self.muted.discard(event.exchange)
            exchange = event.exchange
            name, status = f"{exchange.tag} {exchange.name}", exchange.status
            self.note(f"{name} is done: {status}, {summary(exchange)}; \\last shows it")

    def _closed(self, event: Closed) -> None:
        if event.error is None:
            self.note("logged out; the connection is closed")
            return
        text = told(event)
        if isinstance(event.error, ConnectionLost) and "\\connect" not in text:
            text += ": \\connect opens it again"
        self.fault(text)


def _unasked(event: Event) -> bool:
    return isinstance(event, Received) and event.unsolicited
