"""Days and moments, read and written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from imapsh.grammar.dates import read_date, read_date_time, write_date, write_date_time

_PACIFIC = timezone(-timedelta(hours=7))


@pytest.mark.parametrize("text", ["1-Feb-2026", "29-feb-2024", "31-DEC-0099"])
def test_a_day_is_read_and_written(text: str) -> None:
    assert write_date(read_date(text)).lower() == text.lower()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (" 1-Feb-2026 12:00:00 +0100", datetime(2026, 2, 1, 12, tzinfo=timezone(timedelta(hours=1)))),
        ("17-Jul-1996 02:44:25 -0700", datetime(1996, 7, 17, 2, 44, 25, tzinfo=_PACIFIC)),
    ],
)
def test_a_moment_is_read_and_written(text: str, moment: datetime) -> None:
    assert read_date_time(text) == moment
    assert write_date_time(moment) == text


def test_a_day_without_its_blank_is_read_too() -> None:
    assert read_date_time("1-Feb-2026 12:00:00 +0000") == datetime(2026, 2, 1, 12, tzinfo=UTC)


def test_a_moment_of_no_known_zone_is_written_as_utc() -> None:
    assert write_date_time(datetime(2026, 2, 1, 12, tzinfo=UTC).replace(tzinfo=None)) == " 1-Feb-2026 12:00:00 +0000"


@pytest.mark.parametrize("text", ["", "1-Foo-2026", "31-Feb-2026", "1-Feb-26", " 1-Feb-2026", "2026-02-01"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date|does not exist"):
        read_date(text)


@pytest.mark.parametrize(
    "text", ["", "1-Feb-2026", " 1-Feb-2026 25:00:00 +0000", " 1-Feb-2026 12:00:00 +9999", "31-Feb-2026 12:00:00 +0000"]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date-time|does not exist"):
        read_date_time(text)
