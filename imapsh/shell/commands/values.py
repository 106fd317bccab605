r"""Commands on values that carry over: `\set`, `\unset`, `\alias`, `\unalias`, `\history`."""

from __future__ import annotations

from collections.abc import Iterable

from imapsh.errors import ImapshError, UsageError
from imapsh.render.visible import visible
from imapsh.shell.app import App
from imapsh.shell.connection.steps import Ask, Steps
from imapsh.shell.lines import aliases
from imapsh.shell.lines.discreet import in_clear, shown
from imapsh.shell.lines.nested import is_command
from imapsh.shell.lines.values import VALUES, expanded, value
from imapsh.shell.record.entry import Entry
from imapsh.shell.record.variables import BUILT_IN

_SHOWN = 20  # lines of the history where nobody says how many


def set_(app: App, argument: str) -> Steps[None]:
    """`\\set [[-s] NAME [VALUE]]`."""
    secret = argument.split(" ", 1)[0] == "-s"
    name, _, text = argument.removeprefix("-s").strip().partition(" ") if secret else argument.partition(" ")
    text = text.strip()
    if secret:
        yield from _ask(app, name, text)
    elif text:
        made, origins = yield from expanded(app, text)
        app.variables.set(name, made, origins=origins)
    elif name:
        yield from _show(app, name)
    else:
        _list(app)


def _ask(app: App, name: str, text: str) -> Steps[None]:
    """Ask for a value that nobody sees."""
    if not name or text:
        raise UsageError("\\set -s takes only a name: it asks for the value, and does not show it")
    app.variables.check(name)
    answer = yield Ask(f"{name}: ", secret=True)
    if answer is None:
        raise UsageError(f"no value was given for {name}: nothing was set")
    app.variables.set(name, answer, secret=True)
    app.hide(answer)


def _show(app: App, name: str) -> Steps[None]:
    if name in app.variables.own:
        app.say(visible(f"{name} = {shown(app.variables, name)}"))
    elif name in BUILT_IN:
        app.say(visible(f"{name} = {yield from value(app, name)}"))
    else:
        raise UsageError(f"{name} is not set: \\set {name} VALUE sets it")


def _list(app: App) -> None:
    """Show all names with their values.

    A name whose value is not known now, or only when it is asked for, has no value shown.
    """
    known: list[tuple[str, str]] = []
    for name, row in VALUES.items():
        try:
            text = row.value(app)
        except ImapshError:
            text = ""
        known.append((name, f"{text or '-':<20}  {BUILT_IN[name]}"))
    own = [(name, shown(app.variables, name)) for name in app.variables.own]
    app.say(*_columns([*own, *known], " = "))


def _columns(rows: Iterable[tuple[str, str]], between: str) -> list[str]:
    listed = list(rows)
    width = max((len(name) for name, _ in listed), default=0)
    return [f"{name:<{width}}{between}{text}" for name, text in listed]


def unset(app: App, argument: str) -> None:
    """`\\unset NAME`."""
    if argument not in app.variables.own:
        raise UsageError(f"there is no variable {argument!r}: \\set lists them")
    app.variables.unset(argument)


def alias(app: App, argument: str) -> None:
    """`\\alias [NAME [LINE]]`."""
    name, _, line = argument.partition(" ")
    line = line.strip()
    if line:
        aliases.check(name, line)
        app.aliases[name] = line
        return
    if name and name not in app.aliases:
        raise UsageError(f"there is no alias {name}: \\alias {name} LINE makes one")
    if not app.aliases:
        app.say("there are no aliases: \\alias NAME LINE makes one")
        return
    shown = {name: app.aliases[name]} if name else app.aliases
    rows = ((one, in_clear(text) + _hidden(one)) for one, text in shown.items())
    app.say(*_columns(rows, "  "))


def _hidden(name: str) -> str:
    return f"   (never used: {name.upper()} is an IMAP command)" if is_command(name) else ""


def unalias(app: App, argument: str) -> None:
    """`\\unalias NAME`."""
    if argument not in app.aliases:
        raise UsageError(f"there is no alias {argument!r}: \\alias lists them")
    del app.aliases[argument]


def history(app: App, argument: str) -> None:
    """`\\history [N|/TEXT]`."""
    numbered = list(enumerate(app.past(), 1))
    if argument.startswith("/"):
        wanted = argument[1:].casefold()
        shown = [(number, entry) for number, entry in numbered if wanted in entry.text.casefold()]
    elif argument and not (argument.isdecimal() and len(argument) < 20):
        raise UsageError(f"\\history takes a number, or /TEXT to search for, not {argument!r}")
    else:
        count = int(argument or _SHOWN)
        shown = numbered[-count:] if count else []
    for number, entry in shown:
        app.say(visible(f"{number:>5}  {_when(entry):<16}  {entry.text}"))


def _when(entry: Entry) -> str:
    return entry.when[:16]
