r"""What is shown and typed, and how: `\help`, `\last`, `\format`, `\keys`, `\trace`."""

from __future__ import annotations

from typing import Any

from imapsh.errors import UsageError
from imapsh.render.visible import visible
from imapsh.shell.host import Host
from imapsh.shell.options import FORMATS, KEYS
from imapsh.shell.output import Output
from imapsh.shell.steps import ROOM, Steps
from imapsh.shell.viewer import Viewer


def help_(host: Host[Any], argument: str) -> None:
    """`\\help [NAME]`."""
    if argument in host.aliases:
        host.say(visible(f"{argument} is an alias: it stands for {host.aliases[argument]}"))
        return
    from imapsh.shell.help.overview import overview
    from imapsh.shell.help.page import explain

    width = host.output.width or 80
    host.tell(explain(argument, width) if argument else overview(width))


def last(host: Host[Any], argument: str) -> Steps[None]:
    """`\\last [FORMAT]`: the last exchange in a format, else the present one."""
    form = _format(argument) if argument else ""
    kept = host.last
    if kept is None or not len(kept):
        raise UsageError("there is no exchange to show yet")
    now = host.output
    viewer = Viewer(host.talk.viewer.memory) if host.talk is not None else None
    output = Output(form or now.format, now.theme, now.width, elide=now.elide, json_raw=now.json_raw, viewer=viewer)
    for text in kept.render(output):
        host.put(text)
        yield ROOM


def form(host: Host[Any], argument: str) -> None:
    """`\\format [FORMAT]`."""
    if argument:
        host.output.format = _format(argument)
    host.say(f"format: {host.output.format} (one of {', '.join(FORMATS)})")


def keys(host: Host[Any], argument: str) -> None:
    """`\\keys [emacs|vi]`."""
    if argument:
        if argument.lower() not in KEYS:
            raise UsageError(f"{argument!r} is no way to edit lines: one of {', '.join(KEYS)}")
        host.set_keys(argument.lower())
    host.say(f"keys: {host.keys} (one of {', '.join(KEYS)})")


def trace(host: Host[Any], argument: str) -> None:
    """`\\trace [FILE|off]`."""
    old = visible(host.trace_path)
    if argument == "off":
        host.set_trace("")
        host.say(f"the trace in {old} ends here" if old else "there was no trace")
    elif argument:
        host.set_trace(argument)
        host.say(f"tracing into {visible(argument)}, without secrets; imapsh --explain reads it")
    else:
        host.say(f"the trace goes to {old}" if old else "there is no trace: \\trace FILE")


def _format(name: str) -> str:
    if name.lower() not in FORMATS:
        raise UsageError(f"{name!r} is no format: one of {', '.join(FORMATS)}")
    return name.lower()
