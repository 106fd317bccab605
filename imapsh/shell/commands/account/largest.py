r"""The largest messages of all mailboxes: `\largest`."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

from imapsh.errors import UsageError
from imapsh.grammar.names import raw_of
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Fetch, UidFetch
from imapsh.render.grid import Column, table
from imapsh.render.styles import Fragment
from imapsh.render.view import readable
from imapsh.shell.app import App
from imapsh.shell.commands.account.line import fitting, pattern_of
from imapsh.shell.commands.account.search import Head, fetched, heads
from imapsh.shell.commands.account.walk import Box, walk
from imapsh.shell.connection.steps import Steps
from imapsh.shell.lines.measure import found
from imapsh.tuples import NamedTuple

_USUAL = 20  # messages that are shown
_MOST = 1_000  # messages that can be asked for
_SMALL = 5_000  # messages of a mailbox of which all sizes are asked for at once
_GUESSES = (10_000_000, 1_000_000, 100_000, 10_000)  # octets that the largest of a mailbox may exceed
_PIECE = 4_000  # octets of a set in one command

_COLUMNS = [Column("size", right=True), Column("mailbox", least=12, inside=True), Column("UID", right=True),
            Column("received", least=16, sharp=True), Column("from", least=12),
            Column("subject", least=16)]  # fmt: skip


class Large(NamedTuple):
    """A message with its size; the larger one comes later in order."""

    octets: int
    place: int  # of its mailbox among all
    uid: int


class _Heap:
    """Keeps the largest of all messages that it is given."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[Large] = []

    @property
    def floor(self) -> int | None:
        """Return the octets that a message must exceed to be kept; None while any is kept."""
        return self._kept[0].octets if len(self._kept) >= self._most else None

    def add(self, many: Iterable[Large]) -> None:
        """Take in messages."""
        for one in many:
            if self.floor is None:
                heapq.heappush(self._kept, one)
            elif one.octets > self.floor:
                heapq.heapreplace(self._kept, one)

    def ordered(self) -> list[Large]:
        """Return the messages that were kept, the largest first."""
        return sorted(self._kept, key=lambda one: (-one.octets, one.place, one.uid))


def largest(app: App, argument: str) -> Steps[str]:
    r"""`\largest [N] [PATTERN]`: show the largest messages of all mailboxes, or of those that fit a pattern."""
    most, pattern = _wanted(argument)
    mailboxes = yield from fitting(app, pattern)
    places = {raw_of(box.name): place for place, box in enumerate(mailboxes)}
    dated: dict[int, int | None] = {}
    heap = _Heap(most)

    def work(box: Box) -> Steps[None]:
        place, here = places[raw_of(box.name)], app.session.mailbox
        dated[place] = here.uidvalidity if here is not None else None
        if here is not None and here.exists:
            heap.add(Large(octets, place, uid) for uid, octets in (yield from _sizes(app, heap.floor, most)))

    walked = yield from walk(app, mailboxes, work)
    kept = heap.ordered()
    known: dict[tuple[int, int], Head] = {}
    if walked.ended is None:
        known = yield from _known(app, mailboxes, kept, places)
    by_place: dict[int, list[int]] = {}
    for one in kept:
        by_place.setdefault(one.place, []).append(one.uid)
    results = app.named(app.current).results
    results.found = None
    results.elsewhere = {
        raw_of(mailboxes[place].name): (dated[place], SequenceSet.of(uids)) for place, uids in by_place.items()
    }
    _show(app, mailboxes, kept, known)
    return walked.finish(app)


def _wanted(argument: str) -> tuple[int, str]:
    """Return how many messages are wanted, and the pattern of their mailboxes."""
    first, _, rest = argument.partition(" ")
    if not first or not (first[0].isdecimal() or first[0] == "-"):
        return _USUAL, pattern_of(argument)
    if not (first.isascii() and first.isdecimal() and len(first) < 7 and 0 < int(first) <= _MOST):
        raise UsageError(f"\\largest takes a number of messages from 1 to {_MOST:,}, not {first!r}")
    return int(first), pattern_of(rest.strip(" "))


def _sizes(app: App, floor: int | None, most: int) -> Steps[list[tuple[int, int]]]:
    """Return the UIDs and sizes of the messages that may be among the largest, of the mailbox that is open."""
    uids = yield from _candidates(app, floor, most)
    sizes: dict[int, int] = {}
    for part in ["1:*"] if uids is None else list(uids.pieces(_PIECE)):
        for value in (yield from fetched(app.connection, f"{part} (UID RFC822.SIZE)")):
            octets = value.items.get("RFC822.SIZE") if isinstance(value, Fetch | UidFetch) else None
            if isinstance(octets, int) and octets >= 0 and value.uid:
                sizes[value.uid] = octets
    return list(sizes.items())


def _candidates(app: App, floor: int | None, most: int) -> Steps[SequenceSet | None]:
    """Return the UIDs of messages that may be among the largest; None for all that there are."""
    here = app.session.mailbox
    if floor is None and (here is None or (here.exists or 0) <= _SMALL):
        return None
    for octets in _GUESSES if floor is None else (floor,):
        uids = yield from found(app.connection, "", f"LARGER {octets}")
        if uids is not None and (floor is not None or uids.count() >= most):
            return uids
    return None


def _known(
    app: App, mailboxes: Sequence[Box], kept: Sequence[Large], places: dict[str, int]
) -> Steps[dict[tuple[int, int], Head]]:
    """Return what is to be said of the messages, by the place of their mailbox and their UID."""
    known: dict[tuple[int, int], Head] = {}
    wanted: dict[int, list[int]] = {}
    for one in kept:
        wanted.setdefault(one.place, []).append(one.uid)

    def work(box: Box) -> Steps[None]:
        place = places[raw_of(box.name)]
        for head in (yield from heads(app, SequenceSet.of(wanted[place]))):
            known[place, head.uid] = head

    yield from walk(app, [mailboxes[place] for place in sorted(wanted)], work, label="subjects of")
    return known


def _show(app: App, mailboxes: Sequence[Box], kept: Sequence[Large], known: dict[tuple[int, int], Head]) -> None:
    rows: list[list[Fragment]] = []
    for one in kept:
        box, head = mailboxes[one.place], known.get((one.place, one.uid), Head(one.uid, "", "", ""))
        said = {"size": one.octets, "mailbox": box.name, "uid": one.uid, "received": head.received or None,
                "from": head.sender, "subject": head.subject}  # fmt: skip
        app.say_json("message", said)
        rows.append([
            ("number", readable.short_size(one.octets)), ("mailbox", readable.name_of(box.name)),
            ("number", str(one.uid)), ("date", readable.in_table(head.received)), ("text", head.sender),
            ("subject", head.subject),
        ])  # fmt: skip
    if app.output.format == "json":
        return
    if not rows:
        app.say("there are no messages")
    else:
        app.tell(table(_COLUMNS, rows, app.output.width))
