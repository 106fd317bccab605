r"""Copies or moves whole mailboxes: `\copy --tree PATTERN NAME:[PREFIX]`.

    PREFIX ""    each mailbox goes to its counterpart, which `counterparts` finds by special use, prefix and delimiter
    PREFIX Old   each goes below the mailbox `Old` of the target, under the names that it has here, INBOX too

A mailbox that is missing is created, with its special use if the target can do that (RFC 6154 section 3), and
subscribed if it is subscribed in the source.  A mailbox that the target refuses, or in which something fails, is a
fault of that mailbox alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from imapsh.errors import CommandNo, UsageError
from imapsh.grammar.names import raw_of
from imapsh.grammar.values import MailboxList
from imapsh.grammar.writer import Writer
from imapsh.hints import TYPE_CHECKING
from imapsh.render.amounts import count
from imapsh.session.opening import reply
from imapsh.shell.commands.account import walk
from imapsh.shell.commands.account.walk import Box
from imapsh.shell.commands.transfer.copying import orders
from imapsh.shell.commands.transfer.copying.carrying import Carrying, begun, messages
from imapsh.shell.commands.transfer.mailboxes.counterparts import USES, Names, Style, below, is_below, style, top
from imapsh.shell.commands.transfer.messages.listing import Opened, listed
from imapsh.shell.connection.asking import asked
from imapsh.shell.connection.steps import Ask, Steps, worse
from imapsh.shell.lines.care import YES
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.commands.transfer.copying.orders import Order
    from imapsh.shell.connection.connection import Connection


class Account(NamedTuple):
    """The mailboxes of a person that can be opened, with their special uses, and the names that are subscribed."""

    boxes: list[Box]
    subscribed: frozenset[str]
    style: Style


def account(connection: Connection, pattern: str = "*") -> Steps[Account]:
    """Return the mailboxes of the person that a connection is of.  Raises CommandNo if the server lists none."""
    found = yield from style(connection)
    boxes = [box for box in (yield from walk.listed(connection, "", pattern)) if found.owns(box.name)]
    session = connection.session
    extended = session.rev2 or "LIST-EXTENDED" in session.capabilities
    options = "SUBSCRIBED" + " SPECIAL-USE" * (session.rev2 or "SPECIAL-USE" in session.capabilities)
    line = Writer(utf8=session.parser.utf8).raw('"" ').mailbox(pattern).raw(f" RETURN ({options})" * extended)
    _, values = yield from asked(connection, "", "LIST" if extended else "LSUB", line.fragments())
    told = {raw_of(one.mailbox): one for one in values if isinstance(one, MailboxList)}
    attrs = {name: tuple(map(str.lower, one.attrs)) for name, one in told.items()}
    subscribed = frozenset(name for name in told if not extended or "\\subscribed" in attrs[name])
    return Account([_used(box, attrs.get(raw_of(box.name), ())) for box in boxes], subscribed, found)


def _used(box: Box, attrs: Sequence[str]) -> Box:
    """Return a mailbox with the special uses that a further listing told."""
    more = [use for use in attrs if use in USES and use not in map(str.lower, box.attrs)]
    return box._replace(attrs=(*box.attrs, *more))


class Tree:
    """Copies the mailboxes of an account to another one, or to another place of the same."""

    def __init__(self, app: App, carrying: Carrying, ours: Account, theirs: Account, prefix: str) -> None:
        self.app = app
        self.carrying = carrying
        self.failed: list[str] = []
        self.created = 0
        self._ours = ours
        self._theirs = theirs
        self._prefix = prefix
        self._there = {raw_of(box.name) for box in theirs.boxes}
        self._names = Names(ours.boxes, theirs.boxes, ours.style, theirs.style)
        self._used = {use for box in theirs.boxes for use in _uses(box)}
        self._taken: dict[str, str] = {}  # names below the prefix, and whose they are
        self._seen = 0

    def work(self, box: Box) -> Steps[None]:
        """Copy or move a mailbox, which is open on the source."""
        carrying = self.carrying
        self._seen += 1
        name = self._name(box)
        yield from self._made(box, name)
        here = carrying.source.session.mailbox
        if here is None:
            raise CommandNo("the server has closed it")
        carrying.label = f"mailbox {self._seen} of {len(self._ours.boxes)}, {box.name}"
        opened = Opened(carrying.source, here, here.uidvalidity)
        marks = (yield from listed(carrying.source, "")).marks
        if marks:
            yield from carrying.mailbox(opened, marks, name)
        ended, carrying.outcome.ended = carrying.outcome.ended, None
        if ended is not None:
            raise ended

    def _name(self, box: Box) -> str:
        """Return where a mailbox goes.  Raises UsageError for one of two that would go to the same place."""
        if self._prefix:
            lower = below(self._prefix, box.name, self._ours.style, self._theirs.style)
            if (other := self._taken.setdefault(raw_of(lower), box.name)) != box.name:
                raise UsageError(f"its name there, {lower}, belongs to {other}: nothing was copied")
            return lower
        name = self._names.get(box.name)
        if name is None:
            raise UsageError(f"its name there belongs to {self._names.clashes[box.name]}: nothing was copied")
        return name

    def _made(self, box: Box, name: str) -> Steps[None]:
        """Create and subscribe a mailbox of the target, if it is not there."""
        target = self.carrying.target
        if raw_of(name) in self._there or name.upper() == "INBOX":
            return
        utf8 = target.session.parser.utf8
        use = next((use for use in _uses(box) if use not in self._used and use not in ("\\all", "\\flagged")), "")
        made = None
        if use and not self._prefix and "CREATE-SPECIAL-USE" in target.session.capabilities:
            line = Writer(utf8=utf8).mailbox(name).raw(f" (USE ({use.title()}))").fragments()
            made, _ = yield from asked(target, "", "CREATE", line)
        if made is None or made.status != "OK":
            made, _ = yield from asked(target, "", "CREATE", Writer(utf8=utf8).mailbox(name).fragments())
        if made.status != "OK":
            raise CommandNo(f"{target.name}:{name} cannot be created: {reply(made)}", made.response)
        self._there.add(raw_of(name))
        self._used.add(use)
        self.created += 1
        if raw_of(box.name) in self._ours.subscribed:
            exchange, _ = yield from asked(target, "", "SUBSCRIBE", Writer(utf8=utf8).mailbox(name).fragments())
            if exchange.status != "OK":
                self.failed.append(f"{target.name}:{name} cannot be subscribed: {reply(exchange)}")


def _uses(box: Box) -> list[str]:
    return [use for use in map(str.lower, box.attrs) if use in USES]


def carry(app: App, verb: str, argument: str) -> Steps[str]:
    r"""Do `\copy` or `\move`, of messages or of mailboxes, and return the status of the line."""
    order = yield from orders.read(app, verb, argument)
    carrying = yield from begun(app, order, f"{verb} {argument}")
    if order.pattern:
        return (yield from _mailboxes(app, order, carrying))
    return (yield from messages(app, order, carrying))


def _mailboxes(app: App, order: Order, carrying: Carrying) -> Steps[str]:
    source, target = carrying.source, carrying.target
    if carrying.within and not order.mailbox:
        raise UsageError(
            f"{target.name} is the same account: give a prefix, as in {target.name}:Old; nothing was copied"
        )
    ours = yield from account(source, order.pattern)
    if carrying.within:
        ours = _outside(app, ours, top(order.mailbox, ours.style))
    if not ours.boxes:
        raise UsageError(f"no mailbox of {source.name} fits {order.pattern}: nothing was copied")
    theirs = yield from account(target)
    if carrying.moves:
        yield from _confirm(app, carrying, len(ours.boxes))
    tree = Tree(app, carrying, ours, theirs, order.mailbox)
    before = target.session.mailbox
    with carrying.stopping.gently():
        walked = yield from walk.walk(
            app, ours.boxes, tree.work, changes=carrying.moves, label="copying", on=source, beside=target
        )
    if target is not source and target.session.is_open and target.session.mailbox is not before:
        yield from walk.back(app, target, before, walked.ended)
    carrying.outcome.where = f"{target.name}:{order.mailbox}"
    status = carrying.outcome.finish(app)
    for why in tree.failed:
        app.fault(why)
    app.note(f"{count(walked.done, 'mailbox', 'mailboxes')} done, {tree.created:,} created"
             + (f", {len(walked.faults):,} with a fault" if walked.faults else ""))  # fmt: skip
    return worse(worse(status, walked.finish(app)), "NO" if tree.failed else "OK")


def _outside(app: App, ours: Account, above: str) -> Account:
    """Return an account without the mailboxes that the others go to, which are there from an earlier time."""
    boxes = [box for box in ours.boxes if not is_below(box.name, above, ours.style)]
    if left := len(ours.boxes) - len(boxes):
        app.note(f"{above}, and what is below it, is left out: {count(left, 'mailbox', 'mailboxes')}")
    return ours._replace(boxes=boxes)


def _confirm(app: App, carrying: Carrying, boxes: int) -> Steps[None]:
    """Ask before mailboxes are emptied.  Raises UsageError if the answer is not yes."""
    if not (carrying.source.plan.safe and app.attended):
        return
    what = count(boxes, "mailbox", "mailboxes")
    answer = yield Ask(f"\\move would move all messages of {what} out of {carrying.source.name}; go on? [y/N] ")
    if (answer or "").strip().lower() not in YES:
        raise UsageError(f"nothing was moved to {carrying.target.name}")
