"""What is shown at the prompt: text above the line that is being typed."""

from __future__ import annotations

from imapsh.render.styles import paint
from imapsh.render.visible import folded, visible
from imapsh.shell.output import Output, labelled, room
from imapsh.shell.printer import Printer


class TerminalSink:
    """`imapsh.shell.display.Sink` for a terminal with a prompt on it; `output` has its colours and its width."""

    exact = False

    def __init__(self, printer: Printer, output: Output) -> None:
        self._printer = printer
        self._output = output

    def text(self, text: str, owner: object = None) -> None:
        """See Sink."""
        self._printer.put(text, owner)

    def octets(self, octets: bytes) -> None:
        """See Sink.  A terminal is given text."""
        self.text(octets.decode("utf-8", "backslashreplace"))

    def aside(self, text: str) -> None:
        """See Sink."""
        self.text(text)

    def note(self, text: str, label: str = "") -> None:
        """See Sink: dimmed."""
        self._sentence(f"  {visible(text)}", "note", label)

    def fault(self, text: str, label: str = "") -> None:
        """See Sink."""
        self._sentence(f"imapsh: {visible(text)}", "violation", label)

    def drop(self, owner: object) -> None:
        """See Sink."""
        self._printer.drop(owner)

    def _sentence(self, text: str, style: str, label: str) -> None:
        theme = self._output.theme
        lines = f"{folded(text, room(self._output.width, label))}\n"
        self.text(labelled(paint([(style, lines)], theme), label, theme))
