"""Checks what FETCH, EXPUNGE and VANISHED say of the messages of one selection (RFC 9051 section 2.3.1; RFC 7162)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import lt

from imapsh.findings import Finding
from imapsh.grammar.values import Address, Envelope, Expunged, Fetch, Vanished
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.session.numbering import Shift

if TYPE_CHECKING:
    from imapsh.grammar.alike import Run
    from imapsh.session.mailbox import Mailbox

_VALUES = 1 << 14  # values kept in each of two generations
_GONE = 1 << 12  # UIDs of removed messages that are kept
_LISTS = 1 << 10  # lists of flags that are known to be in order
_KEYWORDS = 200  # keywords that are reported
_NO_UID = 1 << 32  # larger than any UID

#: Items whose value never changes -> their place among the values of a UID.  MODSEQ may rise.
#: EMAILID and THREADID are of RFC 8474 sections 5.1 and 5.2, SAVEDATE of RFC 8514 section 4.3.
_STATIC = {
    "INTERNALDATE": 1, "RFC822.SIZE": 2, "ENVELOPE": 3, "BODY": 4, "BODYSTRUCTURE": 5, "EMAILID": 6, "THREADID": 7,
    "SAVEDATE": 8,
}  # fmt: skip
_DATES = ("INTERNALDATE", "SAVEDATE")
_MODSEQ = 0
_PLACES = 16
_PLACES_OF = {**_STATIC, "MODSEQ": _MODSEQ}
_HELD = frozenset(_PLACES_OF)


class Memory:
    """A map from numbers to marks.

    The oldest are forgotten, so that memory is bounded: there are two generations at most.
    """

    __slots__ = ("_new", "_old")

    def __init__(self) -> None:
        self._new: dict[int, Any] = {}
        self._old: dict[int, Any] = {}

    def get(self, key: int) -> Any:
        """Return the mark kept under a key, or None."""
        found = self._new.get(key)
        return self._old.get(key) if found is None else found

    def keep(self, key: int, mark: Any) -> None:
        """Keep a mark."""
        if len(self._new) >= _VALUES:
            self._new, self._old = {}, self._new
        self._new[key] = mark

    def clear(self) -> None:
        """Forget all."""
        self._new, self._old = {}, {}

    def __len__(self) -> int:
        return len(self._new) + len(self._old)


class Messages:
    """The messages of `box`, the mailbox that is selected or being opened, as far as they are known.

    `values` holds what must not change, as hashes by UID and item, and mod-sequences.  `numbered` is false if it is
    uncertain which numbers the messages have, as after a VANISHED of unknown UIDs: then UIDs are not checked against
    them.  `first` is how many of the messages that SELECT counted are left, 0 if that is not known, and `below` is the
    UIDNEXT that it reported.
    """

    __slots__ = ("below", "box", "first", "gone", "in_order", "numbered", "pending", "told", "values")

    def __init__(self, box: Mailbox, numbered: bool = True) -> None:
        self.box = box
        self.values = Memory()
        self.gone: set[int] = set()
        self.in_order: set[tuple[str, ...]] = set()
        self.pending: set[str] = set()
        self.told: set[str] = set()
        self.numbered = numbered
        self.first, self.below = 0, _NO_UID

    def fetch(self, value: Fetch, readable: bool) -> tuple[Finding, ...]:
        """Return the findings about a FETCH, before its UID is learned.

        `readable` is true if no octet of it broke the grammar.  This is called for each line of a FETCH of flags, so
        the common case comes first, without a call.
        """
        items = value[1]  # `value.items` without a call; who looks into them makes their values
        uid, flags = items.get("UID"), items.get("FLAGS")
        if not readable:
            return tuple(self._slowly(value, False))
        known = self.box.numbering.uids
        plain = 0
        if type(uid) is int:
            number = value.seq
            if (uid <= known[-1] if number > len(known) else uid != known[number - 1]) if known else uid < 1:
                return tuple(self._slowly(value, True))
            if uid >= self.below or uid in self.gone:
                return tuple(self._slowly(value, True))
            plain = 1
        if flags is not None:
            if flags not in self.in_order:
                return tuple(self._slowly(value, True))
            plain += 1
        if plain == len(items):
            return ()
        at_ease = uid is None or (type(uid) is int and value.seq > len(known))
        return () if at_ease and not self.gone and _HELD.isdisjoint(items) else tuple(self._slowly(value, True))

    def together(self, run: Run, numbers: Sequence[int]) -> bool:
        """Return whether there is nothing to find about FETCH responses that are alike, before their UIDs are learned.

        If there may be something, `fetch` has to look at each.
        """
        uids = self._plain_uids(run, numbers)
        if uids is None:
            return False
        for octets in set(run.column("FLAGS")) if "FLAGS" in run.shape.names else ():
            if (flags := run.shape.value("FLAGS", octets)) not in self.in_order:
                self._keywords(flags)
        held = [name for name in run.shape.names if name in _MARKS] if any(uids) else ()
        return all(self._unchanged(name, uids, run.column(name)) for name in held)

    def _plain_uids(self, run: Run, numbers: Sequence[int]) -> Sequence[int | None] | None:
        """Return the UIDs of the messages as far as they are known, or None if one may be wrong."""
        known = self.box.numbering.uids
        count = len(numbers)
        if "UID" not in run.shape.names:
            uids: list[int | None] = list(map(self.box.uid_of, numbers)) if known and self.numbered else [None] * count
            if "MODSEQ" in run.shape.names and not _rises([uid for uid in uids if uid is not None]):
                return None  # of a message that comes twice the first would be held against the second
            return None if self.gone and not self.gone.isdisjoint(uids) else uids
        told = list(map(int, run.column("UID")))
        if told[-1] >= self.below or not self.gone.isdisjoint(told) or not (_rises(told) and _rises(numbers)):
            return None
        first, last = numbers[0], numbers[-1]
        if first > len(known):
            return told if not known or told[0] > known[-1] else None
        if last > len(known) or last - first >= count or known[first - 1 : last].tolist() != told:
            return None
        below, above = self.box.uid_of(first - 1), self.box.uid_of(last + 1)
        return told if (below or 0) < told[0] and (above or _NO_UID) > told[-1] else None

    def _unchanged(self, name: str, uids: Sequence[int | None], values: Sequence[bytes]) -> bool:
        """Keep the values of an item, as `_held` does; return False as soon as one is not what it was."""
        place, mark_of, memory = _PLACES_OF[name], _MARKS[name], self.values
        for uid, octets in zip(uids, values, strict=True):
            if uid is None or (mark := mark_of(octets)) in _DUMMIES:
                continue
            key = uid * _PLACES + place
            before = memory.get(key)
            if before is None or place == _MODSEQ:
                if before is not None and before > mark:
                    return False
                memory.keep(key, mark)
            elif before != mark:
                return False
        return True

    def _slowly(self, value: Fetch, readable: bool) -> Iterator[Finding]:
        items = value.items
        number, uid = value.seq, items.get("UID")
        if not isinstance(uid, int) or uid < 1:
            uid = self.box.uid_of(number) if self.numbered else None
        elif self.numbered:
            yield from self._placed(number, uid)
        if uid is not None and number <= self.first and self.numbered and uid >= self.below:
            yield Finding("uid-above-next", f"UID {uid}, but UIDNEXT was {self.below} when the mailbox was opened")
            self.first = 0  # once is enough
        yield from self.told_of(uid, items, readable)

    def told_of(self, uid: int | None, items: Mapping[str, Any], readable: bool) -> Iterator[Finding]:
        """Yield the findings about the items of a message, whose UID may not be known."""
        if uid in self.gone:
            yield Finding("uid-gone", f"UID {uid} was expunged, and comes again")
        if not readable:
            return
        if "FLAGS" in items:
            self._keywords(items["FLAGS"])
        if uid is not None:
            for name, item in items.items():
                yield from self._held(uid, name, item)

    def _placed(self, number: int, uid: int) -> Iterator[Finding]:
        """Check that UIDs stay with their messages, and rise with the numbers."""
        box = self.box
        before = box.uid_of(number)
        if before is not None and before != uid:
            yield Finding("uid-changes", f"message {number} had the UID {before}, and now {uid}")
            return
        lower, higher = box.uid_of(number - 1), box.uid_of(number + 1)
        if number > len(box.uids) and box.uids:
            lower = box.uids[-1]  # the last that is known
        if lower is not None and lower >= uid:
            yield Finding("uid-order", f"message {number} has the UID {uid}, but one before it has {lower}")
        elif higher is not None and higher <= uid:
            yield Finding("uid-order", f"message {number} has the UID {uid}, but the next one has {higher}")

    def _held(self, uid: int, name: str, item: Any) -> Iterator[Finding]:
        """Check a value against what the same message had before."""
        if name == "MODSEQ":
            modseq = item[0] if isinstance(item, tuple) and len(item) == 1 else item
            if isinstance(modseq, int):
                yield from self._modseq(uid, modseq)
        elif name in _STATIC and not _dummy(item):
            key, mark = uid * _PLACES + _STATIC[name], _mark(name, item)
            before = self.values.get(key)
            if before is None:
                self.values.keep(key, mark)
            elif _differ(name, before, mark):
                self.values.keep(key, mark)
                yield Finding("message-changes", f"{name} of the message with the UID {uid} is not what it was")

    def _modseq(self, uid: int, modseq: int) -> Iterator[Finding]:
        key = uid * _PLACES + _MODSEQ
        before = self.values.get(key)
        if before is not None and modseq < before:
            yield Finding("modseq-falls", f"MODSEQ of the message with the UID {uid} fell from {before} to {modseq}")
        self.values.keep(key, modseq)

    def _keywords(self, flags: tuple[str, ...]) -> None:
        """Note keywords that FLAGS has not announced; the announcement may still come."""
        announced = {flag.upper() for flag in self.box.flags}
        new = [flag for flag in flags if flag[:1] != "\\" and flag.upper() not in announced]
        if not new:
            if len(self.in_order) >= _LISTS:
                self.in_order.clear()
            self.in_order.add(flags)
        elif len(self.told) < _KEYWORDS and self.box.flags:
            self.pending.update(new[:_KEYWORDS])

    def announced(self) -> None:
        """Take in that FLAGS is about to change: flags that were known to be in order may not be so any more."""
        self.in_order.clear()

    def unannounced(self) -> list[Finding]:
        """Return the findings for keywords that were seen and that no FLAGS has announced by now."""
        if not self.pending:
            return []
        known = {flag.upper() for flag in self.box.flags} | self.told
        new = sorted(flag for flag in self.pending if flag.upper() not in known)
        self.pending.clear()
        self.told.update(flag.upper() for flag in new)
        return [Finding("keyword-unannounced", f"a message has {flag}, which FLAGS does not name") for flag in new]

    # -- messages that go

    def expunged(self, value: Expunged) -> None:
        """Take in an EXPUNGE, before the numbers shift."""
        uid = self.box.uid_of(value.seq) if self.numbered else None
        if uid is not None:
            self._went(uid)
        if value.seq <= self.first:
            self.first -= 1

    def vanished(self, value: Vanished) -> None:
        """Take in a VANISHED without EARLIER, before the numbers shift."""
        gone = value.uids.count()
        self.first = max(0, self.first - gone)
        if gone <= _GONE:
            for uid in value.uids.numbers(0):
                self._went(uid)

    def shifted(self, gone: Shift) -> None:
        """Take in which numbers a VANISHED took away."""
        self.numbered = self.numbered and gone.sure

    def lose_count(self) -> None:
        """Take in that messages may come and go without a report, so that their numbers say nothing from here on."""
        self.numbered, self.first = False, 0

    def _went(self, uid: int) -> None:
        if len(self.gone) < _GONE:
            self.gone.add(uid)


def _dummy(item: Any) -> bool:
    """Return whether it stands for a message that is gone; servers may answer like this (RFC 2180 section 4.1.3)."""
    return item is None or item in (0, "", Envelope()) or getattr(item, "size", None) == 0


def _mark(name: str, item: Any) -> Any:
    """Return something small that is the same for the same value, but for a date: see `_differ`."""
    if name in _DATES and isinstance(item, str):
        return str(item)
    if isinstance(item, Envelope):
        return hash(_written(item, " ").encode())
    return hash(_plain(item))


def _differ(name: str, one: Any, other: Any) -> bool:
    """Return whether two marks are of different values.  The same moment in another zone is the same."""
    if one == other:
        return False
    return name not in _DATES or _moment(one) != _moment(other)


def _moment(date: Any) -> Any:
    from imapsh.grammar.dates import read_date_time

    try:
        return read_date_time(date)
    except (TypeError, ValueError):
        return date


def _written(item: Any, between: str = "") -> str:
    """Return an envelope or a part of it as servers write it."""
    if item is None:
        return "NIL"
    if isinstance(item, str):
        return '"' + item.replace("\\", r"\\").replace('"', r"\"") + '"'
    if isinstance(item, Address):
        between = " "
    return f"({between.join(map(_written, item))})"


def _date_mark(octets: bytes) -> str:
    return octets.decode("latin-1")


#: The mark of a value of a row of `imapsh.grammar.alike`, by item; it is that of `_mark`.
_MARKS: dict[str, Callable[[bytes], Any]] = {
    "MODSEQ": int, "RFC822.SIZE": int, "INTERNALDATE": _date_mark, "ENVELOPE": hash,
}  # fmt: skip
_DUMMIES = frozenset({0, hash(_written(Envelope(), " ").encode())})


def _rises(numbers: Sequence[int]) -> bool:
    return all(map(lt, numbers, numbers[1:]))


def _plain(item: Any) -> Any:
    """Return the value as one that can be hashed."""
    if isinstance(item, dict):
        return tuple(sorted((str(key), _plain(value)) for key, value in item.items()))
    if isinstance(item, tuple | list):
        return tuple(map(_plain, item))
    return item if isinstance(item, int | str | bytes | None) else repr(item)
