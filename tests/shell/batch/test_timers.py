"""A clock for a driver that blocks."""

from __future__ import annotations

from imapsh.shell.batch.timers import Timers


def test_what_is_due_is_done_in_order_and_once() -> None:
    now = [10.0]
    timers = Timers(lambda: now[0])
    done: list[str] = []
    assert timers.left() is None
    timers.call_later(2.0, lambda: done.append("second"))
    timers.call_later(1.0, lambda: done.append("first"))
    cancelled = timers.call_later(0.5, lambda: done.append("never"))
    assert timers.left() == 0.5
    cancelled.cancel()
    assert timers.left() == 1.0
    timers.run()
    assert done == []
    now[0] = 12.5
    assert timers.left() == 0.0
    timers.run()
    timers.run()
    assert done == ["first", "second"]
    assert timers.left() is None
