r"""Commands on what is shown and typed, and how: `\help`, `\last`, `\format`, `\keys`, `\trace`."""

from __future__ import annotations

from imapsh.errors import UsageError
from imapsh.render.visible import visible
from imapsh.shell.app import App
from imapsh.shell.connection.steps import ROOM, Steps
from imapsh.shell.screen.output import Output
from imapsh.shell.screen.viewer import Viewer
from imapsh.shell.settings.options import FORMATS, KEYS


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
    r"""`\last [FORMAT]`: show the last exchange in a format, or in the present one."""
    form = _format(argument) if argument else ""
    kept = app.last
    if kept is None or not len(kept):
        raise UsageError("there is no exchange to show yet")
    now = app.output
    viewer = Viewer(app.here.record.viewer.memory) if app.here is not None else None
    output = Output(form or now.format, now.theme, now.width, elide=now.elide, json_raw=now.json_raw, viewer=viewer)
    if app.takes_octets:
        for octets in kept.octets(output):
            app.put_octets(octets)
            yield ROOM
        return
    for text in kept.render(output):
        app.put(text)
        yield ROOM


def form(app: App, argument: str) -> None:
    """`\\format [FORMAT]`."""
    if argument:
        app.output.format = _format(argument)
    app.say(f"format: {app.output.format} (one of {', '.join(FORMATS)})")


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


def _format(name: str) -> str:
    if name.lower() not in FORMATS:
        raise UsageError(f"unknown format {name!r}; choose {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    return name.lower()
