"""How far something long has come, in words and on its line."""

from __future__ import annotations

from imapsh.shell.progress import EVERY, PATIENCE, Meter, Progress, size, span


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.octets = 1000

    def __call__(self) -> float:
        return self.now


def test_octets_rate_and_time_left() -> None:
    clock = Clock()
    progress = Progress("saving", 45_000_000, lambda: clock.octets, clock=clock)
    assert [progress.due] == [False]
    clock.now += 2
    clock.octets += 10_000_000
    assert progress.due
    assert progress.text() == "saving: 10.0 of 45.0 MB, 22 %, 5.0 MB/s, 7 s left"
    clock.octets += 50_000_000
    assert progress.text() == "saving: 45.0 of 45.0 MB, 100 %, 30.0 MB/s"


def test_without_a_total() -> None:
    clock = Clock()
    progress = Progress("reading", 0, lambda: clock.octets, clock=clock)
    clock.now += PATIENCE
    clock.octets += 500
    assert progress.text() == "reading: 500 octets, 1.0 kB/s"


def test_sizes_and_spans() -> None:
    assert [size(octets) for octets in (0, 999, 1000, 999_949, 999_950, 4.2e9)] == [
        "0 octets", "999 octets", "1.0 kB", "999.9 kB", "1.0 MB", "4.2 GB",
    ]  # fmt: skip
    assert [span(seconds) for seconds in (0.2, 59.4, 59.6, 125, 11_400)] == [
        "0 s", "59 s", "1:00 min", "2:05 min", "3:10 h",
    ]  # fmt: skip


def test_the_line_is_cut_written_again_not_too_often_and_taken_away() -> None:
    clock = Clock()
    written: list[str] = []
    meter = Meter(written.append, lambda: 12)
    progress = Progress("saving", 2000, lambda: clock.octets, clock=clock)
    meter.show(progress, clock.now)
    meter.clear()
    assert written == []
    clock.now += 1
    meter.show(progress, clock.now)
    meter.show(progress, clock.now + EVERY / 2)
    meter.show(progress, clock.now + EVERY)
    meter.show(None, clock.now + 1)
    meter.clear()
    meter.clear()
    assert written == ["\rsaving: 0.0\x1b[K", "\rsaving: 0.0\x1b[K", "\r\x1b[K"]


def test_nothing_is_written_where_no_terminal_is() -> None:
    clock = Clock()
    written: list[str] = []
    progress = Progress("saving", 2000, lambda: clock.octets, clock=clock)
    clock.now += 1
    Meter(written.append, None).show(progress, clock.now)
    assert written == []
