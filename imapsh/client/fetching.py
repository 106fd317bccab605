"""FETCH, as a method of an asyncio connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING

from imapsh.client.arguments import MessageSet, fetch_items
from imapsh.client.items import BodyItem, Item
from imapsh.client.messages import Asked, Gathering, Message
from imapsh.client.routing import Want
from imapsh.grammar.writer import Writer

if TYPE_CHECKING:
    from imapsh.client.commands import Connection


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

    A loop that takes the messages slowly slows the server down.  While a command is awaited inside the loop, they pile
    up in memory.  If the loop is left early, the rest comes and is ignored.  Flags that the server sends by itself are
    ignored, unless flags were asked for and did not come yet.  For an empty set nothing is sent, and nothing comes.
    `changed_since` is a mod-sequence: only messages that changed after it come (RFC 7162 section 3.1.4.1).
    """
    asks = fetch_items(items, changed_since)
    numbers, exchange = self._submit("FETCH", messages, Writer().raw(str(asks)).fragments(), uid)
    if exchange is None:
        return
    asked = Asked(self.session, numbers, asks.items, uid)
    router = self._runner.router
    with router.backlog() as backlog:
        gathering = Gathering(asked, backlog.put)
        with router.wanted(exchange, Want(asked.takes, gathering.add, awaits=asked.awaits)):
            running = self._runner.start(exchange, backlog)
            try:
                while backlog or not running.done() or gathering.finish():
                    if backlog:
                        yield backlog.take()
                    else:
                        await self._runner.patient(backlog.news.wait())
                await running
                self._runner.checked(exchange)
            finally:
                running.cancel()
