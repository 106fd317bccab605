"""Targets take the output of a command instead of the screen: a file, or the input of another command.

It is written piece by piece, and nothing is held whole in memory.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO

from imapsh.errors import ImapshError, UsageError, plural
from imapsh.grammar.values import Fetch, UidFetch
from imapsh.hints import IO, TYPE_CHECKING, Any
from imapsh.session.events import Completed, Event, Received, Sent
from imapsh.shell.screen.landing import Replacement, landing
from imapsh.shell.screen.onetext import OneText, one_text
from imapsh.shell.screen.output import Output, encoded
from imapsh.shell.screen.viewer import Viewer
from imapsh.shell.settings.reasons import why
from imapsh.wire.frames import Part, Spilled, size_of
from imapsh.wire.sinks import LARGE, SpoolSink, is_kept, octets_of

if TYPE_CHECKING:
    from subprocess import Popen

    from imapsh.render.memory import Memory
    from imapsh.typed.match import Match

_PIECE = 1 << 16
_IN_MEMORY = 1 << 20  # octets for another command, above which they wait in a temporary file


class Target:
    """A place that takes the output of a command.

    `output` shows for it: in the present format, without colours and whole.  `began` is true if a command of its was
    sent; `refused` is true if the reply to one was not OK.  `kept` is a text for when nothing is written.  `exact` is
    true if it gets the octets of the wire format as they are.
    """

    kept = ""
    exact = True

    def __init__(self, shown: Output, *, coloured: bool = False) -> None:
        theme = shown.theme if coloured else None
        width = shown.width if coloured else None
        self.output = Output(shown.format, theme, width, elide=0, json_raw=shown.json_raw, column=shown.column)
        self.octets = 0
        self.fault = ""
        self.began = self.refused = self.dropped = False
        self._came = False  # something besides our own lines

    def expect(self, found: Match, viewer: Viewer) -> None:
        """Prepare for a command that is about to be sent; `viewer` is its connection's."""
        self.began = True
        self.end_view()
        self.output.viewer = Viewer(viewer.memory if self.output.format == "view" else None)

    def end_view(self) -> None:
        """Write what a view holds back."""
        if text := self.output.flush():
            self.write(encoded(text))

    def sink(self) -> SpoolSink | None:
        """Return a sink for a large literal of the command's; None if it may go where all go."""
        return None

    def take(self, event: Event) -> bool:
        """Take an event of the command.  Return whether it is taken.

        The others, a reply that is not OK first of all, are shown on the screen.
        """
        if self.dropped:
            return True
        if isinstance(event, Completed) and event.exchange.status != "OK":
            self.refused = True
            return False
        came = self._came
        for octets in self._octets(event):
            self.write(octets)
        self._came = came or not isinstance(event, Sent)
        return True

    def _octets(self, event: Event) -> Iterable[bytes]:
        if isinstance(event, Received):
            for part in event.response.frame.parts:
                self._mind(part)
        return self.output.octets(event)

    def _mind(self, part: Part) -> None:
        """Note a literal whose octets could not be kept in a temporary file, so that nothing is written without it."""
        if not is_kept(part) and not self.fault:
            self.fault = "a literal of the reply could not be kept in the temporary folder"

    def write(self, octets: bytes) -> None:
        """Take octets.  `finish` reports errors; after one nothing is taken."""
        self._came = True
        if self.fault or self.dropped:
            return
        try:
            self._write(octets)
            self.octets += len(octets)
        except OSError as error:
            self.fault = why(error)

    def _write(self, octets: bytes) -> None:
        """Put octets where they go.  Raises OSError."""
        raise NotImplementedError

    def finish(self) -> str:
        """End the output, and return what is to be said.  Takes its time.  Raises UsageError for what went wrong."""
        raise NotImplementedError

    def drop(self) -> None:
        """Give up, because something went wrong."""
        self.dropped = True


