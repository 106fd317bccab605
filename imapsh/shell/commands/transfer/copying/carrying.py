r"""Does `\copy` and `\move` of messages of the selected mailbox, to a mailbox of any connection.

    which messages       of the source, by their marks (`listing`)
    which are there      by comparing with the target's marks, and with octets where marks do not tell (`present`)
    copy the others      by APPEND (`across`), or within one account by COPY or MOVE (`within`)
    remove the originals of a move, after each copy was compared (`moving`)
    tell                 what became of all of them (`outcome`)

On the target's connection another mailbox may be selected meanwhile; afterwards the one before is again.
"""

from __future__ import annotations

from collections.abc import Sequence

from imapsh.errors import CommandNo, ImapshError, Interrupted, StateError, UsageError, plural
from imapsh.grammar.sequence import LINE, SequenceSet
from imapsh.grammar.values import DateTime
from imapsh.hints import TYPE_CHECKING
from imapsh.render.amounts import count
from imapsh.shell.commands.account.walk import back, left, opened
from imapsh.shell.commands.transfer.copying import orders
from imapsh.shell.commands.transfer.copying.across import Copying, Target
from imapsh.shell.commands.transfer.copying.journaled import Places
from imapsh.shell.commands.transfer.copying.moving import Moving
from imapsh.shell.commands.transfer.copying.outcome import Outcome
from imapsh.shell.commands.transfer.copying.stopping import Stopping
from imapsh.shell.commands.transfer.copying.within import Inside
from imapsh.shell.commands.transfer.mailboxes import accounts
from imapsh.shell.commands.transfer.messages import appending
from imapsh.shell.commands.transfer.messages.identity import Mark
from imapsh.shell.commands.transfer.messages.listing import Opened, found, listed
from imapsh.shell.commands.transfer.messages.present import present_in
from imapsh.shell.connection.steps import Ask, Steps
from imapsh.shell.lines.care import YES
from imapsh.shell.lines.measure import Mail
from imapsh.shell.screen.progress import Progress

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox
    from imapsh.shell.app import App
    from imapsh.shell.commands.transfer.copying.orders import Order
    from imapsh.shell.connection.connection import Connection

MOVE = "\\move"

_ROOM = 100  # octets of a line beside its set


def begun(app: App, order: Order, line: str) -> Steps[Carrying]:
    """Return what copies or moves mail as a line asks for; nothing was copied yet.

    Raises UsageError or StateError if one of the connections cannot be used for it.
    """
    source, target = orders.ends(app, order)
    carrying = Carrying(app, line, order.verb, source, target)
    yield from carrying.allowed()
    return carrying


def messages(app: App, order: Order, carrying: Carrying) -> Steps[str]:
    """Copy or move messages of the selected mailbox, and return the status of the line."""
    source, target = carrying.source, carrying.target
    box = source.session.mailbox
    if box is None:
        raise StateError(f"{order.verb} needs a selected mailbox: SELECT or EXAMINE one")
    opened = Opened(source, box, box.uidvalidity)
    marks = yield from _chosen(app, source, order)
    yield from carrying.confirm(box, marks, order.mailbox)
    before = target.session.mailbox
    try:
        with carrying.stopping.gently():
            yield from carrying.mailbox(opened, marks, order.mailbox)
    except ImapshError as error:
        app.progress = None
        yield from _back(app, target, before, error)
        raise
    app.progress = None
    if target is not source:
        yield from _back(app, target, before, carrying.outcome.ended)
    return carrying.outcome.finish(app)


def _back(app: App, connection: Connection, before: Mailbox | None, ended: ImapshError | None) -> Steps[None]:
    """Select the mailbox again that was selected, if another or none is now."""
    if connection.session.is_open and connection.session.mailbox is not before:
        yield from back(app, connection, before, ended)


def _chosen(app: App, source: Connection, order: Order) -> Steps[list[Mark]]:
    """Return the messages of a set."""
    pieces = list(order.numbers.pieces(LINE - _ROOM))
    if len(pieces) > 1:
        app.note(f"the set is longer than a line may be: sent in {len(pieces)} pieces")
    uids: list[int] = []
    for piece in pieces:
        uids += yield from found(source, "", f"UID {piece}" if order.uid else str(piece))
    every = yield from listed(source, "", SequenceSet.of(uids))
    if every.untold:
        raise CommandNo(f"{source.plan.where} does not describe UID {str(every.untold)[:200]}: nothing was copied")
    return every.marks


