"""Walks over mailboxes: lists those that fit a pattern, opens one after another, and does some work in each.

A mailbox that cannot be opened, or in which the work fails, is a fault of that mailbox alone: it is told and counted,
and the others are done; if it has ended the connection, for instance by a silence of `--timeout` seconds, on a new one.
Ctrl-C ends the walk; what was found until then is kept.  Afterwards the mailbox that was open
before is open again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from imapsh import table
from imapsh.errors import CommandNo, ImapshError, Interrupted, StateError, plural
from imapsh.grammar.names import raw_of
from imapsh.grammar.values import MailboxList, MailboxStatus
from imapsh.grammar.writer import Writer
from imapsh.patterns import lazy
from imapsh.render.amounts import count
from imapsh.render.visible import visible
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange
from imapsh.session.mailbox import Mailbox
from imapsh.session.opening import reply
from imapsh.shell.app import App
from imapsh.shell.commands.account.again import Again
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Steps, Within
from imapsh.shell.screen.progress import Progress
from imapsh.table.model import AUTHENTICATED, SELECTED
from imapsh.tuples import NamedTuple
from imapsh.typed.advice import unfit

_TOGETHER = 100  # STATUS commands that are under way at once
_TOLD = 10  # faults that are told
_ALIKE = 3  # faults of the same reason that are told one by one
_PATIENCE = 2.0  # seconds for the mailbox that was open, after Ctrl-C
_TAKEN = lazy(r"\([\d. +]{1,60}secs\)\.?$")  # how long a command took, which Dovecot says in its replies
_CLOSED = {"\\NOSELECT", "\\NONEXISTENT"}  # attributes of names that cannot be opened


class Box(NamedTuple):
    """A mailbox of a listing.

    `status` has the items of STATUS that the server told; `fault` says why it told none, or is "".
    """

    name: str
    delimiter: str | None
    attrs: tuple[str, ...]
    status: Mapping[str, Any] = {}
    fault: str = ""


class Fault(NamedTuple):
    """A mailbox in which the work failed, and why, in words."""

    box: Box
    why: str


Work = Callable[[Box], Steps[None]]


# -- which mailboxes


def listed(
    connection: Connection, why: str, pattern: str = "*", status: Iterable[str] = (), again: Again | None = None
) -> Steps[list[Box]]:
    """Return the mailboxes that can be opened and whose names fit a pattern, INBOX first and then by name.

    `status` names items of STATUS that are wanted; an item that the server does not have is not asked for.  They come
    with the LIST if the server has LIST-STATUS (RFC 5819), otherwise by a STATUS for each mailbox; `again` opens the
    connection again if one of these has ended it.  `why` says what it is for, or is "" if that need not be said.
    Raises CommandNo if the server refuses the LIST, and StateError before the login.
    """
    session = connection.session
    if session.state not in (AUTHENTICATED, SELECTED):
        raise StateError("there are no mailboxes before the login: LOGIN or AUTHENTICATE first; nothing was sent")
    items = [item for item in status if _has(connection, item)]
    at_once = bool(items) and (session.rev2 or "LIST-STATUS" in session.capabilities)
    writer = Writer(utf8=session.parser.utf8).raw('"" ').mailbox(pattern)
    if at_once:
        writer.raw(f" RETURN (STATUS ({' '.join(items)}))")
    listing = _Listing()
    exchange = connection.quietly("LIST", writer.fragments(), Own(why, listing.take))
    yield Within(connection, exchange)
    checked(connection, exchange)
    boxes = sorted(listing.boxes(), key=lambda box: (box.name.upper() != "INBOX", box.name.casefold(), box.name))
    if items and not at_once:
        boxes = yield from _asked_each(connection, boxes, items, again)
    return boxes


def _has(connection: Connection, item: str) -> bool:
    """Return whether the server has an item of STATUS, as far as its capabilities tell."""
    row = table.find("status-item", item)
    return row is not None and (not row.needs or bool(connection.session.capabilities)) and (
        unfit(row, connection.session.context()) is None
    )  # fmt: skip


class _Listing:
    """Takes the responses of a LIST, and of the STATUS that come with it."""

    def __init__(self) -> None:
        self._found: dict[str, MailboxList] = {}  # by the spelling, so that a name that comes twice counts once
        self._told: dict[str, Mapping[str, Any]] = {}
        self._once: dict[object, Any] = {}  # attributes and delimiters, which come again and again

    def take(self, event: Received) -> None:
        value = event.response.value
        if isinstance(value, MailboxStatus):
            self._told[_key(value.mailbox)] = value.items
        elif isinstance(value, MailboxList) and not _CLOSED.intersection(map(str.upper, value.attrs)):
            self._found[_key(value.mailbox)] = value

    def boxes(self) -> list[Box]:
        """Return the mailboxes, without those that cannot be opened."""
        same = self._once.setdefault
        return [
            Box(value.mailbox, value.delimiter, same(value.attrs, value.attrs), self._told.get(name, {}))
            for name, value in self._found.items()
        ]


def _key(name: str) -> str:
    """Return the spelling of a name, which is the same for all spellings of INBOX (RFC 9051 section 5.1)."""
    return "INBOX" if name.upper() == "INBOX" else raw_of(name)


def _asked_each(
    connection: Connection, boxes: Sequence[Box], items: Sequence[str], again: Again | None
) -> Steps[list[Box]]:
    """Return the mailboxes with what a STATUS of each says, several of which are under way at once."""
    done: list[Box] = []
    while len(done) < len(boxes):
        asked = [(box, *_status(connection, box, items)) for box in boxes[len(done) : len(done) + _TOGETHER]]
        for box, exchange, told in asked:
            lost = yield from _lost(connection, exchange)
            fault = "" if exchange.status == "OK" else str(lost or reply(exchange))
            done.append(box._replace(status=told, fault=fault))
            if lost is not None:
                if again is None or not (yield from again.opened(box.name, lost)):
                    raise lost
                connection = again.connection
                break
    return done


def _lost(connection: Connection, exchange: Exchange) -> Steps[ImapshError | None]:
    """Wait for the reply.  Return what ended the connection, if the reply is not OK or did not come for that reason.

    A server does the commands in their order, so it was this one that ended it.
    """
    try:
        yield Within(connection, exchange)
    except Interrupted:
        raise
    except ImapshError as error:
        return error if exchange.status != "OK" else None
    return connection.session.error if exchange.status != "OK" else None


def _status(connection: Connection, box: Box, items: Sequence[str]) -> tuple[Exchange, dict[str, Any]]:
    told: dict[str, Any] = {}

    def take(event: Received) -> None:
        if isinstance(value := event.response.value, MailboxStatus):
            told.update(value.items)

    writer = Writer(utf8=connection.session.parser.utf8).mailbox(box.name).raw(f" ({' '.join(items)})")
    return connection.quietly("STATUS", writer.fragments(), Own("", take)), told


def checked(connection: Connection, exchange: Exchange) -> None:
    """Raise CommandNo if a command of ours was refused."""
    if exchange.status != "OK":
        raise CommandNo(f"{exchange.name}: {connection.plan.where} says {reply(exchange)}", exchange.response)


# -- the walk


class Walked:
    """What became of a walk: how many mailboxes are `done`, the `faults`, and what `ended` it early, or None."""

    def __init__(self, boxes: int) -> None:
        self.boxes = boxes
        self.done = 0
        self.faults: list[Fault] = []
        self.ended: ImapshError | None = None

    @property
    def seen(self) -> int:
        """Return how many mailboxes it came to, those with a fault included."""
        return self.done + len(self.faults)

    def finish(self, app: App, *, shown: bool = False) -> str:
        """Tell the faults unless they were `shown`, and what was left out.  Return "NO" for a fault, else "OK".

        Raises what ended the walk before its end.  Show what was found before this.
        """
        if not shown:
            self._tell(app)
        if self.faults:
            app.complaint = f"{len(self.faults):,} of {count(self.boxes, 'mailbox', 'mailboxes')} failed"
        if self.ended is not None:
            left = self.boxes - self.seen
            app.note(f"stopped: {left:,} of {self.boxes:,} mailboxes {plural(left, 'was', 'were')} not finished")
            raise self.ended
        return "NO" if self.faults else "OK"

    def _tell(self, app: App) -> None:
        """Tell the faults; one that many mailboxes have, such as a search that is wrong, is told once."""
        alike: dict[str, list[Fault]] = {}
        for fault in self.faults:
            alike.setdefault(_TAKEN.sub("", fault.why), []).append(fault)
        told = [
            (len(same), f"{names}: {visible(same[0].why)}")
            for many in alike.values()
            for same, names in (
                [(many, _names(many))] if len(many) > _ALIKE else [([one], _names([one])) for one in many]
            )
        ]
        for _, sentence in told[:_TOLD]:
            app.fault(sentence)
        if more := sum(number for number, _ in told[_TOLD:]):
            app.fault(f"and {more:,} more of {count(self.boxes, 'mailbox', 'mailboxes')} failed")


def _names(faults: Sequence[Fault]) -> str:
    names = ", ".join(visible(fault.box.name) for fault in faults[:_ALIKE])
    more = len(faults) - _ALIKE
    return names + (f" and {count(more, 'more mailbox', 'more mailboxes')}" if more > 0 else "")


def walk(
    app: App,
    boxes: Sequence[Box],
    work: Work,
    *,
    changes: bool = False,
    label: str = "mailboxes",
    progress: Progress | None = None,
    on: Connection | None = None,
    beside: Connection | None = None,
) -> Steps[Walked]:
    """Open one mailbox after another, and do the work in each while it is open.

    It happens `on` a connection, or on the current one.  A mailbox is opened by EXAMINE, or by SELECT if the work
    `changes` it.  The current connection is opened again if a mailbox has ended it (`again.py`), so `work(box)` asks
    `app` for the connection.  If the walk is `on` a connection, perhaps with another `beside`, the end of either ends
    the walk.  `work(box)` raises an ImapshError to say that it failed.  The progress shows `label` and the number of
    mailboxes, unless there is a `progress` of another kind.  Nothing is raised but what `Walked.finish` is to raise.
    """
    connection, walked = on or app.connection, Walked(len(boxes))
    before, again = connection.session.mailbox, None if on or beside else Again(app)
    app.progress = progress or Progress(label, len(boxes), lambda: walked.seen, counted=True)
    try:
        for box in boxes:
            try:
                yield from opened(on or app.connection, box.name, changes=changes)
                yield from work(box)
            except Interrupted:
                raise
            except ImapshError as error:
                if not _open(on or app.here, beside) and not (again and (yield from again.opened(box.name, error))):
                    raise
                walked.faults.append(Fault(box, str(error)))
            else:
                walked.done += 1
                if again:
                    again.did()
    except ImapshError as error:
        walked.ended = error
    finally:
        app.progress = None
    if walked.seen and (here := on or app.here) is not None and here.session.is_open:
        try:
            yield from back(app, here, before, walked.ended)
        except Interrupted as error:
            walked.ended = error
        except ImapshError as error:
            walked.ended = walked.ended or error
    return walked


def _open(*connections: Connection | None) -> bool:
    return all(connection is None or connection.session.is_open for connection in connections)


def opened(connection: Connection, name: str, *, changes: bool = False) -> Steps[Exchange]:
    """Open a mailbox, by SELECT if it is to be changed, else by EXAMINE.  Raises CommandNo if it is refused.

    In read-only mode it is always EXAMINE.
    """
    command = "SELECT" if changes and not connection.session.read_only else "EXAMINE"
    exchange = connection.quietly(command, Writer(utf8=connection.session.parser.utf8).mailbox(name).fragments())
    yield Within(connection, exchange)
    if exchange.status != "OK":
        raise CommandNo(f"{command} was refused: {reply(exchange)}", exchange.response)
    return exchange


def back(app: App, connection: Connection, before: Mailbox | None, hurried: object = None) -> Steps[None]:
    """Open the mailbox again that was open, in the same way; if there was none, leave the one that is open now.

    If it is `hurried`, the server gets a moment for it.  Says if the mailbox is not what it was.
    """
    exchange = None
    for exchange in _way_back(connection, before):
        came: bool = yield Within(connection, exchange, _PATIENCE if hurried else None)
        if hurried and not came:
            what = exchange.name if before is None else f"{exchange.name} {visible(before.name)}"
            app.fault(f"{connection.running(exchange) or 'the server is silent'}: {what} waits until that is over")
            return
    now = connection.session.mailbox
    if before is None or exchange is None:
        return
    if exchange.status != "OK" or now is None:
        app.fault(f"{visible(before.name)} was open and is no longer: {visible(reply(exchange))}")
    elif None not in (now.uidvalidity, before.uidvalidity) and now.uidvalidity != before.uidvalidity:
        app.fault(f"UIDVALIDITY of {visible(before.name)} changed from {before.uidvalidity} to {now.uidvalidity}: "
                  "earlier UIDs are void")  # fmt: skip


def left(connection: Connection) -> Steps[None]:
    """Leave the mailbox that is open, without removing anything from it."""
    for exchange in _way_back(connection, None):
        yield Within(connection, exchange)


def _way_back(connection: Connection, before: Mailbox | None) -> Iterator[Exchange]:
    """Yield the commands that open the mailbox again, or that leave the one that is open and remove nothing from it."""
    session = connection.session
    if before is not None:
        writer = Writer(utf8=session.parser.utf8).mailbox(before.name)
        yield connection.quietly("EXAMINE" if before.examined else "SELECT", writer.fragments())
    elif session.mailbox is not None and (session.rev2 or "UNSELECT" in session.capabilities):
        yield connection.quietly("UNSELECT")
    elif session.mailbox is not None:
        if not session.mailbox.read_only:  # where CLOSE would expunge
            writer = Writer(utf8=session.parser.utf8).mailbox(session.mailbox.name)
            yield connection.quietly("EXAMINE", writer.fragments())
        if session.mailbox is not None and session.mailbox.read_only:
            yield connection.quietly("CLOSE")
