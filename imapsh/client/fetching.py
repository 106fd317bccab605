"""FETCH, as a method of an asyncio connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING

from imapsh.client.arguments import MessageSet, fetch_items
from imapsh.client.connection import Pending
from imapsh.client.items import BodyItem, Item
from imapsh.client.messages import Gathering, Message
from imapsh.client.routing import Want
from imapsh.grammar.unread import Unread
from imapsh.session.exchange import Exchange
from imapsh.wire.frames import Spilled

if TYPE_CHECKING:
    from imapsh.client.commands import Connection

_new = tuple.__new__  # this takes half the time of Want itself


async def fetch(
    self: Connection,
    messages: MessageSet,
    items: str | Iterable[Item | BodyItem],
    *,
    uid: bool = False,
    changed_since: int | None = None,
) -> AsyncIterator[Message]:
    """Send FETCH (RFC 9051 section 6.4.5): yield the messages, each as soon as it is there.

    `items` are text, such as `UID FLAGS`, or a list of names, which a type checker knows (`imapsh.client.items`).
    Items that the server sends in several responses come together, in one Message.

    A loop that takes the messages slowly slows the server down.  While a command is awaited inside the loop, they wait
    in memory: more than the limit `collected` ends the connection with LimitError, which the command raises.

    If the loop is left early, or its task is cancelled, the rest comes and is ignored.  Flags that the server sends by
    itself are ignored, unless flags were asked for and did not come yet.  For an empty set nothing is sent, and nothing
    comes.  `changed_since` is a mod-sequence: only messages that changed after it come (RFC 7162 section 3.1.4.1).  A
    set that is too long for a line goes in several commands.
    """
    asks = fetch_items(items, changed_since)
    numbers, name, parts = self._parts("FETCH", messages, asks.fragments, uid)
    if not parts:
        return
    runner, wants = self._runner, self._runner.router.wants
    backlog = runner.router.backlog(_in_files)
    asked = Gathering(self.session, numbers, asks.items, uid, backlog.put_all)
    want = _new(Want, (asked.takes, asked.add, False, asked.awaits, asked.takes_run, asked.add_run))
    exchanges: list[Exchange] = []
    running: list[Pending] = []
    try:
        for part in parts:  # all at once, so that no EXPUNGE comes between them (RFC 9051 section 7.5.1)
            exchanges.append(exchange := self.session.command(name, part))
            wants[exchange] = want
        for exchange in exchanges:
            running.append(runner.start(exchange, backlog))  # noqa: PERF401 # those before an error are taken back
        while True:
            if backlog.count:
                batch = backlog.take_some()
                while batch:
                    yield batch.popleft()  # so that the values of one are gone when the next are made
            elif backlog.due:
                if backlog.up:
                    backlog.clear()  # one of several commands has set it, by its end
                await runner.patient(backlog.wait(runner.loop))
            elif not (asked.held and asked.finish()):
                break
        for one in running:
            runner.checked(one.result())
    finally:
        if backlog.due:
            for one in running:
                one.cancel()
            asked.forget()
            runner.leave(exchanges, want)
        else:
            for exchange in exchanges:
                del wants[exchange]
        backlog.close()


def _in_files(found: Iterable[Message]) -> int:
    """Return the octets of messages that are in temporary files, not in memory."""
    octets = 0
    for one in found:
        if not isinstance(one[2], Unread):  # nothing of a run is in a file
            octets += sum(value.octets for value in one.items.values() if isinstance(value, Spilled))
    return octets