class Carrying:
    """Copies or moves mail from one connection to another, a mailbox at a time; `outcome` has what became of it."""

    def __init__(self, app: App, line: str, verb: str, source: Connection, target: Connection) -> None:
        self.app = app
        self.line = line
        self.verb = verb
        self.source = source
        self.target = target
        self.moves = verb == MOVE
        self.stopping = Stopping(app.note)
        self.outcome = Outcome(verb, target.name)
        self.within = accounts.same(source, target)
        self.label = ""

    # -- before

    def allowed(self) -> Steps[None]:
        """Raise UsageError if a move could lose mail because both connections are of one account."""
        if self.moves and not self.within and (yield from accounts.seem_same(self.source, self.target)):
            raise UsageError(
                f"{self.source.name} and {self.target.name} look like one account: INBOX has the same UIDVALIDITY, "
                f"UIDNEXT and number of messages in both; {MOVE} could remove the only copy.  Name a mailbox of "
                f"{self.source.name} itself, as in {self.source.name}:Archive, or use \\copy; nothing was moved"
            )

    def confirm(self, box: Mailbox, marks: Sequence[Mark], where: str) -> Steps[None]:
        """Ask before many messages are moved, or all there are.  Raises UsageError if the answer is not yes."""
        self._changeable(box)
        plan = self.source.plan
        limit = min(plan.many, max((box.exists or 0) - 1, 1))
        if not (self.moves and plan.safe and self.app.attended) or len(marks) <= limit:
            return
        answer = yield Ask(f"{MOVE} would move {_mail(marks)} out of {box.name}; go on? [y/N] ")
        if (answer or "").strip().lower() not in YES:
            raise UsageError(f"nothing was moved to {where}")

    def _changeable(self, box: Mailbox) -> None:
        if self.moves and box.read_only:
            raise UsageError(f"{MOVE} removes messages, and {box.name} was opened by EXAMINE or is read-only: nothing "
                             "was moved")  # fmt: skip

    # -- a mailbox

    def mailbox(self, source: Opened, marks: Sequence[Mark], name: str) -> Steps[None]:
        """Copy or move messages of a mailbox of the source to a mailbox of the target.

        Raises what makes it impossible from the start.  `outcome` has all else.
        """
        box = source.box
        self._changeable(box)
        self.outcome.where = f"{self.target.name}:{name}"
        if self.within:
            yield from self._within(box, marks, name)
        else:
            yield from self._across(source, marks, name)

    def _across(self, source: Opened, marks: Sequence[Mark], name: str) -> Steps[None]:
        box = source.box
        target = yield from self._open(name)
        theirs = (yield from listed(self.target, "")).marks
        if self.moves and source.uidvalidity == target.uidvalidity and _is_one(marks, theirs):
            raise UsageError(f"{target} is the same mailbox as {self.source.name}:{box.name} (UIDVALIDITY and UIDs are "
                             f"the same): {MOVE} would remove the only copy; nothing was moved")  # fmt: skip
        present = yield from present_in(self.source, self.target, marks, theirs)
        yield from left(self.target)  # or every APPEND would be news
        due = [mark for mark in marks if mark.uid not in present]
        copying = Copying(self.source, target, self.stopping, summed=self.moves)
        total = sum(max(mark.size, 0) for mark in due)
        session = self.target.session
        self.app.progress = Progress(self._labelled("copying"), total, lambda: session.sent_octets)
        yield from copying.run(due)
        self._take_in(box, copying, present, due)
        yield from self._counted(copying)
        if self.moves and copying.ended is None:
            yield from self._moved(source, copying, marks, present)
        else:
            self._places(box, target.mailbox, copying.uidvalidity).write(copying.copied, (), copying.unknown)

    def _open(self, name: str) -> Steps[Target]:
        """Select a mailbox of the target, and return what is to be known of it."""
        session = self.target.session
        try:
            yield from opened(self.target, name, changes=True)
        except CommandNo as error:
            raise CommandNo(f"{self.target.name}:{name} cannot be opened: {error}; \\use {self.target.name} and CREATE "
                            "make it, if it is not there", error.response) from None  # fmt: skip
        box = session.mailbox
        if box is None or box.read_only:
            raise UsageError(f"{self.target.name}:{name} is read-only: nothing was copied")
        limit = appending.limit(session.capabilities)
        target = Target(self.target, name, box.uidvalidity, box.permanent_flags, limit, box.exists, box.uidnext)
        if limit < 0 and "APPENDLIMIT" in session.capabilities:  # RFC 7889 section 4
            told = yield from target.status("APPENDLIMIT")
            target = target._replace(limit=-1 if told is None else told)
        return target

    def _counted(self, copying: Copying) -> Steps[None]:
        """Compare the number of messages of the target with what was copied, which an OK alone does not show."""
        target = copying.target
        if not copying.copied or copying.ended is not None or target.messages is None:
            return
        now = yield from target.status("MESSAGES")
        if now is None:
            return
        more = now - target.messages - len(copying.copied)
        if more < 0:
            self.outcome.lost[str(target)] = -more
        elif more:
            those = plural(more, "that was", "those were")
            self.app.note(f"{target} got {count(more, 'more message')} meanwhile, from elsewhere: if {those} the same "
                          "copy, \\duplicates finds what is there twice")  # fmt: skip

    def _take_in(self, box: Mailbox, copying: Copying, present: dict[int, Mark], due: Sequence[Mark]) -> None:
        outcome = self.outcome
        outcome.copied += len(copying.copied)
        outcome.octets += copying.octets
        outcome.there += len(present)
        outcome.left_out += copying.left_out
        outcome.undated += copying.undated
        outcome.short += copying.short
        outcome.fail(box.name, copying.failed)
        outcome.doubt(box.name, copying.unknown)
        outcome.left += len(due) - len(copying.copied) - len(copying.failed) - len(copying.unknown)
        outcome.full = outcome.full or copying.full
        outcome.ended = outcome.ended or copying.ended

    def _moved(
        self, source: Opened, copying: Copying, marks: Sequence[Mark], present: dict[int, Mark]
    ) -> Steps[None]:  # fmt: skip
        box, moving = source.box, Moving(copying, source, self.stopping)
        session = self.target.session
        total = sum(max(mark.size, 0) for mark in marks)
        self.app.progress = Progress(self._labelled("comparing"), total, lambda: session.received_octets)
        try:
            yield from moving.run(marks, present)
        except ImapshError as error:
            self.outcome.ended = self.outcome.ended or error
        if moving.left and self.stopping.asked:
            self.outcome.left += moving.left
            self.outcome.ended = self.outcome.ended or Interrupted("interrupted")
        self.outcome.removed += len(moving.removed)
        self.outcome.marked += len(moving.marked)
        self.outcome.fail(box.name, moving.kept)
        copies = copying.copied | {uid: moving.copies[uid] for uid in moving.removed}
        self._places(box, copying.target.mailbox, copying.uidvalidity).write(copies, moving.removed, copying.unknown)

    def _places(self, box: Mailbox, mailbox: str, uidvalidity: int | None) -> Places:
        place = self.source.place(box.name, box.uidvalidity or 0)
        return Places(self.app, self.app.masked(self.line), place, self.target.place(mailbox, uidvalidity or 0))

    def _labelled(self, what: str) -> str:
        return f"{what} {self.label}".rstrip()

    # -- within an account

    def _within(self, box: Mailbox, marks: Sequence[Mark], name: str) -> Steps[None]:
        if self.source is not self.target:
            self.app.note(f"{self.target.name} is the same account: the server copies within it")
        inside = Inside(self.source, name, self.stopping, moves=self.moves)
        present = yield from inside.found(self.target, marks)
        if self.moves and present:
            self.app.note(f"{count(len(present), 'message')} of {box.name} will stay there: {name} has the same")
        due = [mark for mark in marks if mark.uid not in present]
        self.app.progress = Progress(self._labelled("copying"), len(due), lambda: len(inside.copied), counted=True)
        try:
            yield from inside.run(due, self.target)
        except ImapshError as error:
            self.outcome.ended = error
        self._take_in_within(box, inside, present, due)
        self._places(box, name, inside.uidvalidity).write(inside.copied, inside.removed)

    def _take_in_within(self, box: Mailbox, inside: Inside, present: dict[int, Mark], due: Sequence[Mark]) -> None:
        outcome = self.outcome
        outcome.copied += len(inside.copied)
        outcome.octets += sum(max(mark.size, 0) for mark in due if mark.uid in inside.copied)
        outcome.there += len(present)
        outcome.fail(box.name, inside.failed)
        outcome.removed += len(inside.removed)
        outcome.marked += len(inside.marked)
        outcome.left += len(due) - len(inside.copied) - len(inside.failed)


def _is_one(ours: Sequence[Mark], theirs: Sequence[Mark]) -> bool:
    """Return whether a message of ours is in the other listing under the same UID."""
    listed = {mark.uid: mark._replace(flags=()) for mark in theirs}
    return any(listed.get(mark.uid) == mark._replace(flags=()) for mark in ours)


def _mail(marks: Sequence[Mark]) -> str:
    """Return in words how much messages are."""
    moments = [moment for mark in marks if (moment := DateTime(mark.date).datetime) is not None]
    oldest = min(moments).date().isoformat() if moments else ""
    return str(Mail(len(marks), sum(max(mark.size, 0) for mark in marks), oldest))
