"""Sizes, dates, addresses and flags as people read them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeGuard

from imapsh.grammar.dates import read_date_time
from imapsh.grammar.encodedwords import encoded_words
from imapsh.grammar.values import Address, Octets
from imapsh.render import amounts
from imapsh.render.amounts import count
from imapsh.render.view import found
from imapsh.render.view.keywords import colored
from imapsh.render.visible import visible
from imapsh.wire.frames import Spilled

_EXACT = 10_000  # below this number, octets are counted and not rounded
# characters because of which a name needs quotation marks (RFC 5322 section 3.2.3, without ".")
_SPECIAL = frozenset('()<>[]:;@\\,"')

#: system flag in upper case -> its mark in tables and the word for it
MARKS = {
    "\\SEEN": ("S", "seen"),
    "\\ANSWERED": ("A", "answered"),
    "\\FLAGGED": ("F", "flagged"),
    "\\DELETED": ("X", "deleted"),
    "\\DRAFT": ("D", "draft"),
    "\\RECENT": ("R", "recent"),
}


def name_of(mailbox: str) -> str:
    """Return a mailbox name, or a level of one, in quotes if it begins or ends with a blank, or is empty."""
    shown = visible(mailbox)
    return shown if shown and not (shown[0].isspace() or shown[-1].isspace()) else f'"{shown}"'


def size(octets: int) -> str:
    """Return a size in words: `655 octets`, `107.2 kB (107,186 octets)`."""
    exact = count(octets, "octet")
    return exact if octets < _EXACT else f"{amounts.size(octets)} ({exact})"


def short_size(octets: int) -> str:
    """Return a size in few characters: `655`, `107.2 kB`."""
    return f"{octets:,}" if octets < _EXACT else amounts.size(octets)


def moment(text: str) -> datetime | None:
    """Return a date-time of IMAP (RFC 9051 section 9) or of a Date field (RFC 5322 section 3.3); None if it is neither.

    It has no time zone if the text has none, or if the text says by -0000 that the zone is unknown.
    """
    words = text.strip().split(" ")
    if len(words) == 3 and words[0].count("-") == 2:  # 17-Jul-1996 02:44:25 -0700
        if words[2] != "-0000":
            with contextlib.suppress(ValueError):
                return read_date_time(" ".join(words))
        text = " ".join([words[0].replace("-", " "), *words[1:]])
    from email.utils import parsedate_to_datetime  # which imports much

    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def in_table(text: str) -> str:
    """Return a date as `2026-06-08 07:43 +0200`, or the text as it is if it is not a date."""
    when = moment(text)
    if when is None:
        return one_line(text)
    return f"{when:%H:%M}".join((f"{when.year:04}-{when:%m-%d} ", f" {when:%z}" if when.tzinfo else ""))


def beside(text: str) -> str:
    """Return what may be shown beside a date: the same in UTC, `2026-06-08 05:43:00 UTC`; "" if it is not a date."""
    when = moment(text)
    if when is None:
        return ""
    if when.tzinfo is None:
        return f"{when.isoformat(' ')}, in an unknown time zone"
    try:
        return when.astimezone(UTC).replace(tzinfo=None).isoformat(" ") + " UTC"
    except OverflowError:
        return ""


def decoded(text: str) -> str:
    """Return a header's text unfolded, with its encoded words decoded, on one visible line (RFC 2047)."""
    unfolded = text.replace("\r\n ", " ").replace("\r\n\t", " ")
    return visible(encoded_words(unfolded) or unfolded)


def one_line(text: str) -> str:
    """Return text on one visible line, without blanks around it."""
    return visible(text.strip(" "))


def address(one: Address) -> str:
    """Return `Name <mailbox@host>`; a name with special characters is in quotation marks."""
    box = visible(one.mailbox or "")
    if one.host is not None:
        box = f"{box}@{visible(one.host)}"
    if one.adl:
        box = f"{visible(one.adl)}:{box}"
    if not one.name:
        return f"<{box}>" if one.adl else box
    name = decoded(one.name)
    if _SPECIAL.intersection(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{box}>"


def addresses(many: Iterable[Address]) -> Iterator[str]:
    """Yield each address, with the commas between; a group as `Name: first, second;`."""
    waiting = ""
    for one in many:
        if one.host is None and one.mailbox is not None:
            text = f"{decoded(one.mailbox)}:"
            if waiting:
                yield _separated(waiting)
            waiting = text
        elif one.host is None:
            waiting = waiting + ";" if waiting else ";"
        else:
            if waiting:
                yield _separated(waiting)
            waiting = address(one)
    if waiting:
        yield waiting


def _separated(text: str) -> str:
    return text if text.endswith(":") else text + ","


def person(many: Iterable[Address] | None) -> str:
    """Return the first of some addresses, by its name if it has one, and how many more there are."""
    people = [one for one in many or () if one.host is not None]
    if not people:
        return ""
    first = people[0]
    text = decoded(first.name) if first.name else address(first)
    return text if len(people) == 1 else f"{text} +{len(people) - 1}"


def flag_marks(flags: Sequence[str]) -> tuple[str, list[str]]:
    """Return the marks of system flags in one word, in the order of MARKS, and the other flags.

    The color of a flag is the first of these.
    """
    color, flags = colored(flags)
    given = {flag.upper() for flag in flags}
    marks = "".join(mark for name, (mark, _) in MARKS.items() if name in given)
    return marks, [*[color] * bool(color), *(visible(flag) for flag in flags if flag.upper() not in MARKS)]


def plain(value: Any) -> str:
    """Return any value of an extension as one visible line; text of several lines is joined."""
    if value is None:
        return "NIL"
    if isinstance(value, Spilled):
        return f"({size(value.octets)})"
    if isinstance(value, Octets):
        return size(value)
    if text := found.words(value):
        return text
    if isinstance(value, tuple | list):
        return "(" + " ".join(map(plain, value)) + ")"
    if isinstance(value, Mapping):
        return " ".join(f"{visible(name)} {plain(one)}" for name, one in value.items()) or "(none)"
    if isinstance(value, str) and "\n" in value:
        value = " ".join(value.split())
    return visible(value if isinstance(value, bytes) else str(value))


def style(value: Any) -> str:
    """Return the style of such a value."""
    if value is None:
        return "nil"
    return "number" if isinstance(value, int) else "text"


def are_words(value: Any) -> TypeGuard[tuple[str, ...]]:
    """Return whether a value is a list of words, as flags and labels are."""
    return isinstance(value, tuple) and not hasattr(value, "_fields") and all(isinstance(one, str) for one in value)


def words(value: tuple[str, ...]) -> str:
    """Return the words; those with a blank are in quotation marks."""
    return " ".join(f'"{visible(word)}"' if " " in word else visible(word) for word in value)
