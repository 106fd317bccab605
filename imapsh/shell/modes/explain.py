"""Does `--explain`: reads recorded octets without any server, response by response, and says what is wrong with each.

A recording is what a server sent, or a file that `--trace` wrote.  It is read in pieces and never held whole.  Of a
trace the client's lines are shown too, in their place, and because both sides are there faults of conduct are found as
well; offsets are those of the file, so that a response in a trace begins behind its record's header.
"""

from __future__ import annotations

import contextlib
import os
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from io import BufferedReader
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from imapsh import paths
from imapsh.errors import ImapshError, ParseError, UsageError
from imapsh.findings import Finding
from imapsh.grammar.responses import CLIENT, Response
from imapsh.render.styles import LINE_END
from imapsh.session.discreet import discreet
from imapsh.session.knowledge import make_parser
from imapsh.shell.modes.judging import Judgement
from imapsh.shell.screen.output import Output, Writer, exact, make_output, release
from imapsh.shell.settings.reasons import why
from imapsh.wire.frames import Frame
from imapsh.wire.offline import RECORDED, read_recorded
from imapsh.wire.pieces import CLIENT as SENT
from imapsh.wire.pieces import SERVER
from imapsh.wire.sinks import HashSink, SpoolSink, opener
from imapsh.wire.trace import Record, is_trace, read_trace

if TYPE_CHECKING:
    from io import RawIOBase

    from imapsh.shell.settings.options import Options
    from imapsh.wire.limits import Limits
    from imapsh.wire.reader import Opener

THRESHOLD = 1 << 20  #: octets; of a larger literal JSON has the number of octets and the SHA-256

_PIECE = 1 << 18

T = TypeVar("T")

_LINE = 64 << 20  # octets of a line; a file without line ends, or without an end, would fill the memory

Explained = tuple[Response, tuple[Finding, ...]]


def run(options: Options) -> int:
    """Explain the file of the options.  Return the exit status.

    It is 1 if the input ends within a response, or with `--strict` if something is wrong with it, else 0.  Raises
    UsageError.
    """
    limits = RECORDED._replace(line=_LINE)
    for setting in options.limit:
        limits = limits.change(setting)
    with contextlib.ExitStack() as files:
        file = files.enter_context(_opened(options.explain))
        judgement = Judgement(options)
        out: BinaryIO = sys.stdout.buffer
        if judgement.takes_stdout:
            out = files.enter_context(open(os.devnull, "wb"))
        writer = Writer(out, terminal=sys.stdout.isatty())
        try:
            (_client if options.client else _server)(options, limits, file, judgement, writer)
        except (ImapshError, KeyboardInterrupt) as error:
            from imapsh.shell.settings.reasons import in_options

            judgement.end(in_options(error) if isinstance(error, ImapshError) else "interrupted")
            raise
        finally:
            writer.flush()
        return judgement.end()


def _server(options: Options, limits: Limits, file: BinaryIO, judgement: Judgement, out: Writer) -> None:
    """Explain what a server sent, or a trace.  Raises UsageError."""
    terminal = sys.stdout.isatty()
    output = make_output(options, terminal)
    exactly = options.format == "wire" and not terminal
    sink = opener(THRESHOLD, HashSink if options.format == "json" and not options.json_raw else SpoolSink)
    try:
        for response, findings in explain(_pieces(file, options.explain), limits, sink):
            judgement.response(response, findings)
            _show(output, (response, findings), out, exactly)
            release(response.frame)
        out.put(output.flush())
    except ParseError as error:
        raise UsageError(f"{options.explain}: {error}") from None


def _client(options: Options, limits: Limits, file: BinaryIO, judgement: Judgement, out: Writer) -> None:
    """Check what a client sent, and write a JSON object for each command.  Raises UsageError."""
    from imapsh.render.jsonform import dumps
    from imapsh.shell.modes.client_lines import Reader

    capabilities = frozenset(name.upper() for name in options.capabilities.split())
    octets = BufferedReader(cast("RawIOBase", file), _PIECE)
    reader = Reader(octets, limits, opener(THRESHOLD, HashSink), capabilities)
    try:
        for line in _read(reader.lines(), options.explain):
            judgement.line(line)
            out.put(dumps(line.as_json()))
            out.put(LINE_END)
    finally:
        octets.detach()


