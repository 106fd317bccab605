r"""Regular expressions that a person wrote: what is none is refused, and matching has a limit on time.

Some expressions take longer than anybody lives, such as `(a+)+$` on a long line of a's.  The alarm signal ends them,
which `re` heeds while it works; it is sent to the main thread, so only there is a limit.
"""

from __future__ import annotations

import re
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from imapsh.errors import UsageError

SECONDS = 2.0  #: that compiling or matching may take

_SHOWN = 60  # characters of an expression in a message


def compiled(expression: str) -> re.Pattern[str]:
    """Return an expression that is ready.  Raises UsageError if it is none, or takes too long."""
    try:
        with warnings.catch_warnings(), _limited(expression):
            warnings.simplefilter("error")
            return re.compile(expression)
    except (re.error, FutureWarning, DeprecationWarning) as error:
        reason = str(error)
    except (RecursionError, OverflowError, MemoryError):
        reason = "it is too deep or too large"
    raise UsageError(f"{_quoted(expression)} is not a regular expression: {reason}") from None


def found(expression: str, text: str) -> bool:
    """Return whether an expression matches somewhere in a text.  Raises UsageError as `compiled` does."""
    pattern = compiled(expression)
    try:
        with _limited(expression):
            return pattern.search(text) is not None
    except (RecursionError, MemoryError):
        raise UsageError(f"{_quoted(expression)} is too large to match") from None


@contextmanager
def _limited(expression: str) -> Iterator[None]:
    """Raise UsageError in a block that takes too long."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def over(*_: object) -> None:
        raise UsageError(f"{_quoted(expression)} takes more than {SECONDS:g} s on this text: write it more simply")

    before: Any = signal.signal(signal.SIGALRM, over)
    timer = signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)


def _quoted(expression: str) -> str:
    return repr(expression if len(expression) <= _SHOWN else f"{expression[:_SHOWN]}...")
