"""The names of imaplib's module that are not classes: constants, patterns, and functions on dates, flags and tags."""

from __future__ import annotations

import re
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

CRLF = b"\r\n"
IMAP4_PORT = 143
IMAP4_SSL_PORT = 993
#: The versions.  A server must offer one of them; the most recent is first.
AllowedVersions = ("IMAP4REV1", "IMAP4")

_ANY = ("NONAUTH", "AUTH", "SELECTED", "LOGOUT")
_IN = ("AUTH", "SELECTED")
_SELECTED = ("SELECTED",)

#: Every command and the states in which it may be sent.  Programs may add rows.
Commands: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("CAPABILITY", "ID", "LOGOUT", "NOOP"), _ANY),
    **dict.fromkeys(("AUTHENTICATE", "LOGIN", "STARTTLS"), ("NONAUTH",)),
    "COMPRESS": ("NONAUTH", "AUTH", "SELECTED"),
    **dict.fromkeys(("ENABLE", "PROXYAUTH"), ("AUTH",)),
    **dict.fromkeys(
        ("APPEND", "CREATE", "DELETE", "DELETEACL", "EXAMINE", "GETACL", "GETANNOTATION", "GETMETADATA", "GETQUOTA",
         "GETQUOTAROOT", "LIST", "LSUB", "MYRIGHTS", "NAMESPACE", "NOTIFY", "RENAME", "SELECT", "SETACL",
         "SETANNOTATION", "SETMETADATA", "SETQUOTA", "STATUS", "SUBSCRIBE", "UNAUTHENTICATE", "UNSUBSCRIBE"),
        _IN,
    ),
    "IDLE": _IN,
    **dict.fromkeys(
        ("CHECK", "CLOSE", "COPY", "EXPUNGE", "FETCH", "MOVE", "PARTIAL", "REPLACE", "SEARCH", "SORT", "STORE",
         "THREAD", "UID", "UNSELECT"),
        _SELECTED,
    ),
}  # fmt: skip

# Patterns of responses, CRLF removed.  Those that programs are known to use keep imaplib's names.
Continuation = re.compile(rb"\+( (?P<data>.*))?")
Flags = re.compile(rb".*FLAGS \((?P<flags>[^\)]*)\)")
InternalDate = re.compile(
    rb'.*INTERNALDATE "(?P<day>[ 0123]\d)-(?P<mon>[A-Z][a-z]{2})-(?P<year>\d{4})'
    rb' (?P<hour>\d\d):(?P<min>\d\d):(?P<sec>\d\d) (?P<zonen>[-+])(?P<zoneh>\d\d)(?P<zonem>\d\d)"'
)
LITERAL = rb".*{(?P<size>\d+)}$"
Literal = re.compile(LITERAL)
MapCRLF = re.compile(rb"\r\n|\r|\n")
#: This goes to the last bracket of the line: Gmail and others have flags with "]" (RFC 9051 section 9 forbids it).
Response_code = re.compile(rb"\[(?P<type>[A-Z-]+)( (?P<data>.*))?\]")
Untagged_response = re.compile(rb"\* (?P<type>[A-Z-]+)( (?P<data>.*))?")
UNTAGGED_STATUS = rb"\* (?P<data>\d+) (?P<type>[A-Z-]+)( (?P<data2>.*))?"
Untagged_status = re.compile(UNTAGGED_STATUS)

Months = ["", *"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()]
Mon2num = {name.encode(): number for number, name in enumerate(Months) if name}

_AP = b"ABCDEFGHIJKLMNOP"


def Internaldate2tuple(resp: bytes) -> time.struct_time | None:  # noqa: N802 - imaplib's name
    """Return the local time of the INTERNALDATE in a FETCH response; None if there is none that can be read (2.3.3)."""
    found = InternalDate.match(resp)
    if found is None or found["mon"] not in Mon2num:
        return None
    day, year, hour, minute, second, zone_hour, zone_minute = map(
        int, found.group("day", "year", "hour", "min", "sec", "zoneh", "zonem")
    )
    zone = (zone_hour * 60 + zone_minute) * 60
    if found["zonen"] == b"-":
        zone = -zone
    from calendar import timegm

    try:
        return time.localtime(timegm((year, Mon2num[found["mon"]], day, hour, minute, second)) - zone)
    except (ValueError, OverflowError):
        return None


def Int2AP(num: float) -> bytes:  # noqa: N802
    """Return the number's absolute value in base 16, with the digits A to P."""
    value, rest = b"", abs(int(num))
    while rest:
        rest, digit = divmod(rest, 16)
        value = _AP[digit : digit + 1] + value
    return value


def ParseFlags(resp: bytes) -> tuple[bytes, ...]:  # noqa: N802
    """Return the flags of a FETCH or FLAGS response; empty if there are none."""
    found = Flags.match(resp)
    return tuple(found["flags"].split()) if found else ()


def Time2Internaldate(date_time: float | datetime | str | time.struct_time | tuple[int, ...]) -> str:  # noqa: N802
    """Return `"DD-Mmm-YYYY HH:MM:SS +HHMM"`, with its quotation marks, for APPEND (RFC 9051 section 9, `date-time`).

    Takes seconds since the epoch, an aware datetime, a struct_time or 9-tuple of local time, or such a string, which is
    returned as it is.  Raises ValueError for anything else.
    """
    if isinstance(date_time, str):
        if len(date_time) < 2 or not date_time[0] == date_time[-1] == '"':
            raise ValueError("a date in a string must be in double quotes: Time2Internaldate makes one")
        return date_time
    from datetime import UTC, datetime, timedelta, timezone

    if isinstance(date_time, int | float):
        moment = datetime.fromtimestamp(date_time, UTC).astimezone()
    elif isinstance(date_time, tuple):
        year, month, day, hour, minute, second = date_time[:6]
        zone = timezone(timedelta(seconds=_offset(date_time)))
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    elif not isinstance(date_time, datetime):
        raise ValueError("date_time not of a known type")
    elif date_time.tzinfo is None:
        raise ValueError("date_time must be aware: give it a tzinfo")
    else:
        moment = date_time
    return moment.strftime(f'"%d-{Months[moment.month]}-%Y %H:%M:%S %z"')


def _offset(local: tuple[int, ...]) -> int:
    """Return the seconds east of Greenwich of a struct_time or 9-tuple."""
    east = getattr(local, "tm_gmtoff", None)
    if east is not None:
        return int(east)
    summer = local[8]
    if time.daylight and summer == -1:
        summer = time.localtime(time.mktime(local)).tm_isdst  # type: ignore[arg-type]
    return -(time.altzone if time.daylight and summer else time.timezone)
