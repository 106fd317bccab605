r"""A change taken back: what it would do, what it leaves out, and how it is done; and what all reverses need."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imapsh.errors import CommandNo, UsageError
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Fetch, MailboxStatus, UidFetch
from imapsh.grammar.writer import Writer
from imapsh.hints import Any
from imapsh.session.events import Received
from imapsh.shell.app import App
from imapsh.shell.commands.account.walk import checked, opened
from imapsh.shell.connection.asking import asked
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Steps
from imapsh.shell.record.journal import Entry, Place
from imapsh.tuples import NamedTuple

LINE = 4000  #: octets of a set in one command; a server may refuse a line of more than 8,192 (RFC 7162 section 4)
_SHOWN = 60  # characters of a line in a question


class Reverse(NamedTuple):
    r"""A change taken back.

    `does` completes "\undo would ..."; it is "" if there is nothing to do.  `left` holds sentences about what is left
    out, and why.  `do` does it, and returns the entry that it made in the journal.
    """

    does: str
    left: Sequence[str]
    do: Callable[[], Steps[Entry]]


def told(entry: Entry) -> str:
    """Return the line that made a change, shortened for a sentence."""
    return entry.line if len(entry.line) <= _SHOWN else f"{entry.line[: _SHOWN - 3]}..."


def named(app: App, place: Place) -> str:
    """Return a mailbox of the current connection for a sentence; its connection comes first if there are several."""
    label = app.label(app.current)
    return f"{label}:{place.mailbox}" if label else place.mailbox


def connection_of(app: App, entry: Entry, place: Place | None) -> Connection:
    """Return an open connection to the account of a place: the current one if it fits.  Raises UsageError.

    The name of a connection proves nothing, because `\\connect` may have used it again for another account.
    """
    place = place or entry.place
    named = app.connections.get(place.connection)
    for one in (app.here, named, *app.connections.values()):
        if one is not None and one.live and one.place("").is_same_account(place):
            return one
    raise UsageError(
        f"change {entry.number}, {told(entry)}, was made as {place.user or 'nobody'} on {place.server}, and no "
        f"connection to that account is open: \\connect -n {place.connection} URL opens one; nothing was sent"
    )


def entered(app: App, place: Place, *, changes: bool) -> Steps[Connection]:
    """Have the mailbox of a place open on the current connection, and compare its UIDVALIDITY.

    Raises UsageError if its UIDs mean other messages now, and CommandNo if it cannot be opened.
    """
    connection = app.connection
    box = connection.session.mailbox
    if box is None or box.name != place.mailbox or (changes and box.read_only):
        try:
            yield from opened(connection, place.mailbox, changes=changes)
        except CommandNo as error:
            raise CommandNo(f"{place.mailbox} cannot be opened: {error}", error.response) from None
        box = connection.session.mailbox
    if box is None or (changes and box.read_only):
        raise UsageError(f"{place.mailbox} can be opened for reading only: nothing was changed")
    if not place.uidvalidity or not box.uidvalidity:
        raise UsageError(f"the server told no UIDVALIDITY of {place.mailbox}, so its UIDs cannot be trusted: "
                         "nothing was sent")  # fmt: skip
    if box.uidvalidity != place.uidvalidity:
        raise UsageError(
            f"UIDVALIDITY of {place.mailbox} was {place.uidvalidity} and is {box.uidvalidity}, so its UIDs mean other "
            "messages now: nothing can be taken back"
        )
    return connection


def fetched(connection: Connection, uids: SequenceSet, items: str, take: Callable[[Received], None]) -> Steps[None]:
    """Fetch items of messages, quietly, in as many commands as their set needs.  Raises CommandNo."""
    for part in uids.pieces(LINE):
        exchange = connection.quietly("UID FETCH", [f"{part} ({items})".encode("ascii")], Own("", take))
        yield exchange
        checked(connection, exchange)


def sizes(connection: Connection, uids: SequenceSet) -> Steps[dict[int, int | None]]:
    """Return the messages of a set that are there, each with its size in octets, None if it was not told."""
    found: dict[int, int | None] = {}

    def take(event: Received) -> None:
        value = event.response.value
        if isinstance(value, Fetch | UidFetch) and (uid := value.uid or event.uid) and uid in uids:
            octets = value.items.get("RFC822.SIZE")
            found[uid] = octets if isinstance(octets, int) else found.get(uid)  # news of flags tells no size

    yield from fetched(connection, uids, "UID RFC822.SIZE", take)
    return found


def marked(connection: Connection, uids: SequenceSet) -> Steps[set[int]]:
    r"""Return the messages of a set that are marked as `\Deleted`, which the next EXPUNGE removes."""
    found: set[int] = set()

    def take(event: Received) -> None:
        value = event.response.value
        if isinstance(value, Fetch | UidFetch) and (uid := value.uid or event.uid):
            flags = value.items.get("FLAGS")
            if isinstance(flags, tuple) and "\\deleted" in map(str.lower, flags):
                found.add(uid)

    yield from fetched(connection, uids, "UID FLAGS", take)
    return found


def status(connection: Connection, name: str, items: str) -> Steps[dict[str, Any]]:
    """Return what STATUS tells of a mailbox.  Raises CommandNo."""
    writer = Writer(utf8=connection.session.parser.utf8).mailbox(name).raw(f" ({items})")
    exchange, values = yield from asked(connection, "", "STATUS", writer.fragments())
    checked(connection, exchange)
    return next((dict(value.items) for value in values if isinstance(value, MailboxStatus)), {})
