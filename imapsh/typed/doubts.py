"""Finds arguments that the grammar allows, and that are hardly what is meant.  Each function returns advice, or ""."""

from __future__ import annotations

import re

from imapsh.patterns import lazy
from imapsh.table.model import Context

#: The flags that are written with a backslash (RFC 9051 section 2.3.2).
_FLAGS = {name.lower(): f"\\{name}" for name in ("Answered", "Deleted", "Draft", "Flagged", "Recent", "Seen")}
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_DATE = lazy(r" ?(\d{1,2})-([A-Za-z]{3})-(\d{4})(?: (\d\d):(\d\d):(\d\d) [+-](\d\d)(\d\d))?", re.ASCII)
_CLOCK = (23, 59, 60, 23, 59)  # hours, minutes, seconds (one may be a leap second), hours and minutes of the zone


def mailbox(name: str, context: Context) -> str:
    """Advise on `&`, which begins coded characters in a mailbox name (RFC 3501 section 5.1.3)."""
    if "&" not in name or context.takes_utf8 or not name.isascii():
        return ""
    from imapsh.grammar import mutf7

    try:
        mutf7.decode(name)
    except ValueError:
        return f"& begins coded characters in a mailbox name, and none follow: write {mutf7.encode(name)} for & itself"
    return ""


def flag(name: str, context: Context) -> str:
    """Advise on a flag without its backslash, which is a keyword (RFC 9051 section 2.3.2)."""
    meant = _FLAGS.get(name.lower())
    return f"{name} is a keyword of its own; the flag is {meant}" if meant else ""


def date(text: str, context: Context) -> str:
    """Advise on a day that is in no calendar, and on a time that is on no clock."""
    found = _DATE.fullmatch(text)
    if found is None:
        return ""
    from calendar import monthrange

    day, month, year, *clock = found.groups()
    number = _MONTHS.index(month.lower()) // 3 + 1
    if not 1 <= int(day) <= monthrange(max(int(year), 1), number)[1]:
        return f"there is no {day}-{month}-{year}"
    if clock[0] is not None and any(int(part) > most for part, most in zip(clock, _CLOCK, strict=True)):
        return f"there is no {text.split(' ', 1)[1]}"
    return ""
