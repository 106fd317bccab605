"""The messages that FETCH and STORE bring, separated from what the server sends by itself, and put together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import lt

from imapsh.client.arguments import SECTION
from imapsh.client.items import Items
from imapsh.grammar.sequence import LARGEST, STAR, SequenceSet
from imapsh.grammar.unread import Unread, fill, unread
from imapsh.grammar.values import Fetch, UidFetch
from imapsh.session.core import Session
from imapsh.session.events import Received, ReceivedRun
from imapsh.tuples import NamedTuple

_ITEM = re.compile(r"([A-Z][A-Z0-9.-]*)(\[[^\]]*\])?(<[^>]*>)?")
_new = tuple.__new__  # this takes half the time of Message itself
_GROUP = re.compile(r"(?<=[^ (]) \([^()]*\)")  # the parameters of an item, as in PREVIEW (LAZY)
_FAST = ("FLAGS", "INTERNALDATE", "RFC822.SIZE")
_MACROS = {"ALL": (*_FAST, "ENVELOPE"), "FAST": _FAST, "FULL": (*_FAST, "ENVELOPE", "BODY")}
_COMMON = frozenset({"FLAGS", "UID", "MODSEQ"})  # items that a server may send by itself (RFC 9051 section 7.5.2)
_SHORT = 200  # characters of items that are remembered, and of the names in a response
_SHAPES = 16  # of responses that are remembered
_MOST = 1 << 24  # messages whose arrival is remembered: an octet each
_FEW = 1 << 6  # messages whose numbers are kept one by one
_MORE = 1 << 10  # how much is added if there are more


class Message(NamedTuple):
    """The FETCH data of one message: its number, its UID if it is known, and `values.Fetch.items`.

    `seq` is 0 after ENABLE UIDONLY, when messages have no numbers (RFC 9586).
    """

    seq: int
    uid: int | None
    items: Items


def _items(self: Message) -> Items:
    items: dict[str, object] = self[2]
    if type(items) is Unread:
        fill(items)
    return items  # type: ignore[return-value] # Items is a dict


Message.items = property(_items, doc="Return the items by name; their values are made when somebody asks.")  # type: ignore[assignment]


class Stored(tuple[Message, ...]):
    """The messages with the flags that they have now.

    `modified` holds the messages that `unchanged_since` kept from being changed, as numbers or UIDs; None if there are
    none.
    """

    modified: SequenceSet | None

    def __new__(cls, messages: Iterable[Message] = (), modified: SequenceSet | None = None) -> Stored:
        made = super().__new__(cls, messages)
        made.modified = modified
        return made


def message(event: Received) -> Message:
    """Return the message that a FETCH response describes."""
    value: Fetch | UidFetch = event.response.value
    return _new(Message, (value.seq, event.uid, value[1]))


class _Shape(NamedTuple):
    """How the items of a response compare with those that were asked for.

    `main` says that they are more than what servers send by themselves, if more was asked for; `beside` that one of
    them was asked for and may be sent by itself; `whole` that nothing that was asked for is missing; `flags` that all
    are there that a server may send by itself, so that none of them is due any more.
    """

    main: bool
    beside: bool
    whole: bool
    flags: bool


class _Names:
    """The names of items that are asked for.

    `times` holds the names that responses will have, each with how often.  `mains` are those that servers do not send
    by themselves, or all if there are no such ones.  `beside` are the others, without UID, and `common` are all without
    UID that servers may send by themselves.  `shapes` keeps how responses compare with them, by their names: those of
    one server are few.
    """

    __slots__ = ("_beside", "_common", "_mains", "_times", "shapes")

    def __init__(
        self, times: Counter[str], mains: tuple[str, ...], beside: tuple[str, ...], common: tuple[str, ...]
    ) -> None:
        self._times = times
        self._mains = mains
        self._beside = beside
        self._common = common
        self.shapes: dict[tuple[str, ...], _Shape] = {}

    def shape(self, names: tuple[str, ...]) -> _Shape:
        """Return how the items of these names compare with those that were asked for."""
        have = [name.partition("[")[0] for name in names]
        shape = _Shape(
            main=any(name.startswith(self._mains) for name in names),
            beside=any(name in names for name in self._beside),
            whole=all(have.count(name) >= times for name, times in self._times.items()),
            flags=all(name in names for name in self._common),
        )
        if len(self.shapes) < _SHAPES and sum(map(len, names)) < _SHORT:
            self.shapes[names] = shape
        return shape


@lru_cache(maxsize=64)
def _asked_names(items: str) -> _Names:
    """Return the names that FETCH items ask for.

    They are cached, because a program asks for few different ones.
    """
    plain = SECTION.sub(lambda found: found[0].replace("(", "{").replace(")", "}"), items.upper()).strip()
    while (less := _GROUP.sub("", plain)) != plain:
        plain = less
    every = {found[0]: found[1].replace(".PEEK", "") for found in _ITEM.finditer(plain)}
    times = Counter(name for listed in every.values() for name in _MACROS.get(listed, (listed,)))
    mains = tuple(name for name in times if name not in _COMMON)
    common = tuple(name for name in times if name in _COMMON and name != "UID")
    return _Names(times, mains or tuple(times), common if mains else (), common)


class Asked:
    """The messages and items that a FETCH or a STORE asks for, so that its responses can be told apart from others.

    A response is one of them if it is about a message of the set and holds what was asked for, besides what servers
    send by themselves.  Flags alone are one of them too, if they were asked for and did not come yet, because a server
    may send them in a FETCH of their own.  A response without a message number, which only broken servers send, is not
    a message; `on_event` reports it.
    """

    def __init__(self, session: Session, numbers: SequenceSet, items: str, uid: bool) -> None:
        self._names = _asked_names(items) if len(items) < _SHORT else _asked_names.__wrapped__(items)
        self._shapes = self._names.shapes
        self._numbers = numbers
        ranges = numbers.ranges
        self._open = numbers.saved or (STAR in ranges[0] if len(ranges) == 1 else any(STAR in pair for pair in ranges))
        self._all = numbers.saved or (self._open and (uid or numbers.contains(1, LARGEST)))  # or so it may be
        self._uid = uid
        self._session = session
        self._few: set[int] = set()  # the first numbers that came, so that a high one takes no memory for all below
        self._came = bytearray()  # by number, of those after them
        self._uids_came: set[int] = set()  # of messages that have no number

    def takes(self, event: Received) -> bool:
        """Return whether the response may be one of them."""
        value = event.response.value
        if type(value) is not UidFetch and (type(value) is not Fetch or value.seq <= 0):
            return False
        if not self._all:
            number = event.uid if self._uid else value.seq
            if number is not None and not self._holds(number):
                return False
        names = tuple(value[1])
        shape = self._shapes.get(names) or self.shape(names)
        return shape.main or (shape.beside and not self._has_come(value))

    def takes_run(self, run: ReceivedRun) -> bool:
        """Return whether all responses of a run are of them."""
        if not self.shape(run.run.shape.names).main:
            return False
        return self._all or all(map(self._holds_known, run.uids if self._uid else run.run.numbers))

    def _holds_known(self, number: int | None) -> bool:
        return number is None or self._holds(number)

    def shape(self, names: tuple[str, ...]) -> _Shape:
        """Return how a response with items of these names compares with what was asked for."""
        return self._shapes.get(names) or self._names.shape(names)

    def awaits(self, event: Received) -> bool:
        """Return whether the message is still expected.

        Of two commands that could take it, the one that still expects it does.
        """
        value = event.response.value
        number = event.uid if self._uid else value.seq
        if self._has_come(value) or not self.shape(tuple(value[1])).main:
            return False
        return number is None or self._numbers.saved or self._holds(number)

    def came(self, seq: int, uid: int | None) -> None:
        """Keep in mind that a message came."""
        if seq == 0:
            self._uids_came.add(uid or 0)
        elif len(self._few) < _FEW:
            self._few.add(seq)
        else:
            self._mark(seq)

    def _mark(self, seq: int) -> None:
        if seq >= len(self._came):
            if seq >= _MOST:
                return
            self._came.extend(bytes(seq + _MORE - len(self._came)))
        self._came[seq] = 1

    def all_came(self, numbers: Sequence[int]) -> None:
        """Keep in mind that messages with these numbers came."""
        first, last = numbers[0], numbers[-1]
        self._mark(max(numbers))
        if first + len(numbers) - 1 == last < _MOST and all(map(lt, numbers, numbers[1:])):
            self._came[first : last + 1] = b"\1" * len(numbers)
            return
        for number in numbers:
            self._mark(number)

    def _has_come(self, value: Fetch | UidFetch) -> bool:
        seq = value.seq
        if isinstance(value, UidFetch):
            return value.uid in self._uids_came
        return seq in self._few or (seq < len(self._came) and bool(self._came[seq]))

    def _holds(self, number: int) -> bool:
        """Return whether the number is in the set, `*` being the last message.

        The last UID is not known, so it is taken to be the largest there can be.
        """
        if not self._open:
            return number in self._numbers
        box = self._session.mailbox
        exists = box.exists or 0 if box is not None else 0
        return self._numbers.contains(number, LARGEST if self._uid else max(exists, number))


class Gathering(Asked):
    """Puts the messages of a FETCH together, whose items may come in several responses, and hands them on.

    `put` takes messages that came together, with the octets that they took on the wire.

    A message that is whole is handed on at once.  Otherwise it waits until the next message begins, because some
    servers leave out an item that they do not have.  Flags that come alone wait for their message.  So at most one
    message with its text is held.  `held` has all that wait, with their octets.
    """

    def __init__(
        self,
        session: Session,
        numbers: SequenceSet,
        items: str,
        uid: bool,
        put: Callable[[Sequence[Message], int], None],
    ) -> None:
        Asked.__init__(self, session, numbers, items, uid)
        self._put = put
        self.held: dict[tuple[int, int | None], tuple[Message, int]] = {}
        self._begun: tuple[int, int | None] | None = None  # the one of these that has more than flags

    def add(self, event: Received) -> None:
        """Take in a response."""
        came, octets = message(event), event.response.frame.length
        names = tuple(came[2])
        shape = self._shapes.get(names) or self.shape(names)
        if shape.whole and not self.held:
            self._hand_on(came, octets, shape)
            return
        key = (came.seq, None) if came.uid is None else (0, came.uid)
        before, size = self.held.pop(key, (came, 0))
        whole = Message(came.seq, came.uid, Items(before.items | came.items))
        if shape.main and self._begun not in (None, key):
            self._finish_begun()
        together = self.shape(tuple(whole.items))
        if together.whole:
            self._begun = None if self._begun == key else self._begun
            self._hand_on(whole, size + octets, together)
            return
        self.held[key] = (whole, size + octets)
        if shape.main:
            self._begun = key

    def add_run(self, run: ReceivedRun) -> bool:
        """Take in a run; return False, and take in nothing, if its messages may not be whole or one waits."""
        shape = run.run.shape
        asked = self.shape(shape.names)
        if self.held or not asked.whole:
            return False
        make = shape.values
        rows = zip(run.run.numbers, run.uids, run.run.taken(), strict=True)
        messages = [_new(Message, (number, uid, unread(make, taken))) for number, uid, taken in rows]
        if asked.flags:
            self.all_came(run.run.numbers)
        self._put(messages, len(run.run.octets))
        return True

    def finish(self) -> bool:
        """Hand on what is left at the end of the command.  Return whether there was something."""
        if not self.held:
            return False
        for came, octets in self.held.values():
            self._put((came,), octets)
        self.held = {}
        return True

    def forget(self) -> None:
        """Go on to tell which messages come, but hand on none of them."""
        self._put = _forget
        self.held = {}
        self._begun = None

    def _finish_begun(self) -> None:
        assert self._begun is not None
        came, octets = self.held.pop(self._begun)
        self._hand_on(came, octets, self.shape(tuple(came.items)))
        self._begun = None

    def _hand_on(self, came: Message, octets: int, shape: _Shape) -> None:
        if shape.flags:
            self.came(came.seq, came.uid)
        self._put((came,), octets)


def _forget(messages: Sequence[Message], octets: int) -> None:
    pass
