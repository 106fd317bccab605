"""Shows the events of one connection on a sink."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imapsh.hints import Protocol
from imapsh.render.visible import Shown
from imapsh.session.events import Closed, Completed, Event, Received, ReceivedRun, Sent
from imapsh.session.exchange import Exchange
from imapsh.shell.screen.output import Output, labelled
from imapsh.shell.screen.viewer import Viewer


class Sink(Protocol):
    """The place that output is written to: a terminal with a prompt on it, or stdout with stderr beside it.

    `exact` is true if octets are taken as they are, for a pipe or a file, in place of text for a terminal.
    """

    exact: bool

    def text(self, text: Shown, owner: object = None) -> None:
        """Take text, each line ended; `owner` is what `drop` knows it by."""

    def octets(self, octets: bytes) -> None:
        """Take octets, if `exact` is true."""

    def note(self, text: str, label: str = "") -> None:
        """Show a line beside the conversation; `label` names the connection, if there are several."""

    def fault(self, text: str, label: str = "") -> None:
        """Show an error, in one sentence."""

    def aside(self, text: Shown) -> None:
        """Take text that a program which reads `text` must not see."""

    def drop(self, owner: object) -> None:
        """Forget output of an owner that is still due."""


class Display:
    r"""Shows the events of one connection.

    `output` says how events are shown.  `label()` says whose they are, "" if there is one connection.  `muted` holds
    commands that were left running; their replies are kept for `\last` and not shown.  With `quiet`, only what the
    server answers is shown, and nothing `opening`: from the greeting until the login is over.
    """

    def __init__(
        self, sink: Sink, output: Output, viewer: Viewer, label: Callable[[], str], *, quiet: bool = False
    ) -> None:
        self.output = output
        self.viewer = viewer
        self.muted: set[Exchange] = set()
        self.opening = True
        self._quiet = quiet
        self._sink = sink
        self._label = label

    def mute(self, exchange: Exchange) -> None:
        """Stop showing a command, and forget its output that is still due."""
        self.muted.add(exchange)
        self._sink.drop(exchange)
        self.viewer.drop()

    def show(self, event: Event, *, aside: bool = False) -> None:
        """Show an event, unless it is of a muted command.

        Its text is not shown if that went `aside`, to a file or a pager.
        """
        self.viewer.remember(event)
        if isinstance(event, Closed):
            self.flush()
            return
        if self._quiet and (self.opening or isinstance(event, Sent)):
            return
        exchange = event.exchange
        if self.muted and exchange in self.muted and not isinstance(event, Sent) and not _is_news(event):
            self._drained(event)
        elif aside:
            self._sink.text(labelled(self.output.closing(event), self._label(), self.output.theme), exchange)
        elif self._sink.exact:
            pieces = self.output.exact(event)
            if pieces is None:
                pieces = self.output.drawn(event, self._label(), self.viewer)
            for octets in pieces:
                self._sink.octets(octets)
        else:
            for text in self.output.texts(event, self._label(), self.viewer):
                self._sink.text(text, exchange)

    def rows(self, rows: Sequence[Received], octets: bytes | None = None) -> None:
        """Show many responses at once (`imapsh.shell.record.rows`); `octets` are theirs, if each is one line."""
        if self._sink.exact and (octets is None or self._quiet):  # a literal may be in a file
            for row in rows:
                self.show(row)
            return
        for row in rows:
            self.viewer.remember(row)
        exchange = rows[0].exchange
        if exchange in self.muted:
            return
        if self._sink.exact and octets is not None:
            self._sink.octets(self.output.rows_octets(rows, octets, self._label(), self.viewer))
        else:
            self._sink.text(self.output.rows(rows, self._label(), self.viewer), exchange)

    def run(self, run: ReceivedRun) -> None:
        """Show FETCH responses that are alike, which were asked for."""
        self.viewer.remember_run(run)
        exchange = run.exchange
        if self.muted and exchange in self.muted:
            return
        if self._sink.exact:
            self._sink.octets(self.output.run_octets(run, self._label(), self.viewer))
        else:
            self._sink.text(self.output.run(run, self._label(), self.viewer), exchange)

    def flush(self) -> None:
        """Show what a view holds back."""
        if text := self.output.flush(self._label(), self.viewer):
            self._sink.text(text)

    def note(self, text: str) -> None:
        """Show a note beside the conversation."""
        self._sink.note(text, self._label())

    def fault(self, text: str) -> None:
        """Show an error, in one sentence."""
        self._sink.fault(text, self._label())

    def must(self, text: str) -> None:
        """Show a line that the person has to act on: with `quiet` too."""
        (self.fault if self._quiet else self.note)(text)

    def asked(self, exchange: Exchange, why: str) -> None:
        """Say that a command that the shell sent for itself is done."""
        from imapsh.render.amounts import count, duration

        came = f"{exchange.status}, {count(exchange.untagged, 'answer')}, {duration(exchange.elapsed)}"
        self.note(f"asked {exchange.name} for {why}: {came} (--no-ask stops this)")

    def _drained(self, event: Event) -> None:
        if isinstance(event, Completed):
            from imapsh.shell.screen.timing import summary

            self.muted.discard(event.exchange)
            exchange = event.exchange
            name, status = f"{exchange.tag} {exchange.name}", exchange.status
            self.note(f"{name} is done: {status}, {summary(exchange)}; \\last shows it")


def _is_news(event: Event) -> bool:
    """Return whether a response is unsolicited, or answers octets that were sent outside any command."""
    return isinstance(event, Received) and (event.unsolicited or event.response.tag is not None)
