"""An asyncio connection and its commands, with typed arguments and results; `command` sends any other command."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from types import TracebackType

from imapsh.client import acl, facts, fetching, mailboxes, metadata, notify, ordering, quota, results, storing
from imapsh.client.arguments import MessageSet, change_of_flags, in_lines, message_set, patience, seconds
from imapsh.client.driving import Runner, itself
from imapsh.client.idle import Idle
from imapsh.client.keys import Criteria, Key, write_criteria
from imapsh.client.login import Login, Password
from imapsh.client.mail import MailMessage, Reader
from imapsh.client.messages import Asked, Stored, message
from imapsh.client.removed import Removed, removed, told_gone
from imapsh.client.syncing import QResync, Resynced, resynced, tells
from imapsh.errors import ConnectionLost, ImapshError, StateError, UsageError, shown
from imapsh.grammar.condstore import Modified
from imapsh.grammar.fragments import Fragment
from imapsh.grammar.responses import Response
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import CopyUid
from imapsh.grammar.writer import Writer, listed_of
from imapsh.session.core import RENEWAL, Session
from imapsh.session.events import Event, Received
from imapsh.session.exchange import Exchange, OpenFile
from imapsh.session.mailbox import Mailbox
from imapsh.transport.address import Address
from imapsh.transport.base import AsyncStream, StreamInfo
from imapsh.transport.options import TLSOptions
from imapsh.wire.limits import DEFAULT, Limits
from imapsh.wire.reader import Opener
from imapsh.wire.sinks import Choose, SpoolSink, chosen, opener

TIMEOUT = 60.0
"""Seconds that may pass without an octet while a reply is due; this is the default."""

_SOMEWHERE = Address("exec", command=("the server",))


def _opener(spool: int | Choose) -> Opener | None:
    if callable(spool):
        return chosen(spool)
    return opener(spool, lambda: SpoolSink(sums=False)) if spool else None


class Connection:
    """One connection that has been greeted, and its commands.

    `connect` makes one; it can also be made over any AsyncStream.  It must be made inside a running loop, and must not
    be shared by threads.

    `address` is the peer of the stream.  `tls` is for STARTTLS.  `cleartext` allows a password without TLS to another
    machine.  `timeout` is the number of seconds without an octet either way, while a reply is due, after which the
    connection is closed; None means that it waits for ever.  Literals of more than `spool` octets go to temporary files
    (`wire.frames.Spilled`); with 0 none does.  `spool` may be a function, too, of the line before a literal and its
    octets, that returns a binary file for it, or None to keep it in memory.  The file is in `Spilled.where`, and is the
    program's to close; if it cannot be written, the connection ends with ConnectionLost.  `on_event` sees every event
    of `session.events` and must not wait.  If it or `spool` raises an error, all that is awaited raises that, and the
    connection is closed.

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
        spool: int | Choose = 0,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self.session = Session(
            limits=limits,
            opener=_opener(spool),
            secure=address.speaks_tls,
            strict=True,
        )
        self._runner = Runner(
            stream,
            self.session,
            where=address.where,
            timeout=patience(timeout),
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
        self._runner.timeout = patience(seconds)

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
        proxyauth: str = "",
        starttls: bool = True,
    ) -> None:
        """Log in by a SASL mechanism, the strongest that is offered and usable, otherwise by the command LOGIN.

        `mechanism` names one of `imapsh.sasl.table`.  With `token` it is OAUTHBEARER or XOAUTH2.  `authorize` is the
        user to act for: only mechanisms that name such a user are taken then.  `proxyauth` is one too, whom PROXYAUTH
        names after the login.  STARTTLS is taken first if it is offered, unless told not to.

        Raises LoginError with the server's words, or if a secret would go in the clear; TLSError; UsageError;
        StateError if somebody is logged in.  After a refusal of PROXYAUTH, the connection is closed.
        """
        await self._login.login(
            user,
            password,
            token=token,
            mechanism=mechanism,
            authorize=authorize,
            proxyauth=proxyauth,
            starttls=starttls,
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
        """Log out, or just close after an error.

        A logout that fails is not an error here, because the work is done: `error` says if the connection was lost.
        """
        if error is not None:
            await self.close()
            return
        try:
            await self.logout()
        except ImapshError:
            pass

    # -- any command

    async def command(self, line: str, *, open_file: OpenFile | None = None) -> results.Reply:
        """Send any command as it is typed in the shell: without a tag, its literals inside, and otherwise unchecked.

        It is sent in any state, to see what the server says.  The reply has the untagged responses that came while the
        command ran, except those that answer another command.  Raises UsageError for text that cannot be a line, and
        LoginError, before anything is sent, if a password would go to another machine without TLS.
        """
        exchange = self.session.line(line, open_file=open_file)
        found = await self._runner.gather(exchange, lambda event: True, lambda event: event.response, hears=True)
        return results.replied(exchange, found)

    id = facts.id_
    capability = facts.capability
    enable = facts.enable
    noop = facts.noop
    check = facts.check
    compress = facts.compress
    unauthenticate = facts.unauthenticate

    # -- mailboxes

    create = mailboxes.create
    delete = mailboxes.delete
    rename = mailboxes.rename
    subscribe = mailboxes.subscribe
    unsubscribe = mailboxes.unsubscribe
    list = mailboxes.list_
    lsub = mailboxes.lsub
    status = mailboxes.status
    namespace = mailboxes.namespace
    special = mailboxes.special

    async def select(
        self, mailbox: str, *, read_only: bool = False, condstore: bool = False, qresync: QResync | None = None
    ) -> Mailbox:
        """Send SELECT, or EXAMINE if `read_only` (RFC 9051 sections 6.3.2 and 6.3.3).

        `condstore` asks for mod-sequences (RFC 7162 section 3.1.8).  `qresync` holds what is known of the mailbox, so
        that the server says what has changed: see `resynced`.  It needs `enable("QRESYNC")` before, and raises
        StateError if that was not done.
        """
        if qresync is not None and not isinstance(qresync, QResync):
            raise UsageError(f"{shown(qresync)} is not a QResync")
        if qresync is not None and "QRESYNC" not in self.session.enabled:
            raise StateError('select(qresync=...) needs enable("QRESYNC") first')
        parameters = ["CONDSTORE"] * condstore + ([qresync.parameter()] if qresync is not None else [])
        writer = self._writer().mailbox(mailbox)
        if parameters:
            writer.raw(f" ({' '.join(parameters)})")
        exchange = self.session.command("EXAMINE" if read_only else "SELECT", writer.fragments())
        found = await self._runner.gather(exchange, lambda event: qresync is not None and tells(event), itself)
        self.resynced = resynced(found)
        box = self.session.mailbox
        if box is None:  # a BYE followed the OK at once
            raise self.error or ConnectionLost(f"{self._runner.where} opened {mailbox}, then left it: connect again")
        return box

    async def unselect(self) -> None:
        """Send UNSELECT: leave the mailbox and expunge nothing (RFC 9051 section 6.4.2)."""
        await self._runner.command("UNSELECT")

    async def close_mailbox(self) -> None:
        r"""Send CLOSE: expunge what is marked \Deleted, silently, and leave the mailbox (RFC 9051 section 6.4.1).

        `unselect` leaves it and expunges nothing.  `close` ends the connection.
        """
        await self._runner.command("CLOSE")

    # -- messages

    append = storing.append
    append_all = storing.append_all
    replace = storing.replace
    fetch = fetching.fetch

    async def search(self, criteria: Criteria, *, uid: bool = False) -> SequenceSet:
        """Send SEARCH (RFC 9051 section 6.4.4), and return the rising numbers, or UIDs, of the messages that match.

        `criteria` are text in IMAP's syntax, or a Key of `imapsh.client.keys`.  Strings beyond ASCII go in literals, as
        UTF-8 and with CHARSET; a server that does not know it says NO.  For RETURN without ALL there is `esearch`.
        """
        exchange = self.session.command(f"{_uid(uid)}SEARCH", write_criteria(self._writer(), criteria).fragments())
        numbers = results.Numbers()
        await self._runner.gather(
            exchange,
            lambda event: event.response.name in ("SEARCH", "ESEARCH") and results.answers(event, exchange),
            numbers.add,
            counts=False,
        )
        return numbers.found()

    def messages(
        self, messages: MessageSet | Key, *, uid: bool = False, mark_seen: bool = False
    ) -> AsyncIterator[MailMessage]:
        r"""Fetch headers, flags, sizes and structures, and yield a MailMessage of each message, by rising UID.

        `messages` are a set, or a search key for those that match.  They are fetched `mail.BLOCK` at a time, so other
        commands can be run inside the loop, and memory stays small.  Texts and attachments are fetched when they are
        asked for.  Nothing is marked as seen, unless `mark_seen` is true: then each message that is fetched gets \Seen.
        For an empty set nothing is sent.
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
        of the result (RFC 7162 section 3.1.3).  A set that is too long for a line goes in several commands.
        """
        writer = self._writer().raw(f"{change_of_flags(change, unchanged_since)} ")
        if "X-GM-LABELS" in change.upper():
            writer.items((flags,) if isinstance(flags, str) else listed_of(flags, "labels"), writer.mailbox)
        else:
            writer.flags(flags)
        rest = writer.fragments()
        numbers, name, parts = self._parts("STORE", messages, rest, uid)
        if not parts:
            return Stored()
        # all at once, so that no EXPUNGE comes between them (RFC 9051 section 7.5.1)
        exchanges = [self.session.command(name, part) for part in parts]
        asked = Asked(self.session, numbers, "X-GM-LABELS" if "X-GM-LABELS" in change.upper() else "FLAGS MODSEQ", uid)
        found = await self._runner.gather_all(exchanges, asked.takes, message, asked.awaits)
        modified = [kept for one in exchanges if (kept := results.argument(one, Modified)) is not None]
        ranges = tuple(pair for kept in modified for pair in kept.ranges)
        return Stored(found, Modified(ranges) if modified else None)

    async def copy(self, messages: MessageSet, mailbox: str, *, uid: bool = False) -> CopyUid | None:
        """Send COPY, and return the value of UIDPLUS's code (RFC 9051 section 6.4.7).

        For an empty set nothing is sent.  A set of UIDs that is too long for a line goes in several commands, one after
        another; one of message numbers raises UsageError, because they may shift in between.
        """
        _, name, parts = self._parts("COPY", messages, self._writer().mailbox(mailbox).fragments(), uid)
        submitted = (self.session.command(name, part) for part in parts)
        return results.joined([results.argument(await self._runner.run(one), CopyUid) for one in submitted])

    async def move(self, messages: MessageSet, mailbox: str, *, uid: bool = False) -> CopyUid | None:
        """Send MOVE, and return the value of UIDPLUS's code in an untagged OK (RFC 9051 section 6.4.8).

        For an empty set nothing is sent.  A set that is too long for a line is treated as by `copy`.
        """
        _, name, parts = self._parts("MOVE", messages, self._writer().mailbox(mailbox).fragments(), uid)
        return results.joined([await self._moved(self.session.command(name, part)) for part in parts])

    async def _moved(self, exchange: Exchange) -> CopyUid | None:
        told = await self._runner.gather(
            exchange,
            lambda event: results.copied(event.response) is not None,
            lambda event: results.copied(event.response),
        )
        return told[0] if told else results.argument(exchange, CopyUid)

    async def expunge(self, uids: MessageSet | None = None) -> Removed:
        r"""Send EXPUNGE, or UID EXPUNGE of `uids` (RFC 9051 sections 6.4.3 and 6.4.9).

        Returns what is gone, in the server's order.  These are message numbers or, once QRESYNC is enabled, UIDs, as
        `Removed.uid` says (RFC 7162 section 3.2.7).  For an empty set of UIDs nothing is sent.
        """
        name, parts = ("EXPUNGE", [[]]) if uids is None else self._parts("EXPUNGE", uids, [], True)[1:]
        found: list[Received] = []
        for part in parts:
            exchange = self.session.command(name, part)
            found += await self._runner.gather(exchange, lambda event: told_gone(event) is not None, itself)
        return removed(found)

    def idle(self, *, renewal: float = RENEWAL) -> Idle:
        """Return an iterator over IDLE (RFC 9051 section 6.3.13).

        Use `async with c.idle() as updates`, then `async for update in updates`.  After `renewal` seconds IDLE is ended
        and begun again, because servers log out a client that is silent for 30 minutes (RFC 2177 section 3).  Raises
        UsageError for anything but a positive number.
        """
        return Idle(self._runner, seconds(renewal, "renewal"))

    sort = ordering.sort
    thread = ordering.thread
    esearch = ordering.esearch

    # -- limits, rights, annotations, news

    set_quota = quota.set_quota
    quota_root = quota.quota_root
    quota_roots = quota.quota_roots
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

    def _parts(
        self, name: str, messages: MessageSet, rest: Sequence[Fragment], uid: bool
    ) -> tuple[SequenceSet, str, Sequence[Sequence[Fragment]]]:
        """Return a set of messages, and the name and the arguments of a command about it, or of several.

        There are no arguments for an empty set.
        """
        numbers = message_set(messages)
        command = f"UID {name}" if uid else name
        after = [b" ", *rest] if rest else []
        if len(numbers.ranges) == 1:  # as most sets
            return numbers, command, [[str(numbers).encode("ascii"), *after]]
        if not numbers:
            self.session.require(command)
        parts = in_lines(numbers, name, rest, uid=uid)
        return numbers, command, [[str(part).encode("ascii"), *after] for part in parts]


def _uid(uid: bool) -> str:
    return "UID " if uid else ""
