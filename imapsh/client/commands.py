"""The commands of an asyncio connection, with typed arguments and results; any other goes through `command`."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from imapsh.client.driving import Driving
from imapsh.client.idle import Idle
from imapsh.errors import ConnectionLost, UsageError
from imapsh.grammar.fragments import Fragment
from imapsh.grammar.responses import Response
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import (
    AppendUid,
    Code,
    CopyUid,
    ESearch,
    Expunged,
    Fetch,
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

MessageSet = str | int | SequenceSet | Iterable[int]

_ITEM = re.compile(r"[A-Z][A-Z0-9.]*")
_SECTION = re.compile(r"\[[^\]]*\]|<[^>]*>")
_MACROS = {"ALL": "INTERNALDATE", "FAST": "INTERNALDATE", "FULL": "INTERNALDATE"}
_COMMON = frozenset({"FLAGS", "UID", "MODSEQ"})  # what a server may tell by itself (RFC 9051 section 7.5.2)


class Message(NamedTuple):
    """FETCH data of one message: its number, its UID where known, and `values.Fetch.items`."""

    seq: int
    uid: int | None
    items: dict[str, Any]


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

        Raises LoginError, and sends nothing, where a password would go to another machine without TLS.
        """
        exchange, found = await self._gather(self.session.line(line, open_file=open_file), lambda event: True)
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
        """STATUS: item -> number (RFC 9051 section 6.3.11)."""
        fragments = self._writer().mailbox(mailbox).raw(f" ({items.strip().strip('()')})").fragments()
        _, found = await self._collect("STATUS", fragments, wants="STATUS")
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
        """SEARCH (RFC 9051 section 6.4.4): numbers, or UIDs, of the messages that match; may be without ranges.

        Text beyond ASCII goes through `command`, with its CHARSET and in a literal.
        """
        exchange = self.session.command(f"{_uid(uid)}SEARCH", Writer().raw(_ascii(criteria)).fragments())
        _, found = await self._gather(exchange, lambda event: event.response.name in ("SEARCH", "ESEARCH"))
        ranges: list[tuple[int, int]] = []
        for value in (event.response.value for event in found):
            every = value.items.get("ALL") if isinstance(value, ESearch) else None
            if isinstance(value, Search):
                every = SequenceSet.of(value.ids)
            ranges += every.ranges if isinstance(every, SequenceSet) else ()
        return SequenceSet(tuple(ranges))

    async def fetch(self, messages: MessageSet, items: str, *, uid: bool = False) -> AsyncIterator[Message]:
        """FETCH (RFC 9051 section 6.4.5): the messages, each as soon as it is there.

        Who takes them slowly slows the server down; while a command is awaited inside the loop they pile up in memory.
        Left early, the loop lets the rest come and pass.  Flags that the server tells by itself are passed over, unless
        flags are all that was asked for.
        """
        exchange = self._message_command("FETCH", messages, _list(items), uid)
        takes = _asked_for(items)
        with self._backlog() as backlog:

            def put(event: Received) -> None:
                backlog.put(_message(event), event.response.frame.length)

            with self._wanted(exchange, takes, put):
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

        Returns the messages with their new flags, as far as the server tells them.
        """
        listed = Writer().flags(flags).wire().decode("ascii")
        exchange = self._message_command("STORE", messages, f"{change} {listed}", uid)
        _, found = await self._gather(exchange, _asked_for("FLAGS"))
        return tuple(map(_message, found))

    async def copy(self, messages: MessageSet, mailbox: str, *, uid: bool = False) -> CopyUid | None:
        """COPY; what UIDPLUS says of it (RFC 9051 section 6.4.7)."""
        exchange = self._to_mailbox("COPY", messages, mailbox, uid)
        return _argument(await self._run(exchange), CopyUid)

    async def move(self, messages: MessageSet, mailbox: str, *, uid: bool = False) -> CopyUid | None:
        """MOVE; what UIDPLUS says of it, in an untagged OK (RFC 9051 section 6.4.8)."""
        exchange = self._to_mailbox("MOVE", messages, mailbox, uid)
        _, found = await self._gather(exchange, lambda event: isinstance(event.response.value, StatusText))
        codes = (event.response.value.code for event in found)
        told = (code.arg for code in codes if code is not None and isinstance(code.arg, CopyUid))
        return next(told, None) or _argument(exchange, CopyUid)

    async def expunge(self, uids: MessageSet | None = None) -> tuple[int, ...]:
        r"""EXPUNGE, or UID EXPUNGE of `uids`: the message numbers that are gone, in the order of the server.

        RFC 9051 sections 6.4.3 and 6.4.9.
        """
        fragments = [] if uids is None else Writer().raw(_set(uids)).fragments()
        _, found = await self._collect(f"{_uid(uids is not None)}EXPUNGE", fragments, wants="EXPUNGE")
        return tuple(event.response.value.seq for event in found if isinstance(event.response.value, Expunged))

    def idle(self) -> Idle:
        """IDLE (RFC 9051 section 6.3.13): `async with c.idle() as updates`, then `async for update in updates`."""
        return Idle(self)

    # -- arguments

    def _writer(self) -> Writer:
        return Writer(utf8=self.session.parser.utf8)

    def _message_command(self, name: str, messages: MessageSet, rest: str, uid: bool) -> Exchange:
        fragments = Writer().raw(f"{_set(messages)} {_ascii(rest)}").fragments()
        return self.session.command(f"{_uid(uid)}{name}", fragments)

    def _to_mailbox(self, name: str, messages: MessageSet, mailbox: str, uid: bool) -> Exchange:
        fragments: list[Fragment] = self._writer().raw(f"{_set(messages)} ").mailbox(mailbox).fragments()
        return self.session.command(f"{_uid(uid)}{name}", fragments)


def _uid(uid: bool) -> str:
    return "UID " if uid else ""


def _set(messages: MessageSet) -> str:
    """A sequence set as text.  Raises UsageError for one that is empty or none."""
    if isinstance(messages, int):
        messages = (messages,)
    if not isinstance(messages, str | SequenceSet):
        messages = SequenceSet.of(messages)
    text = str(messages)
    try:
        SequenceSet.parse(text)
    except ValueError as error:
        raise UsageError(f"{error}: numbers are due, as in 1:4,7 or 3:*") from None
    return text


def _list(items: str) -> str:
    """In parentheses where there are several."""
    text = items.strip()
    return text if text.startswith("(") or " " not in _SECTION.sub("", text) else f"({text})"


def _ascii(text: str) -> str:
    if not text.isascii():
        raise UsageError(f"{text!r} is not ASCII: send it in a literal, through command()")
    return text


def _asked_for(items: str) -> Callable[[Received], bool]:
    """Whether a FETCH response holds what was asked for, beside what servers tell by themselves.

    One without a message number, which only broken servers send, is no message; `on_event` tells of it.
    """
    names = _ITEM.findall(_SECTION.sub("", items.upper()))
    first = next((_MACROS.get(name, name.replace(".PEEK", "")) for name in names if name not in _COMMON), None)
    wanted = (first,) if first is not None else tuple(names)

    def takes(event: Received) -> bool:
        value = event.response.value
        return isinstance(value, Fetch) and value.seq > 0 and any(key.startswith(wanted) for key in value.items)

    return takes


def _message(event: Received) -> Message:
    value: Fetch = event.response.value
    return Message(value.seq, event.uid, value.items)


def _status(exchange: Exchange) -> StatusText:
    value = exchange.response.value if exchange.response is not None else None
    return value if isinstance(value, StatusText) else StatusText()


def _argument(exchange: Exchange, kind: type[T]) -> T | None:
    """What the tagged OK's code holds, None where it holds no such thing."""
    code = _status(exchange).code
    return code.arg if code is not None and isinstance(code.arg, kind) else None
