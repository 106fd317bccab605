r"""Takes back what was put into mailboxes: copies and appended messages are removed, moved ones are moved back.

Only the messages that the change made are touched.  A copy goes only if its original is still there, of the same size,
and not marked as `\Deleted` unless the copy is so too, because otherwise it may be the last one.
"""

from __future__ import annotations

import shlex

from imapsh.errors import CommandError, CommandNo, UsageError
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import CopyUid
from imapsh.grammar.writer import Writer
from imapsh.render.amounts import count
from imapsh.session.core import Session
from imapsh.session.events import Received
from imapsh.shell.app import App
from imapsh.shell.commands.account.walk import back, checked
from imapsh.shell.commands.undoing.flags import messages
from imapsh.shell.commands.undoing.reverse import LINE, Reverse, connection_of, entered, marked, named, sizes, status
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Steps
from imapsh.shell.lines.changes import code_of
from imapsh.shell.lines.copyuid import Asked, copied
from imapsh.shell.record import journal
from imapsh.shell.record.journal import DONE, PARTLY, UNKNOWN, Entry, Flagged, Place, set_of
from imapsh.tuples import NamedTuple

_DELETED = b" +FLAGS.SILENT (\\Deleted)"
_FOR_GOOD = "\\undo removed the messages for good"


def _has(session: Session, name: str) -> bool:
    """Return whether the server has an extension that IMAP4rev2 includes."""
    return session.rev2 or name in session.capabilities


# -- copies and appended messages are removed


def remove(app: App, entry: Entry) -> Steps[Reverse]:
    """Return how just the messages that a COPY or an APPEND made are removed."""
    place, uids = (entry.to, entry.copies) if entry.to is not None else (entry.place, entry.uids)
    originals = (yield from _originals(app, entry)) if entry.to is not None else None
    connection = yield from entered(app, place, changes=True)
    there = yield from sizes(connection, uids)
    due, left = [], []
    if gone := [uid for uid in uids if uid not in there]:
        left.append(f"gone already: {messages(gone)} of {place.mailbox}")
    if originals is None:
        due = list(there)
    else:
        pairs = [(source, copy) for source, copy in zip(entry.uids, uids, strict=True) if copy in there]
        if going := set_of(copy for source, copy in pairs if source in originals.going):
            both = yield from marked(connection, going)  # what is to go together may
            originals.going.difference_update(source for source, copy in pairs if copy in both)
        due = [copy for source, copy in pairs if originals.keep(source, there[copy])]
        left += _kept(entry, pairs, originals, there)
    what = "copy" if entry.to is not None else "message"
    copies = count(len(due), what, "copies" if what == "copy" else "")
    does = f"remove {copies} from {named(app, place)} for good"
    if not _has(connection.session, "UIDPLUS"):
        does = f"mark {copies} in {named(app, place)} as \\Deleted, because without UIDPLUS it cannot remove just these"
    return Reverse(does if due else "", left, lambda: _removed(app, connection, entry, place, set_of(due)))


class _Originals(NamedTuple):
    """The originals of copies that are still there, each with its size, None if it was not told.

    Those that are marked as `\\Deleted` are `going`.
    """

    sizes: dict[int, int | None]
    going: set[int]

    def keep(self, source: int, octets: int | None) -> bool:
        """Return whether an original stays and is of the size of its copy, so that the copy may go."""
        return octets is not None and self.sizes.get(source) == octets and source not in self.going


def _originals(app: App, entry: Entry) -> Steps[_Originals]:
    """Return the originals of copies.

    Raises UsageError if nobody can tell, because their account is not open or their UIDs mean other messages.
    """
    source, current = connection_of(app, entry, entry.place), app.current
    before = source.session.mailbox
    app.current = source.name
    try:
        yield from entered(app, entry.place, changes=False)
        found = _Originals((yield from sizes(source, entry.uids)), (yield from marked(source, entry.uids)))
    except CommandNo:
        found = _Originals({}, set())
    finally:
        app.current = current
    if source.name != current and source.session.mailbox is not before:
        app.current = source.name
        yield from back(app, source, before)
        app.current = current
    return found


def _kept(
    entry: Entry, pairs: list[tuple[int, int]], originals: _Originals, there: dict[int, int | None]
) -> list[str]:  # fmt: skip
    """Return sentences about the copies that are kept because of their originals."""
    told = []
    if last := [copy for source, copy in pairs if source not in originals.sizes]:
        told.append(f"kept: {messages(last)}, whose originals in {entry.place.mailbox} are gone")
    stays = [(source, copy) for source, copy in pairs if source in originals.sizes]
    if going := [copy for source, copy in stays if source in originals.going]:
        told.append(f"kept: {messages(going)}, whose originals in {entry.place.mailbox} are marked as \\Deleted")
    stays = [(source, copy) for source, copy in stays if source not in originals.going]
    if others := [copy for source, copy in stays if not originals.keep(source, there[copy])]:
        told.append(f"kept: {messages(others)}, not of the size of what was copied")
    return told


