"""A user's own rows: `extensions.toml` in the folder of the configuration teaches private names.

A private capability, command, response, code, item or key has the shape of one that is built in, or a syntax in the
notation of the hints.  Rows are added; they never replace what is built in.  A command counts as changing mail unless
its row says otherwise, so read-only mode refuses it.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from imapsh import paths, table
from imapsh.errors import UsageError
from imapsh.shell.settings.configfile import unknown
from imapsh.shell.settings.reasons import why
from imapsh.shell.settings.tomlfile import TomlFile
from imapsh.table.model import AFTER_LOGIN, ANY_STATE, BEFORE_LOGIN, MAILBOX_SELECTED, Command, Name
from imapsh.typed.syntax import is_known, parse

FILE = "extensions.toml"

#: Kinds whose rows have the shape of another row, `like`.
_LIKE = ("response", "code", "fetch-item", "status-item", "search-return")
#: Kinds whose rows have a syntax.
_TYPED = ("command", "search-key", "fetch-item", "status-item", "search-return", "select-param", "fetch-modifier",
          "store-modifier", "create-param", "rename-param", "list-select", "list-return", "store-item")  # fmt: skip
#: Kinds that have only a name and a summary.
_NAMED = ("capability", "flag", "attribute", "use", "enable")

KINDS = tuple(dict.fromkeys(("command", *_LIKE, *_TYPED, *_NAMED)))

_STATES = {"any": ANY_STATE, "not-authenticated": BEFORE_LOGIN, "authenticated": AFTER_LOGIN,
           "selected": MAILBOX_SELECTED}  # fmt: skip

#: key -> the type of its value
_KEYS: dict[str, type] = {"name": str, "summary": str, "example": str, "needs": list}
_OF_KIND: dict[str, dict[str, type]] = {
    **{kind: {"like": str} for kind in _LIKE},
    "command": {"state": str, "changes": bool, "responses": list},
}
_WORDS = {str: "text in quotes", bool: "true or false", list: "a list of strings in quotes"}
_NUMBERED = ("EXISTS", "RECENT", "EXPUNGE", "FETCH", "UIDFETCH")  # a shape that has a number in front of the name

_ATOM = re.compile(r"\\?[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")
_STANDING = f"of your own {FILE}"


def load(config: str) -> None:
    """Add the rows of the file beside the configuration file `config`, if there is one.  Raises UsageError."""
    path = os.path.join(os.path.dirname(config), FILE)
    try:
        octets, _ = paths.whole(path)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {why(error)}") from None
    table.add(_Reader(TomlFile(path, octets)).rows())


class _Reader:
    def __init__(self, file: TomlFile) -> None:
        self._file = file

    def rows(self) -> list[Command | Name]:
        """Return the rows of the file.  Raises UsageError."""
        rows: list[Command | Name] = []
        for kind, entries in self._file.root.items():
            if kind not in KINDS:
                raise self._file.wrong((), kind, unknown(kind, kind, KINDS))
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise self._file.wrong((), kind, f"write each {kind} as a table of its own: [[{kind}]]")
            rows += [self._row(kind, index, entry) for index, entry in enumerate(entries)]
        self._check_names(rows)
        self._check_responses(rows)
        return rows

    def _row(self, kind: str, index: int, entry: Mapping[str, Any]) -> Command | Name:
        self._check_keys(kind, index, entry)
        name = entry.get("name", "")
        if not _ATOM.fullmatch(name):
            raise self._wrong(kind, index, "name", f"each {kind} needs a name, which is an atom (RFC 9051 section 9)")
        held = table.commands() if kind == "command" else table.names(kind)
        if name.upper() in held:
            raise self._wrong(kind, index, "name", f"{name} is built in, and a row of your own cannot replace it")
        syntax = entry.get("syntax", "")
        try:
            parse(syntax)
        except (ValueError, KeyError) as error:
            raise self._wrong(kind, index, "syntax", f"{syntax!r} is not in the notation of hints: {error}") from None
        for slot in re.findall(r"<([^>]+)>", syntax):
            if not is_known(slot):
                raise self._wrong(kind, index, "syntax", f"{syntax!r}: there is no <{slot}>")
        if syntax.count("(") != syntax.count(")"):
            raise self._wrong(kind, index, "syntax", f"{syntax!r}: its parentheses are not in pairs")
        summary = entry.get("summary") or f"A {kind.replace('-', ' ')} of your own."
        needs = tuple(entry.get("needs", ()))
        example = entry.get("example") or name
        if kind == "command":
            return Command(
                name.upper(), self._states(index, entry), syntax, summary, FILE, example, needs,
                changes=entry.get("changes", True), responses=tuple(map(str.upper, entry.get("responses", ()))),
                standing=_STANDING,
            )  # fmt: skip
        read = self._read(kind, index, entry)
        return Name(kind, name, summary, FILE, syntax, needs, example=example, read=read, group="Other",
                    standing=_STANDING)  # fmt: skip

    def _check_keys(self, kind: str, index: int, entry: Mapping[str, Any]) -> None:
        keys = _KEYS | _OF_KIND.get(kind, {}) | ({"syntax": str} if kind in _TYPED else {})
        for key, value in entry.items():
            if key not in keys:
                raise self._wrong(kind, index, key, unknown(f"{kind}.{key}", key, keys))
            fits = isinstance(value, keys[key])
            if not fits or (isinstance(value, list) and not all(isinstance(one, str) for one in value)):
                raise self._wrong(kind, index, key, f"{kind}.{key} must be {_WORDS[keys[key]]}")

    def _states(self, index: int, entry: Mapping[str, Any]) -> tuple[str, ...]:
        state = entry.get("state", "any")
        if state not in _STATES:
            raise self._wrong("command", index, "state", f"state must be one of {', '.join(_STATES)}")
        return _STATES[state]

    def _read(self, kind: str, index: int, entry: Mapping[str, Any]) -> str:
        """Return the function that reads it: that of the row which it resembles (`like`)."""
        like = entry.get("like", "")
        if not like:
            return "codes.text" if kind == "code" else ""
        row = table.find(kind, like)
        if row is None or not row.read:
            raise self._wrong(kind, index, "like", f"there is no {kind} {like} whose shape it could have")
        if row.name in _NUMBERED:
            raise self._wrong(kind, index, "like", f"{like} has a number in front; no private name can")
        return row.read

    def _check_names(self, rows: list[Command | Name]) -> None:
        seen: set[tuple[str, str]] = set()
        indexes: Counter[str] = Counter()
        for row in rows:
            kind = row.kind if isinstance(row, Name) else "command"
            if (kind, row.name.upper()) in seen:
                raise self._wrong(kind, indexes[kind], "name", f"{row.name} comes twice")
            seen.add((kind, row.name.upper()))
            indexes[kind] += 1

    def _check_responses(self, rows: list[Command | Name]) -> None:
        own = {row.name.upper() for row in rows if isinstance(row, Name) and row.kind == "response"}
        commands = [row for row in rows if isinstance(row, Command)]
        for index, row in enumerate(commands):
            for name in row.responses:
                if name not in own and name not in table.names("response"):
                    raise self._wrong("command", index, "responses", f"there is no response {name}")

    def _wrong(self, kind: str, index: int, key: str, message: str) -> UsageError:
        return self._file.wrong((kind,), key, message, index=index)
