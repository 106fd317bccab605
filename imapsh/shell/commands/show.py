r"""Commands on what is shown and typed, and how: `\help`, `\last`, `\format`, `\keys`, `\trace`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.render.visible import visible
from imapsh.shell.app import App
from imapsh.shell.connection.steps import ROOM, Steps, Within
from imapsh.shell.screen.output import Output
from imapsh.shell.screen.progress import Progress
from imapsh.shell.screen.viewer import Viewer
from imapsh.shell.settings.options import FORMATS, KEYS

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange


def help_(app: App, argument: str) -> None:
    """`\\help [NAME]`."""
    if argument in app.aliases:
        app.say(visible(f"{argument} is an alias: it stands for {app.aliases[argument]}"))
        return
    from imapsh.shell.commands.help.overview import overview
    from imapsh.shell.commands.help.page import explain

    width = app.output.width or 80
    app.tell(explain(argument, width) if argument else overview(width))


def last(app: App, argument: str) -> Steps[None]:
    r"""`\last [FORMAT [COLUMN]]`: show the last exchange in a format, or in the present one."""
    now = app.output
    form, column = _format(argument) if argument else (now.format, now.column)
    kept = app.last
    if kept is None or not (len(kept) or kept.left_out):
        raise UsageError("there is no exchange to show yet")
    if app.target is not None:
        yield from _ended(app, kept.exchange)
    viewer = Viewer(app.here.record.viewer.memory) if app.here is not None else None
    output = Output(
        form, now.theme, now.width, elide=now.elide, json_raw=now.json_raw, viewer=viewer, column=column
    )  # fmt: skip
    if app.takes_octets:
        for octets in kept.octets(output):
            app.put_octets(octets)
            yield ROOM
        if kept.left_out:
            raise UsageError(f"{kept.left_out:,} octets of this exchange were not kept; --limit kept=N keeps more")
        if kept.gone:
            raise UsageError(f"{kept.gone:,} octets of this exchange were not kept, or their file was changed")
        return
    for text in kept.render(output):
        app.put(text)
        yield ROOM
    if kept.left_out:
        app.note(f"{kept.left_out:,} octets of this exchange were not kept; --limit kept=N keeps more")


def _ended(app: App, exchange: Exchange | None) -> Steps[None]:
    """Wait until a command has its reply, because a file or a pipe would not show that the rest is missing.

    Raises UsageError for a command that gets none any more.  IDLE and LOGOUT are shown as far as they have come.
    """
    if exchange is None or exchange.response is not None or exchange.name in ("IDLE", "LOGOUT"):
        return
    name = f"{exchange.tag} {exchange.name}"
    here = app.here
    if here is not None and here.live and exchange in here.session.running.values():
        app.progress = Progress(name, 0, lambda: exchange.received, start=0)
        try:
            yield Within(here, exchange)
        finally:
            app.progress = None
    if exchange.response is None:
        raise UsageError(f"{name} has no reply, so only a part is there: \\last shows it; nothing was written")


def form(app: App, argument: str) -> None:
    """`\\format [FORMAT [COLUMN]]`."""
    if argument:
        app.output.format, app.output.column = _format(argument)
    column = app.output.column.lower()
    by = f", mailboxes by {visible(column)}" if column and app.output.format == "view" else ""
    app.say(f"format: {app.output.format}{by} (one of {', '.join(FORMATS)})")


def keys(app: App, argument: str) -> None:
    """`\\keys [emacs|vi]`."""
    if argument:
        if argument.lower() not in KEYS:
            raise UsageError(f"unknown key bindings {argument!r}; choose {' or '.join(KEYS)}")
        app.set_keys(argument.lower())
    app.say(f"keys: {app.keys} (one of {', '.join(KEYS)})")


def trace(app: App, argument: str) -> None:
    """`\\trace [FILE|off]`."""
    old = visible(app.trace_path)
    if argument == "off":
        app.set_trace("")
        app.say(f"the trace in {old} is closed" if old else "there is no trace to end")
    elif argument:
        app.set_trace(argument)
        app.say(f"tracing to {visible(argument)}, without secrets; imapsh --explain reads it")
    else:
        app.say(f"the trace goes to {old}" if old else "there is no trace: \\trace FILE begins one")


def _format(argument: str) -> tuple[str, str]:
    """Return a format, and the column by which the view sorts mailboxes, in upper case, or ""."""
    name, _, column = argument.partition(" ")
    column = column.strip().upper()
    if name.lower() not in FORMATS:
        raise UsageError(f"unknown format {name!r}; choose {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    if column and name.lower() != "view":
        raise UsageError(f"only the format view takes a column, as in \\format view {column.lower()}")
    if column and (" " in column or column not in columns()):
        raise UsageError(f"unknown column {column.lower()!r}; choose name or an item of STATUS, such as size")
    return name.lower(), column


def columns() -> list[str]:
    """Return the columns by which the view can sort mailboxes, in upper case: the name, and the items of STATUS."""
    from imapsh import table

    return ["NAME", *table.names("status-item")]
