"""Finds the files that belong together: of a log in two files, `.in` is the client's and `.out` is the server's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from imapsh.errors import ImapshError, ParseError
from imapsh.logs.recognising import recognised
from imapsh.logs.source import Log

_OTHER = {".in": ".out", ".out": ".in"}

Open = Callable[[str], BinaryIO]


def logs_of(paths: Sequence[str], open: Open) -> Iterator[Log]:
    """Yield the logs of the files that were named, in their order; two files of one log are one.

    The other file of a log need not be named: it is taken if it is beside the first and is of the same format.  `open`
    opens a file; the path `-` makes a log without a path.  Raises what `open` raises for a file that was named,
    OSError, and ParseError for a packed file that is damaged.
    """
    taken = set()
    for path in paths:
        if os.path.abspath(path) in taken:
            continue
        log = _log(path, open)
        stem, extension = os.path.splitext(path)
        if extension in _OTHER:
            log.sister = _beside(log, stem + _OTHER[extension], open)
        if log.sister is not None:
            taken.add(os.path.abspath(log.sister.path))
        yield log


def _log(path: str, open: Open) -> Log:
    try:
        return Log(open(path), "" if path == "-" else path)
    except ParseError as error:
        raise ParseError(f"{path}: {error}") from None


def _beside(log: Log, path: str, open: Open) -> Log | None:
    """Open the other file of a log.  Return None if it is not there, or holds something else; a file may be empty."""
    try:
        file = open(path)
        found = Log(file, path)
    except (ImapshError, OSError, ValueError):
        return None
    form, other = recognised(log), recognised(found)
    if form is other is not None or not log.head or not found.head:
        return found
    file.close()
    return None
