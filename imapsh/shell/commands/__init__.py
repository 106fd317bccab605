r"""imapsh's own commands: `\help`, the completion and the dispatch all read one table, `COMMANDS`.

Each begins with a backslash, as no IMAP line can.  A handler is a function of one of this package's modules, imported
when it is first needed: it takes the shell (`imapsh.shell.app`) and the argument, and does its work at once or as a
generator of steps (`imapsh.shell.connection.steps`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from importlib import import_module

from imapsh.errors import UsageError
from imapsh.hints import TYPE_CHECKING
from imapsh.shell.lines import perform

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.command_table import Command
    from imapsh.shell.connection.steps import Steps


def run(app: App, line: str) -> Steps[str]:
    """Do a line that begins with a backslash.  Return the status of what it had the server do, "" for none.

    Raises UsageError for an unknown command, for a bad argument, and for a command of the prompt's if there is no
    prompt.
    """
    name, _, argument = line.partition(" ")
    row = find(name.strip())
    if row.prompt and not app.interactive:
        raise UsageError(f"{row.name} works only at the prompt")
    module, _, function = row.handler.rpartition(".")
    steps = getattr(import_module(f"{__name__}.{module}"), function)(
        app, argument if row.exact else argument.strip()
    )  # fmt: skip
    return ((yield from steps) or "") if isinstance(steps, Generator) else ""


#: Does a line, for the server or for the shell (`imapsh.shell.lines.perform.take`).
take: Callable[[App, str], Steps[str]] = partial(perform.take, own=run)


def find(name: str) -> Command:
    """Return the command of this name, with its backslash or without.  Raises UsageError, and names the nearest."""
    from imapsh.shell.command_table import COMMANDS

    wanted = "\\" + name.lstrip("\\").lower()
    row = COMMANDS.get(wanted)
    if row is None:
        from difflib import get_close_matches

        from imapsh.shell.lines.discreet import in_clear

        near = get_close_matches(wanted, COMMANDS, 1, 0.5)
        meant = f"did you mean {near[0]}? " if near else ""
        raise UsageError(f"unknown command {in_clear(wanted)}; {meant}\\help lists all commands")
    return row
