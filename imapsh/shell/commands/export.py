r"""`\export`: the session as a page for a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from imapsh import paths
from imapsh.errors import ParseError, UsageError
from imapsh.grammar.responses import CLIENT, Response
from imapsh.render.visible import visible
from imapsh.session.events import Completed, Received, Sent
from imapsh.session.overheard import Overheard, overhear
from imapsh.shell.app import App
from imapsh.shell.connection.steps import ROOM, Steps
from imapsh.shell.screen.output import release
from imapsh.shell.settings.reasons import why
from imapsh.wire.offline import RECORDED
from imapsh.wire.sinks import SpoolSink, opener

if TYPE_CHECKING:
    from imapsh.render.htmlpage import Page
    from imapsh.shell.record.last import Last
    from imapsh.wire.pieces import Piece

_LARGE = 1 << 20  # octets of a literal that waits in a temporary file


def export(app: App, argument: str) -> Steps[None]:
    r"""`\export FILE`.  Raises UsageError."""
    from imapsh.shell.screen import page

    if not argument:
        raise UsageError("\\export needs the file for the page, as in \\export page.html")
    trace, kept = app.trace_path, app.last
    if not trace and (kept is None or not len(kept)):
        raise UsageError("there is no exchange to export yet")
    if trace and page.is_one_of(argument, [trace]):
        raise UsageError(f"the page would replace the trace {trace}: give it another name")
    title = app.here.label if app.here is not None else "session"
    with page.page_in(argument, title, app.output.theme) as made:
        yield from _trace(made, trace) if trace or kept is None else _last(made, kept)
    what = f"what {visible(trace)} has so far" if trace else "the last exchange; \\trace FILE keeps a whole session"
    app.say(f"the page is in {visible(argument)}; it holds mail, of {what}")


def _trace(made: Page, path: str) -> Steps[None]:
    """Write what a trace has so far.  Raises UsageError if it cannot be read."""
    from imapsh.shell.screen.page import add, note

    def noted(piece: Piece, text: str) -> None:
        note(made, piece, text)

    try:
        file = paths.regular(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read the trace {path}: {why(error)}") from None
    with file:
        made.begin("the session", "what its trace has so far, with secrets masked")
        pieces = _pieces(file, path)
        for connection, found in overhear(pieces, RECORDED, opener(_LARGE, SpoolSink), both=True, noted=noted):
            add(made, found, connection)
            release(found.response.frame)
            yield ROOM


def _pieces(file: IO[bytes], path: str) -> Iterator[Piece]:
    """Yield what a trace has.  Raises UsageError if it cannot be read."""
    from imapsh.logs.ours import read_trace
    from imapsh.logs.source import Log

    try:
        yield from read_trace(Log(cast("BinaryIO", file)))
    except (OSError, ParseError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise UsageError(f"cannot read the trace {path}: {reason}") from None


def _last(made: Page, kept: Last) -> Steps[None]:
    """Write the last exchange, with what the live session has found."""
    from imapsh.shell.screen.page import add

    made.begin("the last exchange", "the last exchange, exact, with secrets masked")
    for event in kept.events():
        if isinstance(event, Sent):
            name = event.exchange.name if event.exchange is not None else ""
            add(made, Overheard(Response(CLIENT, name, None, event.frame)), "")
        elif isinstance(event, Received | Completed):
            add(made, Overheard(event.response, event.findings), "")
        yield ROOM
    if kept.left_out:
        made.note(f"{kept.left_out:,} octets of this exchange were not kept")
