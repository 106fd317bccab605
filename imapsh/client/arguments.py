"""The arguments of typed commands as text, checked before anything is sent."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from imapsh.errors import UsageError, shown
from imapsh.grammar.dates import read_date_time, write_date_time
from imapsh.grammar.fragments import Fragment
from imapsh.grammar.sequence import LARGEST, LINE, Rising, SequenceSet, is_count
from imapsh.grammar.writer import Writer, buffer, encoded, listed_of
from imapsh.table.model import SELECTED, Context
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from imapsh.client.items import BodyItem, Item

MessageSet = str | int | SequenceSet | Iterable[int]
"""Text as in `1:4,7`, a number, a set, or several numbers.  Only text and sets made of text may hold `*` and `$`."""

SECTION = re.compile(r"\[[^\]]*\]|<[^>]*>")
"""The text after the name of a FETCH item."""

_SHIFTED = frozenset({"COPY", "MOVE"})  # commands whose message numbers an EXPUNGE may shift before the next is sent
_AROUND = 60  # octets of a command beside its set and the rest
_LEAST = 1000  # octets of a set in one line, whatever the rest is
_SHORT = 200  # characters of FETCH items and of searches that are remembered
_ANNOUNCED = 20  # octets of the announcement of a literal

_RETURN = re.compile(r"RETURN \(([^)]*)\)", re.IGNORECASE)
_CHARSET = re.compile(r"(?:RETURN \([^)]*\) )?CHARSET +\"?([^ \"]+)", re.IGNORECASE)
_QUOTED_OR_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|[^ ()"]+')
_ESCAPED = re.compile(r"\\(.)")
_CHANGE = re.compile(r"(?:\(UNCHANGEDSINCE \d+\) )?[-+]?(?:FLAGS(?:\.SILENT)?|X-GM-LABELS(?:\.SILENT)?)", re.IGNORECASE)
_MODIFIERS = re.compile(r"(?<= )\((?:CHANGEDSINCE|PARTIAL|VANISHED)\b[^()]*\)\Z", re.IGNORECASE)
_WORD = re.compile(r"[^ ()]+")
_NUMERIC = re.compile(r"[-+]?[\d*][\d*:,.-]*")


def message_set(messages: MessageSet) -> SequenceSet:
    """Return an argument as a set, which may be empty.

    Raises UsageError for anything that is not a set of messages.
    """
    if isinstance(messages, str):
        return _parsed(messages)
    if isinstance(messages, SequenceSet):
        if isinstance(messages.ranges, Rising):
            return messages
        return _parsed(str(messages)) if messages else messages  # it may have been made of any numbers
    if isinstance(messages, int):
        one = type(messages) is int and 0 < messages <= LARGEST
        return SequenceSet(((messages, messages),)) if one else SequenceSet.of((messages,))
    if not isinstance(messages, Iterable):
        raise UsageError(f"{shown(messages)} is not a set of messages: give numbers, a set, or text such as '1:4,7'")
    return SequenceSet.of(messages)


def in_lines(numbers: SequenceSet, name: str, rest: Iterable[Fragment], *, uid: bool) -> list[SequenceSet]:
    """Return the set in parts, each of which fits into a line of `sequence.LINE` octets with the rest of its command.

    Raises UsageError if the parts would need several COPY or MOVE by message number, because an EXPUNGE that comes
    between them would shift the numbers of those to come; and for PARTIAL, which counts in each command anew.
    """
    others = sum(len(one) if isinstance(one, bytes) else _ANNOUNCED for one in rest)
    parts = list(numbers.pieces(max(LINE - others - _AROUND, _LEAST)))
    if len(parts) > 1:
        long = f"a line of {len(str(numbers)):,} octets, and a server may refuse more than {LINE:,}"
        if not uid and name in _SHIFTED:
            raise UsageError(
                f"{name} of these message numbers needs {long}: use UIDs (uid=True), which go in several commands"
            )
        if any(isinstance(one, bytes) and b"PARTIAL " in one.upper() for one in rest):
            raise UsageError(f"PARTIAL of these messages needs {long}: give fewer, or a range")
    return parts


def _parsed(text: str) -> SequenceSet:
    try:
        return SequenceSet.parse(text)
    except ValueError as error:
        raise UsageError(f"{error}: give numbers, such as 1:4,7 or 3:*") from None


class FetchItems(NamedTuple):
    """The arguments of FETCH: its items, its modifiers without their parentheses, and what is sent of both."""

    items: str
    modifiers: str
    fragments: Sequence[Fragment]


def _items_with(items: str, modifiers: str) -> FetchItems:
    return FetchItems(items, modifiers, Writer().raw(f"{items} ({modifiers})" if modifiers else items).fragments())


def fetch_items(items: str | Iterable[Item | BodyItem], changed_since: int | None = None) -> FetchItems:
    """Return FETCH items, in parentheses if there are several, and the modifiers that may follow them.

    Raises UsageError for what is neither text nor a list of names, for parentheses that do not match, and for VANISHED,
    whose answer is not about messages that are there.
    """
    text = items if isinstance(items, str) else " ".join(map(ascii_only, _names(items)))
    found = _read_items(text) if len(text) < _SHORT else _read_items.__wrapped__(text)
    if found is None:
        raise UsageError(f"{shown(items)} is not a list of FETCH items: give text, such as 'UID FLAGS'")
    if changed_since is None:
        return found
    if "CHANGEDSINCE" in found.modifiers.upper().split():
        raise UsageError("CHANGEDSINCE is among the items already: leave changed_since out")
    return _items_with(found.items, f"CHANGEDSINCE {mod_sequence(changed_since)} {found.modifiers}".strip())


@lru_cache(maxsize=64)
def _read_items(text: str) -> FetchItems | None:
    """Return FETCH items as they were typed, or None if there are none.

    They are cached, because a program asks for few different ones.
    """
    asked, modifiers = _cut(ascii_only(text).strip())
    if not asked.strip("() "):
        return None
    if "VANISHED" in modifiers.upper().split():
        raise UsageError("fetch() cannot say which messages have vanished: use select(qresync=...), or command()")
    return _items_with(asked if asked.startswith("(") or " " not in _plain(asked) else f"({asked})", modifiers)


def _names(items: object) -> list[str]:
    if not isinstance(items, Iterable):
        raise UsageError(f"{shown(items)} is not a list of FETCH items: give text, such as 'UID FLAGS'")
    return list(items)


def _plain(text: str) -> str:
    """Return the text with the same length, and nothing inside sections that looks like its syntax."""
    return SECTION.sub(lambda found: "x" * len(found[0]), text)


def _cut(text: str) -> tuple[str, str]:
    """Return the items, and the modifiers without their parentheses."""
    plain = _plain(text)
    depth = 0
    end = len(text)
    for at, mark in enumerate(plain):
        depth += (mark == "(") - (mark == ")")
        if depth < 0 or (depth == 0 and mark == ")" and plain.startswith("(") and end == len(text)):
            end = min(end, at + 1)
    found = None if plain.startswith("(") else _MODIFIERS.search(plain)
    asked, rest = (text[: found.start()], text[found.start() :]) if found else (text[:end], text[end:])
    rest = rest.strip()
    if depth or (rest and not (rest.startswith("(") and rest.endswith(")"))):
        raise UsageError(f"{shown(text)} is not a list of FETCH items: its parentheses do not match")
    return asked.strip(), rest[1:-1].strip()


def change_of_flags(change: object, unchanged_since: int | None) -> str:
    """Return what STORE does, with the modifier in front.

    Raises UsageError for anything but FLAGS and X-GM-LABELS, each with + or - and with .SILENT or without.
    """
    if not isinstance(change, str) or not _CHANGE.fullmatch(change.strip()):
        raise UsageError(f"{shown(change)} is not a change of flags: give FLAGS, +FLAGS or -FLAGS, or one with .SILENT")
    if unchanged_since is None:
        return change.strip()
    if change.lstrip().startswith("("):
        raise UsageError("UNCHANGEDSINCE is in the change already: leave unchanged_since out")
    return f"(UNCHANGEDSINCE {mod_sequence(unchanged_since)}) {change.strip()}"


def date_time(date: object) -> str:
    """Return the date of APPEND as IMAP writes it; "" for none.

    Raises UsageError for a datetime without a zone, because it does not say which moment it is, and for text that is
    not a date-time.
    """
    if date is None or date == "":
        return ""
    if isinstance(date, datetime):
        if date.utcoffset() is None:
            raise UsageError(f"{date} has no zone: date.astimezone() gives it this machine's")
        return write_date_time(date)
    if not isinstance(date, str):
        raise UsageError(f"{shown(date)} is not a date: give a datetime with a zone, or text")
    try:
        read_date_time(date)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return date


def mail_octets(message: Buffer, exact: bool = False) -> bytes:
    """Return the octets of a message.  Text whose lines all end in LF gets CRLF, as mail has it (RFC 5322 section 2.1).

    A message that has a CRLF anywhere, or a NUL, is left as it is, and so is any if `exact` is true.  Raises UsageError
    for what is not octets.
    """
    if isinstance(message, str):
        raise UsageError("a message is octets, not text: encode it first")
    octets = buffer(message)
    if exact or b"\r\n" in octets or b"\0" in octets:
        return octets
    return octets.replace(b"\n", b"\r\n")


def search_keys(text: object) -> str:
    """Return search keys as they are, unless they are certainly wrong; an unknown key may be an extension's."""
    if not isinstance(text, str) or not text.strip():
        raise UsageError(f"{shown(text)} is not a search: give text, such as 'UNSEEN' or 'UID 1:4,7'")
    options = _RETURN.match(text)
    if options is not None and options[1].strip() and "ALL" not in options[1].upper().split():
        raise UsageError(
            f"search() returns message numbers, and {options[0]} does not ask for them: use esearch() instead"
        )
    wrong = _wrong_word(text) if len(text) < _SHORT else _wrong_word.__wrapped__(text)
    if _NUMERIC.fullmatch(wrong):
        raise UsageError(f"expected a search key or numbers from 1 to {LARGEST}, not {wrong[:60]}")
    return text


