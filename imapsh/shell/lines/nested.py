r"""Finds lines inside of lines: `\each LINE`, `\repeat N SECONDS LINE`, `\alias NAME LINE`."""

from __future__ import annotations

from imapsh.patterns import lazy

#: Words that may stand before an IMAP command in the argument: a switch, a count, an interval.
_BEFORE = lazy(r"\\\S+ +(?:(?:-\w|\*|[\d.][\d.a-z]*) +)*")
_ALIASED = lazy(r"(?i)\\alias +\S+ +")


def imap_part(line: str) -> int | None:
    r"""Return where the line begins that a command such as `\each LINE` runs; None if it runs none."""
    from imapsh.shell.command_table import COMMANDS  # a first prompt needs none of it

    row = COMMANDS.get(line.partition(" ")[0].lower())
    if row is None or row.choices != "imap":
        return None
    found = _BEFORE.match(line)
    return found.end() if found is not None else None


def line_start(command: str) -> int:
    """Return where the innermost line begins: after all of imapsh's own commands that run a line."""
    start = 0
    while command.startswith("\\", start) and (inner := imap_part(command[start:])) is not None:
        start += inner
    return start


def alias_line(command: str) -> int:
    r"""Return where LINE begins in `\alias NAME LINE`; 0 in any other line."""
    found = _ALIASED.match(command)
    return found.end() if found is not None else 0
