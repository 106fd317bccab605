"""The meaning of SEARCH's keys (RFC 9051 section 6.4.4; RFC 3501 section 6.4.4 for NEW, OLD and RECENT).

A key is a `Key`; `matcher` turns it into a function of a message, by a table.  Strings match without regard to case,
anywhere in the decoded text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from imapsh.grammar.dates import read_date
from imapsh.grammar.sequence import SequenceSet
from imapsh.server.headers import text
from imapsh.server.mime import Mime, Part
from imapsh.server.selected import Selected
from imapsh.server.store import Message
from imapsh.tuples import NamedTuple
from imapsh.typed.found import Piece

CHARSETS = ("US-ASCII", "UTF-8")

Test = Callable[[int, Message], bool]  #: of a message number and its message


class Key(NamedTuple):
    """A search key: its name in upper case, and its arguments (keys, for AND, OR and NOT)."""

    name: str
    args: tuple[Any, ...] = ()


def matcher(key: Key, selected: Selected) -> Test:
    """Return the test for this key.  Raises ValueError for an invalid date, or a message number that does not exist."""
    if key.name in FLAG_KEYS:
        flag, wanted = FLAG_KEYS[key.name]
        return lambda number, message: (flag in message.flags) is wanted
    return KEYS[key.name](selected, *key.args)


def find(key: Key, selected: Selected) -> list[tuple[int, Message]]:
    """Return the number and message of all that match and still exist, in rising order.  Raises as `matcher` does."""
    test = matcher(key, selected)
    return [pair for pair in enumerate(selected.shown, 1) if selected.exists(pair[1]) and test(*pair)]


FLAG_KEYS = {
    name: (flag, wanted)
    for flag in ("\\Answered", "\\Deleted", "\\Draft", "\\Flagged", "\\Seen")
    for name, wanted in ((flag[1:].upper(), True), (f"UN{flag[1:].upper()}", False))
}


def _all_of(selected: Selected, *keys: Key) -> Test:
    tests = [matcher(key, selected) for key in keys]
    return lambda number, message: all(test(number, message) for test in tests)


def _either(selected: Selected, *keys: Key) -> Test:
    tests = [matcher(key, selected) for key in keys]
    return lambda number, message: any(test(number, message) for test in tests)


def _not(selected: Selected, key: Key) -> Test:
    test = matcher(key, selected)
    return lambda number, message: not test(number, message)


def _chosen(uid: bool) -> Callable[[Selected, SequenceSet], Test]:
    def make(selected: Selected, chosen: SequenceSet) -> Test:
        uids = {message.uid for _, message in selected.pick(chosen, uid=uid)}
        return lambda number, message: message.uid in uids

    return make


def _keyword(wanted: bool) -> Callable[[Selected, str], Test]:
    def make(selected: Selected, keyword: str) -> Test:
        lowered = keyword.lower()
        return lambda number, message: (lowered in map(str.lower, message.flags)) is wanted

    return make


def _recent(recent: bool, *, unseen: bool = False) -> Callable[[Selected], Test]:
    def make(selected: Selected) -> Test:
        return lambda number, message: (
            (message.uid in selected.recent) is recent and not (unseen and "\\Seen" in message.flags)
        )

    return make


def day(of: Callable[[Message], date | None], compare: Callable[[date, date], bool]) -> Callable[[Selected, str], Test]:
    """Return the function that makes the test of a key with a day; `compare` is given a message's day and the key's."""

    def make(selected: Selected, text: str) -> Test:
        wanted = read_date(text)

        def test(number: int, message: Message) -> bool:
            day = of(message)
            return day is not None and compare(day, wanted)

        return test

    return make


def _larger(selected: Selected, octets: int) -> Test:
    return lambda number, message: len(message.octets) > octets


def _smaller(selected: Selected, octets: int) -> Test:
    return lambda number, message: len(message.octets) < octets


def _header(selected: Selected, name: str, wanted: str) -> Test:
    lowered, folded = name.lower(), wanted.casefold()

    def test(number: int, message: Message) -> bool:
        fields = message.mime.root.fields
        return any(folded in decode_words(field.value).casefold() for field in fields if field.name.lower() == lowered)

    return test


def _named_header(name: str) -> Callable[[Selected, str], Test]:
    return lambda selected, wanted: _header(selected, name, wanted)


def _body(selected: Selected, wanted: str) -> Test:
    folded = wanted.casefold()
    return lambda number, message: _in_body(message.mime, folded)


def _text(selected: Selected, wanted: str) -> Test:
    folded = wanted.casefold()

    def test(number: int, message: Message) -> bool:
        fields = message.mime.root.fields
        shown = (f"{field.name}: {decode_words(field.value)}".casefold() for field in fields)
        return any(folded in line for line in shown) or _in_body(message.mime, folded)

    return test


def _in_body(mime: Mime, folded: str) -> bool:
    if not folded:
        return True
    return any(folded in part_text(part).casefold() for part in mime.root.leaves())


def part_text(part: Part) -> str:
    """Return a text part as characters, whatever its charset; "" for what is not text."""
    if not part.type.startswith("text/"):
        return ""
    octets = part.decoded()
    if octets is None:
        octets = part.body_octets
    try:
        return octets.decode(str(part.params.get("charset") or "utf-8"))
    except (LookupError, ValueError):
        return text(octets)


def decode_words(value: str) -> str:
    """Return a header value with its encoded words decoded (RFC 2047), as far as they can be decoded."""
    if "=?" not in value:
        return value
    from email.errors import HeaderParseError
    from email.header import decode_header

    try:
        runs = decode_header(value)
        return "".join(run if isinstance(run, str) else run.decode(charset or "latin-1") for run, charset in runs)
    except (HeaderParseError, LookupError, ValueError):
        return value


def _sent(message: Message) -> date | None:
    """Return the day in the Date field, disregarding time and zone."""
    from email.utils import parsedate_tz

    value = next((field.value for field in message.mime.root.fields if field.name.lower() == "date"), "")
    try:
        parsed = parsedate_tz(value)
        return date(*parsed[:3]) if parsed else None
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


def _received(message: Message) -> date:
    return message.internaldate.date()


#: Key -> the function that makes its test; those of the families are added when they are gathered.
KEYS: dict[str, Callable[..., Test]] = {
    "ALL": _all_of,
    "AND": _all_of,
    "OR": _either,
    "NOT": _not,
    "SEQUENCE-SET": _chosen(uid=False),
    "UID": _chosen(uid=True),
    "KEYWORD": _keyword(True),
    "UNKEYWORD": _keyword(False),
    "RECENT": _recent(True),
    "OLD": _recent(False),
    "NEW": _recent(True, unseen=True),
    "BEFORE": day(_received, date.__lt__),
    "ON": day(_received, date.__eq__),
    "SINCE": day(_received, date.__ge__),
    "SENTBEFORE": day(_sent, date.__lt__),
    "SENTON": day(_sent, date.__eq__),
    "SENTSINCE": day(_sent, date.__ge__),
    "LARGER": _larger,
    "SMALLER": _smaller,
    "HEADER": _header,
    "BCC": _named_header("bcc"),
    "CC": _named_header("cc"),
    "FROM": _named_header("from"),
    "SUBJECT": _named_header("subject"),
    "TO": _named_header("to"),
    "BODY": _body,
    "TEXT": _text,
}


AsSet = Callable[[list[int]], SequenceSet]  #: how numbers are written: rising, or in their order

#: RETURN option -> the function that picks the found numbers that it is about, if not all.  Families add theirs.
PICKS: dict[str, Callable[[list[int], Piece], list[int]]] = {
    "MIN": lambda ids, option: ids[:1],
    "MAX": lambda ids, option: ids[-1:],
}
#: RETURN option -> the function that makes what ESEARCH says; None is left out (RFC 9051 section 6.4.4).
RETURNS: dict[str, Callable[[list[int], Piece, AsSet], Any]] = {
    "MIN": lambda ids, option, as_set: ids[0] if ids else None,
    "MAX": lambda ids, option, as_set: ids[-1] if ids else None,
    "ALL": lambda ids, option, as_set: as_set(ids) if ids else None,
    "COUNT": lambda ids, option, as_set: len(ids),
}
EVERYTHING = [Piece("ALL", "search-return", 0, 0)]  #: the options if none are given


def esearch_items(ids: list[int], options: Iterable[Piece], as_set: AsSet = SequenceSet.of) -> dict[str, Any]:
    """Return the items of an ESEARCH response to these RETURN options."""
    told = {option.name: RETURNS[option.name](ids, option, as_set) for option in options if option.name in RETURNS}
    return {name: value for name, value in told.items() if value is not None}


def to_save(ids: list[int], options: list[Piece]) -> list[int]:
    """Return what RETURN (SAVE) keeps: all, or what MIN, MAX and PARTIAL pick if ALL and COUNT are not given.

    RFC 5182 section 2.1; RFC 9394 section 3.2.
    """
    picks = [option for option in options if option.name in PICKS]
    if not picks or {option.name for option in options} & {"ALL", "COUNT"}:
        return ids
    return sorted({one for option in picks for one in PICKS[option.name](ids, option)})
