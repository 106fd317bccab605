"""What takes the output of a command in place of the screen: a file, or the input of another command.

What comes is written piece by piece, and nothing is held whole in memory.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

from imapsh.errors import UsageError
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Fetch
from imapsh.session.events import Event, Received
from imapsh.shell.files import why
from imapsh.shell.folders import private
from imapsh.shell.output import Output
from imapsh.shell.viewer import Viewer
from imapsh.spec.found import find
from imapsh.wire.frames import Frame, Spilled
from imapsh.wire.sinks import octets_of

if TYPE_CHECKING:
    from subprocess import Popen

    from imapsh.render.memory import Memory
    from imapsh.spec.match import Match

_PIECE = 1 << 16
_IN_MEMORY = 1 << 20  # octets for another command, above which they wait in a temporary file
_TEXTS = ("BODY[", "BODY.PEEK[", "BINARY[", "BINARY.PEEK[", "RFC822", "RFC822.HEADER", "RFC822.TEXT")


class Target:
    """`output` shows for it: in the present format, without colours and whole."""

    def __init__(self, shown: Output, *, coloured: bool = False) -> None:
        theme = shown.theme if coloured else None
        self.output = Output(shown.format, theme, shown.width if coloured else None, elide=0, json_raw=shown.json_raw)
        self.octets = 0
        self.fault = ""
        self._file: IO[bytes] | None = None

    def expect(self, found: Match, viewer: Viewer) -> None:
        """This command is about to be sent; `viewer` is its connection's."""
        self.end_view()
        self.output.viewer = Viewer(viewer.memory if self.output.format == "view" else None)

    def end_view(self) -> None:
        """Write what a view holds back."""
        self.write(self.output.flush().encode("utf-8", "backslashreplace"))

    def take(self, event: Event) -> None:
        """An event of the command."""
        for octets in self.output.octets(event):
            self.write(octets)

    def write(self, octets: bytes) -> None:
        """Take octets.  What goes wrong is said by `finish`; after that nothing is taken."""
        if self._file is None:
            return
        try:
            self._file.write(octets)
            self.octets += len(octets)
        except OSError as error:
            self.fault = self.fault or error.strerror or str(error)
            self.close()

    def finish(self) -> str:
        """The end of it; what is to be said.  Takes its time.  Raises UsageError for what went wrong."""
        raise NotImplementedError

    def close(self) -> None:
        """No more; says nothing."""
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                self.fault = self.fault or error.strerror or str(error)


class FileTarget(Target):
    """A file, made readable by its owner alone; of a FETCH of one text of one message it gets the text's octets."""

    def __init__(self, shown: Output, name: str, *, append: bool = False) -> None:
        super().__init__(shown)
        self.name = name
        self._alone = False
        self._text: bytes | Spilled | None = None
        self._memory: Memory | None = None
        self._item = self._encoding = ""
        self._binary = False
        try:
            self._file = open(os.path.expanduser(name), "ab" if append else "wb", opener=private)  # noqa: SIM115
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot write {name}: {why(error)}; nothing was sent") from None

    def expect(self, found: Match, viewer: Viewer) -> None:
        """See Target."""
        super().expect(found, viewer)
        self._alone = one_text(found)
        self._memory = viewer.memory if self._alone else None
        self._binary = not {"BINARY", "IMAP4REV2"}.isdisjoint(found.context.capabilities)

    def take(self, event: Event) -> None:
        """See Target."""
        if not self._alone:
            super().take(event)
        elif isinstance(event, Received) and isinstance(event.response.value, Fetch):
            text = _text(event.response.frame, event.response.value)
            self._text = text if text is not None else self._text
            self._item, self._encoding = self._encoded(event.response.value, event.uid)

    def _encoded(self, value: Fetch, uid: int | None) -> tuple[str, str]:
        """The text's name, and how it is encoded where that was seen."""
        item = next((name for name in value.items if name.startswith("BODY[")), "")
        structure = self._memory.structure(value.seq, uid) if self._memory is not None and item else None
        if structure is None:
            return item, ""
        from imapsh.render.view.content import encoding

        return item, encoding(item, structure)

    def finish(self) -> str:
        """See Target."""
        self.end_view()
        if self._text is not None:
            for octets in octets_of(self._text):
                self.write(octets)
        self.close()
        if self.fault:
            raise UsageError(f"cannot write {self.name}: {self.fault}; {self.octets:,} octets are written")
        said = f"wrote {self.octets:,} octets to {self.name}"
        if self._encoding:
            said += f", in {self._encoding} as they came"
            said += f"; {self._item.replace('BODY[', 'BINARY.PEEK[')} has them decoded" if self._binary else ""
        return said


class PipeTarget(Target):
    """The input of a command of the system's, which has the terminal once all is there."""

    def __init__(self, shown: Output, command: str) -> None:
        from tempfile import SpooledTemporaryFile

        pager = command.split() in (["less"], ["less", "-R"])
        super().__init__(shown, coloured=pager)
        self.command = "less -R" if pager else command
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by finish

    def finish(self) -> str:
        """See Target: the command runs, and is waited for.  That it reads no more, or fails, is its own affair."""
        import subprocess

        from imapsh.transport.child import child_environment

        self.end_view()
        if self.fault or self._file is None:
            raise UsageError(f"the output cannot be kept for {self.command}: {self.fault}")
        file = self._file
        file.seek(0)
        with file:
            try:
                child = subprocess.Popen(self.command, shell=True, stdin=subprocess.PIPE, env=child_environment())
            except (OSError, ValueError) as error:
                raise UsageError(f"cannot run {self.command[:80]}: {why(error)}") from None
            with child, _uninterrupted():
                self._feed(file, child)
        self._file = None
        return ""

    def _feed(self, file: IO[bytes], child: Popen[bytes]) -> None:
        assert child.stdin is not None
        with suppress(BrokenPipeError):
            while piece := file.read(_PIECE):
                child.stdin.write(piece)
        with suppress(BrokenPipeError):
            child.stdin.close()
        child.wait()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C is for the command that has the terminal.  The prompt's loop has a handler of its own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: Any = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def one_text(found: Match) -> bool:
    """Whether a command fetches one text of one message, and nothing else of it."""
    if found.command is None or found.command.name not in ("FETCH", "UID FETCH") or not found.complete:
        return False
    items = find(found.pieces, "fetch-item", "fetch-macro")
    numbers = found.slots[0].value
    one = isinstance(numbers, SequenceSet) and len(numbers.ranges) == 1 and len(set(numbers.ranges[0])) == 1
    return one and len(items) == 1 and items[0].name in _TEXTS


def _text(frame: Frame, value: Fetch) -> bytes | Spilled | None:
    """The text that a FETCH response brings: its literal, or the octets of a quoted string."""
    if len(frame.literals) == 1:
        return frame.literals[0]
    texts = (
        one for name, one in value.items.items() if name.partition("[")[0] in ("BODY", "BINARY") or "RFC822" in name
    )
    return next((one for one in texts if isinstance(one, bytes)), None)
