"""The messages that FETCH and STORE bring, separated from what the server sends by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from imapsh.client.arguments import SECTION
from imapsh.grammar.sequence import LARGEST, STAR, SequenceSet
from imapsh.grammar.values import Fetch, UidFetch
from imapsh.session.core import Session
from imapsh.session.events import Received
from imapsh.tuples import NamedTuple

_ITEM = re.compile(r"[A-Z][A-Z0-9.]*")
_MACROS = {"ALL": "INTERNALDATE", "FAST": "INTERNALDATE", "FULL": "INTERNALDATE"}
_COMMON = frozenset({"FLAGS", "UID", "MODSEQ"})  # items that a server may send by itself (RFC 9051 section 7.5.2)
_MOST = 1 << 24  # messages whose arrival is remembered: an octet each
_MORE = 1 << 10  # how much is added if there are more


class Message(NamedTuple):
    """The FETCH data of one message: its number, its UID if it is known, and `values.Fetch.items`.

    `seq` is 0 after ENABLE UIDONLY, when messages have no numbers (RFC 9586).
    """

    seq: int
    uid: int | None
    items: dict[str, Any]


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
    return Message(value.seq, event.uid, value.items)


class Asked:
    """The messages and items that a FETCH or a STORE asks for, so that its responses can be told apart from others.

    A response is one of them if it is about a message of the set and holds what was asked for, besides what servers
    send by themselves.  A response without a message number, which only broken servers send, is not a message;
    `on_event` reports it.
    """

    def __init__(self, session: Session, numbers: SequenceSet, items: str, uid: bool) -> None:
        names = _ITEM.findall(SECTION.sub("", items.upper()))
        first = next((_MACROS.get(name, name.replace(".PEEK", "")) for name in names if name not in _COMMON), None)
        self._items = (first,) if first is not None else tuple(names)
        self._numbers = numbers
        self._open = numbers.saved or any(STAR in pair for pair in numbers.ranges)
        self._all = numbers.saved or (self._open and (uid or numbers.contains(1, LARGEST)))  # or so it may be
        self._uid = uid
        self._session = session
        self._came = bytearray()
        self._uids_came: set[int] = set()  # of messages that have no number

    def takes(self, event: Received) -> bool:
        """Return whether the response may be one of them."""
        value = event.response.value
        if not isinstance(value, UidFetch) and (not isinstance(value, Fetch) or value.seq <= 0):
            return False
        if not self._all:
            number = event.uid if self._uid else value.seq
            if number is not None and not self._holds(number):
                return False
        return any(key.startswith(self._items) for key in value.items)

    def awaits(self, event: Received) -> bool:
        """Return whether the message is still expected.

        Of two commands that could take it, the one that still expects it does.
        """
        value = event.response.value
        seq = value.seq
        number = event.uid if self._uid else seq
        came = value.uid in self._uids_came if seq == 0 else seq < len(self._came) and self._came[seq]
        return not came and (number is None or self._numbers.saved or self._holds(number))

    def _holds(self, number: int) -> bool:
        """Return whether the number is in the set, `*` being the last message.

        The last UID is not known, so it is taken to be the largest there can be.
        """
        if not self._open:
            return number in self._numbers
        box = self._session.mailbox
        exists = box.exists or 0 if box is not None else 0
        return self._numbers.contains(number, LARGEST if self._uid else max(exists, number))

    def came(self, seq: int, uid: int | None) -> None:
        """Keep in mind that a message came."""
        if seq == 0:
            self._uids_came.add(uid or 0)
            return
        if seq >= len(self._came):
            if seq >= _MOST:
                return
            self._came.extend(bytes(seq + _MORE - len(self._came)))
        self._came[seq] = 1
