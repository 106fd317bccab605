r"""Runs a line: a comment, one of imapsh's own commands, or a command for the server.

Written once, as a generator of steps (`imapsh.shell.connection.steps`), which every driver runs.  On its way a line
meets aliases (`aliases`), the operators `|`, `>` and `>>` (`redirect`), values (`values`) and the shell's `$`
(`searchres`).
"""

from __future__ import annotations

from collections.abc import Callable

from imapsh.errors import UsageError, plural
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.shell.connection.steps import Answer, Steps, Typed
from imapsh.shell.lines import care
from imapsh.shell.settings.passwords.password import append_password
from imapsh.table.model import NOT_AUTHENTICATED

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange
    from imapsh.shell.app import App
    from imapsh.shell.connection.connection import Connection
    from imapsh.shell.lines.changes import Change
    from imapsh.typed.match import Match


_new: Any = tuple.__new__

#: Does a line that begins with a backslash, one of imapsh's own commands (`imapsh.shell.commands.run`).
Own = Callable[["App", str], Steps[str]]


def take(app: App, text: str, own: Own) -> Steps[str]:
    """Do a line.  Return the status of the server's reply: OK, NO, BAD, or "" if there is none.

    Raises UsageError, and sends nothing, for what cannot be done or sent, and StateError without a connection.
    """
    if app.aliases or text.startswith("#") or " | " in text or " > " in text or " >> " in text:
        return _rarely(app, text, own)
    return _do(app, text, own)


def _rarely(app: App, text: str, own: Own) -> Steps[str]:
    """Do a line that may be a comment, begin with an alias, or have an operator."""
    if text.startswith("#"):
        return ""
    line = meant(app, text)
    if app.operators and (" | " in line or " > " in line or " >> " in line):
        from imapsh.shell.lines import discreet, redirect

        if cut := redirect.split(line, app.context(), app.variables.own):
            discreet.hide(app, cut.rest)
            to = redirect.target(app, cut)
            return (yield from redirect.diverted(app, to, _do(app, cut.command, own)))
    return (yield from _do(app, line, own))


def meant(app: App, text: str) -> str:
    """Return the line that a line stands for, if it begins with an alias.  Raises UsageError."""
    if not app.aliases:
        return text
    from imapsh.shell.lines import aliases

    return aliases.resolve(app.aliases, text)


def is_ours(app: App, text: str) -> bool:
    """Return whether a line is not for the server."""
    return text.startswith("#") or meant(app, text).startswith("\\")


def _do(app: App, line: str, own: Own) -> Steps[str]:
    if line.startswith("\\"):
        return _own(app, line, own)
    if "$" in line or "SAVE" in line.upper():
        return _filled(app, line)
    return _send(app, line)


def _own(app: App, line: str, own: Own) -> Steps[str]:
    """Do a line of imapsh's own."""
    from imapsh.shell.lines import discreet

    discreet.hide(app, line)
    return (yield from own(app, line))


def _filled(app: App, line: str) -> Steps[str]:
    """Send a line in which values may stand, or whose result is to be saved."""
    typed = line
    if "${" in line:
        from imapsh.shell.lines import values

        line = yield from values.filled(app, line)
    saves = False
    if "$" in line or "SAVE" in line.upper():
        from imapsh.shell.lines import searchres

        line, saves = yield from searchres.prepared(app, line)
        if not line:
            return "OK"
    return (yield from _send(app, line, saves, made=line != typed))


