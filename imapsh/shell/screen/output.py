r"""Shows a session's events in each format: for batch, the prompt, `\last` and `--explain`.

pretty   the conversation explained, both sides (`imapsh.render.pretty`) wire     the octets; on a terminal both sides,
coloured and safe; into a pipe the server's, exactly view     what the conversation means: cards, trees and tables
(`imapsh.render.view`) json     one object a line for each response hex      both sides as dumps, each below a line that
says whose they are
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from imapsh.findings import Finding
from imapsh.grammar.responses import CLIENT, TAGGED, Response
from imapsh.hints import IO, TYPE_CHECKING, Any
from imapsh.render.styles import LINE_END, NOTHING, THEMES, Theme, lines_of, paint, together
from imapsh.render.visible import Shown, folded, visible
from imapsh.session.events import Completed, Event, Received, ReceivedRun, Sent
from imapsh.session.exchange import Exchange
from imapsh.shell.screen.viewer import Manner, Viewer
from imapsh.wire.frames import Frame, Spilled

if TYPE_CHECKING:
    from imapsh.shell.screen.alike import Alike, More
    from imapsh.shell.settings.options import Options

CUT = 20  #: lines of a literal in a temporary file that a prompt shows

_CHUNK = 1 << 16
_OCTETS = frozenset({bytes})
_GUTTER = "{:<4}| "  # a connection's name, where there are several
_NARROWEST = 20  # columns


class Output:
    """Shows events in one format.

    `format` and `width` may be changed at any time; `width` None is the usual one.  `theme` None means no colours.
    `column` is the one by which the view sorts a listing of mailboxes, in upper case, or "" for a tree.
    `elide` is the number of lines of a literal that pretty and view show, 0 for all.  `cut` is the number of lines that
    wire and hex show of a literal in a temporary file, 0 for all; JSON leaves its octets out if lines are cut.
    `json_raw` puts octets in base64 into JSON.  With `summary`, all formats but JSON, which does so anyway, say after
    each command how long it took and what it changed.  With `quiet`, nothing is shown but what comes unasked.
    """

    def __init__(
        self,
        format: str = "pretty",
        theme: Theme | None = None,
        width: int | None = None,
        *,
        elide: int | None = None,
        json_raw: bool = False,
        summary: bool = False,
        viewer: Viewer | None = None,
        column: str = "",
    ) -> None:
        self.format = format
        self.column = column
        self.theme = theme
        self.width = width
        self.elide = elide
        self.cut = 0
        self.json_raw = json_raw
        self.summary = summary
        self.quiet = False
        self.viewer = viewer or Viewer()
        self._draw: Callable[..., Shown] | None = None
        self._label = ""
        self._alike: dict[str, Alike] = {}  # by the connection's name

    def event(self, event: Event, label: str = "", viewer: Viewer | None = None) -> Shown:
        """Return the text of an event, its last line ended; "" for one that shows nothing (in JSON a client's line).

        `label` names the connection, if there are several: in front of each line, in JSON as a field; `viewer` is the
        connection's.  A view may hold an event back: its text comes with a later one, or with `flush`.
        """
        if self.quiet and not (isinstance(event, Received) and event.unsolicited):
            return NOTHING
        if type(event) is Received:
            if event.response.violations or event.findings:
                thinned = self._thinned(event.response, event.findings, label)
                if thinned is None:
                    return NOTHING
                event = event._replace(response=thinned[0], findings=tuple(thinned[1]))
        elif self._alike and isinstance(event, Sent | Completed):
            return together((self.uncounted(label), self._labelled(event, label, viewer)))
        return self._labelled(event, label, viewer)

    def _labelled(self, event: Event, label: str, viewer: Viewer | None) -> Shown:
        if not label:
            return self._shown(event, label, viewer)
        whole, self.width = self.width, room(self.width, label)
        try:
            text = self._shown(event, label, viewer)
        finally:
            self.width = whole
        return text if self.format == "json" else labelled(text, label, self.theme)

    def _thinned(
        self, response: Response, findings: Sequence[Finding], label: str = ""
    ) -> tuple[Response, Sequence[Finding]] | None:
        """Count faults; return what is still to be shown of a response and its findings, None for nothing."""
        from imapsh.shell.screen.alike import Alike, is_only_a_fault, without_faults

        json = self.format == "json"
        if self.format in ("wire", "hex") or (json and (self.json_raw or not is_only_a_fault(response))):
            return response, findings
        alike = self._alike.get(label)
        if alike is None:
            alike = self._alike[label] = Alike()
        if not alike.over(response, findings):
            return response if json else alike.fewer(response), findings
        if is_only_a_fault(response):
            return None
        return without_faults(response), ()

    def uncounted(self, label: str = "") -> Shown:
        """Return the lines that say how many faults were not shown, because there were enough like them."""
        alike = self._alike.pop(label, None)
        return together([self._more(more, label) for more in alike.end()]) if alike is not None else NOTHING

    def _more(self, more: More, label: str) -> Shown:
        if self.format == "json":
            from imapsh.render.jsonform import dumps

            return together((dumps({**more.record(), **({"connection": label} if label else {})}), LINE_END))
        return labelled(paint(lines_of(folded(f"  {more}", self.width), "note"), self.theme), label, self.theme)

    def texts(self, event: Event, label: str = "", viewer: Viewer | None = None) -> Iterator[Shown]:
        """Yield the text of an event in pieces, so that a literal in a temporary file is not held in memory."""
        if not isinstance(event, Received | Completed) or not self._streams(event.response):
            if text := self.event(event, label, viewer):
                yield text
            return
        done, unsolicited = isinstance(event, Completed), isinstance(event, Received) and event.unsolicited
        if self.quiet and not unsolicited:
            return
        known: dict[str, Any] = {"unsolicited": True, "change": event.change or None} if unsolicited else {}  # type: ignore[union-attr]
        exchange = event.exchange if done else None
        texts = self.blocks(event.response, event.findings, exchange, label=label, **known)
        if self.format != "json":
            texts = labelled_texts(chain(texts, (self.closing(event),)), label, self.theme)
        yield from _gathered(texts)

    def _streams(self, response: Response) -> bool:
        return self.format != "view" and _in_file(response.frame)

    def blocks(
        self,
        response: Response,
        findings: Sequence[Finding] = (),
        exchange: Exchange | None = None,
        *,
        unsolicited: bool = False,
        change: str | None = None,
        label: str = "",
        more: Mapping[str, Any] | None = None,
    ) -> Iterator[Shown]:
        """Yield `response` in pieces, so that a literal in a temporary file is not held in memory.

        `change` is what came of it, and `label` the connection's name, for which room is left.  `more` is added to the
        object in JSON.
        """
        if not self._streams(response):
            if response.kind in (CLIENT, TAGGED):
                yield self.uncounted(label)
            elif response.violations or findings:
                thinned = self._thinned(response, findings, label)
                if thinned is None:
                    return
                response, findings = thinned
            if more and self.format == "json":
                self._label = label
                yield self._json(response, findings, exchange, **more)
            else:
                yield self.response(response, findings, exchange, unsolicited=unsolicited)
        elif self.format == "pretty":
            from imapsh.render.blocks import pretty_blocks

            width = room(self.width, label)
            yield from pretty_blocks(response, self.theme, width, self.elide, unsolicited, findings)
            yield paint([("note", f"  {change}\n")] if change else [], self.theme)
        elif self.format == "hex":
            from imapsh.render.hexform import hexform_blocks

            yield self._hex_head(response)
            yield from hexform_blocks(response.frame, self.theme, self.cut)
        elif self.format == "wire":
            from imapsh.render.wireform import wire_blocks

            yield from wire_blocks(response, self.theme, self.cut)
        else:
            known: dict[str, Any] = {**({"unsolicited": True, "change": change} if unsolicited else {}), **(more or {})}
            yield from self._json_blocks(response, findings, exchange, label, known)

    def _json_blocks(
        self,
        response: Response,
        findings: Sequence[Finding],
        exchange: Exchange | None,
        label: str,
        known: dict[str, Any],
    ) -> Iterator[Shown]:
        from imapsh.render.jsonform import dumps, raw_blocks

        self._label = label
        made = self._object(response, findings, exchange, raw=False, **known)
        if self.json_raw and not self.cut:
            yield from raw_blocks(made, response.frame)
        else:
            yield dumps(made)
        yield LINE_END

    def _shown(self, event: Event, label: str, viewer: Viewer | None) -> Shown:
        if self.format == "view":
            text = (viewer or self.viewer).event(event, self._manner)
        else:
            self._label = label
            text = self._event(event)
        if type(event) is Completed and self.format != "json":
            text = together((text, self.closing(event)))
        return text

    @property
    def _manner(self) -> Manner:
        return Manner(self.theme, self.width, self.elide, self.column)

    def rows(self, rows: Sequence[Received], label: str, viewer: Viewer) -> Shown:
        """Return the text of many responses that were asked for (`imapsh.shell.record.rows`)."""
        if self.format != "pretty" or self.quiet or label:
            return together([self.event(row, label, viewer) for row in rows])
        draw = self._draw or self._pretty()
        shown = [self._row(row.response) if row.response.violations else row.response for row in rows]
        return together([draw(response, self.theme, self.width, self.elide) for response in shown])

    def rows_octets(self, rows: Sequence[Received], octets: bytes, label: str, viewer: Viewer) -> bytes:
        """Return the octets of the same for a pipe or a file; in wire, they are the server's, which are `octets`."""
        return octets if self.format == "wire" and not self.quiet else encoded(self.rows(rows, label, viewer))

    def run(self, run: ReceivedRun, label: str, viewer: Viewer) -> Shown:
        """Return the text of FETCH responses that are alike, which were asked for."""
        if self.quiet:
            return NOTHING
        names = run.run.shape.names
        if self.format == "json":
            from imapsh.render.jsonrows import json_rows

            if (json := json_rows(names, self.json_raw, label or None)) is not None:
                return json.text(run.run.lines(), run.run.offset)
        elif self.format == "pretty" and not label:
            from imapsh.render.prettyrows import pretty_rows

            if (pretty := pretty_rows(names, self.theme, self.width, self.elide)) is not None:
                return pretty.run(run.run)
        return self.rows(list(run.each()), label, viewer)

    def run_octets(self, run: ReceivedRun, label: str, viewer: Viewer) -> bytes:
        """Return the octets of the same for a pipe or a file; in wire, they are the server's."""
        if self.format == "wire" and not self.quiet:
            return run.run.octets
        return encoded(self.run(run, label, viewer))

    def _row(self, response: Response) -> Response:
        thinned = self._thinned(response, ())
        return response if thinned is None else thinned[0]

    def flush(self, label: str = "", viewer: Viewer | None = None) -> Shown:
        """Return the text that views hold back, at the end, and if the connection is over.  It is mostly ""."""
        return together((self.uncounted(label), labelled((viewer or self.viewer).flush(), label, self.theme)))

    def _event(self, event: Event) -> Shown:
        if type(event) is Received:
            if not event.unsolicited:
                return self.response(event.response, event.findings)
            if self.format == "json":
                return self._json(event.response, event.findings, unsolicited=True, change=event.change or None)
            text = self.response(event.response, event.findings, unsolicited=True)
            return self._changed(text, event.change) if event.change else text
        if isinstance(event, Completed):
            return self.response(event.response, event.findings, event.exchange)
        if isinstance(event, Sent):
            return self.client(event.frame, event.exchange)
        return NOTHING

    def _changed(self, text: Shown, change: str) -> Shown:
        """Return the text of an unsolicited response, with what it changed beside it."""
        if self.format != "pretty":
            return text
        note = paint([("note", f"  {change}"), ("", LINE_END)], self.theme)
        return together((Shown(text[:-1]) if text.count("\n") == 1 else text, note))

    def octets(self, event: Event, label: str = "", viewer: Viewer | None = None) -> Iterable[bytes]:
        """Return the octets of an event for a pipe or a file, in pieces.

        They are UTF-8; in wire, they are the server's octets exactly, spooled literals too.
        """
        pieces = self.exact(event)
        return self.drawn(event, label, viewer) if pieces is None else pieces

    def drawn(self, event: Event, label: str, viewer: Viewer | None) -> Iterable[bytes]:
        """Return the octets of the text of an event, in pieces."""
        return map(encoded, self.texts(event, label, viewer))

    def exact(self, event: Event) -> Iterable[bytes] | None:
        """Return what `octets` does in wire, however the connection is called; None if the format is another."""
        if self.format != "wire" or self.quiet:
            return None
        if type(event) is Received or type(event) is Completed:
            return exact(event.response.frame)
        return ()

    def client(self, frame: Frame, exchange: Exchange | None = None) -> Shown:
        """Return the text of a line of ours."""
        if self.format == "json":
            return NOTHING
        name, tag = (exchange.name, exchange.tag) if exchange else ("", None)
        return self.response(Response(CLIENT, name, None, frame, tag))

    def response(
        self,
        response: Response,
        findings: Sequence[Finding] = (),
        exchange: Exchange | None = None,
        *,
        unsolicited: bool = False,
    ) -> Shown:
        """Return the text of one response, or of a client's line as a Response of kind CLIENT.

        `exchange` is the one that it completes.
        """
        if self.format == "pretty":
            return (self._draw or self._pretty())(response, self.theme, self.width, self.elide, unsolicited, findings)
        if self.format == "json":
            return self._json(response, findings, exchange)
        if self.format == "hex":
            return self._hex(response)
        if self.format == "view":
            return self.viewer.response(response, findings, self._manner, unsolicited=unsolicited)
        from imapsh.render.wireform import wire_text

        return wire_text(response, self.theme, self.cut)

    def _pretty(self) -> Callable[..., Shown]:
        """Return the function that draws.

        It is imported when first needed, and once: an import statement is not free a line at a time.
        """
        from imapsh.render.pretty import pretty

        self._draw = pretty
        return pretty

    def closing(self, event: Event) -> Shown:
        """Return the text to show after a command's reply; "" if the event is no such reply, or no text is wanted."""
        if not (self.summary and isinstance(event, Completed)):
            return NOTHING
        from imapsh.shell.screen.timing import summary

        text = folded(f"  {event.exchange.status}: {summary(event.exchange)}", self.width)
        return paint(lines_of(text, "note"), self.theme)

    def _json(
        self, response: Response, findings: Sequence[Finding], exchange: Exchange | None = None, **known: Any
    ) -> Shown:
        from imapsh.render.jsonform import dumps

        raw = self.json_raw and not (self.cut and _in_file(response.frame))
        return together((dumps(self._object(response, findings, exchange, raw=raw, **known)), LINE_END))

    def _object(
        self, response: Response, findings: Sequence[Finding], exchange: Exchange | None, *, raw: bool, **known: Any
    ) -> dict[str, Any]:
        from imapsh.render.jsonform import to_json

        more: dict[str, Any] = {**known, "findings": list(findings)} if findings else known
        if self._label:
            more["connection"] = self._label
        if exchange is not None:
            elapsed = round(exchange.elapsed, 6)
            more = {"tag": response.tag, "command": command_text(exchange), "elapsed": elapsed, **more}
        return to_json(response, raw=raw, **more)

    def _hex(self, response: Response) -> Shown:
        from imapsh.render.hexform import hexform

        return together((self._hex_head(response), hexform(response.frame, self.theme, self.cut)))

    def _hex_head(self, response: Response) -> Shown:
        side = "client" if response.kind == CLIENT else "server"
        return paint([("note", f"-- {side}, {response.length:,} octets\n")], self.theme)


class Writer:
    """Collects what goes to stdout and writes it in chunks.

    A `terminal` gets no octets but those of shown text.
    """

    def __init__(self, file: IO[bytes], *, terminal: bool) -> None:
        self._file = file
        self._pending: list[bytes] = []
        self._octets = 0
        #: Takes octets for a pipe or a file, which gets them exactly.  A terminal gets them made visible.
        self.write: Callable[[bytes], None] = self._show if terminal else self._take

    def put(self, text: Shown) -> None:
        """Take text; it is written when there is much, or at the next `flush`."""
        self._take(encoded(text))

    def _show(self, octets: bytes) -> None:
        self._take(encoded(visible(octets)))

    def _take(self, octets: bytes) -> None:
        self._pending.append(octets)
        self._octets += len(octets)
        if self._octets >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        """Write what is pending.  Raises BrokenPipeError when nobody reads any more."""
        if self._pending:
            pending, self._pending, self._octets = b"".join(self._pending), [], 0
            self._file.write(pending)
            self._file.flush()


_ANY = Shown(".")


def encoded(text: str) -> bytes:
    """Return text as octets for a file, a pipe or a terminal, in UTF-8."""
    return text.encode("utf-8", "backslashreplace")


def labelled(text: Shown, label: str, theme: Theme | None) -> Shown:
    """Return the lines, each behind a connection's name; as they are if it is ""."""
    if not label or not text:
        return text
    head = paint([("note", _GUTTER.format(label))], theme)
    *lines, rest = text.split("\n")
    return Shown("".join([f"{head}{line}\n" for line in lines]) + (head + rest if rest else ""))


def _gathered(texts: Iterable[Shown]) -> Iterator[Shown]:
    """Yield the same texts in fewer pieces."""
    gathered: list[Shown] = []
    size = 0
    for text in texts:
        gathered.append(text)
        size += len(text)
        if size >= _CHUNK:
            yield together(gathered)
            gathered, size = [], 0
    if size:
        yield together(gathered)


def labelled_texts(texts: Iterable[Shown], label: str, theme: Theme | None) -> Iterator[Shown]:
    """Yield labelled lines of a text in pieces, which may end in the middle of a line."""
    head = labelled(Shown(" "), label, theme)[:-1]
    within = False
    for text in texts:
        if text:
            shown = labelled(text, label, theme)
            yield Shown(shown[len(head) :]) if within else shown
            within = not text.endswith("\n")


def stamped_texts(texts: Iterable[Shown], stamp: str, theme: Theme | None) -> Iterator[Shown]:
    """Yield the lines of a text in pieces: the first behind a stamp, and the others behind as much space."""
    blank, within = " " * len(stamp), False
    for text in texts:
        if not text or not stamp:
            yield text
            continue
        head = "" if within else labelled(_ANY, stamp, theme)[: -len(_ANY)]
        first, newline, rest = text.partition("\n")
        yield Shown("".join((head, first, newline, labelled(Shown(rest), blank, theme))))
        stamp, within = blank, not text.endswith("\n")


def room(width: int | None, label: str) -> int | None:
    """Return the columns that are left beside a connection's name."""
    return max(width - len(_GUTTER.format(label)), _NARROWEST) if label and width is not None else width


def _in_file(frame: Frame) -> bool:
    """Return whether a literal of the frame is in a file that it can be read from."""
    if len(frame.parts) < 2:
        return False
    from imapsh.wire.sinks import in_file

    return in_file(frame)


def exact(frame: Frame) -> Iterable[bytes]:
    """Return the octets of a frame in pieces, those of spooled literals read back from their files."""
    if frame.length < _CHUNK and _OCTETS.issuperset(map(type, frame.parts)):
        return (b"".join(frame.parts),)  # type: ignore[arg-type]
    return _in_pieces(frame)


def _in_pieces(frame: Frame) -> Iterator[bytes]:
    for part in frame.parts:
        if isinstance(part, Spilled):
            from imapsh.wire.sinks import LARGE, octets_of

            yield from octets_of(part, LARGE)
        else:
            yield part


def release(frame: Frame) -> None:
    """Close the files of spooled literals; they are gone then."""
    for part in frame.parts:
        if isinstance(part, Spilled) and part.where is not None:
            part.where.close()


def command_text(exchange: Exchange) -> str:
    """Return the command as typed, secrets masked, without its tag and the octets of its literals.

    Octets that are not UTF-8 are named: `\\xfc`.
    """
    line = exchange.shown.text().encode("latin-1").decode("utf-8", "backslashreplace")
    return line.rstrip("\r\n").replace("\r\n", "").removeprefix(exchange.tag).lstrip(" ")


def theme_for(options: Options, terminal: bool) -> Theme | None:
    """Return the theme, or None for no colours.

    NO_COLOR, a dumb terminal and --plain hold unless colours are asked for.
    """
    import os

    wanted = terminal and not (os.environ.get("NO_COLOR") or is_plain(options))
    if options.color == "never" or (options.color == "auto" and not wanted):
        return None
    if not options.theme and options.settings is not None and options.settings.theme is not None:
        return options.settings.theme
    return THEMES[options.theme or "default"]


def is_plain(options: Options) -> bool:
    """Return whether nothing is to be redrawn: --plain, or a terminal that cannot."""
    import os

    return options.plain or os.environ.get("TERM", "").lower() in ("dumb", "unknown")


def make_output(options: Options, terminal: bool) -> Output:
    """Return an output as the options say, for a stdout that is a terminal or not."""
    width = None
    if terminal:
        import os

        try:
            width = os.get_terminal_size(1).columns or None
        except OSError:
            pass
    timing = options.timing
    if timing is None:
        timing = terminal and not options.quiet and options.format in ("pretty", "view")
    return Output(options.format, theme_for(options, terminal), width, json_raw=options.json_raw, summary=timing)
