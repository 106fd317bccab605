"""Times as logs write them."""

from __future__ import annotations

import pytest

from imapsh.logs.clocks import Clock, date_in


@pytest.mark.parametrize(
    ("text", "time"),
    [
        (b"2026-11-29 08:01:28,056 DEBUG", 1795939288.056),
        (b"[2026-11-29T08:01:28]", 1795939288.0),
        (b"x 2026-11-29 08:01:28.000001 UTC", 1795939288.000001),
        (b"2026-13-29 08:01:28", None),
        (b"2026-11-29 08:61:28", None),
        (b"no time", None),
    ],
)
def test_a_date_is_found_in_a_text(text: bytes, time: float | None) -> None:
    assert date_in(text) == time


def test_a_clock_goes_on_when_it_begins_again() -> None:
    clock = Clock(86400)
    times = [clock.at(b"23", b"59", b"59.5"), clock.at(b"00", b"00", b"01"), clock.at(b"00", b"00", b"00")]
    assert times == [86399.5, 86401.0, 86400.0]
    assert clock.at(b"00", b"00", b"02") == 86402.0
