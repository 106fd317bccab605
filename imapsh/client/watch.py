"""A watcher of a mailbox that connects again when the connection is lost, and reports what came meanwhile.

    async for change in imapsh.watch("imaps://joe@mail.example.com", "INBOX", password=secret):
        if change.kind == "new":
            ...

Theory of operation.  The watcher knows the UIDs in the mailbox.  After each connect it asks for all UIDs, and what
differs from those that it knew is told.  Then it follows the news of IDLE, or of NOOP if the server has no IDLE.
EXPUNGE is told by UID if the connection knows the UID of that number; otherwise all UIDs are asked for and compared.
So no news can be missed for good, whatever a server leaves out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Literal

from imapsh.client.backlog import Backlog
from imapsh.client.connect import Connection
from imapsh.client.dial import ConnectOptions, Dial, dialler
from imapsh.client.idle import Idle
from imapsh.client.routing import Update
from imapsh.client.syncing import QResync
from imapsh.errors import ConnectError, ConnectionLost, ImapshError, TLSError, UsageError, shown
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Fetch, UidFetch, Vanished
from imapsh.session.core import FAREWELL
from imapsh.transport.address import parse_address
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from typing import Unpack

RENEWAL = 9 * 60.0
"""Seconds after which IDLE is begun again, so that a connection that is dead is noticed; many routers forget in ten."""

POLL = 60.0
"""Seconds between two NOOPs, for a server without IDLE."""

MOST_PAUSE = 300.0
"""The longest pause before connecting again, in seconds.  The first is one second, and each is twice the one before."""


_STEADY = 60.0  # seconds after which a connection is taken to have worked, so that the pauses begin anew


class Change(NamedTuple):
    r"""Something that happened in a watched mailbox.

    `kind` says what: `start`: the watch begins, and `uids` are in the mailbox; `new`: `uids` came; `gone`: `uids` were
    expunged; `flags`: the flags of the message `uids` are now `flags`; `reset`: UIDVALIDITY has changed, so no UID that
    was known counts any more, and `uids` are in the mailbox now; `lost`: the connection was lost by `error`, and the
    watcher connects again after `pause` seconds.
    """

    kind: Literal["start", "new", "gone", "flags", "reset", "lost"]
    uids: SequenceSet = SequenceSet()
    flags: tuple[str, ...] = ()
    error: ImapshError | None = None
    pause: float = 0.0


class Polls:
    """The updates of a connection whose server has no IDLE: after each `poll` seconds NOOP asks for them.

    It is used as `Idle` is.
    """

    def __init__(self, c: Connection, poll: float, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._c = c
        self._poll = poll
        self._sleep = sleep
        self._stack = ExitStack()
        self._backlog: Backlog[Update]

    async def __aenter__(self) -> Polls:
        self._backlog = self._stack.enter_context(self._c._runner.router.updates())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._stack.close()

    def __aiter__(self) -> AsyncIterator[Update]:
        return self

    async def __anext__(self) -> Update:
        while not self._backlog:
            await self._sleep(self._poll)
            await self._c.noop()
        return self._backlog.take()


class Watcher:
    """Follows one mailbox over one connection after another, which `dial` makes.

    `renewal`, `poll` and `most_pause` are in seconds.  `sleep` waits for so many seconds, and `clock` counts them.
    """

    def __init__(
        self,
        dial: Dial,
        mailbox: str,
        *,
        renewal: float = RENEWAL,
        poll: float = POLL,
        most_pause: float = MOST_PAUSE,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dial = dial
        self._mailbox = mailbox
        self._renewal = renewal
        self._poll = poll
        self._most_pause = most_pause
        self._sleep = sleep
        self._clock = clock
        self._known = SequenceSet()
        self._uidvalidity: int | None = None
        self._modseq: int | None = None
        self._begun = False

    async def changes(self) -> AsyncGenerator[Change, None]:
        """Yield the changes, until the iteration is ended or an error is raised that another try cannot mend.

        Errors of the first connection are raised.  Later, ConnectionLost, ConnectError and TLSError lead to another
        try, and all others are raised, such as LoginError.

        It is one generator, with none inside: at the end of a program asyncio closes all of them at the same time.
        """
        pause = 0.0
        while True:
            since = self._clock()
            try:
                c = await self._dial()
                try:
                    for change in await self._caught_up(c):
                        yield change
                    async with await self._news(c) as updates:
                        async for update in updates:
                            for change in await self._followed(c, update):
                                yield change
                except GeneratorExit:  # the program has ended the iteration
                    await _leave(c)
                    raise
                finally:
                    await c.close()
            except (ConnectionLost, ConnectError, TLSError) as error:
                if not self._begun:
                    raise
                lost = error
            steady = self._clock() - since >= _STEADY
            pause = min(1.0 if steady else max(1.0, 2 * pause), self._most_pause)
            yield Change("lost", error=lost, pause=pause)
            await self._sleep(pause)

    # -- what happened while there was no connection

    async def _caught_up(self, c: Connection) -> list[Change]:
        """Select the mailbox, and return what has changed since it was seen last."""
        known = None
        if "QRESYNC" in await _capabilities(c):
            await c.enable("QRESYNC")
            if self._begun and self._uidvalidity and self._modseq:
                known = QResync(self._uidvalidity, self._modseq)
        box = await c.select(self._mailbox, read_only=True, qresync=known)
        self._modseq = box.highestmodseq
        if not self._begun or box.uidvalidity != self._uidvalidity:
            kind: Literal["start", "reset"] = "reset" if self._begun else "start"
            self._known = await self._all(c)
            self._uidvalidity, self._begun = box.uidvalidity, True
            return [Change(kind, self._known)]
        before = self._known
        changes = await self._compared(c)
        changes += [
            Change("flags", SequenceSet.of([one.uid]), tuple(one.items["FLAGS"]))
            for one in c.resynced.messages
            if known is not None and one.uid is not None and one.uid in before and one.uid in self._known
            and "FLAGS" in one.items
        ]  # fmt: skip
        return changes

    async def _all(self, c: Connection) -> SequenceSet:
        """Return all UIDs.  Without QRESYNC they are fetched, so that the connection knows the UID of each number."""
        if "QRESYNC" in c.session.enabled or not c.mailbox or not c.mailbox.exists:
            return await c.search("ALL", uid=True)
        return SequenceSet.of([m.uid async for m in c.fetch("1:*", "UID") if m.uid is not None])

    async def _compared(self, c: Connection) -> list[Change]:
        """Ask for all UIDs, and return what differs from those that are known."""
        now = await self._all(c)
        gone, new = _minus(self._known, now), _minus(now, self._known)
        self._known = now
        found = [Change("gone", gone)] if gone else []
        return [*found, Change("new", new)] if new else found

    # -- what happens

    async def _news(self, c: Connection) -> Idle | Polls:
        if "IDLE" in await _capabilities(c):
            return Idle(c._runner, self._renewal)
        return Polls(c, self._poll, self._sleep)

    async def _followed(self, c: Connection, update: Update) -> list[Change]:
        """Return what an update changes.  Messages that have come are asked for whenever more are there than known."""
        changes: list[Change] = []
        value = update.value
        if update.name == "EXPUNGE":
            changes += self._gone(SequenceSet.of([update.uid])) if update.uid else await self._compared(c)
        elif isinstance(value, Vanished):
            changes += self._gone(value.uids)
        elif isinstance(value, Fetch | UidFetch) and update.uid in self._known and "FLAGS" in value.items:
            changes.append(Change("flags", SequenceSet.of([update.uid or 0]), tuple(value.items["FLAGS"])))
        box = c.mailbox
        if box is not None:
            self._modseq = box.highestmodseq or self._modseq
            if (box.exists or 0) > len(self._known):
                changes += await self._come(c)
        return changes

    def _gone(self, uids: SequenceSet) -> list[Change]:
        left = _minus(self._known, uids)
        gone = _minus(self._known, left)
        self._known = left
        return [Change("gone", gone)] if gone else []

    async def _come(self, c: Connection) -> list[Change]:
        """Ask for the UIDs above the highest that is known.  `n:*` names the last message even if it is below n."""
        above = self._known[-1] + 1 if self._known else 1
        uids = [m.uid async for m in c.fetch(f"{above}:*", "UID", uid=True)]
        new = SequenceSet.of([uid for uid in uids if uid is not None and uid >= above])
        self._known = SequenceSet((*self._known.ranges, *new.ranges)).sorted()
        return [Change("new", new)] if new else []


async def _capabilities(c: Connection) -> frozenset[str]:
    return c.capabilities or await c.capability()


async def _leave(c: Connection) -> None:
    """Log out; the connection may be lost by then, and a server that does not answer is not waited for long."""
    try:
        async with asyncio.timeout(FAREWELL):
            await c.logout()
    except (ImapshError, TimeoutError):
        pass


def _minus(these: SequenceSet, others: SequenceSet) -> SequenceSet:
    """Return the numbers of a set that another does not hold.  Ranges are not written out."""
    left: list[tuple[int, int]] = []
    gone = iter([*others.disjoint(), (1 << 33, 1 << 33)])
    low, high = next(gone)
    for first, last in these.disjoint():
        while first <= last:
            while high < first:
                low, high = next(gone)
            if low > first:
                left.append((first, min(last, low - 1)))
            first = max(first, min(last, high) + 1) if low <= last else last + 1
    return SequenceSet(tuple(left))


def watch(
    url: str,
    mailbox: str = "",
    *,
    renewal: float = RENEWAL,
    poll: float = POLL,
    most_pause: float = MOST_PAUSE,
    **options: Unpack[ConnectOptions],
) -> AsyncGenerator[Change, None]:
    """Watch a mailbox, and yield each Change; connect again, after growing pauses, when the connection is lost.

    `options` are those of `connect`.  Without `mailbox` it is the one in the URL, or INBOX.  EXAMINE opens it, so
    nothing is marked as seen.  The first change is `start`, with the UIDs that are there.  After a loss, messages that
    came or were expunged meanwhile are told, and changes of flags if the server has QRESYNC (RFC 7162).

    To end it, leave the loop, or await `aclose()`: that logs out.  Errors of the first connection are raised, and so is
    later what another try cannot mend: LoginError, CommandNo if the mailbox is gone.
    Raises UsageError for an invalid URL or a number of seconds that is not positive.
    """
    for name, seconds in (("renewal", renewal), ("poll", poll), ("most_pause", most_pause)):
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
            raise UsageError(f"{name} is a number of seconds above 0, not {shown(seconds)}")
    watched = mailbox or parse_address(url).mailbox or "INBOX"
    watcher = Watcher(dialler(url, options), watched, renewal=renewal, poll=poll, most_pause=most_pause)
    return watcher.changes()
