"""Gathers by name how long commands took: counts, percentiles, octets.  Memory is bounded, however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from math import ceil, exp, log

from imapsh.hints import TYPE_CHECKING, Any
from imapsh.render.amounts import duration, size

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange

QUANTILES = (0.5, 0.9, 0.99, 1.0)

_STEP = log(1.02)  # a value is known to one part in a hundred
_LEAST = 1e-7  # seconds
_TOGETHER = 256  # commands that are counted at once
_NAMES = 200  # commands told apart; those behind them, which nobody types by hand, are counted together
_OTHERS = "(others)"
_HEAD = ("command", "count", "OK", "NO", "BAD", "out", "in", "until", "median", "p90", "p99", "max")


class Spread:
    """Durations in seconds: the least and the largest exactly, those between in steps of two in a hundred."""

    def __init__(self) -> None:
        self.count = 0
        self.least = 0.0
        self.largest = 0.0
        self._steps: dict[int, int] = {}

    def add(self, *seconds: float) -> None:
        """Take in durations."""
        self.least = min(*seconds, self.least if self.count else seconds[0])
        self.largest = max(*seconds, self.largest)
        self.count += len(seconds)
        steps = self._steps
        for step, times in Counter([round(log(one if one > _LEAST else _LEAST) / _STEP) for one in seconds]).items():
            steps[step] = steps.get(step, 0) + times

    def join(self, other: Spread) -> None:
        """Take in the durations of another spread, which has some."""
        self.least = min(other.least, self.least) if self.count else other.least
        self.largest = max(other.largest, self.largest)
        self.count += other.count
        steps = self._steps
        for step, times in other._steps.items():
            steps[step] = steps.get(step, 0) + times

    def quantile(self, part: float) -> float:
        """Return the duration that `part` of all do not exceed; 0 if there are none."""
        left = ceil(part * self.count)
        if left >= self.count:
            return self.largest
        for step in sorted(self._steps):
            left -= self._steps[step]
            if left <= 0:
                return min(max(exp(step * _STEP), self.least), self.largest)
        return self.largest


#: Of a command that has its reply: the status, the seconds to the first octet and to the end, octets out and in.
_Told = tuple[str, float, float, int, int]


class Row:
    """The statistics of the commands of one name.

    `statuses` says how many replies there were of each status, `first` and `end` are the times until the first octet of
    the reply and until its end, and `sent` and `received` count octets.
    """

    def __init__(self, told: Iterable[_Told] = ()) -> None:
        self.statuses = {"OK": 0, "NO": 0, "BAD": 0}
        self.first = Spread()
        self.end = Spread()
        self.sent = 0
        self.received = 0
        if told:
            statuses, first, end, sent, received = zip(*told, strict=True)
            self.statuses |= Counter(statuses)
            self.first.add(*first)
            self.end.add(*end)
            self.sent, self.received = sum(sent), sum(received)

    def join(self, other: Row) -> None:
        """Count the commands of another row, which has some."""
        for status, times in other.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + times
        self.first.join(other.first)
        self.end.join(other.end)
        self.sent += other.sent
        self.received += other.received


class Stats:
    """The statistics of all commands, by the name of the connection and of the command.

    Commands wait in `_due` and are counted together, because mostly nobody asks.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Row] = {}
        self._due: list[tuple[str, str, _Told]] = []

    def __len__(self) -> int:
        self._count()
        return len(self._rows)

    def clear(self) -> None:
        """Forget all statistics."""
        self._due.clear()
        self._rows.clear()

    def add(self, connection: str, exchange: Exchange) -> None:
        """Count a command that has its reply, for the connection and for all together."""
        end, first = exchange.elapsed, exchange.to_first
        told = (exchange.status, end if first is None else first, end, exchange.sent, max(0, exchange.received))
        self._due.append((connection, exchange.name, told))
        if len(self._due) >= _TOGETHER:
            self._count()

    def _count(self) -> None:
        due, self._due = self._due, []
        alike: dict[tuple[str, str], list[_Told]] = {}
        for connection, name, told in due:
            alike.setdefault((connection, name), []).append(told)
        for (connection, name), many in alike.items():
            row = Row(many)
            self._row(connection, name).join(row)
            self._row("", name).join(row)

    def _row(self, connection: str, name: str) -> Row:
        row = self._rows.get((connection, name))
        if row is None:
            key = (connection, name if len(self._rows) < _NAMES else _OTHERS)
            row = self._rows.get(key)
            if row is None:
                row = self._rows[key] = Row()
        return row

    def rows(self, connection: str = "") -> Iterator[tuple[str, Row]]:
        """Return each command's name with its row, in alphabetical order; of one connection, or of all together."""
        self._count()
        return iter(sorted((name, row) for (where, name), row in self._rows.items() if where == connection))

    def records(self, connection: str = "") -> Iterator[dict[str, Any]]:
        """Yield the rows as JSON values, with times in seconds."""
        for name, row in self.rows(connection):
            times = {"first": _in_seconds(row.first), "end": _in_seconds(row.end)}
            yield {"command": name, **row.statuses, "sent": row.sent, "received": row.received, **times}

    def table(self, connection: str = "") -> str:
        """Return the rows as lines.

        For each command they show the time until the first octet of the reply, and until its end.
        """
        lines: list[tuple[str, ...]] = [_HEAD]
        for name, row in self.rows(connection):
            counts = (row.end.count, *(row.statuses[status] for status in ("OK", "NO", "BAD")))
            head = (name, *(f"{count:,}" for count in counts), size(row.sent), size(row.received))
            lines.append((*head, "first", *_quantiles(row.first)))
            lines.append(("",) * len(head) + ("end", *_quantiles(row.end)))
        return "\n".join(_aligned(lines))


def _quantiles(spread: Spread) -> Iterator[str]:
    return (duration(spread.quantile(part)) for part in QUANTILES)


def _in_seconds(spread: Spread) -> dict[str, float]:
    names = _HEAD[-len(QUANTILES) :]
    return {name: round(spread.quantile(part), 6) for name, part in zip(names, QUANTILES, strict=True)}


def _aligned(lines: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield lines in columns, texts to the left and numbers to the right."""
    listed = list(lines)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    left = (_HEAD.index("command"), _HEAD.index("until"))
    for line in listed:
        cells = (cell.ljust(width) if at in left else cell.rjust(width)
                 for at, (cell, width) in enumerate(zip(line, widths, strict=True)))  # fmt: skip
        yield "  ".join(cells).rstrip()
