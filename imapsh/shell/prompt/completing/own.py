"""Offers the names and the arguments of imapsh's own commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from imapsh.shell.command_table import COMMANDS, Command
from imapsh.shell.commands.care import SWITCH
from imapsh.shell.expectation import SUBJECTS
from imapsh.shell.prompt.completing import targets
from imapsh.shell.prompt.completing.offer import Offer
from imapsh.shell.prompt.completing.paths import Half
from imapsh.shell.record.variables import BUILT_IN
from imapsh.shell.settings.options import FORMATS, KEYS, NOTIFICATIONS, SCHEMES

if TYPE_CHECKING:
    from imapsh.shell.app import App

_NAMED = re.compile(r"\\\S+ +-n +\S+ +")  # `\connect -n NAME `
#: Words in quotes or not, each with the blanks behind it.
_WORDS = re.compile(r'(?:(?:"[^"]*"|[^\s"])*\s+)*')
_FORM = re.compile(r"(?:mbox:|maildir:)?")  # before the path of `\save` and `\load`


def offers(line: str, app: App) -> Iterator[Offer]:
    """Yield names of commands, or what the argument may be; `path` tells paths."""
    name, space, _ = line.partition(" ")
    if not space:
        for known in COMMANDS.values():
            yield Offer(known.name, 0, "own", known.summary, names=(known.name,))
        return
    row = COMMANDS.get(name.lower())
    if row is not None and row.name == "\\save":
        yield from _save_options(line)
    elif row is not None and row.choices == "transfer":
        yield from targets.offers(line, app)
    elif row is not None and row.choices == "pattern":
        yield from targets.patterns(line[len(name) + 1 :], len(name) + 1, app)
    elif row is not None and row.choices not in ("path", "paths"):
        named = _NAMED.match(line)
        start = named.end() if named is not None else len(name) + 1
        first, blank, _ = line[start:].partition(" ")
        if blank and (behind := BEHIND.get((row.choices, first.lower()))) is not None:
            yield from (Offer(text, start + len(first) + 1, f"own {row.name}", "", names=(text,)) for text in behind())
            return
        for text, note in _arguments(row, app):
            yield Offer(text, start, f"own {row.name}", note, names=(text,))


def _save_options(line: str) -> Iterator[Offer]:
    """Yield the options of `\\save`, if one is being typed."""
    before, _, typed = line.rpartition(" ")
    if typed.startswith("-") and not _behind_options(before.split()[1:]):
        from imapsh.shell.commands.mail.choosing import OPTIONS

        for option, example in OPTIONS.items():
            note = f"such as {example}" if example else ""
            yield Offer(option, len(before) + 1, "own \\save", note, names=(option,))


def _behind_options(words: list[str]) -> list[str]:
    """Return the words of an argument of `\\save` that are behind its options and their values."""
    if not (words and words[0].startswith("--")):
        return words
    from imapsh.shell.commands.mail.choosing import OPTIONS

    at = 0
    while at < len(words) and (name := words[at].partition("="))[0] in OPTIONS:
        at += 1 + bool(OPTIONS[name[0]] and not name[1])
    return words[at:]


def path(line: str) -> Half | None:
    """Return the half-typed path that is the argument, or its last word; None if no path stands there."""
    name, space, argument = line.partition(" ")
    row = COMMANDS.get(name.lower())
    if row is None or not space or row.choices not in ("path", "paths"):
        return None
    if row.choices == "path":
        return Half(argument, len(name) + 1)
    words = _WORDS.match(argument)
    before, start = (words[0].split(), words.end()) if words is not None else ([], 0)
    if row.name == "\\save":
        before = _behind_options(before)
    if before[-1:] == ["-m"] or (row.name == "\\save" and (not before or before[-1].upper() == "UID")):
        return None
    start += len(_FORM.match(argument, start)[0])  # type: ignore[index]
    return Half(argument[start:], len(name) + 1 + start, quotes=True)


def _arguments(row: Command, app: App) -> Iterable[tuple[str, str]]:
    if row.choices == "imap-name":
        return _named()
    offered = CHOICES.get(row.choices)
    return [(text, "") for text in offered(app)] if offered is not None else []


def _places(app: App) -> Iterable[str]:
    settings = app.options.settings
    return (*(settings.profiles if settings is not None else ()), *SCHEMES)


def _known(app: App) -> Iterable[str]:
    from imapsh.shell.commands.help.lookup import known

    return known()


def _columns() -> Iterable[str]:
    from imapsh.shell.commands.show import columns

    return map(str.lower, columns())


def _variables(app: App) -> Iterable[str]:
    return [*app.variables.own, *BUILT_IN]


#: The choices that the names in the table's column `choices` stand for.
CHOICES: dict[str, Callable[[App], Iterable[str]]] = {
    "aliases": lambda app: app.aliases,
    "connections": lambda app: app.connections,
    "formats": lambda app: FORMATS,
    "keys": lambda app: KEYS,
    "names": _known,
    "notifications": lambda app: ("off", *NOTIFICATIONS[1:]),
    "on or off": lambda app: SWITCH,
    "own variables": lambda app: app.variables.own,
    "places": _places,
    "stats": lambda app: ("reset", *app.connections),
    "subjects": lambda app: SUBJECTS,
    "variables": _variables,
    "watching": lambda app: ("-v", *SWITCH),
}

#: The choices for the second word of an argument, by the name of those for the first and by the first word.
BEHIND: dict[tuple[str, str], Callable[[], Iterable[str]]] = {
    ("formats", "view"): _columns,
    ("watching", "-v"): lambda: SWITCH,
}


def _named() -> Iterator[tuple[str, str]]:
    """Yield every name of the table, once."""
    from imapsh import table

    summaries = {name: row.summary for name, row in table.commands().items()}
    for kind in table.kinds():
        for row in table.names(kind).values():
            if row.name[0] not in "<(":
                summaries.setdefault(row.name, row.summary)
    yield from summaries.items()
