r"""`\duplicates [--mark] [SET]`: mail that is in the selected mailbox more than once.

Messages are listed, those that may be the same are read, and only their digests are kept.  Without `--mark` nothing is
changed.  With it, the kept message of each gets the flags of the others, and the others are marked \Deleted; nothing
is expunged.
"""

from __future__ import annotations

from collections.abc import Sequence

from imapsh.errors import Interrupted, StateError, UsageError
from imapsh.grammar.sequence import LINE, SequenceSet
from imapsh.hints import TYPE_CHECKING
from imapsh.render.amounts import count
from imapsh.shell.commands.transfer.duplicates.doubles import Double, Found, double, judged, suspects
from imapsh.shell.commands.transfer.duplicates.marking import add
from imapsh.shell.commands.transfer.duplicates.report import tell
from imapsh.shell.commands.transfer.messages import listing
from imapsh.shell.commands.transfer.messages.identity import Mark, is_deleted
from imapsh.shell.commands.transfer.messages.listing import Opened
from imapsh.shell.connection.asking import asked
from imapsh.shell.connection.steps import Ask, Steps
from imapsh.shell.lines.arguments import words
from imapsh.shell.lines.care import YES
from imapsh.shell.lines.measure import Mail
from imapsh.shell.lines.sets import as_uids
from imapsh.shell.lines.values import expanded
from imapsh.shell.screen.progress import Progress
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.connection.connection import Connection

_VERB = "\\duplicates"
_MARKS = f"{_VERB} --mark changes flags"
_UNMARKED = "nothing was marked"
_OPTIONS = ("--mark", "--all")
_TOGETHER = 200  # messages that are read before they are judged
_ROOM = 200  # octets of a line beside its set


class Order(NamedTuple):
    """The line as read: the search key of the messages that are looked at, and the options."""

    keys: list[str]
    mark: bool
    every: bool


def duplicates(app: App, argument: str) -> Steps[str]:
    r"""`\duplicates [OPTIONS] [[UID] SET]`.  The status is NO if a message could not be read, or the server refuses."""
    order = yield from _order(app, argument)
    connection = app.connection
    box = connection.session.mailbox
    if box is None:
        raise StateError(f"{_VERB} needs a selected mailbox: SELECT one")
    if order.mark and connection.session.read_only:
        raise UsageError(f"{_MARKS}, and read-only mode is on: nothing was sent (\\readonly off turns it off)")
    if order.mark and box.read_only:
        raise UsageError(f"{_MARKS}, and {box.name} was opened by EXAMINE: SELECT it; nothing was sent")
    found, here = Found(), Opened(connection, box, box.uidvalidity)
    ended: Interrupted | None = None
    app.progress = Progress("reading", 0, lambda: connection.session.received_octets)
    try:
        yield from _look(connection, order, found)
    except Interrupted as error:
        ended = error
    finally:
        app.progress = None
    tell(app, box, found, every=order.every, marks=order.mark)
    if ended is not None:
        raise ended
    if order.mark:
        yield from _mark(app, here, found)
    if found.unread:
        app.complaint = f"{count(len(found.unread), 'message')} could not be read"
    return "NO" if found.unread else "OK"


def _order(app: App, argument: str) -> Steps[Order]:
    argument, origins = yield from expanded(app, argument)
    given = words(argument)
    options = [word for word in given if word.startswith("--")]
    if (wrong := next((word for word in options if word not in _OPTIONS), None)) is not None:
        raise UsageError(f"{_VERB} has no option {wrong}: it has {' and '.join(_OPTIONS)}")
    rest = [word for word in given if not word.startswith("--")]
    uid = len(rest) == 2 and rest[0].upper() == "UID"
    if len(rest) > 1 + uid:
        raise UsageError(f"{_VERB} takes one set of messages, as in {_VERB} 1:400 or {_VERB} UID 7:90")
    keys = ["ALL"]
    if rest:
        uid = as_uids(app, _VERB, argument, rest[-1], origins, uid=uid)
        try:
            numbers = SequenceSet.parse(rest[-1])
        except ValueError as error:
            raise UsageError(f"{error}: write it like 1:4,7,*") from None
        keys = [f"{'UID ' * uid}{piece}" for piece in numbers.pieces(LINE - _ROOM)]
        if len(keys) > 1 and not uid:  # an EXPUNGE between two of them would shift the numbers
            raise UsageError(f"the set has more than {LINE - _ROOM:,} octets: name the messages by UID")
    return Order(keys, "--mark" in options, "--all" in options)


