r"""Copies messages from one connection to another: reads some while those before are being appended.

Two parts of at most `OCTETS` octets are in memory at a time.  A larger message is in a temporary file, and goes out of
it in pieces.  What becomes of each message is one of these:

    copied     the target said OK
    failed     it could not be read, or the target does not take it: told with its UID, and the others are done
    unknown    the connection to the target ended before the reply came: the message may be there.  It is not tried
               again; the next run finds out by comparing
    left       it was not come to, because something ended the copy before
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from imapsh.errors import CommandNo, ImapshError, Interrupted
from imapsh.grammar.values import MailboxStatus
from imapsh.grammar.writer import Writer
from imapsh.hints import TYPE_CHECKING
from imapsh.session.opening import reply
from imapsh.shell.commands.account.walk import left, opened
from imapsh.shell.commands.transfer.messages import appending
from imapsh.shell.commands.transfer.messages.identity import Mark
from imapsh.shell.commands.transfer.messages.listing import found, listed
from imapsh.shell.commands.transfer.messages.present import present_in
from imapsh.shell.commands.transfer.messages.reading import TOGETHER, fetched, parts, sum_of
from imapsh.shell.connection.asking import asked
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Steps, Within
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Part, size_of
from imapsh.wire.sinks import head_of, octets_of

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange
    from imapsh.shell.commands.transfer.copying.stopping import Stopping
    from imapsh.shell.connection.connection import Connection

_ROW = 5  # messages refused in a row, because the target is full, after which the others are not tried
_LAST = 30.0  # seconds for the reply to what is under way when the person ends the copy
_HEADER = 1 << 16  # octets of a refused message that are looked at


class Target(NamedTuple):
    """A mailbox that messages are appended to.

    `permanent` are its PERMANENTFLAGS, None if it named none.  `limit` is the octets that it takes of a message, -1 if
    it does not say.  `messages` and `uidnext` are what it had when it was opened, None if it did not say.
    """

    connection: Connection
    mailbox: str
    uidvalidity: int | None = None
    permanent: tuple[str, ...] | None = None
    limit: int = -1
    messages: int | None = None
    uidnext: int | None = None

    def __str__(self) -> str:
        return f"{self.connection.name}:{self.mailbox}"

    def status(self, item: str) -> Steps[int | None]:
        """Return an item of STATUS, a number, or None if the server does not say."""
        line = Writer(utf8=self.connection.session.parser.utf8).mailbox(self.mailbox).raw(f" ({item})").fragments()
        _, values = yield from asked(self.connection, "", "STATUS", line)
        told = next((value.items.get(item) for value in values if isinstance(value, MailboxStatus)), None)
        return told if isinstance(told, int) else None


class _Message(NamedTuple):
    mark: Mark
    part: Part


class _Append(NamedTuple):
    exchange: Exchange
    messages: Sequence[_Message]


class Copying:
    """Copies messages of the mailbox that is selected on `source`.

    `copied` has the UID of each copy by that of its original, None if the target did not say.  `failed` has a reason
    for each message that was not copied, `unknown` the UIDs of those of which nobody knows.  `octets` counts what was
    copied.  `left_out` counts flags that the target does not keep.  `undated` counts the messages whose date could not
    be read, and `short` those that have fewer octets than the source has stated.  `sums` has SHA-256 of
    those that were read, if `summed`.  `full` is what the target said if it takes no more, else "".  `ended` is what
    ended the copy early, or None.
    """

    def __init__(self, source: Connection, target: Target, stopping: Stopping, *, summed: bool = False) -> None:
        self.source = source
        self.target = target
        self.copied: dict[int, int | None] = {}
        self.failed: dict[int, str] = {}
        self.unknown: list[int] = []
        self.octets = 0
        self.left_out: Counter[str] = Counter()
        self.undated = self.short = 0
        self.sums: dict[int, bytes] = {}
        self.uidvalidity = target.uidvalidity
        self.full = ""
        self.ended: ImapshError | None = None
        self._summed = summed
        self._stopping = stopping
        self._row = 0
        self._next = target.uidnext  # the UID that the target gives next, None if that is not known
        self._under_way: _Append | None = None

    def run(self, marks: Sequence[Mark]) -> Steps[None]:
        """Copy messages.  Nothing is raised: `ended` says what ended it."""
        try:
            yield from self._run(marks)
        except ImapshError as error:
            self.ended = error
        if self._under_way is not None:
            yield from self._settle_last(self._under_way)

    def _run(self, marks: Sequence[Mark]) -> Steps[None]:
        most = TOGETHER if "MULTIAPPEND" in self.target.connection.session.capabilities else 1
        for part in parts(marks):
            messages = yield from self._read(part)
            for begin in range(0, len(messages), most):
                yield from self._settle()
                if self.full or self._stopping.asked:
                    break
                self._begin(messages[begin : begin + most])
            if self.full or self._stopping.asked:
                break
        yield from self._settle()
        if self._stopping.asked:
            raise Interrupted("interrupted")

    # -- reading

    def _read(self, part: Sequence[Mark]) -> Steps[list[_Message]]:
        """Return the messages of a part that can be read and sent."""
        octets: dict[int, Part] = {}
        unread = yield from fetched(self.source, [mark.uid for mark in part], octets.__setitem__)
        self.failed.update(unread)
        messages = []
        for mark in part:
            if mark.uid not in octets:
                continue
            if why := self._unfit(octets[mark.uid]):
                self.failed[mark.uid] = why
                continue
            if self._summed:
                self.sums[mark.uid] = sum_of(octets[mark.uid])
            messages.append(_Message(mark, octets[mark.uid]))
        return messages

    def _unfit(self, part: Part) -> str:
        """Return why a message cannot be sent, or ""."""
        size, limit = size_of(part), self.target.limit
        session = self.target.connection.session
        if not size:
            return "it is empty, and APPEND cannot send an empty message"
        if 0 <= limit < size:
            return f"it has {size:,} octets, and {self.target} takes {limit:,} (APPENDLIMIT)"
        if not (session.rev2 or "BINARY" in session.capabilities) and any(b"\0" in each for each in octets_of(part)):
            return f"it holds NUL octets, and {self.target.connection.name} has no BINARY"
        return ""

    # -- appending

    def _begin(self, messages: Sequence[_Message]) -> None:
        """Send messages.  They go out while others are read."""
        self._under_way = _Append(self._append(messages), messages)
        self.target.connection.kick()

    def _append(self, messages: Sequence[_Message]) -> Exchange:
        connection, mailbox = self.target.connection, self.target.mailbox
        pieces = [
            appending.Piece(
                appending.kept(mark.flags, self.target.permanent).flags,
                appending.date_of(mark.date),
                appending.literal(part),
            )
            for mark, part in messages
        ]
        line = appending.line(mailbox, pieces, utf8=connection.session.parser.utf8)
        return connection.quietly("APPEND", line, Own("", lambda event: None))

    def _settle(self) -> Steps[None]:
        """Wait for the reply to what is under way, and take it in."""
        append = self._under_way
        if append is None:
            return
        yield Within(self.target.connection, append.exchange)
        self._under_way = None
        if append.exchange.status == "OK":
            self._done(append)
        elif len(append.messages) == 1:
            self._refused(append)
        else:
            yield from self._one_by_one(append.messages)

    def _one_by_one(self, messages: Sequence[_Message]) -> Steps[None]:
        """Append messages that were refused together, if the target kept none of them (RFC 3502 section 6.3.11)."""
        yield from self._look(messages)
        for message in messages:
            if message.mark.uid in self.copied:
                continue
            if self.full or self._stopping.asked:
                return
            self._begin([message])
            yield from self._settle()

    def _look(self, messages: Sequence[_Message]) -> Steps[None]:
        """Take in those of refused messages that the target has kept all the same."""
        target = self.target
        if self._next is None or (yield from target.status("UIDNEXT")) in (self._next, None):
            return
        yield from opened(target.connection, target.mailbox)
        new = yield from listed(target.connection, "", (yield from found(target.connection, "", f"UID {self._next}:*")))
        theirs = [mark for mark in new.marks if mark.uid >= self._next]  # of `9:*`, the last one may be before 9
        kept = yield from present_in(self.source, target.connection, [message.mark for message in messages], theirs)
        yield from left(target.connection)
        self._next = max([self._next, *(mark.uid + 1 for mark in theirs)])
        for message in messages:
            if message.mark.uid in kept:
                self._copied(message, kept[message.mark.uid].uid)

    def _settle_last(self, append: _Append) -> Steps[None]:
        """Wait a little for the reply to what was under way at the end, because its outcome would be unknown."""
        if append.exchange.response is None and self.target.connection.live:
            try:
                yield Within(self.target.connection, append.exchange, _LAST)
            except ImapshError as error:
                self.ended = self.ended or error
        if append.exchange.status == "OK":
            self._done(append)
        elif append.exchange.status and len(append.messages) == 1:
            self._refused(append)
        elif not append.exchange.status and append.exchange.sent:
            self.unknown += [message.mark.uid for message in append.messages]
        self._under_way = None

    def _done(self, append: _Append) -> None:
        self._row = 0
        uids = appending.uids_of(append.exchange, len(append.messages))
        told = appending.appended(append.exchange)
        self.uidvalidity = told.uidvalidity if told is not None else self.uidvalidity
        self._next = None if self._next is None or None in uids else max(self._next, *(uid + 1 for uid in uids if uid))
        for message, uid in zip(append.messages, uids, strict=True):
            self._copied(message, uid)

    def _copied(self, message: _Message, uid: int | None) -> None:
        mark, part = message
        self.copied[mark.uid] = uid
        self.octets += size_of(part)
        self.short += size_of(part) < mark.size
        self.left_out.update(appending.kept(mark.flags, self.target.permanent).left)
        self.undated += not appending.date_of(mark.date)

    def _refused(self, append: _Append) -> None:
        """Take in that the target does not take a message.  Raises CommandNo if it takes no other either."""
        [(mark, part)] = append.messages
        said, code = reply(append.exchange), appending.code_of(append.exchange)
        eight = not head_of(part, _HEADER).partition(b"\r\n\r\n")[0].isascii()
        self.failed[mark.uid] = said + "; its header has octets that are not ASCII" * eight
        if code in appending.NEVER:
            raise CommandNo(f"{self.target} takes no message: {said}", append.exchange.response)
        self._row = self._row + 1 if appending.is_full(code, said) else 0
        if self._row == _ROW:
            self.full = said
