r"""Finds lines inside of lines: `\each LINE`, `\repeat N SECONDS LINE`, `\mailboxes PATTERN LINE`, `\alias N LINE`."""

from __future__ import annotations

from collections.abc import Container

from imapsh.patterns import lazy

#: Words that may stand before an IMAP command in the argument: a switch, a count, an interval.
_BEFORE = lazy(r"\\\S+ +(?:(?:-\w|\*|[\d.][\d.a-z]*) +)*")
#: A pattern of mailboxes, in quotes or not, and the blanks behind it.
_PATTERN = lazy(r'("(?:[^"\\]|\\.)*"|\S+) +')
_ALIASED = lazy(r"(?i)\\alias +\S+ +")


def imap_part(line: str) -> int | None:
    r"""Return where the line begins that a command such as `\each LINE` runs; None if it runs none."""
    from imapsh.shell.command_table import COMMANDS  # a first prompt needs none of it

    row = COMMANDS.get(line.partition(" ")[0].lower())
    if row is not None and row.choices == "pattern imap":
        start = len(line) - len(line.partition(" ")[2].lstrip(" "))
        return start + behind_pattern(line[start:])
    if row is None or row.choices != "imap":
        return None
    found = _BEFORE.match(line)
    return found.end() if found is not None else None


def opens(line: str) -> bool:
    r"""Return whether the line runs another one in mailboxes that it opens, as `\mailboxes` does."""
    from imapsh.shell.command_table import COMMANDS

    row = COMMANDS.get(line.partition(" ")[0].lower()) if line.startswith("\\") else None
    if row is None or row.choices == "pattern imap":
        return row is not None
    start = imap_part(line)
    return bool(start) and opens(line[start:])


_SEARCH = "UID SEARCH "
#: How much longer a line is as a search than behind `\\find`.
LONGER = len(_SEARCH) - len("\\find ")


def search_of(line: str) -> str:
    r"""Return the search that `\find KEYS` is, or "" for another line."""
    return _SEARCH + line[len("\\find ") :] if line[: len("\\find ")].lower() == "\\find " else ""


def is_command(word: str) -> bool:
    """Return whether a command of IMAP's begins with this word."""
    from imapsh import table

    return any(row.split(" ")[0] == word.upper() for row in table.commands())


def behind_pattern(argument: str, aliases: Container[str] = ()) -> int:
    """Return where LINE begins in `[PATTERN] LINE`: behind the first word, unless that begins a line itself."""
    found = _PATTERN.match(argument)
    if found is None or found[1][0] == "\\" or found[1] in aliases or is_command(found[1]):
        return 0
    return found.end()


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
