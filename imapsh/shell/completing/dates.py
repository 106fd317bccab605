"""Dates near today, in IMAP's form (RFC 9051 section 9: date, date-time)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from imapsh.shell.completing.offer import Offer, Place

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def now() -> datetime:
    """The present moment, here."""
    return datetime.now().astimezone()


def written(day: date) -> str:
    """`1-Feb-1994`, whatever the locale."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"


def near(today: date) -> Iterator[tuple[date, str]]:
    """Days that are asked for, and what they are called."""
    yield today, "today"
    yield today - timedelta(1), "yesterday"
    yield today - timedelta(7), "a week ago"
    yield today - timedelta(30), "30 days ago"
    yield today.replace(day=1), "the first of this month"
    yield today.replace(month=1, day=1), "the first of this year"
    yield today - timedelta(365), "365 days ago"


def days(place: Place) -> Iterator[Offer]:
    """For SEARCH."""
    for day, called in near(now().date()):
        text = f'"{written(day)}"' if place.typed.startswith('"') else written(day)
        yield place.offer(text, called, names=(text, called))


def moments(place: Place) -> Iterator[Offer]:
    """For APPEND: now."""
    moment = now()
    text = f'"{written(moment.date()):0>11} {moment:%H:%M:%S %z}"'
    if not place.typed or place.typed.startswith('"'):
        yield place.offer(text, "now", names=(text,))
