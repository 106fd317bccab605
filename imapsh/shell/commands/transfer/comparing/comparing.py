r"""`\compare A B`: says which messages two mailboxes, or two accounts, do not share.

Mailboxes are opened by EXAMINE, so nothing in them changes.  First they are listed; only where the listings leave a
doubt are messages read, and of these only digests are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imapsh.errors import CommandNo, ImapshError, Interrupted, UsageError
from imapsh.render.visible import visible
from imapsh.session.mailbox import Mailbox
from imapsh.shell.app import App
from imapsh.shell.commands.account import walk
from imapsh.shell.commands.account.walk import Box, Fault, Walked
from imapsh.shell.commands.transfer.comparing import report
from imapsh.shell.commands.transfer.comparing.report import Compared, Side, side
from imapsh.shell.commands.transfer.comparing.verdicts import Verdicts
from imapsh.shell.commands.transfer.mailboxes import accounts
from imapsh.shell.commands.transfer.mailboxes.counterparts import Names, canonical, style
from imapsh.shell.commands.transfer.mailboxes.places import Place, place
from imapsh.shell.commands.transfer.messages import listing
from imapsh.shell.commands.transfer.messages.identity import Mark
from imapsh.shell.commands.transfer.messages.listing import Listed, Read
from imapsh.shell.commands.transfer.messages.pairing import Doubt, paired
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.steps import Steps
from imapsh.shell.lines.arguments import words
from imapsh.shell.lines.values import expanded
from imapsh.shell.screen.progress import Progress
from imapsh.tuples import NamedTuple

_TOGETHER = 200  # messages in doubt that are read before they are compared
_WHY = ""


class Two(NamedTuple):
    """A mailbox of ours and its counterpart; None if the other account has none."""

    ours: Box | None
    theirs: Box | None


class Order(NamedTuple):
    """The line as read.  `every` names each message, and `content` reads those that the listings call the same, too."""

    ours: Place
    theirs: Place
    every: bool
    content: bool


def compare(app: App, argument: str) -> Steps[str]:
    r"""`\compare [--all] [--content] A B`.  The status is NO if they differ, or if something could not be compared."""
    order = yield from _order(app, argument)
    ours, theirs = order.ours, order.theirs
    if ours.mailbox:
        twos = [Two(Box(ours.mailbox, None, ()), Box(theirs.mailbox, None, ()))]
        clashes: dict[str, str] = {}
    else:
        if (yield from accounts.seem_same(ours.connection, theirs.connection)):
            app.note("INBOX has the same UIDVALIDITY and the same numbers in both: they may be one account")
        twos, clashes = yield from _twos(ours.connection, theirs.connection)
    comparing = _Comparing(app, order, twos)
    yield from comparing.walk()
    walked = comparing.walked
    partly = bool(walked.ended or walked.faults)
    report.tell(app, comparing.found, every=order.every, whole=not ours.mailbox, partly=partly)
    for name, other in clashes.items():
        app.fault(f"{name} was not compared: its counterpart there belongs to {other}")
    status = walked.finish(app)
    if clashes or any(one.differs for one in comparing.found):
        app.complaint = f"{ours} and {theirs} differ"
        return "NO"
    return status


def _order(app: App, argument: str) -> Steps[Order]:
    argument, _ = yield from expanded(app, argument)
    given = words(argument)
    options = [word for word in given if word.startswith("--")]
    if (wrong := next((word for word in options if word not in ("--all", "--content")), None)) is not None:
        raise UsageError(f"\\compare has no option {wrong}: it has --all and --content")
    named = [word for word in given if not word.startswith("--")]
    if len(named) != 2:
        raise UsageError(
            "\\compare needs two mailboxes, as in \\compare INBOX second:INBOX, or two accounts, as in "
            "\\compare first: second:; put a name with spaces in quotes"
        )
    ours, theirs = (place(app, word) for word in named)
    if bool(ours.mailbox) != bool(theirs.mailbox):
        raise UsageError("\\compare cannot compare a mailbox with an account: name two mailboxes, or two accounts")
    if _are_one(ours, theirs):
        what = f"one {'mailbox' if ours.mailbox else 'account'}, of {ours.connection.label}"
        raise UsageError(f"{ours} and {theirs} are {what}: there is nothing to compare")
    return Order(ours, theirs, "--all" in options, "--content" in options)


def _are_one(ours: Place, theirs: Place) -> bool:
    """Return whether both are the same mailbox, or account, of the same person on the same server."""
    one_account = accounts.same(ours.connection, theirs.connection)
    return one_account and canonical(ours.mailbox) == canonical(theirs.mailbox)


def _twos(ours: Connection, theirs: Connection) -> Steps[tuple[list[Two], dict[str, str]]]:
    """Return the mailboxes of two accounts by twos, and the names of ours whose counterpart belongs to another."""
    here, there = (yield from style(ours)), (yield from style(theirs))
    left = [box for box in (yield from walk.listed(ours, _WHY)) if here.owns(box.name)]
    right = [box for box in (yield from walk.listed(theirs, _WHY)) if there.owns(box.name)]
    names = Names(left, right, here, there)
    rest = {box.name: box for box in right}
    twos = [Two(box, rest.pop(names[box.name]) if names.is_there(box.name) else None) for box in left]
    return [*twos, *(Two(None, box) for box in rest.values())], names.clashes


class _Comparing:
    """Compares mailboxes by twos.  `found` is what became of each, and `walked` what became of the walk."""

    def __init__(self, app: App, order: Order, twos: Sequence[Two]) -> None:
        self.found: list[Compared] = []
        self.walked = Walked(len(twos))
        self._app = app
        self._twos = twos
        self._content = order.content
        self._sides = order.ours.connection, order.theirs.connection
        self._opened: dict[Connection, str] = {}
        self._validities: dict[tuple[Connection, str], int | None] = {}
        self._now: Compared | None = None  # the mailboxes that are being compared

    def walk(self) -> Steps[None]:
        """Compare all of them.  A fault of one is told and counted; what ends the walk is in `walked.ended`."""
        app, walked = self._app, self.walked
        before = {connection: connection.session.mailbox for connection in self._sides}
        app.progress = self._progress()
        try:
            for two in self._twos:
                try:
                    yield from self._compare(two)
                    walked.done += 1
                except ImapshError as error:
                    self._keep()
                    if isinstance(error, Interrupted) or not all(side.session.is_open for side in self._sides):
                        walked.ended = error
                        break
                    walked.faults.append(Fault(two.ours or two.theirs or Box("", None, ()), str(error)))
        finally:
            app.progress = None
        for connection, box in before.items():
            if connection.session.is_open:
                yield from self._back(connection, box)

    def _back(self, connection: Connection, box: Mailbox | None) -> Steps[None]:
        """Open the mailbox again that was open; what goes wrong ends the walk, if nothing has yet."""
        try:
            yield from walk.back(self._app, connection, box, self.walked.ended)
        except ImapshError as error:
            self.walked.ended = self.walked.ended or error

    def _progress(self) -> Progress:
        if len(self._twos) > 1:
            return Progress("mailboxes", len(self._twos), lambda: self.walked.seen, counted=True)
        sessions = {side.session for side in self._sides}
        return Progress("comparing", 0, lambda: sum(session.received_octets for session in sessions))

    def _keep(self) -> None:
        """Keep what was found of mailboxes that were not compared to the end, if there is anything."""
        if self._now is not None:
            self._now.verdicts.sort()
            self.found.append(self._now)
            self._now = None

    def _compare(self, two: Two) -> Steps[None]:
        """Compare two mailboxes, or count the messages of one that has no counterpart.  Raises what ends it."""
        listed = []
        sides: list[Side | None] = []
        for box, connection in zip(two, self._sides, strict=True):
            if box is None:
                sides.append(None)
                listed.append(Listed([]))
                continue
            yield from self._open(connection, box)
            mailbox = connection.session.mailbox
            listed.append((yield from listing.listed(connection, _WHY)))
            sides.append(side(box.name, mailbox.uidvalidity if mailbox is not None else None, listed[-1].marks))
        ours, theirs = listed
        self._now = now = Compared(sides[0], sides[1], Verdicts())
        now.verdicts.untold = ours.untold, theirs.untold
        pairing = paired(ours.marks, theirs.marks)
        now.verdicts.missing, now.verdicts.extra = pairing.ours, pairing.theirs
        doubts = pairing.doubts
        if self._content:
            doubts += _by_form(pairing.pairs)
        else:
            for one, other in pairing.pairs:
                now.verdicts.add(one, other)
        yield from self._decide(two, doubts, now.verdicts)
        self._keep()

    def _decide(self, two: Two, doubts: Sequence[Doubt], verdicts: Verdicts) -> Steps[None]:
        """Read the messages that are in doubt, some at a time."""
        verdicts.undecided = sum(max(len(doubt.ours), len(doubt.theirs)) for doubt in doubts)
        for part in _parts(doubts):
            read: list[Read] = []
            for at, (box, connection) in enumerate(zip(two, self._sides, strict=True)):
                assert box is not None  # one that has no counterpart leaves no doubt
                yield from self._open(connection, box)
                marks = [mark for doubt in part for mark in (doubt.theirs if at else doubt.ours)]
                read.append((yield from listing.contents(connection, _WHY, marks)))
            for doubt in part:
                verdicts.decide(doubt, *read)
                verdicts.undecided -= max(len(doubt.ours), len(doubt.theirs))

    def _open(self, connection: Connection, box: Box) -> Steps[None]:
        """Open a mailbox by EXAMINE, unless it was the last that was opened here.

        Raises UsageError if it is not the mailbox that was listed, so that its UIDs mean other messages.
        """
        if self._opened.get(connection) == box.name and connection.session.mailbox is not None:
            return
        self._opened.pop(connection, None)
        try:
            yield from walk.opened(connection, box.name)
        except CommandNo as error:
            if connection is self._sides[0]:
                raise
            raise CommandNo(f"{connection.name}:{visible(box.name)}: {error}", error.response) from None
        self._opened[connection] = box.name
        now = connection.session.mailbox.uidvalidity if connection.session.mailbox is not None else None
        if self._validities.setdefault((connection, box.name), now) != now:
            raise UsageError("UIDVALIDITY changed while it was compared")


def _by_form(pairs: Sequence[tuple[Mark, Mark]]) -> list[Doubt]:
    """Return pairs as doubts; those of the same listing are together, because only their octets tell who is whose."""
    found: dict[tuple[bytes, bytes, int], Doubt] = {}
    for one, other in pairs:
        doubt = found.setdefault((one.key, one.fields, one.size), Doubt([], [], True))
        doubt.ours.append(one)
        doubt.theirs.append(other)
    return list(found.values())


def _parts(doubts: Sequence[Doubt]) -> Iterator[list[Doubt]]:
    """Yield doubts that are read together."""
    part: list[Doubt] = []
    messages = 0
    for doubt in doubts:
        if part and messages + len(doubt.ours) > _TOGETHER:
            yield part
            part, messages = [], 0
        part.append(doubt)
        messages += len(doubt.ours)
    if part:
        yield part
