"""Days and moments as IMAP writes them (RFC 9051 section 9: date-text, date-time), whatever the locale."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from imapsh.patterns import lazy

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: date-text = date-day "-" date-month "-" date-year
_DATE = lazy(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
#: time = 2DIGIT ":" 2DIGIT ":" 2DIGIT; zone = ("+" / "-") 4DIGIT
_TIME = lazy(r" (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_LENGTH = len(" 00:00:00 +0000")


def read_date(text: str) -> date:
    """Return the day of a date-text.  Raises ValueError if it is not one, or if the day does not exist."""
    found = _DATE.fullmatch(text)
    if found is None or found[2].title() not in _MONTHS:
        raise ValueError(f"{text!a} is not a date: write it like 1-Feb-2026")
    try:
        return date(int(found[3]), _MONTHS.index(found[2].title()) + 1, int(found[1]))
    except ValueError:
        raise ValueError(f"the date {text} does not exist") from None


def read_date_time(text: str) -> datetime:
    """Return the moment of a date-time, which is given without its quotes.

    Raises ValueError if it is not a date-time, or if the moment does not exist.
    """
    found = _TIME.fullmatch(text[-_LENGTH:])
    if found is None:
        raise ValueError(f'{text!a} is not a date-time: write it like " 1-Feb-2026 12:00:00 +0100"')
    day = read_date(text[:-_LENGTH].lstrip(" "))
    offset = timedelta(hours=int(found[5]), minutes=int(found[6])) * (-1 if found[4] == "-" else 1)
    try:
        return datetime(
            day.year, day.month, day.day, int(found[1]), int(found[2]), int(found[3]), tzinfo=timezone(offset)
        )
    except ValueError as error:
        raise ValueError(f"the date-time {text} does not exist: {error}") from None


def write_date(day: date) -> str:
    """Return the day as a date-text, such as `1-Feb-2026`."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04}"


def write_date_time(when: datetime) -> str:
    """Return the moment as a date-time without its quotes, such as ` 1-Feb-2026 12:00:00 +0100`.

    If its zone is not known, +0000 is written.
    """
    return f"{write_date(when):>11} {when:%H:%M:%S} {when.strftime('%z')[:5] or '+0000'}"


def read_header_date(text: str | None) -> datetime | None:
    """Return the moment of a header field Date, read tolerantly (RFC 5322 section 3.3); None if it is not one."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