def explain(pieces: Iterable[bytes], limits: Limits = RECORDED, sink: Opener | None = None) -> Iterator[Explained]:
    """Yield the responses of a recording or a trace, in order, each with its faults of conduct.

    Raises ParseError if a trace is damaged, LimitError if `limits` are tripped.
    """
    coming = iter(pieces)
    first = next(coming, b"")
    while len(first) < len("imapsh-trace ") and (more := next(coming, b"")):
        first += more
    whole = chain((first,), coming)
    if is_trace(first):
        yield from _Traced(read_trace(whole), limits, sink).responses()
        return
    parser = make_parser(limits.nesting)
    for index, frame in enumerate(read_recorded(whole, limits=limits, opener=sink)):
        yield parser.parse(frame, greeting=index == 0), ()


class _Traced:
    """Reads both directions of a trace in one order.

    A client's line stands where it was sent, unless a response was half-way there.
    """

    def __init__(self, records: Iterator[Record], limits: Limits, sink: Opener | None) -> None:
        self._records = records
        self._limits = limits
        self._sink = sink
        self._sent: list[Frame] = []
        self._starts: list[int] = []  # of the server's records: in the server's stream,
        self._places: list[int] = []  # and in the file
        self._received = 0

    def responses(self) -> Iterator[Explained]:
        from imapsh.shell.modes.follow import Follower

        follower = Follower(self._limits.nesting)
        for index, frame in enumerate(read_recorded(self._server(), limits=self._limits, opener=self._sink)):
            for sent in self._take_sent():
                yield follower.sent(sent), ()
            frame.offset = self._place(frame.offset)
            response = follower.parser.parse(frame, greeting=index == 0)
            yield response, follower.received(response)
        for sent in self._take_sent():
            yield follower.sent(sent), ()

    def _server(self) -> Iterator[bytes]:
        """Yield the server's octets, and put the client's aside on the way."""
        line, begin = bytearray(), 0
        for record in self._records:
            if record.direction == SENT:
                begin = begin if line else record.offset
                line += record.octets
                self._limits.check("line", len(line))
            if line and (record.direction != SENT or line.endswith(b"\n")):
                self._sent.append(Frame((bytes(line),), begin))
                line.clear()
            if record.direction == SERVER:
                self._starts.append(self._received)
                self._places.append(record.offset)
                self._received += len(record.octets)
                yield record.octets
        if line:
            self._sent.append(Frame((bytes(line),), begin, incomplete=True))

    def _take_sent(self) -> list[Frame]:
        taken, self._sent = self._sent, []
        return taken

    def _place(self, offset: int) -> int:
        """Return where in the file an octet of the server's stream is; do not ask for an earlier one after that."""
        index = bisect_right(self._starts, offset) - 1
        del self._starts[:index], self._places[:index]
        return self._places[0] + offset - self._starts[0]


def _show(output: Output, explained: Explained, out: Writer, exactly: bool) -> None:
    response, findings = explained
    if not exactly:
        response = discreet(response)
        for text in output.blocks(response, findings):
            out.put(text)
    elif response.kind != CLIENT:
        for octets in exact(response.frame):
            out.write(octets)


def _opened(path: str) -> BinaryIO:
    if path == "-":
        if sys.stdin is None:
            raise UsageError("stdin is closed, so there is nothing to explain")
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    try:
        return cast("BinaryIO", paths.stream(path))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {why(error)}") from None


def _pieces(file: BinaryIO, path: str) -> Iterator[bytes]:
    return _read(iter(lambda: file.read(_PIECE), b""), path)


def _read(read: Iterator[T], path: str) -> Iterator[T]:
    """Yield what is read from a file.  Raises UsageError if it cannot be read."""
    try:
        yield from read
    except OSError as error:
        raise UsageError(f"cannot read {path}: {why(error)}") from None
