"""The commands of an asyncio connection, with typed arguments and results; any other goes through `command`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from imapsh.client.arguments import MessageSet, ascii_only, fetch_items, message_set, search_keys
from imapsh.client.driving import Driving, Want, is_untagged
from imapsh.client.idle import Idle
from imapsh.client.messages import Asked, Message, message
from imapsh.client.removed import Removed, removed, told_gone
from imapsh.errors import ConnectionLost
from imapsh.grammar.fragments import Fragment
from imapsh.grammar.responses import Response
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import (
    AppendUid,
    Code,
    CopyUid,
    ESearch,
    MailboxList,
    MailboxStatus,
    Search,
    StatusText,
)
from imapsh.grammar.writer import Writer
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange, OpenFile
from imapsh.session.mailbox import Mailbox

T = TypeVar("T")


class Reply(NamedTuple):
    """A command's OK: its code and text, and the untagged responses that came while it ran."""

    code: Code | None
    text: str
    responses: tuple[Response, ...]


class Commands(Driving):
    """Each raises CommandNo or CommandBad where the server does not say OK, UsageError and StateError before anything
    is sent, and ConnectionLost and its kinds where the connection ends.
    """

    async def command(self, line: str, *, open_file: OpenFile | None = None) -> Reply:
        """Any command, as it is typed in the shell: without a tag, literals inside, nothing checked beyond that.

        It is sent in any state, to see what the server says.  The reply has the untagged responses that came while it
        ran, but for those that answer another command.  Raises UsageError for what cannot be a line, and LoginError,
        before anything is sent, if a password would go to another machine without TLS.
        """
        exchange = self.session.line(line, open_file=open_file)
        exchange, found = await self._gather(exchange, lambda event: True, hears=True)
        status = _status(exchange)
        return Reply(status.code, status.text, tuple(event.response for event in found))

    async def noop(self) -> None:
        """NOOP: let the server tell its news (RFC 9051 section 6.1.2)."""
        await self._collect("NOOP")

    async def capability(self) -> frozenset[str]:
        """CAPABILITY: ask anew (RFC 9051 section 6.1.1)."""
        await self._collect("CAPABILITY")
        return self.session.capabilities

    async def compress(self) -> None:
        """COMPRESS: both directions are deflated from here on (RFC 4978 section 3)."""
        await self._collect("COMPRESS", [b"DEFLATE"])

    # -- mailboxes

    async def select(self, mailbox: str, *, read_only: bool = False) -> Mailbox:
        """SELECT, or EXAMINE where `read_only` (RFC 9051 sections 6.3.2 and 6.3.3)."""
        await self._collect("EXAMINE" if read_only else "SELECT", self._writer().mailbox(mailbox).fragments())
        box = self.session.mailbox
        if box is None:  # a BYE stood right behind the OK
            raise self.error or ConnectionLost(f"{self._where} opened {mailbox} and left it again: connect again")
        return box

    async def unselect(self) -> None:
        """UNSELECT: leave the mailbox and expunge nothing (RFC 9051 section 6.4.2)."""
        await self._collect("UNSELECT")

    async def create(self, mailbox: str) -> None:
        """CREATE (RFC 9051 section 6.3.4)."""
        await self._collect("CREATE", self._writer().mailbox(mailbox).fragments())

    async def delete(self, mailbox: str) -> None:
        """DELETE, with all that is in it (RFC 9051 section 6.3.5)."""
        await self._collect("DELETE", self._writer().mailbox(mailbox).fragments())

    async def rename(self, mailbox: str, to: str) -> None:
        """RENAME (RFC 9051 section 6.3.6)."""
        await self._collect("RENAME", self._writer().mailbox(mailbox).raw(" ").mailbox(to).fragments())

    async def list(self, reference: str = "", pattern: str = "*") -> tuple[MailboxList, ...]:
        """LIST (RFC 9051 section 6.3.9): `*` stands for anything, `%` for one level."""
        fragments = self._writer().mailbox(reference).raw(" ").mailbox(pattern).fragments()
        _, found = await self._collect("LIST", fragments, wants="LIST")
        return tuple(event.response.value for event in found if isinstance(event.response.value, MailboxList))

    async def status(self, mailbox: str, items: str = "MESSAGES UNSEEN UIDNEXT UIDVALIDITY") -> MailboxStatus:
        """STATUS: item -> number (RFC 9051 section 6.3.11).

        `items` of the result is empty if the server says OK and nothing about this mailbox.
        """
        fragments = self._writer().mailbox(mailbox).raw(f" ({items.strip().strip('()')})").fragments()
        exchange = self.session.command("STATUS", fragments)
        _, found = await self._gather(
            exchange, lambda event: is_untagged(event, "STATUS") and _answers(event, exchange)
        )
        told: dict[str, Any] = {}
        for event in found:
            if isinstance(event.response.value, MailboxStatus):
                told.update(event.response.value.items)
        return MailboxStatus(mailbox, told)

    async def append(
        self, mailbox: str, message: bytes, *, flags: Iterable[str] = (), date: str = ""
    ) -> AppendUid | None:
        """APPEND; what UIDPLUS says of it (RFC 9051 section 6.3.12).  `date` is as in `05-Feb-2024 09:00:05 +0100`."""
        writer = self._writer().mailbox(mailbox).raw(" ")
        if listed := tuple(flags):
            writer.flags(listed).raw(" ")
        if date:
            writer.string(date).raw(" ")
        exchange, _ = await self._collect("APPEND", writer.literal(message).fragments())
        return _argument(exchange, AppendUid)

    # -- messages

    async def search(self, criteria: str, *, uid: bool = False) -> SequenceSet:
        """SEARCH (RFC 9051 section 6.4.4): the numbers, or UIDs, of the messages that match, rising, as a set.

        Text beyond ASCII goes through `command`, with its CHARSET and in a literal; so does RETURN without ALL.
        """
        exchange = self.session.command(f"{_uid(uid)}SEARCH", Writer().raw(search_keys(criteria)).fragments())
        _, found = await self._gather(
            exchange, lambda event: event.response.name in ("SEARCH", "ESEARCH") and _answers(event, exchange)
        )
        ranges: list[tuple[int, int]] = []
        for value in (event.response.value for event in found):
            every = value.items.get("ALL") if isinstance(value, ESearch) else None
            if isinstance(value, Search):
                every = value.found
            ranges += every.ranges if isinstance(every, SequenceSet) else ()
        return SequenceSet(tuple(ranges)).sorted()

    async def fetch(self, messages: MessageSet, items: str, *, uid: bool = False) -> AsyncIterator[Message]:
        """FETCH (RFC 9051 section 6.4.5): the messages, each as soon as it is there.

        Who takes them slowly slows the server down; while a command is awaited inside the loop they pile up in memory.
        Left early, the loop lets the rest come and pass.  Flags that the server tells by itself are passed over, unless
        flags are all that was asked for.  For an empty set nothing is sent, and nothing comes.
        """
        numbers, exchange = self._submit(
            "FETCH", messages, Writer().raw(ascii_only(fetch_items(items))).fragments(), uid
        )
        if exchange is None:
            return
        asked = Asked(self.session, numbers, items, uid)
        with self._backlog() as backlog:

            def put(event: Received) -> None:
                backlog.put(message(event), event.response.frame.length)
                asked.came(event.response.value.seq)

            with self._wanted(exchange, Want(asked.takes, put, awaits=asked.awaits)):
                running = self._start(exchange, backlog)
                try:
                    while backlog or not running.done():
                        if backlog:
                            yield backlog.take()
                        else:
                            await self._patient(backlog.news.wait())
                    await running
                    self._checked(exchange)
                finally:
                    running.cancel()

    async def store(
        self, messages: MessageSet, change: str, flags: Iterable[str], *, uid: bool = False
    ) -> tuple[Message, ...]:
        r"""STORE (RFC 9051 section 6.4.6): `change` is FLAGS, +FLAGS or -FLAGS, with .SILENT or without.

        Returns the messages with their new flags, as far as the server tells them.  For an empty set nothing is sent.
        """
        rest = Writer().raw(ascii_only(f"{change} ")).flags(flags).fragments()
        numbers, exchange = self._submit("STORE", messages, rest, uid)
        if exchange is None:
            return ()
        asked = Asked(self.session, numbers, "FLAGS", uid)
        _, found = await self._gather(exchange, asked.takes, awaits=asked.awaits)
        return tuple(map(message, found))

    async def copy(self, messages: MessageSet, mailbox: str, *, uid: bool = False) -> CopyUid | None:
        """COPY; what UIDPLUS says of it (RFC 9051 section 6.4.7).  For an empty set nothing is sent."""
        _, exchange = self._submit("COPY", messages, self._writer().mailbox(mailbox).fragments(), uid)
        return _argument(await self._run(exchange), CopyUid) if exchange is not None else None

    async def move(self, messages: MessageSet, mailbox: str, *, uid: bool = False) -> CopyUid | None:
        """MOVE; what UIDPLUS says of it, in an untagged OK (RFC 9051 section 6.4.8).

        For an empty set nothing is sent.
        """
        _, exchange = self._submit("MOVE", messages, self._writer().mailbox(mailbox).fragments(), uid)
        if exchange is None:
            return None
        _, found = await self._gather(exchange, lambda event: _copied(event.response) is not None)
        told = [copied for event in found if (copied := _copied(event.response)) is not None]
        return told[0] if told else _argument(exchange, CopyUid)

    async def expunge(self, uids: MessageSet | None = None) -> Removed:
        r"""EXPUNGE, or UID EXPUNGE of `uids` (RFC 9051 sections 6.4.3 and 6.4.9): what is gone, in the server's order.

        These are message numbers; once QRESYNC is enabled, UIDs, as `Removed.uid` says (RFC 7162 section 3.2.7).  For
        an empty set of UIDs nothing is sent.
        """
        exchange: Exchange | None
        if uids is None:
            exchange = self.session.command("EXPUNGE")
        else:
            _, exchange = self._submit("EXPUNGE", uids, [], True)
        if exchange is None:
            return removed(())
        _, found = await self._gather(exchange, lambda event: told_gone(event) is not None)
        return removed(found)

    def idle(self) -> Idle:
        """IDLE (RFC 9051 section 6.3.13): `async with c.idle() as updates`, then `async for update in updates`."""
        return Idle(self)

    # -- arguments

    def _writer(self) -> Writer:
        return Writer(utf8=self.session.parser.utf8)

    def _submit(
        self, name: str, messages: MessageSet, rest: Sequence[Fragment], uid: bool
    ) -> tuple[SequenceSet, Exchange | None]:
        """Submit a command about a set of messages; None where that is empty and nothing is sent."""
        numbers = message_set(messages)
        if not numbers:
            self.session.require(f"{_uid(uid)}{name}")
            return numbers, None
        fragments = [str(numbers).encode("ascii"), *([b" ", *rest] if rest else [])]
        return numbers, self.session.command(f"{_uid(uid)}{name}", fragments)


def _uid(uid: bool) -> str:
    return "UID " if uid else ""


def _answers(event: Received, exchange: Exchange) -> bool:
    """Whether a response that names its command by tag or mailbox names this one."""
    return event.exchange is exchange and not event.unsolicited


def _status(exchange: Exchange) -> StatusText:
    value = exchange.response.value if exchange.response is not None else None
    return value if isinstance(value, StatusText) else StatusText()


def _copied(response: Response) -> CopyUid | None:
    """What COPYUID in an untagged OK tells."""
    code = response.value.code if isinstance(response.value, StatusText) else None
    return code.arg if code is not None and isinstance(code.arg, CopyUid) else None


def _argument(exchange: Exchange, kind: type[T]) -> T | None:
    """What the tagged OK's code holds, None where it holds no such thing."""
    code = _status(exchange).code
    return code.arg if code is not None and isinstance(code.arg, kind) else None
