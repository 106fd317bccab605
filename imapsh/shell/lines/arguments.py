"""Splits the argument of a command into words, as a POSIX shell does."""

from __future__ import annotations

import shlex

from imapsh.errors import UsageError


def words(argument: str) -> list[str]:
    """Return the words of an argument.  Raises UsageError if a quotation mark is not closed."""
    try:
        return shlex.split(argument)
    except ValueError:
        raise UsageError("a quotation mark is not closed") from None