class FileTarget(Target):
    """A file, made readable by its owner alone.

    If a FETCH asks for one text of one message, the file gets that text's octets.  The file is replaced or added to
    only when all is there, and the reply was OK (`landing`).
    """

    def __init__(self, shown: Output, name: str, *, append: bool = False) -> None:
        super().__init__(shown)
        self.name = name
        self._landing = landing(name, append=append)
        self.kept = self._landing.kept
        self._alone: OneText | None = None
        self._text: bytes | Spilled | None = None
        self._memory: Memory | None = None
        self._item = self._encoding = ""
        self._binary = False
        self._missing = ""  # the text that was asked for and did not come
        self._empty = ""  # the one that came without an octet, as some servers send a part that is not there

    def expect(self, found: Match, viewer: Viewer) -> None:
        """See Target."""
        self._write_text()
        super().expect(found, viewer)
        self._alone = one_text(found)
        self._memory = viewer.memory if self._alone else None
        self._binary = not {"BINARY", "IMAP4REV2"}.isdisjoint(found.context.capabilities)

    def sink(self) -> SpoolSink | None:
        """See Target.  A text that is asked for alone comes into the file that is to take the name."""
        if self._alone is None or self.dropped or self.fault or not isinstance(self._landing, Replacement):
            return None
        return SpoolSink(self._failed, sums=False, make=self._landing.beside)

    def _failed(self, error: OSError) -> None:
        self.fault = self.fault or why(error)

    def take(self, event: Event) -> bool:
        """See Target.  If only one text is asked for, that text is taken, and the OK behind it."""
        alone = self._alone
        if alone is None or self.dropped:
            return super().take(event)
        if isinstance(event, Completed):
            if event.exchange.status != "OK":
                self.refused = True
            elif self._text is None and not self._empty:
                self._missing = alone.item
            return not self.refused and self._text is not None
        if isinstance(event, Received) and isinstance(event.response.value, Fetch | UidFetch):
            text = alone.text_of(event.response.value, event.uid)
            if text is None:
                return False
            if not size_of(text) and self._landing.holds:
                self._empty = alone.item
                return False
            self._text = text
            self._item, self._encoding = self._encoded(event.response.value, event.uid)
        return not isinstance(event, Received) or event.response.name in ("FETCH", "UIDFETCH")

    def _encoded(self, value: Fetch | UidFetch, uid: int | None) -> tuple[str, str]:
        """Return the text's name, and its encoding if that was seen."""
        item = next((name for name in value.items if name.startswith("BODY[")), "")
        structure = self._memory.structure(value.seq, uid) if self._memory is not None and item else None
        if structure is None:
            return item, ""
        from imapsh.render.view.content import encoding

        return item, encoding(item, structure)

    def _write_text(self, *, last: bool = False) -> None:
        """Write the text that came, while the connection still keeps it.

        The file of the `last` may become the one that was asked for; that of another is closed by the next command.
        """
        text, self._text = self._text, None
        if text is not None and not self.refused:
            self._mind(text)
            try:
                if not (last and self._adopted(text)):
                    for octets in octets_of(text, LARGE):
                        self.write(octets)
                self._came = True
            except OSError as error:
                self._failed(error)

    def _adopted(self, text: bytes | Spilled) -> bool:
        """Return whether the text is in a file already that becomes the one that was asked for."""
        landing = self._landing
        adopted = isinstance(text, Spilled) and isinstance(landing, Replacement) and landing.adopt(text.where)
        if adopted:
            self.octets += size_of(text)
        return adopted

    def _write(self, octets: bytes) -> None:
        self._landing.write(octets)

    def finish(self) -> str:
        """See Target."""
        self.end_view()
        self._write_text(last=True)
        if self.refused or self._missing or self._empty or (not self._came and not self.fault):
            self.drop()
            return self._nothing()
        try:
            if not self.fault:
                self._landing.commit()
        except OSError as error:
            self.fault = why(error)
        if self.fault:
            self.drop()
            raise UsageError(f"cannot write {self.name}: {self.fault}{f'; {self.kept}' if self.kept else ''}")
        said = f"wrote {self.octets:,} {plural(self.octets, 'octet')} to {self.name}"
        if self._encoding:
            said += f", still encoded as {self._encoding}"
            said += f"; {self._item.replace('BODY[', 'BINARY.PEEK[')} fetches them decoded" if self._binary else ""
        return said

    def _nothing(self) -> str:
        what = "there was no output"
        if self.refused:
            what = "the reply is not OK"
        elif self._missing:
            what = f"the reply is OK, but has no {self._missing}"
        elif self._empty:
            what = f"{self._empty} is empty; the part may not exist"
        return f"{what}: {self.kept or f'nothing was written to {self.name}'}"

    def drop(self) -> None:
        """See Target."""
        super().drop()
        self._landing.drop()


