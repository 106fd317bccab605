r"""Gives messages the flags back that a change took from them or gave them.

Each flag is looked at by itself.  A message whose flag is not as the change left it has been changed since, and there
is nothing to take back.  Flags that the change did not touch stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from imapsh.errors import CommandError
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Fetch, UidFetch
from imapsh.grammar.writer import Writer
from imapsh.render.amounts import count
from imapsh.session.events import Received
from imapsh.session.mailbox import Mailbox
from imapsh.shell.app import App
from imapsh.shell.commands.account.walk import checked
from imapsh.shell.commands.undoing.reverse import LINE, Reverse, entered, fetched, named
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.steps import Steps
from imapsh.shell.lines.changes import code_of, modified
from imapsh.shell.record import journal
from imapsh.shell.record.journal import DONE, PARTLY, UNKNOWN, Entry, Flagged, Journal, set_of
from imapsh.tuples import NamedTuple

_NAMED = 3  # steps that a question names
_TOLD = 40  # characters of a set in a sentence


class _Step(NamedTuple):
    """One STORE: the sign, the flags, and the messages."""

    sign: str
    flags: tuple[str, ...]
    uids: SequenceSet

    def __str__(self) -> str:
        flags = _listed(self.flags)
        messages = count(len(self.uids), "message")
        return f"take {flags} off {messages}" if self.sign == "-" else f"put {flags} back on {messages}"


def reverse(app: App, entry: Entry) -> Steps[Reverse]:
    """Return how the flags are given back."""
    connection = yield from entered(app, entry.place, changes=True)
    found = _Found(entry)
    compares = entry.modseq is not None and "CONDSTORE" in connection.session.capabilities
    yield from fetched(connection, entry.uids, "UID FLAGS MODSEQ" if compares else "UID FLAGS", found.take)
    known = _modseqs(app.journal, entry) if compares else {}
    changed = {uid for uid, modseq in found.modseqs.items() if modseq > known.get(uid, modseq) and uid in found.flags}
    ours = _changed_again(app.journal, entry)
    due, again = _due(entry, found.flags, changed, ours)
    left = _left(entry, found, changed, again)
    steps = _steps(due)
    for step in steps:
        Writer().flags(step.flags)  # what a server calls a flag may be none
    does = f"{' and '.join(map(str, steps))} in {named(app, entry.place)}" if steps else ""
    if len(steps) > _NAMED:
        total = sum(len(group.uids) for group in due)
        does = f"give {count(total, 'message')} in {named(app, entry.place)} their flags back"
    return Reverse(does, left, lambda: _give_back(app, connection, entry, due, steps, compares))


class _Found:
    """The flags of the messages as they are now, by UID, in lower case; and their mod-sequences.

    `untold` are messages of which the server says something, but not the flags.
    """

    def __init__(self, entry: Entry) -> None:
        self._uids = entry.uids
        self._kinds: dict[tuple[str, ...], frozenset[str]] = {}
        self.flags: dict[int, frozenset[str]] = {}
        self.untold: set[int] = set()
        self.modseqs: dict[int, int] = {}

    def take(self, event: Received) -> None:
        value = event.response.value
        if not isinstance(value, Fetch | UidFetch) or not (uid := value.uid or event.uid) or uid not in self._uids:
            return
        flags, modseq = value.items.get("FLAGS"), value.items.get("MODSEQ")
        if isinstance(flags, tuple):
            self.flags[uid] = self._kinds.setdefault(flags, frozenset(flag.lower() for flag in flags))
        else:
            self.untold.add(uid)
        if isinstance(modseq, int):
            self.modseqs[uid] = modseq


# -- what has changed since


def _later(entries: Journal, entry: Entry) -> Iterable[Entry]:
    """Yield the later changes of flags in the same mailbox."""
    moved_back = entries.moved_back()
    return (
        journal.current(one, moved_back) for one in entries
        if one.number > entry.number and one.kind == journal.FLAGS and one.place.is_same_mailbox(entry.place)
    )  # fmt: skip


def _modseqs(entries: Journal, entry: Entry) -> dict[int, int]:
    """Return the highest mod-sequence that a message can have if nobody else has changed it, by UID.

    A message is left out if a later change of ours has no mod-sequence, or if it was moved away and back.
    """
    known = dict.fromkeys(entry.uids, entry.modseq or 0)
    for later in _later(entries, entry):
        for uid in later.uids:
            if later.modseq is None:
                known.pop(uid, None)
            elif uid in known:
                known[uid] = max(known[uid], later.modseq)
    for moved in entries.moved_back():
        for uid in moved.new.values() if moved.place.is_same_mailbox(entry.place) else ():
            known.pop(uid, None)
    return known


def _changed_again(entries: Journal, entry: Entry) -> dict[int, dict[str, int]]:
    """Return the flags that later changes of ours touched, by UID, each with the number of the change.

    A change that was taken back counts no more, and neither does what took it back.
    """
    undone = entries.undone()
    gone = {*undone, *undone.values()}
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for later in _later(entries, entry):
        if later.number in gone:
            continue
        for group in later.flags:
            touched = {flag.lower() for flag in (*group.before, *group.after)}
            for uid in group.uids:
                found[uid].update(dict.fromkeys(touched, later.number))
    return found


def _due(
    entry: Entry, now: Mapping[int, frozenset[str]], changed: set[int], ours: Mapping[int, Mapping[str, int]]
) -> tuple[list[Flagged], dict[int, int]]:
    """Return the messages with the flags that are to be taken off, and those that are to be put back.

    The second value names those of which later changes of ours touched the same flags, each with the change's number.
    """
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = defaultdict(list)
    touched: dict[int, int] = {}
    for group in entry.flags:
        given, taken = _differences(group)
        for uid in group.uids:
            if uid not in now or uid in changed:
                continue
            has, again = now[uid], ours.get(uid, {})
            if both := [again[low] for low in (*given, *taken) if low in again]:
                touched[uid] = max(both)
            off = tuple(flag for low, flag in given.items() if low in has and low not in again)
            on = tuple(flag for low, flag in taken.items() if low not in has and low not in again)
            if off or on:
                found[off, on].append(uid)
    return [Flagged(off, on, set_of(uids)) for (off, on), uids in found.items()], touched


def _differences(group: Flagged) -> tuple[dict[str, str], dict[str, str]]:
    """Return the flags that a change gave, and those that it took, by their names in lower case."""
    before, after = ({flag.lower(): flag for flag in flags} for flags in (group.before, group.after))
    return (
        {low: flag for low, flag in after.items() if low not in before},
        {low: flag for low, flag in before.items() if low not in after},
    )


def _left(entry: Entry, found: _Found, changed: set[int], again: Mapping[int, int]) -> list[str]:
    """Return sentences about the messages that are left out."""
    told = []
    untold = found.untold - found.flags.keys()
    if gone := [uid for uid in entry.uids if uid not in found.flags and uid not in untold]:
        told.append(f"gone: {messages(gone)}, to which nothing can be given back")
    if untold:
        told.append(f"left as they are: {messages(untold)}, whose flags the server does not tell")
    if changed:
        told.append(f"left as they are: {messages(changed)}, changed since by somebody else (MODSEQ)")
    if again:
        number = max(again.values())
        told.append(f"left as they are: {messages(again)}, of which change {number} touched the same flags later: "
                    f"\\undo {number} first")  # fmt: skip
    return told


# -- how it is done


def _steps(due: Iterable[Flagged]) -> list[_Step]:
    """Return the fewest STOREs that do it: each flag is stored once, those of the same messages together."""
    by_flag: dict[tuple[str, str], list[SequenceSet]] = defaultdict(list)
    for group in due:
        for sign, flags in (("-", group.before), ("+", group.after)):
            for flag in flags:
                by_flag[sign, flag].append(group.uids)
    together: dict[tuple[str, SequenceSet], list[str]] = defaultdict(list)
    for (sign, flag), sets in by_flag.items():
        together[sign, set_of(uid for one in sets for uid in one)].append(flag)
    return [_Step(sign, tuple(flags), uids) for (sign, uids), flags in together.items()]


def _give_back(
    app: App, connection: Connection, entry: Entry, due: list[Flagged], steps: list[_Step], compares: bool
) -> Steps[Entry]:
    """Send the STOREs, and add to the journal what they did, whatever became of them."""
    box = connection.session.mailbox
    assert box is not None
    before, outcome = box.highest_of(), UNKNOWN
    spared: set[int] = set()
    try:
        for step in steps:
            yield from _stored(connection, box, step, compares, spared)
        outcome = DONE
    except CommandError:
        outcome = PARTLY
        raise
    finally:
        done = [group._replace(uids=set_of(uid for uid in group.uids if uid not in spared)) for group in due]
        uids = set_of(uid for group in done for uid in group.uids)
        now = box.highest_of(uids)
        again = app.journal.add(
            journal.FLAGS, f"\\undo {entry.number}", connection.place(), uids=uids,
            flags=[group for group in done if group.uids], modseq=now if now > before else None, outcome=outcome,
            undoes=entry.number,
        )  # fmt: skip
    if spared:
        app.note(f"left as they are: {messages(spared)}, changed by somebody else meanwhile (MODIFIED)")
        return again._replace(outcome=PARTLY)
    return again


def _stored(connection: Connection, box: Mailbox, step: _Step, compares: bool, spared: set[int]) -> Steps[None]:
    """Send a STORE, in as many commands as its set needs; add to `spared` the messages that the server left out."""
    since = box.highest_of(step.uids) if compares else 0  # any later change has a higher one, whatever the message
    for part in step.uids.pieces(LINE):
        writer = Writer().raw(f"{part} {f'(UNCHANGEDSINCE {since}) ' if since else ''}{step.sign}FLAGS.SILENT ")
        exchange = connection.quietly("UID STORE", writer.flags(step.flags).fragments())
        yield exchange
        checked(connection, exchange)
        left = modified(code_of(exchange.response.value) if exchange.response is not None else None)
        spared.update(uid for uid in part if left and uid in left)


def _listed(flags: Iterable[str]) -> str:
    *some, last = flags
    return f"{', '.join(some)} and {last}" if some else last


def messages(uids: Iterable[int]) -> str:
    """Return messages in words, as `2 messages (UID 3:4)`."""
    listed = set_of(uids)
    text = str(listed)
    return f"{count(len(listed), 'message')} (UID {text if len(text) <= _TOLD else text[:_TOLD] + '...'})"
