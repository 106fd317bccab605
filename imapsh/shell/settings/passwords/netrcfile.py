"""Reads users and passwords in a netrc file: `machine HOST login USER password PASSWORD`, or `default` for any host.

The standard library's reader keeps one entry a machine; here the first that fits in machine and login is taken.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from imapsh import paths
from imapsh.errors import LoginError
from imapsh.shell.settings.reasons import why
from imapsh.tuples import NamedTuple

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)', re.DOTALL)
_WITH_VALUE = ("machine", "login", "user", "account", "password", "port")
_OTHERS = frozenset(
    "ftp 21 smtp 25 smtps 465 submission submissions 587 pop3 110 pop3s 995 nntp 119 http 80 https 443".split()
)


class Entry(NamedTuple):
    """One entry; `machine` "" is the default's, and `login` "" fits any user.

    `port` is the service that it is for, as some programs write it, "" for any.
    """

    machine: str
    login: str = ""
    password: str = ""
    port: str = ""


def path() -> str:
    """Return the path of the file: NETRC, else ~/.netrc."""
    return os.environ.get("NETRC") or os.path.join(os.path.expanduser("~"), ".netrc")


def password(host: str, user: str) -> str:
    """Return the password, or "" if there is none.  Raises LoginError if the file cannot be used."""
    return next((entry.password for entry in _for(host) if entry.login in ("", user) and entry.password), "")


def user(host: str) -> str:
    """Return the first user that the file has for a host, or "".  Raises LoginError if the file cannot be used."""
    return next((entry.login for entry in _for(host) if entry.login), "")


def _for(host: str) -> Iterator[Entry]:
    fitting = (entry for entry in read(path()) if entry.machine.lower() in ("", host.lower()))
    return (entry for entry in fitting if entry.port.lower() not in _OTHERS)


def read(name: str) -> list[Entry]:
    """Return the entries, none if there is no file.

    Raises LoginError, which repeats nothing of what stands in the file.
    """
    try:
        octets, status = paths.whole(name)
        text = paths.without_bom(octets).decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        raise LoginError(f"{name} is not UTF-8") from None
    except (OSError, ValueError) as error:
        raise LoginError(f"{name} cannot be read: {why(error)}") from None
    entries = _entries(name, text)
    reason = _open_to_others(name, status) if hasattr(os, "getuid") else ""
    if reason and any(entry.password and entry.login != "anonymous" for entry in entries):
        raise LoginError(f"{name} contains passwords, and {reason}")
    return entries


def _open_to_others(name: str, status: os.stat_result) -> str:
    """Return why others know what the file says, "" if only we do."""
    if status.st_uid != os.getuid():
        return "it belongs to another user: use a file of your own"
    return f"others may read it: chmod 600 {name}" if status.st_mode & 0o077 else ""


def _entries(name: str, text: str) -> list[Entry]:
    entries: list[Entry] = []
    place = 0
    while token := _TOKEN.search(text, place):
        key, place = token[0], token.end()
        if key.startswith("#"):
            place = _before(text, "\n", token.start())
        elif key == "macdef":
            place = _before(text, "\n\n", place)
        elif key == "default":
            entries.append(Entry(""))
        else:
            value = _TOKEN.search(text, place) if key in _WITH_VALUE else None
            if value is None or (key != "machine" and not entries):
                line = text.count("\n", 0, token.start()) + 1
                raise LoginError(
                    f"{name}, line {line}: not in netrc format; write machine HOST login USER password PASSWORD"
                )
            place = value.end()
            _add(entries, key, value[2] if value[1] is None else re.sub(r"\\(.)", r"\1", value[1]))
    return entries


def _add(entries: list[Entry], key: str, value: str) -> None:
    if key == "machine":
        entries.append(Entry(value))
    elif key in ("login", "user"):
        entries[-1] = entries[-1]._replace(login=value)
    elif key in ("password", "port"):
        entries[-1] = entries[-1]._replace(**{key: value})


def _before(text: str, end: str, place: int) -> int:
    found = text.find(end, place)
    return len(text) if found < 0 else found
