"""Reports a mistake of imapsh itself: one sentence for the person, and a report of where it happened.

The report holds types and places in the code, and nothing that was typed, sent or received: no locals, no words of the
command line, and no message of an exception, for any of them may hold a secret.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator

from imapsh.shell.settings.folders import private, state_folder


def sentence(error: BaseException) -> str:
    """Write the report, and return a sentence that says what happened and where the report is."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {_short(frames[-1].filename)}, line {frames[-1].lineno}" if frames else ""
    path = str(state_folder() / "crash.txt")
    try:
        _write(path, report(error))
    except OSError as fault:
        told = f"the report cannot be written to {path}: {fault.strerror}"
    else:
        told = f"a report, without any of your data, is in {path}"
    return f"internal error in imapsh ({type(error).__name__}{where}); {told}"


def report(error: BaseException) -> str:
    """Return what happened, the cause first."""
    from imapsh import __version__

    lines = [f"imapsh {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n"]
    for one in reversed(list(_chain(error, set()))):
        lines.append("\n")
        lines += traceback.format_list(traceback.extract_tb(one.__traceback__))
        lines.append(f"{type(one).__module__}.{type(one).__qualname__}\n")
    return "".join(lines)


def _chain(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    """Yield the exception, what it was raised from, and what is in a group."""
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        for inner in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
            yield from _chain(inner, seen)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _short(path: str) -> str:
    _, found, inside = path.rpartition(f"{os.sep}imapsh{os.sep}")
    return f"imapsh{os.sep}{inside}" if found else os.path.basename(path)


def _write(path: str, text: str) -> None:
    """Write the report for its owner alone."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(path, "w", encoding="utf-8", opener=private) as file:
        file.write(text)
