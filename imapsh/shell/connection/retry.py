"""Connects again after a failure: `--retry N[:SECONDS]`.

This happens only before the server has greeted, when nothing was said yet: if it cannot be reached, does not answer in
time, or greets with BYE.  What waiting does not mend, a certificate, a peer that is no IMAP, or a login there or at a
proxy, is not tried again, and nothing is ever sent twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.errors import ConnectError, ConnectionTimeout, ImapshError, ProxySetupError, UsageError
from imapsh.shell.settings.reasons import in_options

if TYPE_CHECKING:
    from imapsh.session.core import Session

FIRST_WAIT = 1.0  #: seconds before the second attempt, doubled for each further one
LONGEST_WAIT = 60.0  #: seconds


def read(text: str) -> tuple[int, float]:
    """Return the number of attempts and the seconds before the first; "" means none.  Raises UsageError."""
    if not text:
        return 0, FIRST_WAIT
    number, colon, seconds = text.partition(":")
    try:
        times, wait = int(number), float(seconds) if colon else FIRST_WAIT
    except ValueError:
        times = wait = -1
    if not (0 <= times < 1e6 and 0 < wait < 1e6):
        raise UsageError(
            "--retry takes the number of further attempts and the seconds before the first, as in --retry 5:2"
        )
    return times, wait


class Retries:
    """The further attempts of one connection; `text` is the value of `--retry`."""

    def __init__(self, text: str) -> None:
        self.times, self._wait = read(text)
        self.done = 0

    def next(self, error: ImapshError, session: Session | None) -> float | None:
        """Return the seconds to wait before connecting again; None if that would be too often, or in vain.

        `session` is that of the attempt, or None if it did not come to one.
        """
        if self.done >= self.times or not _may_pass(error, session):
            return None
        seconds = min(self._wait * 2.0**self.done, max(LONGEST_WAIT, self._wait))
        self.done += 1
        return seconds

    def said(self, error: ImapshError, seconds: float) -> str:
        """Return a sentence about the error and the next attempt."""
        return f"{in_options(error)}; trying again in {seconds:g} s ({self.done} of {self.times})"


def _may_pass(error: ImapshError, session: Session | None) -> bool:
    greeting = session.greeting if session is not None else None
    if greeting is not None:
        return isinstance(error, ConnectError) and greeting.name == "BYE"
    return isinstance(error, ConnectError | ConnectionTimeout) and not isinstance(error, ProxySetupError)