@lru_cache(maxsize=64)
def _wrong_word(text: str) -> str:
    """Return the word of a search at which it stops being one; "" if there is none.

    They are cached, because a program searches for the same again and again.
    """
    from imapsh.typed.match import match

    for problem in match(f"SEARCH {text}", Context(SELECTED, tagged=False)).errors[:1]:
        at = problem.offset - len("SEARCH ")
        return next((word[0] for word in _WORD.finditer(text) if word.start() <= at < word.end()), "")
    return ""


def write_search_keys(w: Writer, text: str, *, charset: bool = True) -> Writer:
    """Write search keys.

    Strings and words beyond ASCII become literals in UTF-8, with CHARSET UTF-8 in front if `charset` is true (RFC 9051
    section 6.4.4).  After ENABLE UTF8=ACCEPT they are written as they are, and no CHARSET may be said (RFC 6855 section
    3).  Raises UsageError for text with another CHARSET.
    """
    text = search_keys(text)
    return w.raw(text) if text.isascii() or w.utf8 else _international(w, text, charset)


def _international(w: Writer, text: str, charset: bool) -> Writer:
    named = _CHARSET.match(text)
    if named is not None and named[1].upper() != "UTF-8":
        raise UsageError(f"text beyond ASCII is sent in UTF-8, not in {named[1]}: leave CHARSET out")
    if charset and named is None:
        returns = _RETURN.match(text)
        at = returns.end() + 1 if returns is not None else 0
        text = f"{text[:at]}CHARSET UTF-8 {text[at:]}"
    at = 0
    for found in _QUOTED_OR_WORD.finditer(text):
        if not found[0].isascii():
            value = found[0] if found[1] is None else _ESCAPED.sub(r"\1", found[1])
            w.raw(text[at : found.start()]).literal(encoded(value, "utf-8"))
            at = found.end()
    return w.raw(text[at:])


