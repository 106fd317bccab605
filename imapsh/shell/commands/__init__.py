r"""imapsh's own commands: `\help`, the completion and the dispatch all read one table (`table.py`).

Each begins with a backslash, as no IMAP line can.  A handler is a function of one of this package's modules, imported
when it is first needed: it takes the host (`imapsh.shell.host`) and the argument, and does its work at once or as a
generator of steps (`imapsh.shell.connection.steps`).
"""

from __future__ import annotations

from collections.abc import Generator
from importlib import import_module
from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.shell.commands.table import COMMANDS, MEANT, Command

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.connection.steps import Steps
    from imapsh.spec.match import Match

__all__ = ["COMMANDS", "Command", "find", "meant", "run"]


def run(app: App, line: str) -> Steps[str]:
    """Do what a line says that begins with a backslash; the status of what it had the server do, "" for none.

    Raises UsageError for an unknown command, a bad argument, and at the prompt's commands where there is no prompt.
    """
    name, _, argument = line.partition(" ")
    row = find(name.strip())
    if row.prompt and not app.interactive:
        raise UsageError(f"{row.name} is for the prompt")
    module, _, function = row.handler.partition(".")
    steps = getattr(import_module(f"{__name__}.{module}"), function)(
        app, argument if row.exact else argument.strip()
    )  # fmt: skip
    return ((yield from steps) or "") if isinstance(steps, Generator) else ""


def find(name: str) -> Command:
    """The command of this name, with its backslash or without.  Raises UsageError, and names the nearest."""
    wanted = "\\" + name.lstrip("\\").lower()
    row = COMMANDS.get(wanted)
    if row is None:
        from difflib import get_close_matches

        from imapsh.shell.discreet import in_clear

        near = get_close_matches(wanted, COMMANDS, 1, 0.5)
        meant = f"did you mean {near[0]}? " if near else ""
        raise UsageError(f"{in_clear(wanted)} is no command of imapsh: {meant}\\help lists them all")
    return row


def meant(found: Match) -> str:
    r"""What to say of a line that is no command of IMAP's and means one of imapsh's own, as `quit` does; else "".

    It is so of a few words (`MEANT`), and of any name without its backslash that stands alone.
    """
    word, _, rest = found.text.strip().partition(" ")
    if found.command is not None or found.tag is not None:
        return ""
    row = MEANT.get(word.lower()) or (COMMANDS.get(f"\\{word.lower()}") if not rest else None)
    if row is None:
        return ""
    does = row.summary[0].lower() + row.summary[1:]
    return f"{word} is not an IMAP command.  {row.name} {does}  \\raw sends the word all the same."
