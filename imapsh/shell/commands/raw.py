r"""Commands for octets: `\raw` sends them in no command, `\resync` gives up those that do not come."""

from __future__ import annotations

from collections.abc import Iterable

from imapsh.errors import UsageError
from imapsh.session.exchange import Exchange
from imapsh.shell.app import App
from imapsh.shell.connection.steps import Octets, Steps
from imapsh.shell.lines import discreet
from imapsh.shell.lines.files import unescape


def send(app: App, argument: str) -> Steps[str]:
    r"""`\raw TEXT`.  Raises UsageError in read-only mode, because nobody knows what it would change."""
    if not argument:
        raise UsageError("\\raw needs the text to send, as in \\raw A1 NOOP\\r\\n")
    if app.session.read_only:
        raise UsageError("read-only mode is on, and \\raw may change anything: not sent (\\readonly off turns it off)")
    octets = unescape(argument)
    status: str = yield Octets(octets, _without_secrets(app, octets))
    return status


def _without_secrets(app: App, octets: bytes) -> bytes | None:
    """Return the octets to show, None for all.

    A password in them, even in a piece of earlier ones, is kept nowhere.
    """
    connection = app.connection
    read = discreet.raw(connection.begun, octets)
    connection.begun = read.begun
    for secret in read.secrets:
        app.session.secrets.add_sasl(secret)
        app.hide(secret.decode("utf-8", "surrogateescape"))
    return discreet.starred(octets, read.spans) if read.spans else None


def resync(app: App, argument: str) -> None:
    r"""`\resync`: give up what has come in part, else the commands that have no reply."""
    if argument:
        raise UsageError("\\resync takes no argument")
    connection = app.connection
    if connection.resync():
        if left := [one for one in connection.session.running.values() if one.started is not None]:
            app.note(f"what came in part is given up; \\resync again gives up what has no reply yet: {_names(left)}")
        return
    if given := connection.give_up():
        what = "the reply, but shows it if it comes" if len(given) == 1 else "the replies, but shows them if they come"
        app.note(f"given up: {_names(given)}; imapsh no longer waits for {what}")
    elif (waiting := connection.session.waiting) is not None:
        app.note(f"{waiting}; \\raw can still send octets, and \\connect connects again")
    else:
        app.note("there is nothing to give up: no literal or line is unfinished, and no command waits for its reply")


def _names(exchanges: Iterable[Exchange]) -> str:
    """Return the tags and names of commands, as in `A1 FETCH, A2 NOOP`."""
    return ", ".join(f"{one.tag} {one.name}" for one in exchanges)
