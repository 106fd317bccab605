"""Times as logs write them."""

from __future__ import annotations

from datetime import UTC, datetime

from imapsh.patterns import lazy

_DATE = lazy(rb"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))?")


def date_in(text: bytes) -> float | None:
    """Return the first date and time in a text, in seconds since 1970, or None.

    It is read as UTC: programs write the local time of a place that the log does not tell.
    """
    found = _DATE.search(text)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(f"{found[1].decode()} {found[2].decode()}")
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC).timestamp() + float(b"0." + (found[3] or b"0"))


class Clock:
    """Times that begin again at zero: those of a log without dates.

    `period` is in seconds: a day, or an hour.
    """

    def __init__(self, period: int) -> None:
        self._period = period
        self._begun = 0
        self._last = 0.0

    def at(self, *parts: bytes) -> float:
        """Return the seconds of a time such as `15`, `42`, `18.49`, counted from the first period's beginning."""
        time = 0.0
        for part in parts:
            time = time * 60 + float(part)
        time += self._begun
        if time < self._last - self._period / 2:  # a little earlier is only a line that another overtook
            self._begun += self._period
            time += self._period
        self._last = time
        return time