def _removed(app: App, connection: Connection, entry: Entry, place: Place, due: SequenceSet) -> Steps[Entry]:
    """Mark the messages, and remove them if the server can remove just these."""
    outcome, removed, left = UNKNOWN, SequenceSet(), due
    removes = _has(connection.session, "UIDPLUS")
    try:
        for part in due.pieces(LINE):
            left = part if removes else due
            yield from _told(connection, "UID STORE", str(part).encode("ascii") + _DELETED)
            if removes:
                yield from _told(connection, "UID EXPUNGE", str(part).encode("ascii"))
                left, removed = SequenceSet(), SequenceSet((*removed.ranges, *part.ranges))
        outcome = DONE
    except CommandError:
        outcome = PARTLY
        raise
    finally:
        if removed:
            again = _gone(app, entry, place, removed, outcome)
        if left:
            flagged = Flagged((), ("\\Deleted",), left)
            again = app.journal.add(journal.FLAGS, f"\\undo {entry.number}", place, uids=left, flags=[flagged],
                                    outcome=outcome, undoes=entry.number)  # fmt: skip
        if left and removes:
            doubt = ", unless the server has removed them" if outcome == UNKNOWN else " and were not removed"
            app.fault(f"{messages(left)} of {place.mailbox} may be marked as \\Deleted{doubt}: "
                      f"\\undo {again.number} takes the marks off")  # fmt: skip
    return again


def _gone(app: App, entry: Entry, place: Place, removed: SequenceSet, outcome: str) -> Entry:
    """Add to the journal what was removed, and from which messages it can be copied again."""
    line = f"\\undo {entry.number}"
    if entry.to is None:
        return app.journal.add(journal.REMOVED, line, place, uids=removed, outcome=outcome, undoes=entry.number,
                               why=_FOR_GOOD)  # fmt: skip
    sources = [source for source, copy in zip(entry.uids, entry.copies, strict=True) if copy in removed]
    return app.journal.add(
        journal.REMOVED, line, place, uids=removed, to=entry.place, copies=set_of(sources), outcome=outcome,
        undoes=entry.number, why="" if sources else _FOR_GOOD,
    )  # fmt: skip


def _told(connection: Connection, name: str, argument: bytes) -> Steps[None]:
    exchange = connection.quietly(name, [argument])
    yield exchange
    checked(connection, exchange)


# -- what was moved is moved back


def move_back(app: App, entry: Entry) -> Steps[Reverse]:
    """Return how messages are moved to the mailbox where they came from."""
    source, to = entry.place, entry.to
    assert to is not None
    if not source.is_same_account(to):
        return (yield from _carried_back(app, entry, to, source))
    connection = app.connection
    if not (_has(connection.session, "MOVE") or _has(connection.session, "UIDPLUS")):
        raise UsageError("the server has neither MOVE nor UIDPLUS, so just these messages cannot be moved back")
    now = (yield from status(connection, source.mailbox, "UIDVALIDITY")).get("UIDVALIDITY") or "not told"
    if source.uidvalidity != now:
        raise UsageError(
            f"UIDVALIDITY of {source.mailbox} was {source.uidvalidity or 'not told'} and is {now}, so it is another "
            "mailbox now: nothing can be taken back"
        )
    yield from entered(app, to, changes=True)
    due, left = yield from _still(connection, entry, to)
    does = f"move {count(len(due), 'message')} from {named(app, to)} back to {source.mailbox}"
    return Reverse(does if due else "", left, lambda: _moved(app, connection, entry, to, due))


def _still(connection: Connection, entry: Entry, place: Place) -> Steps[tuple[SequenceSet, list[str]]]:
    """Return the copies that are still in a place, which is open, and a sentence about those that are gone."""
    there = yield from sizes(connection, entry.copies)
    gone = [uid for uid in entry.copies if uid not in there]
    return set_of(there), [f"gone: {messages(gone)} of {place.mailbox}"] if gone else []


def _moved(app: App, connection: Connection, entry: Entry, to: Place, due: SequenceSet) -> Steps[Entry]:
    """Move messages back, by MOVE or as RFC 6851 section 3.3 has it without MOVE."""
    moves = _has(connection.session, "MOVE")
    transfer = _Transfer(connection, "UID MOVE" if moves else "UID COPY", entry.place.mailbox, removes=not moves)
    return (yield from transfer.run(app, journal.MOVED, entry, to, due))


# -- copies that were removed are made again


def copy_again(app: App, entry: Entry) -> Steps[Reverse]:
    """Return how messages are copied again whose copies an undo removed."""
    source, target = entry.to, entry.place
    assert source is not None
    if not source.is_same_account(target):
        return (yield from _carried_back(app, entry, source, target, verb="\\copy"))
    connection = yield from entered(app, source, changes=False)
    due, left = yield from _still(connection, entry, source)
    does = f"copy {count(len(due), 'message')} from {source.mailbox} to {target.mailbox} again"
    return Reverse(does if due else "", left, lambda: _copied(app, connection, entry, source, due))


