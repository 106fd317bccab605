r"""Reads what `\copy` and `\move` are told: which messages, and where they go."""

from __future__ import annotations

from imapsh.errors import UsageError
from imapsh.grammar.sequence import SequenceSet
from imapsh.hints import TYPE_CHECKING
from imapsh.shell.commands.transfer.mailboxes.places import NAMED, check
from imapsh.shell.lines.arguments import words
from imapsh.shell.lines.sets import as_uids
from imapsh.shell.lines.values import expanded
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.connection.connection import Connection
    from imapsh.shell.connection.steps import Steps

_TREE = "--tree"


class Order(NamedTuple):
    r"""What is to be copied, and where to.

    `verb` is `\copy` or `\move`.  `numbers` is a set, of UIDs if `uid` is true.  `pattern` is a pattern of LIST if
    whole mailboxes are meant, else "".  `name` names a connection, and `mailbox` is the mailbox there, or the prefix
    of the mailboxes.
    """

    verb: str
    name: str
    mailbox: str
    numbers: SequenceSet = SequenceSet()
    uid: bool = False
    pattern: str = ""


def read(app: App, verb: str, argument: str) -> Steps[Order]:
    """Return what a line asks for.  Raises UsageError."""
    usage = (f"{verb} needs a set of messages and a mailbox of a connection, as in {verb} 1:* second:Archive, or "
             f"{verb} {_TREE} * second:")  # fmt: skip
    argument, origins = yield from expanded(app, argument)
    given = words(argument)
    tree = given[:1] == [_TREE]
    uid = not tree and given[:1] != [] and given[0].upper() == "UID"
    if len(given) != 2 + (tree or uid):
        raise UsageError(usage + "; put a name with spaces in quotes")
    chosen, place = given[-2:]
    found = NAMED.fullmatch(place)
    if found is None:
        raise UsageError(f"{verb} cannot tell where to: write NAME:MAILBOX, NAME as \\sessions lists it")
    name, mailbox = found.groups()
    if tree:
        return Order(verb, name, mailbox, pattern=chosen)
    if not mailbox:
        raise UsageError(f"{verb} needs a mailbox behind {name}: as in {name}:Archive")
    uid = as_uids(app, verb, argument, chosen, origins, uid=uid)
    try:
        return Order(verb, name, mailbox, SequenceSet.parse(chosen), uid)
    except ValueError as error:
        raise UsageError(f"{error}: write it like 1:4,7,*") from None


def ends(app: App, order: Order) -> tuple[Connection, Connection]:
    """Return the connections that messages come from and go to.

    Raises UsageError or StateError if one of them cannot be used for it; nothing was sent then.
    """
    source, target = app.connection, app.named(order.name)
    for connection in (source, target):
        check(connection)
    changed = (target, source) if order.verb == "\\move" else (target,)
    for connection in changed:
        if connection.session.read_only:
            raise UsageError(f"{order.verb} changes mail on {connection.name}, where read-only mode is on: nothing was "
                             "sent (\\readonly off turns it off)")  # fmt: skip
    return source, target
