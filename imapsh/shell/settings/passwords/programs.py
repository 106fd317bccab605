"""Runs other programs that print passwords and tokens."""

from __future__ import annotations

import signal
import sys

from imapsh import paths
from imapsh.errors import Interrupted, LoginError
from imapsh.shell.settings.reasons import why
from imapsh.transport.child import child_environment, in_front

#: What Ctrl-C makes of a command: it ends by the signal, or a shell says so of its own child.
_INTERRUPTED = (-signal.SIGINT, 128 + signal.SIGINT)


Command = str | tuple[str, ...]
"""A command: text for a shell, or a program and its arguments, which no shell reads."""


def read(text: str) -> Command:
    """Return the command that an option gives: a JSON list of strings is a program and its arguments."""
    if not text.lstrip().startswith("["):
        return text
    import json

    try:
        words = json.loads(text)
    except (ValueError, RecursionError):
        return text  # a shell may begin a command with [
    return tuple(words) if words and all(isinstance(word, str) for word in words) else text


def from_command(command: Command, option: str = "--password-command") -> str:
    """Return the first line that a command prints.  Raises LoginError, which says nothing of what it printed."""
    return text_of(output_of(command, option).split(b"\n", 1)[0].rstrip(b"\r"), option, "printed")


def output_of(command: Command, option: str) -> bytes:
    """Return all that a command prints.

    Raises LoginError, which names the option that asked for it; also if the command takes too long or prints too much
    (`collecting`).  Raises Interrupted if Ctrl-C ended the command.
    """
    import subprocess

    from imapsh.shell.settings.passwords.collecting import collect, patience

    stdin = None if sys.stdin is not None and sys.stdin.isatty() else subprocess.DEVNULL
    seconds = patience()
    try:
        child = subprocess.Popen(
            command,
            shell=isinstance(command, str),
            stdin=stdin,
            stdout=subprocess.PIPE,
            env=child_environment(),
            start_new_session=seconds is not None,
        )
    except (OSError, ValueError) as error:  # ValueError for a NUL in a word
        program = "" if isinstance(command, str) else f" {command[0]}"
        raise LoginError(f"{option} cannot run{program or ' a shell'}: {why(error)}") from None
    with child, in_front(child):
        printed = collect(child, option, seconds)
    if child.returncode in _INTERRUPTED:
        raise Interrupted(f"{option} was interrupted")
    if child.returncode:
        raise LoginError(f"{option} {_ended(child.returncode)}: run it by hand to see why")
    return printed


def _ended(status: int) -> str:
    return f"failed with exit status {status}" if status > 0 else f"was ended by signal {-status}"


def text_of(line: bytes, option: str, verb: str) -> str:
    """Return a line as text.  Raises LoginError, which names the option, if it is empty or not UTF-8."""
    line = paths.without_bom(line)
    if not line:
        raise LoginError(f"{option} {verb} no password on its first line")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise LoginError(f"{option} {verb} a password that is not UTF-8") from None
