"""A selected mailbox as one session knows it: its message numbers stand still until it is told otherwise.

RFC 9051 sections 2.3.1.2, 5.5 and 7.5.1: a number never changes but by an EXPUNGE response, and that must not be sent
during FETCH, STORE or SEARCH, nor while no command is in progress.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Count, Expunged, Fetch, Flags
from imapsh.server.store import SYSTEM_FLAGS, Mailbox, Message, Refused


class Selected:
    """The session's picture of the mailbox, and what happened since the client was last told.

    `changed` is called after each happening, for the session that idles.  `clock` says what time it is.
    """

    def __init__(
        self, mailbox: Mailbox, read_only: bool, changed: Callable[[], None], clock: Callable[[], datetime]
    ) -> None:
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

    def news(self, *, expunge: bool, rev2: bool) -> Iterator[tuple[str, Count | Expunged | Fetch | Flags]]:
        """What the client must now be told, in order; EXPUNGE only where it may come."""
        yield from self.new_keywords()
        if expunge and self._gone:
            yield from self._expunges()
        if len(self.messages) != self._told:
            self._told = len(self.messages)
            yield "EXISTS", Count(self._told)
            if not rev2:
                yield "RECENT", Count(len(self.recent))
        flagged, self._flagged = self._flagged, set()
        for number, message in enumerate(self.messages, 1) if flagged else ():
            if message.uid in flagged:
                yield "FETCH", Fetch(number, {"UID": message.uid, "FLAGS": self.flags(message, rev2)})

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
