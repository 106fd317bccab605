"""The data that FETCH responses have told of one mailbox's messages: subject, sender, date, structure, keywords."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from imapsh.grammar.alike import Owed, Shape, Taken
from imapsh.grammar.encodedwords import encoded_words
from imapsh.grammar.values import Address, BodyPart, Envelope, Fetch, UidFetch
from imapsh.hints import Any
from imapsh.patterns import lazy
from imapsh.session.events import ReceivedRun
from imapsh.session.numbering import Shift

MOST = 10_000  #: messages of which something is kept; past it the half seen longest ago is forgotten

_PLACES = 1 << 20  # message numbers beyond which nothing is kept
_LOOKED_AT = 20_000  # message numbers looked at for one completion
#: items that tell no more of a message than its UID
_NUMBERS = frozenset({"FLAGS", "MODSEQ", "RFC822.SIZE", "UID"})
_WORDS = 500  # keywords, and names of header fields, that are kept
_HEADER = 1 << 14  # octets of a header that are read
_FIELD = lazy(rb"^([!-9;-~]+):[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.MULTILINE)
_DAY = lazy(r"(\d{1,2})[ -]([A-Za-z]{3})[ -](\d{4})")
#: items whose value begins with the header of the message itself
_WHOLE = lazy(r"(?:RFC822(?:\.HEADER)?|BODY\[(?:HEADER(?:\.FIELDS(?:\.NOT)? \(.*\))?)?\](?:<0>)?)\Z")


class Seen:
    """The data of one message that is known; what is not known is "" or None.

    `date` is as the server wrote it.  `owed` is what was taken of a line and not read yet, with its shape.
    """

    def __init__(self, age: int) -> None:
        self.age = age
        self.uid: int | None = None
        self.owed: tuple[Shape, Taken] | None = None
        self.date = ""
        self.structure: BodyPart | None = None
        self._subject = ""
        self._sender = ""

    def read(self) -> Seen:
        """Read what was not read yet, and return this message."""
        if self.owed is not None:
            (shape, taken), self.owed = self.owed, None
            for name, value in shape.values(taken).items():
                if (reader := _READERS.get(name)) is not None:
                    reader(self, value)
        return self

    def is_told(self, subject: str, sender: str, date: str) -> None:
        """Take in the data of an envelope or a header; an empty text says nothing."""
        self._subject = subject or self._subject
        self._sender = sender or self._sender
        self.date = date or self.date
        self.__dict__.pop("subject", None)
        self.__dict__.pop("sender", None)

    @cached_property
    def subject(self) -> str:
        """The subject, decoded (RFC 2047)."""
        return encoded_words(self._subject) or self._subject

    @cached_property
    def sender(self) -> str:
        """The sender's name or address, decoded."""
        return encoded_words(self._sender) or self._sender

    @property
    def day(self) -> str:
        """The day as `1-Feb-1994`, or ""."""
        found = _DAY.search(self.date)
        return "-".join(found.groups()) if found is not None else ""


