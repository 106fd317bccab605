"""An asyncio connection and its commands, with typed arguments and results; `command` sends any other command."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from types import TracebackType

from imapsh.client import acl, metadata, notify, ordering, quota, results, storing
from imapsh.client.arguments import (
    MessageSet,
    ascii_only,
    fetch_items,
    message_set,
    mod_sequence,
)
from imapsh.client.driving import Runner
from imapsh.client.idle import Idle
from imapsh.client.keys import Criteria, write_criteria
from imapsh.client.login import Login, Password
from imapsh.client.mail import MailMessage, Reader
from imapsh.client.messages import Asked, Message, Stored, message
from imapsh.client.removed import Removed, removed, told_gone
from imapsh.client.routing import Want, is_untagged
from imapsh.client.syncing import QResync, Resynced, resynced, tells
from imapsh.errors import ConnectionLost, ImapshError, StateError
from imapsh.grammar.condstore import Modified
from imapsh.grammar.fragments import Fragment
from imapsh.grammar.responses import Response
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import (
    AppendUid,
    CopyUid,
    MailboxList,
    MailboxStatus,
)
from imapsh.grammar.writer import Writer
from imapsh.session.core import Session
from imapsh.session.events import Event, Received
from imapsh.session.exchange import Exchange, OpenFile
from imapsh.session.mailbox import Mailbox
from imapsh.transport.address import Address
from imapsh.transport.base import AsyncStream, StreamInfo
from imapsh.transport.tls import TLSOptions
from imapsh.wire.limits import DEFAULT, Limits

TIMEOUT = 60.0
"""Seconds that may pass without an octet while a reply is due; this is the default."""

_SOMEWHERE = Address("exec", command=("the server",))


class Connection:
    """One connection that has been greeted, and its commands.

    `connect` makes one; it can also be made over any AsyncStream.  It must be made inside a running loop, and must not
    be shared by threads.

    `address` is the peer of the stream.  `tls` is for STARTTLS.  `cleartext` allows a password without TLS to another
    machine.  `timeout` is the number of seconds without an octet either way, while a reply is due, after which the
    connection is closed; None means that it waits for ever.  Literals of more than `spool` octets go to temporary files
    (`wire.frames.Spilled`); with 0 none does.  `on_event` sees every event of `session.events` and must not wait.

    If a command is cancelled that was not sent yet, it is taken back.  If it was sent, its reply is read and passed
    over, and the connection stays usable.

    Each command raises CommandNo or CommandBad if the server does not say OK, UsageError and StateError before anything
    is sent, and ConnectionLost and its kinds if the connection ends.
    """

    def __init__(
        self,
        stream: AsyncStream,
        address: Address = _SOMEWHERE,
        *,
        tls: TLSOptions | None = None,
        cleartext: bool = False,
        timeout: float | None = TIMEOUT,
        limits: Limits = DEFAULT,
        spool: int = 0,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        from imapsh.wire.sinks import SpoolSink, opener

        self.session = Session(
            limits=limits,
            opener=opener(spool, SpoolSink) if spool else None,
            secure=address.speaks_tls,
            strict=True,
        )
        self._runner = Runner(
            stream,
            self.session,
            where=address.where,
            timeout=timeout,
            tls=tls,
            server_name=address.server_name,
            on_event=on_event,
        )
        self.resynced = Resynced(SequenceSet(), ())  #: what the last `select` with `qresync` reported
        self._login = Login(self._runner, address, tls=tls, cleartext=cleartext)

    # -- what is known of the connection

    @property
    def timeout(self) -> float | None:
        """The seconds without an octet either way while a reply is due, or None for ever."""
        return self._runner.timeout

    @timeout.setter
    def timeout(self, seconds: float | None) -> None:
        self._runner.timeout = seconds

    @property
    def is_open(self) -> bool:
        """Return whether commands can be sent: the connection has not ended, and the server has not said BYE."""
        return self.session.is_open

    @property
    def error(self) -> ImapshError | None:
        """The error that ended the connection; None while it is open and after `logout`."""
        return self._runner.error

    @property
    def state(self) -> str:
        """The state: `not-authenticated`, `authenticated`, `selected` or `logout` (RFC 9051 section 3)."""
        return self.session.state

    @property
    def capabilities(self) -> frozenset[str]:
        """The capabilities in upper case, as the server last sent them; empty if they are not known."""
        return self.session.capabilities

    @property
    def mailbox(self) -> Mailbox | None:
        """The selected mailbox; its numbers follow what the server says."""
        return self.session.mailbox

    @property
    def greeting(self) -> Response | None:
        """The server's first response."""
        return self.session.greeting

    @property
    def info(self) -> StreamInfo:
        """The peer, and what TLS has settled."""
        return self._runner.info

    # -- from the greeting to the login, and the end

    async def greet(self) -> None:
        """Wait for the greeting; `connect` has done so.

        Raises GreetingError for BYE and for a greeting that is not IMAP.
        """
        await self._login.greet()

    async def starttls(self) -> None:
        """Go on under TLS, or raise TLSError; nothing falls back (RFC 9051 section 6.2.1).

        Raises StateError after the login, and if TLS is on already.
        """
        await self._login.starttls()

    async def login(
        self,
        user: str = "",
        password: Password | None = None,
        *,
        token: Password | None = None,
        mechanism: str = "auto",
        authorize: str = "",
        starttls: bool = True,
    ) -> None:
        """Log in by a SASL mechanism, the strongest that is offered and usable, otherwise by the command LOGIN.

        `mechanism` names one of `imapsh.sasl.table`.  With `token` it is OAUTHBEARER or XOAUTH2.  `authorize` is the
        user to act for.  STARTTLS is taken first if it is offered, unless told not to.  Raises LoginError with the
        server's words, or if a secret would go in the clear; TLSError; UsageError; StateError if somebody is logged in.
        """
        await self._login.login(
            user, password, token=token, mechanism=mechanism, authorize=authorize, starttls=starttls
        )

    async def logout(self) -> None:
        """Send LOGOUT and end the connection (RFC 9051 section 6.1.3).  Do nothing if it is over."""
        try:
            if self.is_open:
                await self._runner.run(self.session.command("LOGOUT"))
        except ConnectionLost:
            if self.error is not None:
                raise
        finally:
            await self.close()

    async def close(self) -> None:
        """End the connection without BYE.  May be called again; `logout` is more polite.

        A command that waits for a reply raises ConnectionLost, and every command after it StateError.
        """
        await self._runner.close()

    async def __aenter__(self) -> Connection:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Log out, or just close after an error.  A lost connection is not an error here, because the work is done."""
        if error is not None:
            await self.close()
            return
        try:
            await self.logout()
        except ConnectionLost:
            pass  # `error` keeps it

    # -- any command

    async def command(self, line: str, *, open_file: OpenFile | None = None) -> results.Reply:
        """Send any command as it is typed in the shell: without a tag, its literals inside, and otherwise unchecked.

        It is sent in any state, to see what the server says.  The reply has the untagged responses that came while the
        command ran, except those that answer another command.  Raises UsageError for text that cannot be a line, and
        LoginError, before anything is sent, if a password would go to another machine without TLS.
        """
        exchange = self.session.line(line, open_file=open_file)
        exchange, found = await self._runner.gather(exchange, lambda event: True, hears=True)
        return results.replied(exchange, found)

    async def noop(self) -> None:
        """Send NOOP: let the server send its news (RFC 9051 section 6.1.2)."""
        await self._runner.collect("NOOP")

    async def capability(self) -> frozenset[str]:
        """Send CAPABILITY: ask for the capabilities again (RFC 9051 section 6.1.1)."""
        await self._runner.collect("CAPABILITY")
        return self.session.capabilities

    async def compress(self) -> None:
        """Send COMPRESS: deflate both directions from here on (RFC 4978 section 3)."""
        await self._runner.collect("COMPRESS", [b"DEFLATE"])

    # -- mailboxes

    async def enable(self, *names: str) -> frozenset[str]:
        """Send ENABLE (RFC 5161 section 3.1): turn extensions on; return all that are on, in upper case."""
        await self._runner.collect("ENABLE", Writer().raw(" ".join(map(ascii_only, names))).fragments())
        return self.session.enabled

    async def select(
        self, mailbox: str, *, read_only: bool = False, condstore: bool = False, qresync: QResync | None = None
    ) -> Mailbox:
        """Send SELECT, or EXAMINE if `read_only` (RFC 9051 sections 6.3.2 and 6.3.3).

        `condstore` asks for mod-sequences (RFC 7162 section 3.1.8).  `qresync` holds what is known of the mailbox, so
        that the server says what has changed: see `resynced`.  It needs `enable("QRESYNC")` before, and raises
        StateError if that was not done.
        """
        if qresync is not None and "QRESYNC" not in self.session.enabled:
            raise StateError('select(qresync=...) needs enable("QRESYNC") first')
        parameters = ["CONDSTORE"] * condstore + ([qresync.parameter()] if qresync is not None else [])
        writer = self._writer().mailbox(mailbox)
        if parameters:
            writer.raw(f" ({' '.join(parameters)})")
        exchange = self.session.command("EXAMINE" if read_only else "SELECT", writer.fragments())
        _, found = await self._runner.gather(exchange, lambda event: qresync is not None and tells(event))
        self.resynced = resynced(found)
        box = self.session.mailbox
        if box is None:  # a BYE followed the OK at once
            raise self.error or ConnectionLost(f"{self._runner.where} opened {mailbox}, then left it: connect again")
        return box

    async def unselect(self) -> None:
        """Send UNSELECT: leave the mailbox and expunge nothing (RFC 9051 section 6.4.2)."""
        await self._runner.collect("UNSELECT")

    async def create(self, mailbox: str) -> None:
        """Send CREATE (RFC 9051 section 6.3.4)."""
        await self._runner.collect("CREATE", self._writer().mailbox(mailbox).fragments())

    async def delete(self, mailbox: str) -> None:
        """Send DELETE, with all that is in it (RFC 9051 section 6.3.5)."""
        await self._runner.collect("DELETE", self._writer().mailbox(mailbox).fragments())

    async def rename(self, mailbox: str, to: str) -> None:
        """Send RENAME (RFC 9051 section 6.3.6)."""
        await self._runner.collect("RENAME", self._writer().mailbox(mailbox).raw(" ").mailbox(to).fragments())

    async def list(self, reference: str = "", pattern: str = "*") -> tuple[MailboxList, ...]:
        """Send LIST (RFC 9051 section 6.3.9): `*` matches anything, `%` one level."""
        fragments = self._writer().mailbox(reference).raw(" ").mailbox(pattern).fragments()
        _, found = await self._runner.collect("LIST", fragments, wants="LIST")
        return tuple(event.response.value for event in found if isinstance(event.response.value, MailboxList))

    async def status(self, mailbox: str, items: str = "MESSAGES UNSEEN UIDNEXT UIDVALIDITY") -> MailboxStatus:
        """Send STATUS, and return item -> number (RFC 9051 section 6.3.11).

        `items` of the result is empty if the server says OK and nothing about this mailbox.
        """
        fragments = self._writer().mailbox(mailbox).raw(f" ({items.strip().strip('()')})").fragments()
        exchange = self.session.command("STATUS", fragments)
        _, found = await self._runner.gather(
            exchange, lambda event: is_untagged(event, "STATUS") and results.answers(event, exchange)
        )
        return results.told(mailbox, found)

    async def append(
        self, mailbox: str, message: bytes, *, flags: Iterable[str] = (), date: str = ""
    ) -> AppendUid | None:
        """Send APPEND, and return the value of UIDPLUS's code (RFC 9051 section 6.3.12).

        `date` is as in `05-Feb-2024 09:00:05 +0100`.
        """
        writer = self._writer().mailbox(mailbox).raw(" ")
        if listed := tuple(flags):
            writer.flags(listed).raw(" ")
        if date:
            writer.string(date).raw(" ")
        exchange, _ = await self._runner.collect("APPEND", writer.literal(message).fragments())
        return results.argument(exchange, AppendUid)

    # -- messages

    async def search(self, criteria: Criteria, *, uid: bool = False) -> SequenceSet:
        """Send SEARCH (RFC 9051 section 6.4.4), and return the rising numbers, or UIDs, of the messages that match.

        `criteria` are text in IMAP's syntax, or a Key of `imapsh.client.keys`, which may hold text beyond ASCII.  For
        text beyond ASCII and for RETURN without ALL there is `command`.
        """
        exchange = self.session.command(f"{_uid(uid)}SEARCH", write_criteria(self._writer(), criteria).fragments())
        _, found = await self._runner.gather(
            exchange, lambda event: event.response.name in ("SEARCH", "ESEARCH") and results.answers(event, exchange)
        )
        return results.numbers(found)

    async def fetch(
        self, messages: MessageSet, items: str, *, uid: bool = False, changed_since: int | None = None
    ) -> AsyncIterator[Message]:
        """Send FETCH (RFC 9051 section 6.4.5): yield the messages, each as soon as it is there.

        A loop that takes them slowly slows the server down.  While a command is awaited inside the loop, they pile up
        in memory.  If the loop is left early, the rest comes and is ignored.  Flags that the server sends by itself are
        ignored, unless flags are all that was asked for.  For an empty set nothing is sent, and nothing comes.
        `changed_since` is a mod-sequence: only messages that changed after it come (RFC 7162 section 3.1.4.1).
        """
        rest = Writer().raw(ascii_only(fetch_items(items)))
        if changed_since is not None:
            rest.raw(f" (CHANGEDSINCE {mod_sequence(changed_since)})")
        numbers, exchange = self._submit("FETCH", messages, rest.fragments(), uid)
        if exchange is None:
            return
        asked = Asked(self.session, numbers, items, uid)
        with self._runner.router.backlog() as backlog:

            def put(event: Received) -> None:
                backlog.put(message(event), event.response.frame.length)
                asked.came(event.response.value.seq, event.uid)

            with self._runner.router.wanted(exchange, Want(asked.takes, put, awaits=asked.awaits)):
                running = self._runner.start(exchange, backlog)
                try:
                    while backlog or not running.done():
                        if backlog:
                            yield backlog.take()
                        else:
                            await self._runner.patient(backlog.news.wait())
                    await running
                    self._runner.checked(exchange)
                finally:
                    running.cancel()

    def messages(
        self, messages: MessageSet, *, uid: bool = False, mark_seen: bool = False
    ) -> AsyncIterator[MailMessage]:
        r"""Fetch headers, flags, sizes and structures, and yield a MailMessage of each message, by rising UID.

        They are fetched `mail.BLOCK` at a time, so other commands can be run inside the loop, and memory stays small.
        Texts and attachments are fetched when they are asked for.  Nothing is marked as seen, unless `mark_seen` is
        true: then each message that is fetched gets \Seen.  For an empty set nothing is sent.
        """
        return self._reader().messages(messages, uid, mark_seen)

    async def message(self, number: int, *, uid: bool = False, mark_seen: bool = False) -> MailMessage:
        """Fetch one message, by its number or its UID, as `messages` does.  Raises MessageGone if it is not there."""
        return await self._reader().message(number, uid, mark_seen)

    async def store(
        self,
        messages: MessageSet,
        change: str,
        flags: Iterable[str],
        *,
        uid: bool = False,
        unchanged_since: int | None = None,
    ) -> Stored:
        r"""Send STORE (RFC 9051 section 6.4.6): `change` is FLAGS, +FLAGS or -FLAGS, with .SILENT or without.

        Returns the messages with their new flags, as far as the server sends them.  For an empty set nothing is sent.
        `unchanged_since` is a mod-sequence: messages that changed after it are left as they are, and are in `modified`
        of the result (RFC 7162 section 3.1.3).
        """
        since = f"(UNCHANGEDSINCE {mod_sequence(unchanged_since)}) " if unchanged_since is not None else ""
        rest = Writer().raw(ascii_only(f"{since}{change} ")).flags(flags).fragments()
        numbers, exchange = self._submit("STORE", messages, rest, uid)
        if exchange is None:
            return Stored()
        asked = Asked(self.session, numbers, "FLAGS", uid)
        _, found = await self._runner.gather(exchange, asked.takes, awaits=asked.awaits)
        return Stored(map(message, found), results.argument(exchange, Modified))

    async def copy(self, messages: MessageSet, mailbox: str, *, uid: bool = False) -> CopyUid | None:
        """Send COPY, and return the value of UIDPLUS's code (RFC 9051 section 6.4.7).

        For an empty set nothing is sent.
        """
        _, exchange = self._submit("COPY", messages, self._writer().mailbox(mailbox).fragments(), uid)
        return results.argument(await self._runner.run(exchange), CopyUid) if exchange is not None else None

    async def move(self, messages: MessageSet, mailbox: str, *, uid: bool = False) -> CopyUid | None:
        """Send MOVE, and return the value of UIDPLUS's code in an untagged OK (RFC 9051 section 6.4.8).

        For an empty set nothing is sent.
        """
        _, exchange = self._submit("MOVE", messages, self._writer().mailbox(mailbox).fragments(), uid)
        if exchange is None:
            return None
        _, found = await self._runner.gather(exchange, lambda event: results.copied(event.response) is not None)
        told = [copied for event in found if (copied := results.copied(event.response)) is not None]
        return told[0] if told else results.argument(exchange, CopyUid)

    async def expunge(self, uids: MessageSet | None = None) -> Removed:
        r"""Send EXPUNGE, or UID EXPUNGE of `uids` (RFC 9051 sections 6.4.3 and 6.4.9).

        Returns what is gone, in the server's order.  These are message numbers or, once QRESYNC is enabled, UIDs, as
        `Removed.uid` says (RFC 7162 section 3.2.7).  For an empty set of UIDs nothing is sent.
        """
        exchange: Exchange | None
        if uids is None:
            exchange = self.session.command("EXPUNGE")
        else:
            _, exchange = self._submit("EXPUNGE", uids, [], True)
        if exchange is None:
            return removed(())
        _, found = await self._runner.gather(exchange, lambda event: told_gone(event) is not None)
        return removed(found)

    def idle(self) -> Idle:
        """Return an iterator over IDLE (RFC 9051 section 6.3.13).

        Use `async with c.idle() as updates`, then `async for update in updates`.
        """
        return Idle(self._runner)

    sort = ordering.sort
    thread = ordering.thread
    esearch = ordering.esearch

    append_all = storing.append_all
    replace = storing.replace

    # -- limits, rights, annotations, news

    set_quota = quota.set_quota
    quota = quota.quota  # from here on the name is the method's
    set_acl = acl.set_acl
    delete_acl = acl.delete_acl
    list_rights = acl.list_rights
    my_rights = acl.my_rights
    acl = acl.acl
    set_metadata = metadata.set_metadata
    metadata = metadata.metadata
    notify = notify.notify

    def _reader(self) -> Reader:
        return Reader(self.fetch, self.search, lambda: self.mailbox)

    # -- arguments

    def _writer(self) -> Writer:
        return Writer(utf8=self.session.parser.utf8)

    def _submit(
        self, name: str, messages: MessageSet, rest: Sequence[Fragment], uid: bool
    ) -> tuple[SequenceSet, Exchange | None]:
        """Submit a command about a set of messages.  Return None if the set is empty; then nothing is sent."""
        numbers = message_set(messages)
        if not numbers:
            self.session.require(f"{_uid(uid)}{name}")
            return numbers, None
        fragments = [str(numbers).encode("ascii"), *([b" ", *rest] if rest else [])]
        return numbers, self.session.command(f"{_uid(uid)}{name}", fragments)


def _uid(uid: bool) -> str:
    return "UID " if uid else ""