def _send(app: App, text: str, saves: bool = False, *, made: bool = False) -> Steps[str]:
    """Send a typed command.

    `saves` is true if what it finds is to be `$`.  `made` is true if imapsh put something into the line: then it is cut
    if it is too long for a server.
    """
    found = app.match(text)
    if found.command is None:
        _refuse_ours(found)
    connection = app.connection
    session = connection.session
    session.require_open()
    if not found.plain:
        advise(app, found)
    if session.read_only:
        found = care.gently(app, found)
    asks = app.interactive and session.state == NOT_AUTHENTICATED and not app.answers_follow()
    if asks:
        from imapsh.shell.lines import login

        if name := login.mechanism(found):
            return (yield from login.log_in(app, name))
    if not found.plain:
        session.guard(found)  # before a password is asked for
    if not found.plain and (user := lacks_password(found)):
        from imapsh.shell.lines import login

        password = yield from login.password(app, user)
        if password is None or not app.live:
            return ""
        found = app.match(append_password(text, password))
    open_file = None
    if "{@" in found.text:
        from imapsh.shell.lines import files

        open_file = yield from files.opened(app, found)
    row = found.command
    if row is not None and (row.guard or row.destroys) and care.guards(app, found):
        yield from care.confirm(app, found)
    if made:
        from imapsh.shell.lines import long

        first, *others = long.parts(app, found)
        if others:
            return (yield from _in_parts(app, first, others))
    change = None if row is None or not row.changes else (yield from change_of(app, found))
    exchange = session.line(found.text, open_file=open_file, matched=found)
    if saves:
        app.connection.results.saving = exchange
    return (yield from _replied(app, found, exchange, change))


def _in_parts(app: App, first: str, others: list[str]) -> Steps[str]:
    """Send a command as several, one after another, as long as the server says OK.  Their results are one result."""
    found = app.match(first)
    change = yield from change_of(app, found)
    status = yield from _replied(app, found, app.session.line(first, matched=found), change)
    for number, line in enumerate(others, 2):
        if status != "OK" or not app.live:
            left = len(others) + 2 - number
            app.note(f"stopped: {left} of the {len(others) + 1} commands {plural(left, 'was', 'were')} not sent")
            break
        found = app.match(line)
        change = yield from change_of(app, found, change)
        exchange = app.session.line(line, matched=found)
        app.connection.results.joining = exchange
        status = yield from _replied(app, found, exchange, change)
    return status


def change_of(app: App, found: Match, earlier: Change | None = None) -> Steps[Change | None]:
    """Return the change that the command makes, for the journal; None if it makes none."""
    if found.command is None or not found.command.changes:
        return None
    from imapsh.shell.lines import changes

    return (yield from changes.before(app, found, earlier))


def _replied(app: App, found: Match, exchange: Exchange, change: Change | None = None) -> Steps[str]:
    """Wait for the reply to a typed command, and answer what the server asks.  Return the reply's status."""
    connection = app.connection
    if change is not None:
        change.follow(exchange)
    if app.target is not None:
        app.target.expect(found, connection.record.viewer)
        connection.diverted[exchange] = app.target
    yield _new(Typed, (exchange,)) if app.target is None or exchange.name == "IDLE" else exchange
    if connection.question is exchange:
        yield from answers(connection, exchange)
    return exchange.status


def answers(connection: Connection, exchange: Exchange) -> Steps[None]:
    """Answer each `+` of a hand-typed AUTHENTICATE with a line, which goes out as it is and is kept nowhere."""
    while connection.question is exchange:
        connection.question, connection.answering = None, exchange
        answer: str | None = yield Answer(f"{exchange.tag} {exchange.name}, base64 (* cancels): ")
        connection.answering = None
        if not connection.live or exchange.response is not None:
            return
        connection.session.answer(b"*" if answer is None else answer.encode("utf-8", "surrogateescape"))
        yield Typed(exchange)


def _refuse_ours(found: Match) -> None:
    """Raise UsageError for a command of imapsh's own without its backslash; a server would answer BAD."""
    from imapsh.shell.lines.meant import meant

    if said := meant(found):
        raise UsageError(said)


#: Rules that are told where they are only advice: something else would be done than is meant.
_TOLD = ("mailbox", "flag", "date-time", "id-limits")


def advise(app: App, found: Match) -> None:
    """Say what is wrong with a line if there is no toolbar to say it.  The line is still sent."""
    if app.interactive:
        return
    for problem in found.errors:
        if (problem.severity == "error" and problem.rule != "read-only") or problem.rule in _TOLD:
            from imapsh.shell.lines.pasted import explained

            app.note(explained(problem.message, found.text))
            break


def lacks_password(found: Match) -> str:
    """Return the user of a `LOGIN user` that lacks its password, else ""."""
    command = found.command
    if command is None or command.name != "LOGIN" or found.complete or found.secrets or len(found.slots) != 1:
        return ""
    value = found.slots[0].value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""
