"""The one table: every command, response, code, item, key, option, flag, attribute and capability is a row of it.

Completion, hints, lint, help, masking, confirmation, documentation and the parser of responses read it.  To teach
imapsh an extension: a module of rows, its name in `FAMILIES`, and a parser function where the shape is new.
The rows load on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from imapsh.table.model import Command, Context, Name

__all__ = ["Command", "Context", "Name", "command", "commands", "find", "kinds", "names", "readers"]

FAMILIES = (
    "session",
    "codes",
    "capabilities",
    "mailboxes",
    "status",
    "message",
    "fetch",
    "search",
    "qresync",
    "compress",
    "mechanisms",
)

_commands: dict[str, Command] = {}
_names: dict[str, dict[str, Name]] = {}
_readers: dict[str, Mapping[str, Callable[..., Any]]] = {}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from imapsh.table import model

    value = getattr(model, name)
    globals()[name] = value
    return value


def _load() -> None:
    from importlib import import_module

    for family in FAMILIES:
        rows = import_module(f"{__name__}.{family}")
        for command_row in getattr(rows, "COMMANDS", ()):
            _commands[command_row.name] = command_row
        for row in getattr(rows, "NAMES", ()):
            _names.setdefault(row.kind, {})[row.name.upper()] = row


def commands() -> Mapping[str, Command]:
    """Every command by its name in upper case."""
    if not _commands:
        _load()
    return _commands


def command(name: str) -> Command | None:
    """The command of this name, in any case."""
    return commands().get(name.upper())


def kinds() -> tuple[str, ...]:
    """The kinds of names that the table holds."""
    commands()
    return tuple(_names)


def names(kind: str) -> Mapping[str, Name]:
    """Every row of a kind by its name in upper case; empty for a kind the table does not hold."""
    commands()
    return _names.get(kind, {})


def find(kind: str, name: str) -> Name | None:
    """The row of this name, in any case, or of the family (`AUTH=`) that it belongs to."""
    rows, upper = names(kind), name.upper()
    if (row := rows.get(upper)) is not None:
        return row
    head, mark, _ = upper.partition("=")
    return rows.get(head + mark) if mark else None


def readers(kind: str) -> Mapping[str, Callable[..., Any]]:
    """Name in upper case -> function of `imapsh.grammar`, for the rows of a kind that name one.

    The function's module is imported when the name is first looked up.
    """
    if kind not in _readers:
        from imapsh.table.loading import Readers

        _readers[kind] = Readers({name: row.read for name, row in names(kind).items() if row.read})
    return _readers[kind]