class Messages:
    """The known messages of one mailbox, by number.

    `keywords` and `fields` are in the order in which they were first seen.
    """

    def __init__(self) -> None:
        self._owed = Owed(MOST)
        self.keywords: dict[str, None] = {}
        self.fields: dict[str, None] = {}
        self._places: list[Seen | None] = []
        self._by_uid: dict[int, Seen] = {}  # those that have no number, in the order in which they were last told of
        self._kept = 0
        self._age = 0
        self._flags: set[tuple[str, ...]] = set()  # sets of flags whose keywords are known

    def learn(self, fetch: Fetch | UidFetch, uid: int | None) -> None:
        """Take in a FETCH or UIDFETCH response; `uid` is given if it is known otherwise."""
        items = fetch.items
        if "FLAGS" in items:
            self._learn_flags(items["FLAGS"])
            if len(items) == 1 and (uid is None or not fetch.seq):  # the common one
                return
        if self._owed:
            if not any(isinstance(value, bytes) for value in items.values()):  # they may be long
                self._owed.add_one(fetch, uid)
                return
            self._settle()
        self._take(fetch, uid)

    def _take(self, fetch: Fetch | UidFetch, uid: int | None) -> None:
        items = fetch.items
        place = fetch.seq or -(uid or 0)
        for name, value in items.items():
            reader = _READERS.get(name)
            if reader is None and name[:4] in ("BODY", "RFC8") and isinstance(value, bytes):
                self._learn_header(place, name, value)
            elif reader is not None and (seen := self._seen(place)) is not None:
                reader(seen, value)
        uid = items.get("UID", uid)
        if isinstance(uid, int) and (known := self._at(fetch.seq)) is not None:
            known.uid = uid

    def learn_run(self, run: ReceivedRun) -> None:
        """Take in responses that are alike.  Most of what they tell is read when somebody asks for it."""
        shape = run.run.shape
        for flags in set(run.run.column("FLAGS")) if "FLAGS" in shape.names else ():
            self._learn_flags(shape.value("FLAGS", flags))
        if not _NUMBERS.issuperset(shape.names):
            self._owed.add(run.run, run.uids)
        elif "UID" in shape.names and (self._owed or self._kept):
            self._settle()
            for number, uid in zip(run.run.numbers, run.uids, strict=True):
                if (seen := self._at(number)) is not None:
                    seen.uid = uid

    def _settle(self) -> None:
        """Take in the messages of the runs that nobody has asked for yet."""
        for shape, found, uid in self._owed.take() if self._owed else ():
            if shape is None:
                self._take(found, uid)
                continue
            if (seen := self._seen(int(found[1]))) is not None:
                seen.owed = (shape, shape.taken(found))
                seen.uid = seen.uid if uid is None else uid

    def expunged(self, number: int) -> None:
        """Take a message out; the messages after it move up by one."""
        self._settle()
        if 0 < number <= len(self._places):
            self._kept -= self._places[number - 1] is not None
            del self._places[number - 1]

    def vanished(self, gone: Shift, uids: Sequence[tuple[int, int]] = ()) -> None:
        """Take many messages out.

        If it is not known which they were, all numbers are forgotten.  `uids` are ranges of their UIDs.
        """
        self._settle()
        for low, high in uids if self._by_uid else ():
            for uid in [uid for uid in self._by_uid if low <= uid <= high]:
                del self._by_uid[uid]
        if not gone.sure:
            self._places, self._kept = [], 0
        for first, last in reversed(gone.ranges):
            self._kept -= sum(seen is not None for seen in self._places[first - 1 : last])
            del self._places[first - 1 : last]

    def of(self, number: int) -> Seen | None:
        """Return the known data of the message of this number, or None."""
        self._settle()
        seen = self._at(number)
        return seen if seen is None else seen.read()

    def _at(self, number: int) -> Seen | None:
        return self._places[number - 1] if 0 < number <= len(self._places) else None

    def newest(self) -> Iterator[tuple[int, Seen]]:
        """Yield numbers and messages, the highest first.

        It goes no further down than can be looked through at a keystroke.  The number is 0 for a message that has none.
        """
        self._settle()
        yield from ((0, self._by_uid[uid]) for uid in sorted(self._by_uid, reverse=True))
        top = len(self._places)
        for number in range(top, max(0, top - _LOOKED_AT), -1):
            seen = self._places[number - 1]
            if seen is not None:
                yield number, seen.read()

    def _learn_flags(self, flags: Any) -> None:
        if not isinstance(flags, tuple) or flags in self._flags or len(self._flags) >= _WORDS:
            return
        self._flags.add(flags)
        for flag in flags:
            if flag[:1] != "\\" and len(self.keywords) < _WORDS:
                self.keywords.setdefault(flag)

    def _learn_header(self, number: int, name: str, header: bytes) -> None:
        is_whole = _WHOLE.match(name) is not None
        if not is_whole and "HEADER" not in name and "MIME" not in name:
            return
        if len(header) > _HEADER:
            header = header[:_HEADER]
        values: dict[str, str] = {}
        for field in _FIELD.finditer(header.partition(b"\r\n\r\n")[0]):
            label = field[1].decode("ascii")
            if len(self.fields) < _WORDS:
                self.fields.setdefault(label)
            if (low := label.lower()) in ("subject", "from", "date"):
                values[low] = " ".join(field[2].decode("utf-8", "replace").split())
        if is_whole and values and (seen := self._seen(number)) is not None:
            seen.is_told(values.get("subject", ""), values.get("from", ""), values.get("date", ""))

    def _seen(self, number: int) -> Seen | None:
        """Return the message's record, and make one if there is none.

        A number below 0 stands for the UID of a message that has no number.
        """
        if number < 0:
            return self._seen_by_uid(-number)
        places = self._places
        if not 0 < number <= _PLACES:
            return None
        if len(places) < number:
            places.extend([None] * (number - len(places)))
        seen = places[number - 1]
        self._age += 1
        if seen is not None:
            seen.age = self._age
            return seen.read()
        if self._kept >= MOST:
            self._forget_half()
        self._kept += 1
        seen = self._places[number - 1] = Seen(self._age)
        return seen

    def _seen_by_uid(self, uid: int) -> Seen:
        seen = self._by_uid.pop(uid, None) or Seen(0)
        seen.uid, self._by_uid[uid] = uid, seen
        if len(self._by_uid) > MOST:
            del self._by_uid[next(iter(self._by_uid))]
        return seen

    def _forget_half(self) -> None:
        middle = sorted(seen.age for seen in self._places if seen is not None)[self._kept // 2]
        self._places = [seen if seen is not None and seen.age >= middle else None for seen in self._places]
        self._kept = sum(seen is not None for seen in self._places)


def _tell_envelope(seen: Seen, value: Any) -> None:
    if isinstance(value, Envelope):
        sender = value.from_[0] if value.from_ else Address(None, None, None, None)
        address = "@".join(filter(None, (sender.mailbox, sender.host)))
        seen.is_told(value.subject or "", sender.name or address, value.date or "")


def _tell_structure(seen: Seen, value: Any) -> None:
    if isinstance(value, BodyPart) and (value.extended or seen.structure is None):
        seen.structure = value


def _tell_date(seen: Seen, value: Any) -> None:
    if isinstance(value, str):
        seen.date = seen.date or value


_READERS: dict[str, Callable[[Seen, Any], None]] = {
    "ENVELOPE": _tell_envelope,
    "BODYSTRUCTURE": _tell_structure,
    "BODY": _tell_structure,
    "INTERNALDATE": _tell_date,
}