def _copied(app: App, connection: Connection, entry: Entry, source: Place, due: SequenceSet) -> Steps[Entry]:
    transfer = _Transfer(connection, "UID COPY", entry.place.mailbox)
    return (yield from transfer.run(app, journal.COPIED, entry, source, due))


class _Transfer:
    """Copies or moves messages to a mailbox in several commands, and gathers what COPYUID says.

    With `removes`, the originals of a copy are removed.
    """

    def __init__(self, connection: Connection, command: str, mailbox: str, *, removes: bool = False) -> None:
        self._connection = connection
        self._command = command
        self._mailbox = mailbox
        self._removes = removes
        self._told: list[CopyUid] = []
        self._sent = SequenceSet()

    def run(self, app: App, kind: str, entry: Entry, place: Place, due: SequenceSet) -> Steps[Entry]:
        """Copy or move messages that are in `place`, and return the entry of the journal, which is written in any case.

        Raises CommandNo, and what ends the connection.
        """
        outcome = UNKNOWN
        try:
            for part in due.pieces(LINE):
                yield from self._send(part)
                if self._removes:
                    yield from self._remove(part)
            outcome = DONE
        except CommandError:
            outcome = PARTLY
            raise
        finally:
            again = self._kept(app, kind, entry, place, outcome)
        return again

    def _send(self, part: SequenceSet) -> Steps[None]:
        """Send one command.  Raises CommandNo."""
        self._sent = SequenceSet((*self._sent.ranges, *part.ranges))
        writer = Writer(utf8=self._connection.session.parser.utf8).raw(f"{part} ").mailbox(self._mailbox)
        exchange = self._connection.quietly(self._command, writer.fragments(), Own("", self._take))
        yield exchange
        self._hear(exchange.response.value if exchange.response is not None else None)
        checked(self._connection, exchange)

    def _remove(self, part: SequenceSet) -> Steps[None]:
        """Remove originals.

        Raises CommandNo if COPYUID has not named each of them: an OK alone does not show a copy.
        """
        told = SequenceSet(tuple(pair for code in self._told for pair in code.source.ranges))
        if any(uid not in told for uid in part):
            raise CommandNo(
                f"{self._command}: the server does not say that it copied each message to {self._mailbox}, so they "
                "stay where they are"
            )
        uids = str(part).encode("ascii")
        yield from _told(self._connection, "UID STORE", uids + _DELETED)
        yield from _told(self._connection, "UID EXPUNGE", uids)

    def _take(self, event: Received) -> None:
        self._hear(event.response.value)

    def _hear(self, value: object) -> None:
        code = code_of(value)
        if code is not None and isinstance(code.arg, CopyUid):
            self._told.append(code.arg)

    def _kept(self, app: App, kind: str, entry: Entry, place: Place, outcome: str) -> Entry:
        """Add to the journal what was done."""
        within = place.mailbox == self._mailbox
        uids, copies, uidvalidity, why = copied(self._told, outcome, Asked(self._sent), within=within)
        to = self._connection.place(self._mailbox, uidvalidity)
        return app.journal.add(kind, f"\\undo {entry.number}", place, uids=uids, to=to, copies=copies, outcome=outcome,
                               why=why, undoes=entry.number)  # fmt: skip


# -- between two accounts


def _carried_back(app: App, entry: Entry, here: Place, there: Place, verb: str = "\\move") -> Steps[Reverse]:
    r"""Return how messages that are `here` now go to another account, by `\move` or `\copy`.

    The connection is the one of the account where the messages are.
    """
    other = connection_of(app, entry, there)
    connection = yield from entered(app, here, changes=verb == "\\move")
    due, left = yield from _still(connection, entry, here)
    line = shlex.join(("UID", str(due), f"{other.name}:{there.mailbox}"))
    word = verb.removeprefix("\\")
    does = (f"{word} {count(len(due), 'message')} from {connection.name}:{here.mailbox} to "
            f"{other.name}:{there.mailbox}")  # fmt: skip
    return Reverse(does if due else "", left, lambda: _carried(app, connection, entry, verb, line))


def _carried(app: App, connection: Connection, entry: Entry, verb: str, line: str) -> Steps[Entry]:
    """Do the line, without its own question."""
    from imapsh.shell.commands.transfer.copying.trees import carry

    since, safe = max((one.number for one in app.journal), default=0), connection.plan.safe
    connection.plan = connection.plan._replace(safe=False)
    try:
        status = yield from carry(app, verb, line)
    finally:
        connection.plan = connection.plan._replace(safe=safe)
        again = app.journal.take_back(entry, since)
    return again if status == "OK" else again._replace(outcome=PARTLY)
