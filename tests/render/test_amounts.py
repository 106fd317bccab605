"""Counts, octets and times in words."""

from __future__ import annotations

from imapsh.errors import plural
from imapsh.render.amounts import LAST, Lines, all_shown, count, duration, size, span


def test_counts() -> None:
    assert [count(number, "message") for number in (0, 1, 2000)] == ["0 messages", "1 message", "2,000 messages"]
    assert count(2, "reply", "replies") == "2 replies"


def test_the_way_to_see_all_is_that_of_the_place() -> None:
    assert all_shown(20) == all_shown(None) == f"{LAST} shows all"
    lines = Lines(20, "--format wire")
    assert (lines * 10, all_shown(lines)) == (200, "--format wire shows all")


def test_sizes() -> None:
    assert [size(octets) for octets in (0, 999, 1000, 999_949, 999_950, 4.2e9)] == [
        "0 octets", "999 octets", "1.0 kB", "999.9 kB", "1.0 MB", "4.2 GB",
    ]  # fmt: skip


def test_durations() -> None:
    times = (0.00007, 0.0004, 0.0123, 3.44)
    assert [duration(seconds) for seconds in times] == ["0.07 ms", "0.4 ms", "12 ms", "3.4 s"]


def test_spans() -> None:
    assert [span(seconds) for seconds in (0.2, 59.4, 59.6, 125, 11_400)] == [
        "0 s", "59 s", "1:00 min", "2:05 min", "3:10 h",
    ]  # fmt: skip


def test_a_word_agrees_with_its_number() -> None:
    assert [plural(number, "message") for number in (0, 1, 2)] == ["messages", "message", "messages"]
    assert [plural(number, "was", "were") for number in (1, 2)] == ["was", "were"]
