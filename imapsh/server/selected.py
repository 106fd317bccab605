"""A selected mailbox as one session knows it: its message numbers do not change until the client is told.

RFC 9051 sections 2.3.1.2, 5.5 and 7.5.1: a number changes only by an EXPUNGE response, and that must not be sent during
FETCH, STORE or SEARCH, nor while no command is in progress.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Set
from datetime import datetime
from typing import Any

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Code, Count, Expunged, Fetch, Flags, StatusText, UidFetch, Vanished
from imapsh.server.store import SYSTEM_FLAGS, Mailbox, Message, Refused


class Selected:
    """The session's picture of the mailbox, and what happened since the client was last told.

    `changed` is called after each event, for a session that idles.  `clock` returns the time.  `enabled` holds what its
    client has turned on, in upper case: with CONDSTORE the client gets mod-sequences, with QRESYNC or UIDONLY the UIDs
    of what vanished.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        read_only: bool,
        changed: Callable[[], None],
        clock: Callable[[], datetime],
        enabled: Set[str] = frozenset(),
    ) -> None:
        self.enabled = enabled
        # HIGHESTMODSEQ was sent lower than it is, because expunged messages are still to be reported
        self._lags = False
        self.mailbox = mailbox
        self.clock = clock
        self.read_only = read_only
        self.messages = list(mailbox.messages)
        self.saved: set[int] = set()  # UIDs of the saved search result, `$` (RFC 5182)
        self.recent = {message.uid for message in self.messages if message.recent}
        self._changed = changed
        self._told = len(self.messages)
        self._overheard = False  # the client gets no reports of new messages, and sees all of them
        self._keywords = len(mailbox.keywords)
        self._gone: set[int] = set()
        self._flagged: set[int] = set()
        if not read_only:
            for message in self.messages:
                message.recent = False
        mailbox.watchers.append(self)

    @property
    def announced(self) -> int:
        """Return the highest UID of a message that was announced to the client; 0 for none."""
        return self.messages[self._told - 1].uid if self._told else 0

    @property
    def shown(self) -> list[Message]:
        """Return the messages that commands see: no reply has a number that was not announced to the client before."""
        return self.messages if self._overheard else self.messages[: self._told]

    def overhear(self) -> None:
        """Take in that new messages are not reported, because the NOTIFY leaves them out (RFC 5465 section 3.1)."""
        self._overheard = True

    def leave(self) -> None:
        """Stop watching it."""
        self.mailbox.watchers.remove(self)

    def arrived(self, message: Message) -> None:
        """Take in that a message was added."""
        self.messages.append(message)
        if message.recent:
            self.recent.add(message.uid)
            message.recent = self.read_only
        self._changed()

    def vanished(self, message: Message) -> None:
        """Take in that a message was expunged."""
        self._gone.add(message.uid)
        self._changed()

    def flagged(self, message: Message) -> None:
        """Take in that flags changed."""
        self._flagged.add(message.uid)
        self._changed()

    def hush(self, message: Message) -> None:
        """Do not report the message's flags: this session gets them anyway, in a FETCH response."""
        self._flagged.discard(message.uid)

    def flags(self, message: Message, rev2: bool) -> tuple[str, ...]:
        """Return the flags as this session sees them, with `\\Recent` in IMAP4rev1 (RFC 3501 section 2.3.2)."""
        recent = ["\\Recent"] if message.uid in self.recent and not rev2 else []
        return (*sorted(message.flags), *recent)

    def known_flags(self) -> tuple[str, ...]:
        """Return the flags that messages here can have, for FLAGS (RFC 9051 section 7.3.5)."""
        return (*SYSTEM_FLAGS, *self.mailbox.keywords.values())

    def new_keywords(self) -> Iterator[tuple[str, Flags]]:
        """Yield FLAGS if the mailbox has learnt keywords that the client has not been told of."""
        if len(self.mailbox.keywords) != self._keywords:
            self._keywords = len(self.mailbox.keywords)
            yield "FLAGS", Flags(self.known_flags())

    def exists(self, message: Message) -> bool:
        """Return whether the message is still in the mailbox, and not only in this session's picture of it."""
        return message.uid not in self._gone

    def told(self, number: int, message: Message, items: dict[str, Any]) -> tuple[str, Fetch | UidFetch]:
        """Return the response that has these items of a message."""
        if "UIDONLY" in self.enabled:
            return "UIDFETCH", UidFetch(message.uid, items)
        return "FETCH", Fetch(number, items)

    def changes(self, number: int, message: Message, items: dict[str, Any]) -> tuple[str, Fetch | UidFetch]:
        """Return the response that reports a change of a message.

        It has the UID and the mod-sequence if the client has enabled these (RFC 7162 section 3.2.4).
        """
        if "CONDSTORE" in self.enabled:
            items = {"UID": message.uid, **items, "MODSEQ": message.modseq}
        if "UIDONLY" in self.enabled:
            items.pop("UID", None)
        return self.told(number, message, items)

    def highest(self) -> tuple[str, StatusText]:
        """Return the code with the highest mod-sequence; it is lower until expunged messages are reported."""
        gone = [at for uid in self._gone if (at := self.mailbox.gone.get(uid))]
        self._lags = bool(gone)
        highest = min(gone) - 1 if gone else self.mailbox.highestmodseq
        return "OK", StatusText(Code("HIGHESTMODSEQ", highest), "the highest mod-sequence")

    def news(self, *, expunge: bool, rev2: bool) -> Iterator[tuple[str, Any]]:
        """Yield what the client must be told now, in order; EXPUNGE only if `expunge` is true."""
        self._overheard = False
        yield from self.new_keywords()
        if expunge and self._gone:
            yield from self._vanished() if self.enabled & {"QRESYNC", "UIDONLY"} else self._expunges()
            if self._lags:
                yield self.highest()
        elif self._gone and self.enabled & {"CONDSTORE"}:
            yield self.highest()
        if len(self.messages) != self._told:
            self._told = len(self.messages)
            yield "EXISTS", Count(self._told)
            if not rev2:
                yield "RECENT", Count(len(self.recent))
        flagged, self._flagged = self._flagged, set()
        for number, message in enumerate(self.messages, 1) if flagged else ():
            if message.uid in flagged:
                yield self.changes(number, message, {"UID": message.uid, "FLAGS": self.flags(message, rev2)})

    def _vanished(self) -> Iterator[tuple[str, Vanished]]:
        """Yield VANISHED in place of EXPUNGE (RFC 7162 section 3.2.10.2; RFC 9586 section 3.4)."""
        if announced := [uid for message in self.messages[: self._told] if (uid := message.uid) in self._gone]:
            yield "VANISHED", Vanished(False, SequenceSet.of(announced))
        for _ in self._expunges():
            pass

    def pending(self) -> frozenset[int]:
        """Return the UIDs of expunged messages that the client does not know to be gone yet."""
        return frozenset(self._gone)

    def _expunges(self) -> Iterator[tuple[str, Expunged]]:
        number = 1
        kept = []
        for index, message in enumerate(self.messages):
            if message.uid not in self._gone:
                kept.append(message)
                number += 1
                continue
            if index < self._told:  # a message that was never announced need not be taken back
                yield "EXPUNGE", Expunged(number)
        self._told -= sum(message.uid in self._gone for message in self.messages[: self._told])
        self.recent -= self._gone
        self.saved -= self._gone
        self._flagged -= self._gone
        self._gone.clear()
        self.messages = kept

    def pick(self, chosen: SequenceSet, *, uid: bool) -> list[tuple[int, Message]]:
        """Return the messages of a set, as (number, message) in rising order.

        UIDs that no message has are left out (RFC 9051 section 6.4.9).  Raises ValueError for a message number that no
        message has.
        """
        messages = self.shown
        numbered = list(enumerate(messages, 1))
        if chosen.saved:
            return [pair for pair in numbered if pair[1].uid in self.saved]
        if uid:
            largest = messages[-1].uid if messages else 0
            bounds = _merged(chosen.bounds(largest))
            return [pair for pair in numbered if _within(bounds, pair[1].uid)]
        known = len(messages)
        bounds = _merged(chosen.bounds(known))
        if bounds and not 1 <= bounds[0][0] <= bounds[-1][1] <= known:
            raise ValueError(f"message {bounds[-1][1] or 1} does not exist: the mailbox holds {known}")
        return [pair for pair in numbered if _within(bounds, pair[0])]

    def writable(self) -> None:
        """Raise Refused if the mailbox was opened read-only."""
        if self.read_only:
            raise Refused("", "the mailbox was opened read-only, with EXAMINE")


def _merged(bounds: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the ranges in rising order, with those that touch joined."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(bounds):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def _within(bounds: list[tuple[int, int]], number: int) -> bool:
    place = bisect_right(bounds, (number, 1 << 32))
    return place > 0 and bounds[place - 1][1] >= number
