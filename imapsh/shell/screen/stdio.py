"""stdin, stdout and stderr where there is no prompt: questions to a person, and what is told.

Nothing else writes text to stdout or stderr, so that all of it is `Shown`.
"""

from __future__ import annotations

import sys
from typing import IO

from imapsh.render.visible import Shown, visible


def is_terminal(file: IO[str] | None) -> bool:
    """Whether it is there, and a terminal."""
    return file is not None and file.isatty()


def columns() -> int:
    """The width of the terminal."""
    import shutil

    return shutil.get_terminal_size().columns


def ask(question: str, *, secret: bool = False) -> str | None:
    """A person's answer at the terminal; None where nobody is there or will say."""
    if not is_terminal(sys.stdin):
        return None
    try:
        if secret:
            from getpass import getpass

            return getpass(visible(question))
        print(visible(question), end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().rstrip("\n") or None
    except EOFError:
        return None


def out(text: Shown) -> None:
    """Text to stdout.  Raises OSError."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def put(text: Shown) -> None:
    """Text to stderr."""
    sys.stderr.write(text)
    sys.stderr.flush()


def note(text: str) -> None:
    """A line on stderr, safe for a terminal, and without the password of a URL that it cites."""
    if "://" in text and "@" in text:
        from imapsh.typed.secrets import without_passwords

        text = without_passwords(text)
    print(f"imapsh: {visible(text)}", file=sys.stderr, flush=True)