def mod_sequence(value: int) -> int:
    """Return a mod-sequence, which may be 0 in a command.  Raises UsageError for anything else (RFC 7162 section 7)."""
    if not is_count(value, 0):
        raise UsageError(f"{shown(value)} is not a mod-sequence: give a number from 0")
    return value


def seconds(value: object, name: str) -> float:
    """Return a positive number of seconds.  Raises UsageError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise UsageError(f"{name} is a number of seconds above 0, not {shown(value)}")
    return value


def patience(value: object) -> float | None:
    """Return a time-out, which may be None for ever.  Raises UsageError for anything else."""
    return None if value is None else seconds(value, "timeout")


def several(values: object) -> tuple[Any, ...]:
    """Return names, of which a text is one.  Raises UsageError for what is not a list."""
    return (values,) if isinstance(values, str) else listed_of(values, "names")


def text_of(value: object, what: str) -> str:
    """Return text as it is.  Raises UsageError, which does not show the value, for anything else."""
    if not isinstance(value, str):
        raise UsageError(f"{what} is text, not a {type(value).__name__}")
    return str.__str__(value)  # an enumeration of texts formats itself in another way


def ascii_only(text: str) -> str:
    """Return the text as it is.  Raises UsageError for anything but text in ASCII."""
    if not isinstance(text, str):
        raise UsageError(f"{shown(text)} is not text")
    if not text.isascii():
        raise UsageError(f"{shown(text)} is not ASCII, and the command takes nothing else here")
    return str.__str__(text)  # an enumeration of texts formats itself in another way
