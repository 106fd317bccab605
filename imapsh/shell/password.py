"""Where a password comes from: a command, the environment, or a person at the terminal.  Never the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from imapsh.errors import LoginError
from imapsh.transport.child import SECRET_VARIABLES, child_environment

_WAYS = "give --password-command, set IMAPSH_PASSWORD, or run imapsh at a terminal"

#: What was taken out of the environment, by name; kept here alone.
_taken: dict[str, str] = {}


def take_from_environment() -> None:
    """Take the secret variables out of the environment, so that no child sees them.  Call it first of all."""
    for name in SECRET_VARIABLES:
        if name in os.environ:
            _taken[name] = os.environ.pop(name)


class Password:
    """Calling it gives the password: from `command`, else the environment, else `ask(prompt)`, else the terminal.

    Raises LoginError where there is none to be had.
    """

    def __init__(self, user: str, where: str, command: str = "", ask: Callable[[str], str] | None = None) -> None:
        self.user = user
        self.where = where
        self.command = command
        self.ask = ask

    def __call__(self) -> str:
        if self.command:
            return from_command(self.command)
        take_from_environment()
        if _taken.get("IMAPSH_PASSWORD"):
            return _taken["IMAPSH_PASSWORD"]
        password = (self.ask or _at_terminal)(f"Password for {self.user} at {self.where}: ")
        if not password:
            raise LoginError(f"no password for {self.user} was given")
        return password


def from_command(command: str) -> str:
    """The first line that a shell command prints.  Raises LoginError, which says nothing of what it printed."""
    import subprocess

    stdin = None if sys.stdin is not None and sys.stdin.isatty() else subprocess.DEVNULL
    try:
        done = subprocess.run(
            command, shell=True, stdin=stdin, stdout=subprocess.PIPE, env=child_environment(), check=False
        )
    except OSError as error:
        raise LoginError(f"--password-command cannot be run: {error.strerror}") from None
    if done.returncode:
        raise LoginError(f"--password-command failed with exit status {done.returncode}: run it by hand to see why")
    line = done.stdout.split(b"\n", 1)[0].rstrip(b"\r")
    if not line:
        raise LoginError("--password-command printed no password on its first line")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise LoginError("--password-command printed a password that is not UTF-8") from None


def _at_terminal(prompt: str) -> str:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        raise LoginError(f"there is no password and no terminal to ask at: {_WAYS}") from None
    from getpass import getpass

    try:
        return getpass(prompt)
    except EOFError:
        return ""


def append_password(line: str, password: str) -> str:
    """A typed `LOGIN user` with its password behind, quoted where it can be, else as a literal."""
    if password.isascii() and password.isprintable():
        quoted = password.replace("\\", "\\\\").replace('"', '\\"')
        return f'{line.rstrip()} "{quoted}"'
    return f"{line.rstrip()} {{{len(password.encode('utf-8', 'surrogateescape'))}}}\r\n{password}"
