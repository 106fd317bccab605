"""Asks and tells a person on stdin, stdout and stderr if there is no prompt.

Nothing else writes text to stdout or stderr, so that all of it is `Shown`.
"""

from __future__ import annotations

import sys

from imapsh.hints import IO
from imapsh.render.visible import Shown, visible


def is_terminal(file: IO[str] | None) -> bool:
    """Return whether the file is there, and is a terminal."""
    return file is not None and file.isatty()


def columns() -> int:
    """Return the width of the terminal."""
    import shutil

    return shutil.get_terminal_size().columns


def ask(question: str, *, secret: bool = False) -> str | None:
    """Return a person's answer at the terminal; None if nobody is there or will say.

    A secret is asked for at the terminal of the process, whatever stdin is: a script may come from there.
    """
    if secret:
        from imapsh.shell.screen.terminal import ask_unseen

        return ask_unseen(visible(question))
    if not is_terminal(sys.stdin):
        return None
    try:
        print(visible(question), end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().rstrip("\r\n") or None
    except EOFError:
        return None


def out(text: Shown) -> None:
    """Write text to stdout.  Raises OSError."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def put(text: Shown) -> None:
    """Write text to stderr."""
    sys.stderr.write(text)
    sys.stderr.flush()


def note(text: str) -> None:
    """Write a line to stderr, safe for a terminal, and without the password of a URL that it cites."""
    if "://" in text and "@" in text:
        from imapsh.typed.secrets import without_passwords

        text = without_passwords(text)
    print(f"imapsh: {visible(text)}", file=sys.stderr, flush=True)
