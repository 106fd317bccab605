"""The output at the prompt: puts text above the line that is being typed."""

from __future__ import annotations

from imapsh.render.styles import lines_of, paint
from imapsh.render.visible import Shown, folded
from imapsh.shell.screen.output import Output, labelled, room
from imapsh.shell.screen.printer import Printer


class TerminalSink:
    """The sink of a terminal with a prompt on it (`imapsh.shell.screen.display.Sink`).

    `output` has its colours and its width.  With `quiet` there are no notes.
    """

    exact = False

    def __init__(self, printer: Printer, output: Output, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._printer = printer
        self._output = output

    def text(self, text: Shown, owner: object = None) -> None:
        """See Sink."""
        self._printer.put(text, owner)

    def octets(self, octets: bytes) -> None:
        """See Sink.  A terminal is given text."""
        self.text(paint(lines_of(octets.decode("utf-8", "surrogateescape")), None))

    def aside(self, text: Shown) -> None:
        """See Sink."""
        self.text(text)

    def note(self, text: str, label: str = "") -> None:
        """See Sink.  The line is dimmed."""
        if not self._quiet:
            self._sentence(f"  {text}", "note", label)

    def fault(self, text: str, label: str = "") -> None:
        """See Sink."""
        self._sentence(f"imapsh: {text}", "violation", label)

    def drop(self, owner: object) -> None:
        """See Sink."""
        self._printer.drop(owner)

    def _sentence(self, text: str, style: str, label: str) -> None:
        theme = self._output.theme
        lines = lines_of(folded(text, room(self._output.width, label)), style)
        self.text(labelled(paint(lines, theme), label, theme))
