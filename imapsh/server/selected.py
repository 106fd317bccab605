"""A selected mailbox as one session knows it: its message numbers stand still until it is told otherwise.

RFC 9051 sections 2.3.1.2, 5.5 and 7.5.1: a number never changes but by an EXPUNGE response, and that must not be sent
during FETCH, STORE or SEARCH, nor while no command is in progress.
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

    `changed` is called after each happening, for the session that idles.  `clock` says what time it is.  `enabled` is
    what its client has turned on, in upper case: with CONDSTORE it is told mod-sequences, with QRESYNC or UIDONLY the
    UIDs of what vanished.
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
        self._lags = False  # HIGHESTMODSEQ was told lower than it is, for expunged messages are still to be told
        self.mailbox = mailbox
        self.clock = clock
        self.read_only = read_only
        self.messages = list(mailbox.messages)
        self.saved: set[int] = set()  # UIDs of the saved search result, `$` (RFC 5182)
        self.recent = {message.uid for message in self.messages if message.recent}
        self._changed = changed
        self._told = len(self.messages)
        self._keywords = len(mailbox.keywords)
        self._gone: set[int] = set()
        self._flagged: set[int] = set()
        if not read_only:
            for message in self.messages:
                message.recent = False
        mailbox.watchers.append(self)

    @property
    def announced(self) -> int:
        """The highest UID of which the client was told that there is a message; 0 for none."""
        return self.messages[self._told - 1].uid if self._told else 0

    def leave(self) -> None:
        """Watch it no more."""
        self.mailbox.watchers.remove(self)

    def arrived(self, message: Message) -> None:
        """Watcher: a message was added."""
        self.messages.append(message)
        if message.recent:
            self.recent.add(message.uid)
            message.recent = self.read_only
        self._changed()

    def vanished(self, message: Message) -> None:
        """Watcher: a message was expunged."""
        self._gone.add(message.uid)
        self._changed()

    def flagged(self, message: Message) -> None:
        """Watcher: flags changed."""
        self._flagged.add(message.uid)
        self._changed()

    def hush(self, message: Message) -> None:
        """This session is told of the message's flags anyway, in a FETCH reply."""
        self._flagged.discard(message.uid)

    def flags(self, message: Message, rev2: bool) -> tuple[str, ...]:
        """The flags as this session sees them, with `\\Recent` in IMAP4rev1 (RFC 3501 section 2.3.2)."""
        recent = ["\\Recent"] if message.uid in self.recent and not rev2 else []
        return (*sorted(message.flags), *recent)

    def known_flags(self) -> tuple[str, ...]:
        """The flags that messages here can have, for FLAGS (RFC 9051 section 7.3.5)."""
        return (*SYSTEM_FLAGS, *self.mailbox.keywords.values())

    def new_keywords(self) -> Iterator[tuple[str, Flags]]:
        """FLAGS, where the mailbox has learnt keywords that the client was not told of."""
        if len(self.mailbox.keywords) != self._keywords:
            self._keywords = len(self.mailbox.keywords)
            yield "FLAGS", Flags(self.known_flags())

    def exists(self, message: Message) -> bool:
        """Return whether it is still in the mailbox, or only in this session's picture of it."""
        return message.uid not in self._gone

    def told(self, number: int, message: Message, items: dict[str, Any]) -> tuple[str, Fetch | UidFetch]:
        """The response that tells these items of a message."""
        if "UIDONLY" in self.enabled:
            return "UIDFETCH", UidFetch(message.uid, items)
        return "FETCH", Fetch(number, items)

    def changes(self, number: int, message: Message, items: dict[str, Any]) -> tuple[str, Fetch | UidFetch]:
        """The same after a change: with UID and mod-sequence for a client that knows these (RFC 7162 section 3.2.4)."""
        if "CONDSTORE" in self.enabled:
            items = {"UID": message.uid, **items, "MODSEQ": message.modseq}
        if "UIDONLY" in self.enabled:
            items.pop("UID", None)
        return self.told(number, message, items)

    def highest(self) -> tuple[str, StatusText]:
        """The code that tells the highest mod-sequence; lower while expunged messages are still to be told of."""
        gone = [at for uid in self._gone if (at := self.mailbox.gone.get(uid))]
        self._lags = bool(gone)
        highest = min(gone) - 1 if gone else self.mailbox.highestmodseq
        return "OK", StatusText(Code("HIGHESTMODSEQ", highest), "the highest mod-sequence")

    def news(self, *, expunge: bool, rev2: bool) -> Iterator[tuple[str, Any]]:
        """What the client must now be told, in order; EXPUNGE only where it may come."""
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
        """VANISHED in place of EXPUNGE (RFC 7162 section 3.2.10.2; RFC 9586 section 3.4)."""
        if announced := [uid for message in self.messages[: self._told] if (uid := message.uid) in self._gone]:
            yield "VANISHED", Vanished(False, SequenceSet.of(announced))
        for _ in self._expunges():
            pass

    def pending(self) -> frozenset[int]:
        """The UIDs of expunged messages of which the client is still to be told."""
        return frozenset(self._gone)

    def _expunges(self) -> Iterator[tuple[str, Expunged]]:
        number = 1
        kept = []
        for index, message in enumerate(self.messages):
            if message.uid not in self._gone:
                kept.append(message)
                number += 1
                continue
            if index < self._told:  # what was never announced need not be taken back
                yield "EXPUNGE", Expunged(number)
        self._told -= sum(message.uid in self._gone for message in self.messages[: self._told])
        self.recent -= self._gone
        self.saved -= self._gone
        self._flagged -= self._gone
        self._gone.clear()
        self.messages = kept

    def pick(self, chosen: SequenceSet, *, uid: bool) -> list[tuple[int, Message]]:
        """The messages of a set, as (number, message) in rising order.

        UIDs that are nobody's are left out (RFC 9051 section 6.4.9); ValueError where a message number is.
        """
        numbered = list(enumerate(self.messages, 1))
        if chosen.saved:
            return [pair for pair in numbered if pair[1].uid in self.saved]
        if uid:
            largest = self.messages[-1].uid if self.messages else 0
            bounds = _merged(chosen.bounds(largest))
            return [pair for pair in numbered if _within(bounds, pair[1].uid)]
        known = len(self.messages)
        bounds = _merged(chosen.bounds(known))
        if bounds and not 1 <= bounds[0][0] <= bounds[-1][1] <= known:
            raise ValueError(f"message {bounds[-1][1] or 1} does not exist: the mailbox holds {known}")
        return [pair for pair in numbered if _within(bounds, pair[0])]

    def writable(self) -> None:
        """Raises Refused where the mailbox was opened to be read only."""
        if self.read_only:
            raise Refused("", "the mailbox was opened read-only, with EXAMINE")


def _merged(bounds: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in rising order, those that touch made one."""
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
