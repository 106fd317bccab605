"""Lists the messages of the mailbox that is selected on a connection, and reads the octets of some of them.

The connection need not be the current one.  A mailbox of 100,000 messages is listed in runs, so that what is in memory
at a time is one run and the marks.  No command is longer than any server has to take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imapsh.errors import CommandNo, StateError, UsageError
from imapsh.grammar.sequence import LINE, SequenceSet
from imapsh.grammar.values import ESearch, Fetch, Search, UidFetch
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange
from imapsh.session.opening import reply
from imapsh.shell.commands.transfer.messages.identity import FIELDS, Content, Mark, content, mark
from imapsh.shell.commands.transfer.messages.reading import fetched, parts
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Steps, Within
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Part

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox

RUN = 5000  #: messages that one command lists

_ITEMS = f"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({' '.join(FIELDS)})])"
_ROOM = 200  # octets of a line beside its set


class Opened(NamedTuple):
    """A mailbox that is selected on a connection, with the UIDVALIDITY that it had when its messages were listed."""

    connection: Connection
    box: Mailbox
    uidvalidity: int | None

    def check(self, undone: str) -> None:
        """Raise UsageError if another mailbox is selected by now, in which the UIDs mean other messages.

        `undone` says what was not done then.
        """
        now = self.connection.session.mailbox
        if now is not self.box or now.uidvalidity != self.uidvalidity:
            raise UsageError(f"{self.box.name} is no longer what was selected on {self.connection.name}: {undone}")


class Listed(NamedTuple):
    """The marks of messages, in the order of their UIDs, and the UIDs of those that the server did not describe."""

    marks: list[Mark]
    untold: SequenceSet = SequenceSet()


class Read(NamedTuple):
    """The contents of messages, by UID, and why others could not be read, by UID."""

    contents: dict[int, Content]
    unread: dict[int, str]


def found(connection: Connection, why: str, key: str = "ALL") -> Steps[SequenceSet]:
    """Return the UIDs of the messages that a search key finds, ascending.  Raises CommandNo if it is refused."""
    session = connection.session
    if session.mailbox is None:
        raise StateError("no mailbox is selected: SELECT or EXAMINE one")
    ranges = "RETURN (ALL) " * (session.rev2 or "ESEARCH" in session.capabilities)
    values: list[Any] = []
    yield from told(connection, why, "UID SEARCH", f"{ranges}{key}", lambda event: values.append(event.response.value))
    for value in values:
        if isinstance(value, Search):
            return value.found.sorted()
        if isinstance(value, ESearch) and isinstance(every := value.items.get("ALL"), SequenceSet):
            return every.sorted()
    return SequenceSet()


def listed(connection: Connection, why: str, uids: SequenceSet | None = None) -> Steps[Listed]:
    """Return the marks of messages of the selected mailbox, of all if `uids` is None.

    UIDs that the mailbox does not have, or no longer has, are `untold`.  Raises CommandNo if the server refuses.
    """
    box = connection.session.mailbox
    if uids is None:
        uids = SequenceSet() if box is not None and not box.exists else (yield from found(connection, why))
    marks: dict[int, Mark] = {}
    same: dict[tuple[str, ...], tuple[str, ...]] = {}  # most messages share a few sets of flags

    def take(event: Received) -> None:
        value = event.response.value
        if isinstance(value, Fetch | UidFetch) and (uid := value.uid) is not None and uid in part:
            header = next((each for name, each in value.items.items() if name.startswith("BODY[HEADER")), None)
            if header is not None:
                flags = tuple(value.items.get("FLAGS") or ())
                date, size = value.items.get("INTERNALDATE") or "", value.items.get("RFC822.SIZE")
                size = size if isinstance(size, int) else -1
                marks[uid] = mark(uid, same.setdefault(flags, flags), str(date), size, header)

    for part in runs(uids):
        yield from told(connection, why, "UID FETCH", f"{part} {_ITEMS}", take)
    untold = SequenceSet.rising(uid for uid in uids if uid not in marks) if len(marks) != len(uids) else SequenceSet()
    return Listed([marks[uid] for uid in sorted(marks)], untold)


def flags_of(connection: Connection, why: str, uids: SequenceSet) -> Steps[dict[int, tuple[str, ...]]]:
    """Return the flags that messages of the selected mailbox have now, by UID, without those that are gone.

    Raises CommandNo if the server refuses.
    """
    flags: dict[int, tuple[str, ...]] = {}

    def take(event: Received) -> None:
        value = event.response.value
        if isinstance(value, Fetch | UidFetch) and value.uid is not None and "FLAGS" in value.items:
            flags[value.uid] = tuple(value.items["FLAGS"] or ())

    for part in runs(uids):
        yield from told(connection, why, "UID FETCH", f"{part} (UID FLAGS)", take)
    return {uid: flags[uid] for uid in uids if uid in flags}


def runs(uids: SequenceSet, most: int = RUN) -> Iterator[SequenceSet]:
    """Yield a set in parts: of at most so many messages each, and in a line that any server takes."""
    for begin in range(0, len(uids), most):
        yield from uids[begin : begin + most].pieces(LINE - _ROOM)


def contents(connection: Connection, why: str, marks: Iterable[Mark]) -> Steps[Read]:
    r"""Return the contents of messages of the selected mailbox; \Seen is not set.

    If the server refuses several, or leaves some out, each of these is asked for once more on its own.  Raises what
    ends the connection.
    """
    read = Read({}, {})
    for part in parts(marks):
        uids = [mark.uid for mark in part]
        unread = yield from fetched(connection, uids, lambda uid, octets: _keep(read, uid, octets), why)
        read.unread.update(unread)
    return read


def _keep(read: Read, uid: int, octets: Part) -> None:
    read.contents[uid] = content(octets)


def told(connection: Connection, why: str, name: str, line: str, take: Any) -> Steps[Exchange]:
    """Run a command unseen on a connection, current or not; `take` is given each response that answers it.

    Raises CommandNo for NO and for BAD, and what ends the connection.
    """
    exchange = connection.quietly(name, [line.encode("ascii")], Own(why, take))
    yield Within(connection, exchange)
    if exchange.status != "OK":
        raise CommandNo(f"{connection.plan.where} answers {exchange.name} with {reply(exchange)}", exchange.response)
    return exchange