def _look(connection: Connection, order: Order, found: Found) -> Steps[None]:
    """List the messages, and read those that may be the same."""
    uids: set[int] = set()
    for key in order.keys:
        uids.update((yield from listing.found(connection, "", key)))
    listed = yield from listing.listed(connection, "", SequenceSet.rising(sorted(uids)))
    found.messages = len(listed.marks)
    found.unread.update(dict.fromkeys(listed.untold, "the server did not describe it"))
    groups = suspects(listed.marks)
    found.left = sum(map(len, groups))
    for part in _parts(groups):
        read = yield from listing.contents(connection, "", [mark for group in part for mark in group])
        found.unread.update(read.unread)
        for group in part:
            doubles, namesakes = judged(group, read.contents)
            found.doubles += doubles
            found.namesakes += [namesakes] if namesakes is not None else []
            found.left -= len(group)
    found.doubles.sort()
    found.namesakes.sort()


def _parts(groups: Sequence[list[Mark]]) -> list[list[list[Mark]]]:
    """Return groups that are read together."""
    parts: list[list[list[Mark]]] = [[]]
    messages = 0
    for group in groups:
        if messages + len(group) > _TOGETHER and parts[-1]:
            parts.append([])
            messages = 0
        parts[-1].append(group)
        messages += len(group)
    return parts


# -- marking


def _mark(app: App, here: Opened, found: Found) -> Steps[None]:
    r"""Give the kept messages the flags of the others, and mark those \Deleted, if the person agrees.

    Raises UsageError if they do not, or if another mailbox is selected by now.
    """
    here.check(_UNMARKED)
    others = [mark for mark in found.others if not is_deleted(mark.flags)]
    if not others:
        return
    if app.connection.plan.safe and app.attended:
        flagged = [one for one in found.doubles if one.flags]
        more = f", after {count(len(flagged), 'kept message')} got their flags" if flagged else ""
        answer = yield Ask(f"{_VERB} would mark {_mail(others)}, as \\Deleted{more}; do it? [y/N] ")
        if (answer or "").strip().lower() not in YES:
            raise UsageError(_UNMARKED)
    doubles = yield from _now(app, here, found.doubles)
    by_flags: dict[tuple[str, ...], list[Mark]] = {}
    for one in doubles:
        if one.flags:
            by_flags.setdefault(one.flags, []).append(one.kept)
    for flags, kept in by_flags.items():
        here.check(_UNMARKED)
        yield from add(app, f"{_VERB} --mark", flags, kept)
    others = sorted(mark for one in doubles for mark in one.others if not is_deleted(mark.flags))
    if others:
        here.check(_UNMARKED)
        yield from add(app, f"{_VERB} --mark", ("\\Deleted",), others)
        app.note(
            f"marked {_mail(others)}, as \\Deleted; nothing was expunged (\\undo takes it back, EXPUNGE removes them)"
        )


def _mail(marks: Sequence[Mark]) -> Mail:
    return Mail(len(marks), sum(max(mark.size, 0) for mark in marks))


def _now(app: App, here: Opened, doubles: Sequence[Double]) -> Steps[list[Double]]:
    r"""Return the duplicates as they are now: others may have removed or marked some while the question waited.

    Of the messages that are left, one that is not marked \Deleted stays.
    """
    connection = here.connection
    yield from asked(connection, "", "NOOP", [])  # what was expunged may be listed until then
    here.check(_UNMARKED)
    every = [mark for one in doubles for mark in (one.kept, *one.others)]
    flags = yield from listing.flags_of(connection, "", SequenceSet.of(mark.uid for mark in every))
    now: list[Double] = []
    for one in doubles:
        there = [mark._replace(flags=flags[mark.uid]) for mark in (one.kept, *one.others) if mark.uid in flags]
        if len(there) > 1:
            now.append(double(there))
    if gone := len(every) - len(flags):
        app.note(f"{count(gone, 'message')} of these {'was' if gone == 1 else 'were'} removed meanwhile")
    return now