class PipeTarget(Target):
    """The input of a command of the system's, which has the terminal once all is there.

    A pager puts its input before a person, so it gets what a terminal may have, in the wire format too.
    """

    def __init__(self, shown: Output, command: str) -> None:
        self.pager = command.split() in (["less"], ["less", "-R"])
        super().__init__(shown, coloured=self.pager)
        self.exact = not self.pager
        self.command = "less -R" if self.pager else command
        self._file: IO[bytes] = BytesIO()

    def _write(self, octets: bytes) -> None:
        if self.octets + len(octets) > _IN_MEMORY and isinstance(self._file, BytesIO):
            from tempfile import TemporaryFile

            held, self._file = self._file.getvalue(), TemporaryFile()  # noqa: SIM115 - closed by finish, or drop
            self._file.write(held)
        self._file.write(octets)

    def _octets(self, event: Event) -> Iterator[bytes]:
        if not self.pager:
            yield from super()._octets(event)
        else:
            yield from map(encoded, self.output.texts(event))

    def finish(self) -> str:
        """See Target.  Runs the command and waits for it.

        That it stops reading is no error.  It does not run if there is nothing to read but the reply, which was not OK
        and was shown.  Raises UsageError if it cannot be run, and ImapshError if it fails.
        """
        import subprocess

        from imapsh.transport.child import child_environment, in_front

        self.end_view()
        file = self._file
        try:
            if self.fault:
                raise UsageError(f"the output for {self.command} cannot be stored: {self.fault}")
            if self.refused and not self._came:
                return f"the reply is not OK: {self.command} was not run"
            self._rewind(file)
            try:
                child = subprocess.Popen(self.command, shell=True, stdin=subprocess.PIPE, env=child_environment())
            except (OSError, ValueError) as error:
                raise UsageError(f"cannot run {self.command[:80]}: {why(error)}") from None
            with child, in_front(child), _uninterrupted():
                self._feed(file, child)
            if child.returncode not in _ENDED_WELL:
                raise ImapshError(f"{self.command[:80]} {_how(child.returncode)}")
        finally:
            with suppress(OSError):  # what the disk does not take was told
                file.close()
        return ""

    def _rewind(self, file: IO[bytes]) -> None:
        """Go to the beginning, when all is written.  Raises UsageError."""
        try:
            file.seek(0)
        except OSError as error:
            raise UsageError(f"the output for {self.command} cannot be stored: {why(error)}") from None

    def drop(self) -> None:
        """See Target."""
        super().drop()
        with suppress(OSError):
            self._file.close()

    def _feed(self, file: IO[bytes], child: Popen[bytes]) -> None:
        assert child.stdin is not None
        with suppress(BrokenPipeError):
            while piece := file.read(_PIECE):
                child.stdin.write(piece)
        with suppress(BrokenPipeError):
            child.stdin.close()
        child.wait()


#: A program that reads no more ends by SIGPIPE, and a person ends one by Ctrl-C; a shell adds 128 to the signal.
_HARMLESS = [int(getattr(signal, name)) for name in ("SIGPIPE", "SIGINT") if hasattr(signal, name)]
_ENDED_WELL = (0, *(status for one in _HARMLESS for status in (-one, 128 + one)))


def _how(status: int) -> str:
    return f"failed with exit status {status}" if status > 0 else f"was ended by signal {-status}"


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Leave Ctrl-C to the command that has the terminal.  The prompt's loop has its own handler."""
    import threading

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: Any = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
