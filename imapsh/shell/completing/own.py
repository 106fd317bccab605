"""Imapsh's own commands: their names and their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from imapsh.shell.commands.table import COMMANDS, Command
from imapsh.shell.completing.offer import Offer
from imapsh.shell.completing.paths import Half

if TYPE_CHECKING:
    from imapsh.shell.app import App

#: Words that may stand before an IMAP command in the argument: a switch, a count, an interval.
_BEFORE = re.compile(r"\\\S+ +(?:(?:-\w|\*|[\d.][\d.a-z]*) +)*")
_ALIASED = re.compile(r"(?i)\\alias +\S+ +")
_NAMED = re.compile(r"\\\S+ +-n +\S+ +")  # `\connect -n NAME `
#: Words in quotes or not, each with the blanks behind it.
_WORDS = re.compile(r'(?:(?:"[^"]*"|[^\s"])*\s+)*')
_FORM = re.compile(r"(?:mbox:|maildir:)?")  # before the path of `\save` and `\load`


def imap_part(line: str) -> int | None:
    r"""Where the line begins that a command of imapsh does, as `\each LINE`; None where it does none."""
    row = COMMANDS.get(line.partition(" ")[0].lower())
    if row is None or kind(row) != "imap":
        return None
    found = _BEFORE.match(line)
    return found.end() if found is not None else None


def line_start(command: str) -> int:
    """Where the line begins that is to be read as such: behind all of imapsh's own commands that do a line."""
    start = 0
    while command.startswith("\\", start) and (inner := imap_part(command[start:])) is not None:
        start += inner
    return start


def alias_line(command: str) -> int:
    r"""Where the line begins that `\\alias NAME LINE` is to stand for; 0 in any other."""
    found = _ALIASED.match(command)
    return found.end() if found is not None else 0


def kind(row: Command) -> str:
    """What the argument is: "path", "paths", "imap" (a line), "imap-name", or "" for one of `choices`."""
    return row.choices if isinstance(row.choices, str) else ""


def offers(line: str, app: App) -> Iterator[Offer]:
    """Names of commands, or what the argument may be; paths are told by `path`."""
    name, space, _ = line.partition(" ")
    if not space:
        for known in COMMANDS.values():
            yield Offer(known.name, 0, "own", known.summary, names=(known.name,))
        return
    row = COMMANDS.get(name.lower())
    if row is not None and kind(row) not in ("path", "paths"):
        named = _NAMED.match(line)
        start = named.end() if named is not None else len(name) + 1
        for text, note in _arguments(row, app):
            yield Offer(text, start, f"own {row.name}", note, names=(text,))


def path(line: str) -> Half | None:
    """The half-typed path that is the argument, or its last word; None where no path stands."""
    name, space, argument = line.partition(" ")
    row = COMMANDS.get(name.lower())
    if row is None or not space or kind(row) not in ("path", "paths"):
        return None
    if kind(row) == "path":
        return Half(argument, len(name) + 1)
    words = _WORDS.match(argument)
    before, start = (words[0].split(), words.end()) if words is not None else ([], 0)
    if before[-1:] == ["-m"] or (row.name == "\\save" and (not before or before[-1].upper() == "UID")):
        return None
    start += len(_FORM.match(argument, start)[0])  # type: ignore[index]
    return Half(argument[start:], len(name) + 1 + start, quotes=True)


def _arguments(row: Command, app: App) -> Iterable[tuple[str, str]]:
    if kind(row) == "imap-name":
        return _named()
    return [(text, "") for text in row.choices(app)] if callable(row.choices) else []


def _named() -> Iterator[tuple[str, str]]:
    """Every name of the table, once."""
    from imapsh import spec

    summaries = {name: row.summary for name, row in spec.commands().items()}
    for kind in spec.kinds():
        for row in spec.names(kind).values():
            if row.name[0] not in "<(":
                summaries.setdefault(row.name, row.summary)
    yield from summaries.items()
