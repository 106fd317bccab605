"""Does `--explain`: reads logs of any format without any server, line by line, and says what is wrong with each.

The format is a row of `imapsh.logs.formats`, and its reader gives the pieces of a conversation.  A log is never held
whole.  Both sides are shown in their order, with the times and connections that the log has.  Offsets are those of the
file, so that a line begins behind what the log puts before it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from io import BufferedReader, BytesIO
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from imapsh import paths
from imapsh.errors import ImapshError, ParseError, UsageError
from imapsh.logs.formats import FORMATS, NAMED, reader_of
from imapsh.logs.model import WORDS
from imapsh.logs.recognising import described, named, recognised
from imapsh.logs.sisters import logs_of
from imapsh.logs.source import Log
from imapsh.render.amounts import count
from imapsh.render.styles import LINE_END, paint
from imapsh.session.overheard import Overheard
from imapsh.session.overhearing import overhear
from imapsh.shell.modes.judging import Judgement
from imapsh.shell.screen import heard, stdio
from imapsh.shell.screen.output import Writer, make_output, release
from imapsh.shell.screen.viewer import Viewer
from imapsh.shell.settings.reasons import why
from imapsh.wire.offline import RECORDED
from imapsh.wire.sinks import HashSink, SpoolSink, opener

if TYPE_CHECKING:
    from io import RawIOBase

    from imapsh.logs.model import Format
    from imapsh.logs.redact import Redactor
    from imapsh.shell.modes.converting import Converting
    from imapsh.shell.screen.page import Writing
    from imapsh.shell.settings.options import Options
    from imapsh.wire.limits import Limits
    from imapsh.wire.pieces import Piece

THRESHOLD = 1 << 20  #: octets; of a larger literal JSON has the number of octets and the SHA-256

_PIECE = 1 << 18

_VIEWERS = 1000  # connections of a log that have views of their own at a time

T = TypeVar("T")

_LINE = 64 << 20  # octets of a line; a file without line ends, or without an end, would fill the memory

LIST = "?"  #: the value of `--as` that lists the formats


def run(options: Options) -> int:
    """Explain the files of the options.  Return the exit status.

    It is 1 if the input ends within a response, or with `--strict` if something is wrong with it, else 0.  Raises
    UsageError.
    """
    if options.as_ == LIST:
        return _list()
    if not options.explain:
        raise UsageError("--as goes with --explain")
    if options.as_ and options.as_ not in NAMED:
        raise UsageError(f"there is no format {options.as_!r}: --as ? lists them")
    limits = RECORDED._replace(line=_LINE)
    for setting in options.limit:
        limits = limits.change(setting)
    with contextlib.ExitStack() as files:
        judgement = Judgement(options)
        out: BinaryIO = sys.stdout.buffer
        if judgement.takes_stdout:
            out = files.enter_context(open(os.devnull, "wb"))
        writer = Writer(out, terminal=sys.stdout.isatty())
        try:
            if options.client:
                _clients(options, limits, judgement, writer)
            else:
                _Explainer(options, limits, judgement, writer).explain(files)
        except (ImapshError, KeyboardInterrupt) as error:
            from imapsh.shell.settings.reasons import in_options

            judgement.end(in_options(error) if isinstance(error, ImapshError) else "interrupted")
            raise
        finally:
            writer.flush()
        return judgement.end()


def pieces_of(octets: bytes, name: str = "") -> Iterator[Piece]:
    """Yield the pieces of a log that is in memory; its format is recognised if `name` is "".  Raises UsageError."""
    log = Log(BytesIO(octets))
    return reader_of(_format(log, name, "-"))(log)


class _Explainer:
    """Explains one log after another."""

    def __init__(self, options: Options, limits: Limits, judgement: Judgement, out: Writer) -> None:
        terminal = sys.stdout.isatty()
        self._options = options
        self._limits = limits
        self._judgement = judgement
        self._out = out
        self._output = make_output(options, terminal)
        self._exactly = options.format == "wire" and not terminal
        self._viewers: dict[str, Viewer] = {}  # by the connection's name; the one that was shown last is the last
        hashes = options.format == "json" and not options.json_raw and not options.html
        self._sink = opener(THRESHOLD, HashSink if hashes else SpoolSink)
        self._page: Writing | None = None
        self._redactor: Redactor | None = None
        if options.redact:
            from imapsh.logs.redact import Redactor

            self._redactor = Redactor()
        self._logs_read = 0
        self._fields: dict[str, str] = {}  # that JSON has of each line, if there are several logs
        self._converting: Converting | None = None
        if options.convert:
            from imapsh.shell.modes.converting import Converting

            self._converting = Converting(options.convert, options.explain, redacted=bool(options.redact))

    def explain(self, files: contextlib.ExitStack) -> None:
        """Explain the files on stdout or in a page, or convert the one that was named.  Raises UsageError."""
        html, logs = self._options.html, self._options.explain
        if self._converting is not None:
            files.callback(self._converting.drop)
        if not html:
            self._logs(files)
            return
        from imapsh.shell.screen import page
        from imapsh.shell.screen.landing import is_one_of

        if is_one_of(html, logs):
            raise UsageError(f"the page would replace the log {html}: give it another name")
        title = "log" if self._redactor is not None else _title(logs)
        with page.page_in(html, title, page.theme_of(self._options)) as self._page:
            self._logs(files)
        stdio.note(f"the page is in {html}; it holds mail" if html != page.STDOUT else "the page holds mail")

    def _logs(self, files: contextlib.ExitStack) -> None:
        """Explain one file after another.  Raises UsageError."""

        def open(path: str) -> BinaryIO:
            return files.enter_context(_opened(path))

        try:
            for log in _read(logs_of(self._options.explain, open), self._options.explain[0]):
                self._logs_read += 1
                self._judgement.reads(self._named(log.path or "-"))
                self._log(log, log.path or "-")
        except ParseError as error:
            raise UsageError(str(error)) from None
        if self._converting is not None:
            self._converting.commit()

    def _log(self, log: Log, path: str) -> None:
        if not log.head and (log.sister is None or not log.sister.head):
            if path != "-":
                stdio.note(f"{path} is empty")
            return
        form = _format(log, self._options.as_, path)
        self._fields = {"file": self._named(_told(path))} if len(self._options.explain) > 1 else {}
        worth = described(log, form)
        self._out.flush()  # if stdout and stderr are one file, each log is behind what is told of it
        stdio.note(f"{_told(path)}: {worth}")
        if self._page is not None:
            self._page.begin(self._named(_title((path,))), worth)
        heard_any = False
        try:
            for connection, found in self._heard(form, log, path):
                heard_any = True
                self._judgement.response(found.response, found.findings)
                if self._converting is None:
                    self._show(connection, found)
                release(found.response.frame)
        except ParseError as error:
            raise UsageError(f"{_told(path)}: {error}") from None
        finally:
            self._end_views(0)
        if not heard_any:
            stdio.note(f"{_told(path)}: no line of IMAP is in it")

    def _named(self, name: str) -> str:
        """Return a name of the log for what is passed on; with stand-ins it is a number, because names have users."""
        return name if self._redactor is None else f"log {self._logs_read}"

    def _rewritten(self, pieces: Iterator[Piece], *, both: bool) -> Iterator[Piece]:
        """Return the pieces as the options ask: without secrets, with stand-ins, and written to the trace."""
        if self._converting is None and not self._options.redact:
            return pieces
        from imapsh.logs.rewriting import rewritten

        pieces = rewritten(pieces, self._limits, both=both, redactor=self._redactor)
        return pieces if self._converting is None else self._converting.written(pieces, both=both)

    def _note(self, piece: Piece, text: str) -> None:
        if self._page is not None:
            self._page.note(piece, text)
        elif self._converting is None and not self._exactly:
            for shown in heard.note(self._output, piece, text, self._fields):
                self._out.put(shown)

    def _heard(self, form: Format, log: Log, path: str) -> Iterator[tuple[str, Overheard]]:
        """Yield what a log holds."""
        pieces = self._rewritten(_read(reader_of(form)(log), path), both=form.both)
        yield from overhear(pieces, self._limits, self._sink, both=form.both, noted=self._note)

    def _show(self, connection: str, found: Overheard) -> None:
        if self._page is not None:
            self._page.add(found, connection)
            return
        if self._exactly:
            for octets in heard.octets(found):
                self._out.write(octets)
            return
        viewer = self._viewers.pop(connection) if connection in self._viewers else Viewer()
        self._output.viewer = self._viewers[connection] = viewer
        self._end_views(_VIEWERS)
        for text in heard.texts(self._output, found, connection, fields=self._fields):
            self._out.put(text)

    def _end_views(self, most: int) -> None:
        """Show what the views hold back of all connections but the last `most`, and forget them."""
        while len(self._viewers) > most:
            name = next(iter(self._viewers))
            self._out.put(self._output.flush(name, self._viewers.pop(name)))


def _title(paths: Sequence[str]) -> str:
    """Return what a page calls its logs, without their folders, which are nobody's business."""
    name = os.path.basename(_told(paths[0]))
    return name if len(paths) == 1 else f"{name} and {count(len(paths) - 1, 'more file')}"


