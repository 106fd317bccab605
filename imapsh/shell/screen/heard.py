"""Shows what was overheard between a client and a server (`imapsh.session.overheard`), from a log or in a tap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from imapsh.grammar.responses import CLIENT
from imapsh.render.amounts import Lines
from imapsh.render.styles import LINE_END, lines_of, paint
from imapsh.render.visible import folded
from imapsh.session.discreet import discreet
from imapsh.shell.screen.output import Output, exact, release, room, stamped_texts
from imapsh.shell.screen.timing import moment, moment_in_json
from imapsh.shell.screen.viewer import Viewer

if TYPE_CHECKING:
    from imapsh.render.visible import Shown
    from imapsh.session.overheard import Overheard
    from imapsh.shell.screen.display import Sink
    from imapsh.wire.pieces import Piece


WAY = "--format wire"  #: on a command line

NO_FIELDS: Mapping[str, str] = {}


class Hearsay:
    """Shows what is overheard on the connections of a tap, each with views of its own.

    With `exactly`, the server's octets are shown as they are.  With `quietly`, only what is wrong is shown.  `way` is
    what would show all of something long.
    """

    def __init__(
        self, sink: Sink, output: Output, *, exactly: bool = False, quietly: bool = False, way: str = WAY
    ) -> None:
        self._way = way
        self._quietly = quietly
        self._sink = sink
        self._output = output
        self._exactly = exactly
        self._viewers: defaultdict[str, Viewer] = defaultdict(Viewer)

    def hear(self, name: str, found: Overheard) -> None:
        """Show what was heard of a connection, and let go of its literals.  Raises OSError."""
        try:
            if self._quietly and not (found.findings or found.response.violations):
                return
            if self._exactly:
                for piece in octets(found):
                    self._sink.octets(piece)
                return
            before, self._output.viewer = self._output.viewer, self._viewers[name]
            try:
                for text in texts(self._output, found, name, self._way):
                    self._sink.text(text)
            finally:
                self._output.viewer = before
        finally:
            release(found.response.frame)

    def over(self, name: str) -> None:
        """Show what is held back of a connection that has ended.  Raises OSError."""
        if text := self._output.flush(name, self._viewers.pop(name, None)):
            self._sink.text(text)


def texts(
    output: Output, found: Overheard, connection: str, way: str = WAY, fields: Mapping[str, str] = NO_FIELDS
) -> Iterator[Shown]:
    """Yield the text of a response or of a client's line, its time and its connection before it.

    `way` is what would show all of something long: `\\last` does not know what others say.  JSON has `fields` too.
    """
    more = {**fields, **_time(found.time)} if output.format == "json" else {}
    shown = output.blocks(discreet(found.response), found.findings, label=connection, more=more)
    if output.format == "json":
        yield from shown
        return
    from imapsh.render.blocks import ELIDE

    stamp = _stamp(found.time, connection)
    whole, output.width = output.width, room(output.width, stamp)
    most, output.elide = output.elide, Lines(ELIDE if output.elide is None else output.elide, way)
    try:
        yield from stamped_texts(shown, stamp, output.theme)
    finally:
        output.width, output.elide = whole, most


def note(output: Output, piece: Piece, text: str, fields: Mapping[str, str] = NO_FIELDS) -> Iterator[Shown]:
    """Yield the text of a note, which is a piece of a log that neither side sent.  JSON has `fields` too."""
    if output.format == "json":
        from imapsh.render.jsonform import dumps

        more = {**fields, **_time(piece.time), **({"connection": piece.connection} if piece.connection else {})}
        yield dumps(
            {"offset": piece.offset, "kind": "note", "name": "", "value": {"text": text}, **more, "violations": []}
        )
        yield LINE_END
        return
    stamp = _stamp(piece.time, piece.connection)
    lines = lines_of(folded(f"  {text}", room(output.width, stamp)), "note")
    yield from stamped_texts([paint(lines, output.theme)], stamp, output.theme)


def _time(time: float | None) -> dict[str, Any]:
    return {} if time is None else {"time": moment_in_json(time)}


def _stamp(time: float | None, connection: str) -> str:
    return " ".join(filter(None, ("" if time is None else moment(time), connection)))


def octets(found: Overheard) -> Iterator[bytes]:
    """Yield the octets as they are, for a pipe or a file; none of a client's line."""
    if found.response.kind != CLIENT:
        yield from exact(found.response.frame)
