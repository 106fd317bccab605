"""Offers dates near today, in IMAP's form (RFC 9051 section 9: date, date-time)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from imapsh.grammar.dates import write_date, write_date_time
from imapsh.shell.prompt.completing.offer import Offer, Place


def now() -> datetime:
    """Return the present moment, here."""
    return datetime.now().astimezone()


def near(today: date) -> Iterator[tuple[date, str]]:
    """Yield days that are asked for, and what they are called."""
    yield today, "today"
    yield today - timedelta(1), "yesterday"
    yield today - timedelta(7), "a week ago"
    yield today - timedelta(30), "30 days ago"
    yield today.replace(day=1), "the first of this month"
    yield today.replace(month=1, day=1), "the first of this year"
    yield today - timedelta(365), "365 days ago"


def days(place: Place) -> Iterator[Offer]:
    """Yield dates for SEARCH."""
    for day, called in near(now().date()):
        text = f'"{write_date(day)}"' if place.typed.startswith('"') else write_date(day)
        yield place.offer(text, called, names=(text, called))


def moments(place: Place) -> Iterator[Offer]:
    """Yield a date-time for APPEND: now."""
    text = f'"{write_date_time(now()).lstrip():0>26}"'  # a day of two digits: a blank would begin another word
    if not place.typed or place.typed.startswith('"'):
        yield place.offer(text, "now", names=(text,))
