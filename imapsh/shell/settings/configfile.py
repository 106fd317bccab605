"""Reads and checks the configuration file: TOML, whose keys are the long options and a few tables.

The table of options says what may stand in it.  A mistake is a UsageError with file, line and key.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from imapsh import paths
from imapsh.errors import UsageError
from imapsh.shell.settings.options import OPTIONS, Option, check, value_of
from imapsh.shell.settings.passwords.password import Kept
from imapsh.shell.settings.reasons import why
from imapsh.shell.settings.tomlfile import Table, TomlFile
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.render.styles import Theme

#: key -> the option, and what `true` means for it.  A switch has two names; --limit is the table `limits`.
KEYS: dict[str, tuple[Option, bool]] = {
    name[2:]: (option, name == option.name)
    for option in OPTIONS
    if not option.once and option.name != "--limit"
    for name in (option.name, option.opposite)
    if name
}

_TABLES = ("profiles", "aliases", "limits", "providers")
_ADDED = ("url", "password", "limits")  # beside the options, at the top and in a profile
_ADMINISTRATOR = 0  # the user who can write to any file anyway
_SHOWN = 100  # characters of a name in a message
_PROFILE = re.compile(r"[\w.][\w.-]*")
_COMMANDS = tuple(option.name[2:] for option in OPTIONS if option.kind == "command")  # they run a program
_REACHES_OUT = re.compile(r"[|>]|exec:|\{@|\\(?:save|load|trace|export|edit)\b", re.IGNORECASE)  # in an alias
_ALIAS = re.compile(r"[a-z][\w-]*", re.IGNORECASE)


class Content(NamedTuple):
    """The content of a file: options by field, for all and by profile.

    `theme` is one with colours of its own.
    """

    path: str
    defaults: Mapping[str, Any] = {}
    profiles: Mapping[str, Mapping[str, Any]] = {}
    aliases: Mapping[str, str] = {}
    theme: Theme | None = None
    providers: Mapping[str, Mapping[str, str | Kept]] = {}


def read(path: str) -> Content:
    """Read a file.  Raises UsageError."""
    try:
        octets, status = paths.whole(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"the configuration {path} cannot be read: {why(error)}") from None
    return _File(path, octets, _private(status), _untrusted(status)).content()


def _private(status: os.stat_result) -> bool:
    """Return whether only its owner, who is us, may read it; if there are no such rights, that is taken to be so."""
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o077)


def _untrusted(status: os.stat_result) -> str:
    """Return why others could have written what the file says, "" if only we or the administrator could."""
    if not hasattr(os, "getuid"):
        return ""
    if status.st_uid not in (_ADMINISTRATOR, os.getuid()):
        return "the file belongs to another user: use one of your own"
    return "others may write to the file: chmod go-w" if status.st_mode & 0o022 else ""


class _File(TomlFile):
    """Reads one file.

    `private` says that only its owner may read it; `untrusted` says why nothing in it may run a program, "" if it may.
    """

    def __init__(self, path: str, octets: bytes, private: bool, untrusted: str) -> None:
        super().__init__(path, octets)
        self.private = private
        self.untrusted = untrusted

    def content(self) -> Content:
        """Return what the file says.  Raises UsageError."""
        rest = {key: value for key, value in self.root.items() if key not in ("profiles", "aliases", "providers")}
        theme = rest.pop("theme") if isinstance(rest.get("theme"), dict) else None
        return Content(
            self.path,
            self._options((), rest),
            {name: self._profile(name, value) for name, value in self._table("profiles").items()},
            self._aliases(),
            None if theme is None else self._theme(theme),
            {name: self._provider(name, value) for name, value in self._table("providers").items()},
        )

    # -- parts

    def _profile(self, name: str, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(("profiles",), name, f"profiles.{name} must be a table: [profiles.{name}]")
        if not _PROFILE.fullmatch(name):
            raise self.wrong(
                ("profiles",), name, f"{name!r} cannot be the name of a profile: use letters, digits, - _ and ."
            )
        if "url" not in value:
            raise self.wrong(("profiles",), name, f"the profile {name} has no url")
        return self._options(("profiles", name), value)

    def _aliases(self) -> Mapping[str, str]:
        aliases = self._table("aliases")
        for name, line in aliases.items():
            if not isinstance(line, str) or not line.strip():
                raise self.wrong(("aliases",), name, f"aliases.{name} must be a command line in quotes")
            if not _ALIAS.fullmatch(name):
                raise self.wrong(("aliases",), name, f"{name!r} cannot be an alias: use letters, digits, - and _")
            if _REACHES_OUT.search(line):
                self._trusted(("aliases",), name)
        return aliases

    def _provider(self, name: str, value: Any) -> Mapping[str, str | Kept]:
        """Return what the file says of an identity provider, by field."""
        from imapsh.shell.settings.passwords.oauth.providers import KEYS

        if not isinstance(value, dict):
            raise self.wrong(("providers",), name, f"providers.{name} must be a table: [providers.{name}]")
        table = ("providers", name)
        if self.untrusted:
            raise self.wrong(
                ("providers",), name, f"providers.{name} says where secrets are sent, and {self.untrusted}"
            )
        for key in value:
            if key not in KEYS:
                raise self.wrong(table, key, unknown(f"providers.{name}.{key}", key, KEYS))
        return {KEYS[key]: self._of_provider(table, key, said) for key, said in value.items()}

    def _of_provider(self, table: Table, key: str, value: Any) -> str | Kept:
        from imapsh.shell.settings.passwords.oauth.providers import FLOWS, split

        label = ".".join((*table, key))
        if not isinstance(value, str) or not value.isprintable() or not value:
            raise self.wrong(table, key, f"{label} must be text in quotes")
        if key == "flow" and value not in FLOWS:
            raise self.wrong(table, key, f"{label} must be one of {', '.join(FLOWS)}")
        if key == "client-secret":
            if not self.private:
                raise self.wrong(table, key, f"others may read this file, and it has a secret: chmod 600 {self.path}")
            return Kept(value)
        if key.endswith("-endpoint"):
            try:
                split(value)
            except ValueError as error:
                raise self.wrong(table, key, f"{label} {error}") from None
        return value

    def _theme(self, table: Mapping[str, Any]) -> Theme:
        from imapsh.render.styles import STYLES, THEMES, sgr

        base = table.get("base", "default")
        if base not in THEMES:
            raise self.wrong(("theme",), "base", f"theme.base must be one of {', '.join(THEMES)}")
        own = {}
        for name, words in table.items():
            if name == "base":
                continue
            if name not in STYLES:
                raise self.wrong(("theme",), name, unknown(f"theme.{name}", name, STYLES))
            try:
                own[name] = sgr(words if isinstance(words, str) else "")
            except UsageError as error:
                raise self.wrong(("theme",), name, f"theme.{name}: {error}") from None
        return THEMES[base].changed("own", own)

    def _table(self, name: str) -> dict[str, Any]:
        value = self.root.get(name, {})
        if not isinstance(value, dict):
            raise self.wrong((), name, f"{name} must be a table: [{name}]")
        return value

    # -- options

    def _options(self, table: Table, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options by field."""
        found: dict[str, Any] = {}
        labels: dict[str, str] = {}
        for key, value in given.items():
            field = KEYS[key][0].field if key in KEYS else {"limits": "limit"}.get(key, key)
            if field in found:
                raise self.wrong(table, key, f"{labels[field]} and {key} are the same switch: give only one")
            found[field] = self._value(table, key, value)
            labels[field] = key
        try:
            check(found, labels)
        except UsageError as error:
            raise self.wrong(table, list(given)[-1], str(error)) from None
        return found

    def _value(self, table: Table, key: str, value: Any) -> Any:
        label = ".".join((*table, key))
        if key == "limits":
            return self._limits((*table, key), value)
        if key in ("url", "password"):
            if not isinstance(value, str) or not value:
                raise self.wrong(table, key, f"{label} must be text in quotes")
            return self._url(table, value) if key == "url" else self._password(table, value)
        if key not in KEYS:
            names = (*KEYS, *_ADDED) if table else (*KEYS, *_ADDED, *_TABLES)
            raise self.wrong(table, key, unknown(label, key, names))
        if key in _COMMANDS:
            self._trusted(table, key)
        option, meaning = KEYS[key]
        try:
            return _checked(option, label, value, meaning)
        except UsageError as error:
            raise self.wrong(table, key, str(error)) from None

    def _url(self, table: Table, value: str) -> str:
        from imapsh.transport.address import parse_address

        try:
            address = parse_address(value)
        except UsageError as error:
            raise self.wrong(table, "url", str(error)) from None
        if address.scheme == "exec":
            self._trusted(table, "url")
        return value

    def _trusted(self, table: Table, key: str) -> None:
        """Raise UsageError if others could have written the key, which runs a program or reaches files."""
        if self.untrusted:
            label = ".".join((*table, key))
            raise self.wrong(table, key, f"{label} may run a program or reach your files, and {self.untrusted}")

    def _password(self, table: Table, value: str) -> Kept:
        if not table:
            raise self.wrong(
                table, "password", "a password must be in a profile, so that it is not sent to every server"
            )
        if not self.private:
            raise self.wrong(
                table, "password", f"others may read this file, and it contains a password: chmod 600 {self.path}, "
                "or use password-command or keyring",
            )  # fmt: skip
        return Kept(value)

    def _limits(self, table: Table, limits: Any) -> tuple[str, ...]:
        from imapsh.wire.limits import DEFAULT

        label = ".".join(table)
        if not isinstance(limits, dict):
            raise self.wrong(table[:-1], table[-1], f"{label} must be a table: [{label}]")
        for name, number in limits.items():
            if name not in DEFAULT._fields:
                raise self.wrong(table, name, unknown(f"{label}.{name}", name, DEFAULT._fields))
            if type(number) is not int or number < 0:
                raise self.wrong(table, name, f"{label}.{name} must be a whole number; 0 means no limit")
        return tuple(f"{name}={number}" for name, number in limits.items())


def _checked(option: Option, label: str, value: Any, meaning: bool) -> Any:
    """Return the value for an option's field.  Raises UsageError."""
    if not option.metavar:
        if not isinstance(value, bool):
            raise UsageError(f"{label} must be true or false")
        return value is meaning
    if option.many:
        if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise UsageError(f"{label} must be a list of strings in quotes")
        return tuple(value)
    if option.kind == "command" and isinstance(value, list):
        if not (value and value[0] and all(isinstance(word, str) for word in value)):
            raise UsageError(f"{label} must be text for a shell, or a list of a program and its arguments in quotes")
        return tuple(value)
    if option.kind in ("seconds", "number"):
        return value_of(option, label, str(value) if type(value) in (int, float) else "")
    if not isinstance(value, str):
        raise UsageError(f"{label} must be text in quotes")
    return value_of(option, label, value)


def unknown(label: str, key: str, known: Iterable[str]) -> str:
    """Return the message that there is no such key, and which is near."""
    from difflib import get_close_matches

    near = get_close_matches(key[:_SHOWN], list(known), 1)
    return f"unknown key {label[:_SHOWN]}" + (f"; did you mean {near[0]}?" if near else "")
