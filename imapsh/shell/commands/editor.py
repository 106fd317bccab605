"""Runs the person's own editor on a text that is too long for a line."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile

from imapsh.errors import UsageError
from imapsh.shell.screen.terminal import lent
from imapsh.shell.settings.folders import private
from imapsh.transport.child import child_environment, in_front

_USUAL = ("editor", "nano", "vim", "vi")


def command() -> list[str]:
    """Return the command in VISUAL or EDITOR, or a usual one.  Raises UsageError if there is none."""
    for variable in ("VISUAL", "EDITOR"):
        if named := os.environ.get(variable, "").strip():
            try:
                return shlex.split(named)
            except ValueError as error:
                raise UsageError(f"{variable} cannot be read as a command: {error}") from None
    for name in _USUAL:
        if shutil.which(name):
            return [name]
    raise UsageError("there is no editor: set EDITOR to its command")


def edit(text: str, suffix: str = ".imap") -> str:
    """Return the text as the editor left it, without the line break that editors put after the last line.

    While it is edited, it lies in a file that only its owner may read, and that is removed then.  Raises UsageError if
    there is no editor, or it fails.
    """
    words = command()
    with tempfile.TemporaryDirectory(
        prefix="imapsh-"
    ) as folder:  # 0700, so what the editor writes beside it is safe too
        path = os.path.join(folder, f"line{suffix}")
        try:
            with open(path, "x", encoding="utf-8", errors="surrogateescape", newline="", opener=private) as file:
                file.write(text)
        except OSError as error:
            raise UsageError(f"cannot write {path} for the editor: {error.strerror}; the text is unchanged") from None
        try:
            with lent(), subprocess.Popen([*words, path], env=child_environment()) as child, in_front(child):
                status = child.wait()
        except OSError as error:
            raise UsageError(f"cannot run the editor {words[0]}: {error.strerror}") from None
        if status:
            raise UsageError(f"the editor {words[0]} exited with status {status}: the text is unchanged")
        try:
            with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
                return file.read().removesuffix("\n").removesuffix("\r")
        except OSError as error:
            raise UsageError(f"the editor {words[0]} left no file: {error.strerror}; the text is unchanged") from None
