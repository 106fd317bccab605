r"""The command on the conduct of servers: `\lint`."""

from __future__ import annotations

from imapsh.errors import UsageError
from imapsh.shell.app import App


def lint(app: App, argument: str) -> None:
    r"""`\lint [NAME|reset]`: list the findings of one connection, or of all together."""
    if argument == "reset":
        app.lint.clear()
        app.say("the findings are forgotten")
        return
    if argument and argument not in app.connections:
        raise UsageError(f"there is no connection {argument!r}: use \\lint NAME or \\lint reset")
    found = list(app.lint.found(argument))
    if not found:
        app.say("nothing was found against the conduct of the server")
        return
    records = [app.say_json("lint", one.record()) for one in found]
    if not any(records):
        app.say(*app.lint.table(argument))
