"""Deadlines, for things of several steps."""

from __future__ import annotations

import time

import pytest

from imapsh.transport.deadline import ENDLESS, Deadline, within


def test_what_is_left_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    deadline = Deadline(6)
    assert (deadline.left(), deadline.left(3)) == (6, 2)
    now = 104.0
    assert (deadline.left(), deadline.left(2)) == (2, 1)
    for now in (106.0, 107.0):  # noqa: B007 - the clock reads it
        with pytest.raises(TimeoutError):
            deadline.left()


def test_no_end() -> None:
    assert ENDLESS.left() is None
    assert Deadline(None).left(5) is None


@pytest.mark.parametrize(
    ("times", "shortest"), [((None, 3), 3), ((2, 3), 2), ((3, None), 3), ((None, None), None), ((), None)]
)
def test_the_shortest_of_several(times: tuple[float | None, ...], shortest: float | None) -> None:
    assert within(*times) == shortest
