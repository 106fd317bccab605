"""Decides how a client that idles goes on after the server has ended IDLE itself (RFC 9051 section 6.3.13)."""

from __future__ import annotations

from imapsh.session.exchange import Exchange

AT_ONCE = 5.0
"""Seconds: an IDLE that the server ends sooner than this was ended at once."""

PAUSES = (1.0, 2.0, 4.0)
"""Seconds of pause before the next IDLE, after the first, the second, ... that was ended at once."""

POLLING = 60.0
"""Seconds between two NOOPs of a client that cannot use IDLE."""

INSTEAD = "the server ends IDLE at once"
"""The reason why NOOP is sent instead of IDLE."""


class Pace:
    """The pauses between the IDLEs of one connection.

    Some servers answer IDLE with `+` and OK at once.  To send IDLE again each time would be thousands of commands, so a
    pause comes first, then a longer one, and in the end NOOP takes the place of IDLE.
    """

    def __init__(self) -> None:
        self._times = 0

    def after(self, idle: Exchange) -> float | None:
        """Return the seconds until the next IDLE, after one that has its OK; None if NOOP must take its place."""
        if (idle.ended or 0.0) - (idle.started or 0.0) >= AT_ONCE:
            self._times = 0
        elif idle.cut:
            self._times += 1
            return PAUSES[self._times - 1] if self._times <= len(PAUSES) else None
        return 0.0