def _told(path: str) -> str:
    """Return what a person is told of where a log is."""
    return "stdin" if path == "-" else path


def _format(log: Log, name: str, path: str) -> Format:
    form = named(log, name) if name else recognised(log)
    if form is None and not log.head and log.sister is not None:
        form = recognised(log.sister)
    if form is None:
        raise UsageError(
            f"{_told(path)} is not a log that imapsh knows: --as ? lists the formats, and --as NAME reads it as one"
        )
    return form


def _list() -> int:
    width = max(len(form.name) for form in FORMATS)
    for form in FORMATS:
        stdio.out(paint([("", f"{form.name:{width}}  {form.title}, {WORDS[form.exactness]}"), ("", LINE_END)], None))
    return 0


def _clients(options: Options, limits: Limits, judgement: Judgement, out: Writer) -> None:
    """Check what clients sent, and write a JSON object for each command.  Raises UsageError."""
    for path in options.explain:
        judgement.reads(path)
        with _opened(path) as file:
            _client(options, limits, file, path, judgement, out)


def _client(options: Options, limits: Limits, file: BinaryIO, path: str, judgement: Judgement, out: Writer) -> None:
    from imapsh.render.jsonform import dumps
    from imapsh.shell.modes.client_lines import Reader

    capabilities = frozenset(name.upper() for name in options.capabilities.split())
    octets = BufferedReader(cast("RawIOBase", file), _PIECE)
    reader = Reader(octets, limits, opener(THRESHOLD, HashSink), capabilities)
    try:
        for line in _read(reader.lines(), path):
            judgement.line(line)
            out.put(dumps(line.as_json()))
            out.put(LINE_END)
    finally:
        octets.detach()


def _opened(path: str) -> BinaryIO:
    if path == "-":
        if sys.stdin is None:
            raise UsageError("stdin is closed, so there is nothing to explain")
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    try:
        return cast("BinaryIO", paths.stream(path))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {why(error)}") from None


def _read(read: Iterator[T], path: str) -> Iterator[T]:
    """Yield what is read from a file.  Raises UsageError if it cannot be read."""
    try:
        yield from read
    except OSError as error:
        raise UsageError(f"cannot read {path}: {why(error)}") from None
