r"""What commands took: spreads, rows, and `\stats`."""

from __future__ import annotations

import random

import pytest

from imapsh.errors import UsageError
from imapsh.grammar.responses import TAGGED, Response
from imapsh.session.exchange import Exchange
from imapsh.shell.record.stats import Spread, Stats
from imapsh.wire.frames import Frame
from tests.shell.hosting import FakeApp


def exchange(name: str, seconds: float, first: float | None = None, status: str = "OK") -> Exchange:
    made = Exchange("A1", name, [b"A1 " + name.encode()])
    made.started, made.ended = 10.0, 10.0 + seconds
    made.first = None if first is None else 10.0 + first
    made.sent, made.received = 100, 2000
    made.response = Response(TAGGED, status, None, Frame((b"A1 OK\r\n",)), "A1")
    return made


@pytest.mark.parametrize("part", [0.01, 0.25, 0.5, 0.9, 0.99, 1.0])
def test_a_quantile_is_right_to_one_part_in_a_hundred_whatever_the_spread(part: float) -> None:
    values = [10 ** random.Random(seed).uniform(-6, 3) for seed in range(2000)]
    spread = Spread()
    for value in values:
        spread.add(value)
    exact = sorted(values)[max(0, -int(-part * len(values) // 1) - 1)]
    assert spread.quantile(part) == pytest.approx(exact, rel=0.0101)
    assert (spread.count, spread.least, spread.largest) == (2000, min(values), max(values))


def test_few_values() -> None:
    spread = Spread()
    assert spread.quantile(0.5) == 0
    spread.add(0.0)
    assert spread.quantile(0.5) == 0
    spread.add(3.0)
    assert spread.quantile(0.5) < 1e-6
    assert spread.quantile(0.9) == 3.0


def test_memory_is_bounded() -> None:
    spread, stats = Spread(), Stats()
    for number in range(100_000):
        spread.add(number / 7919)
    assert len(spread._steps) < 1500
    for number in range(1000):
        stats.add("1", exchange(f"X{number}", 1))
    assert len(stats) <= 202
    assert sum(row.end.count for _, row in stats.rows()) == 1000


def test_a_table_of_all_and_of_one_connection() -> None:
    stats = Stats()
    for seconds in (0.001, 0.002, 0.003):
        stats.add("1", exchange("NOOP", seconds, 0.0005))
    stats.add("second", exchange("NOOP", 2.0, 1.0, "NO"))
    stats.add("second", exchange("UID FETCH", 0.5, None, "BAD"))
    assert stats.table().splitlines() == [
        "command    count  OK  NO  BAD         out      in  until  median     p90     p99     max",
        "NOOP           4   3   1    0  400 octets  8.0 kB  first  0.5 ms   1.0 s   1.0 s   1.0 s",
        "                                                   end    2.0 ms   2.0 s   2.0 s   2.0 s",
        "UID FETCH      1   0   0    1  100 octets  2.0 kB  first  500 ms  500 ms  500 ms  500 ms",
        "                                                   end    500 ms  500 ms  500 ms  500 ms",
    ]
    assert [name for name, _ in stats.rows("1")] == ["NOOP"]


def test_the_command() -> None:
    host = FakeApp(connected=True).does("\\stats reset").does("\\stats")
    assert host.said[-1] == "no command has had a reply yet"
    host.does("NOOP").does("\\connect -n second").does("SELECT INBOX").does("\\stats")
    assert [line.split()[0] for line in host.said[-1].splitlines()[1::2]] == ["AUTHENTICATE", "NOOP", "SELECT"]
    host.does("\\stats 1")
    assert [line.split()[:2] for line in host.said[-1].splitlines()[1::2]] == [["NOOP", "1"]]
    with pytest.raises(UsageError, match="no connection 'third'"):
        host.does("\\stats third")


def test_what_the_shell_asks_by_itself_is_not_counted() -> None:
    host = FakeApp("n", connected=True).does("\\stats reset")
    with pytest.raises(UsageError):
        host.does("DELETE Archive")
    assert list(host.stats.rows()) == []
