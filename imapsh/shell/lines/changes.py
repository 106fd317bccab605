r"""Has the journal know what a typed command changes (`imapsh.shell.record.journal`).

`before` runs before the command is sent, and asks for the flags that a STORE is going to change.  The change that it
returns then follows the command to its reply, which may come long after the line was left.  The line itself goes out
as it was typed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from imapsh.grammar.sequence import MOST, SequenceSet
from imapsh.grammar.values import AppendUid, Code, CopyUid, Expunged, Fetch, StatusText, UidFetch, Vanished
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.session.events import Closed, Completed, Event, Received
from imapsh.session.exchange import Exchange
from imapsh.session.mailbox import decoded
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Steps
from imapsh.shell.lines.copyuid import LOST, Asked, appended, copied, is_definite
from imapsh.shell.record import journal
from imapsh.shell.record.journal import DONE, PARTLY, UNKNOWN, Entry, flagged, set_of
from imapsh.typed.found import SET_SLOTS

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.connection.connection import Connection
    from imapsh.typed.found import Piece
    from imapsh.typed.match import Match

_LINE = 300  # characters of a line that are kept


def before(app: App, found: Match, earlier: Change | None = None) -> Steps[Change | None]:
    """Return the change that a command is going to make; None if the journal does not keep such a change.

    Asks for the flags before a STORE at the prompt, and in a script if `--journal` is on.  If the command goes on with
    a line that was sent in parts, `earlier` is the change of the part before, and both become one entry.
    """
    row = found.command
    make = _KINDS.get(row.name.removeprefix("UID ")) if row is not None else None
    if make is None or not found.complete or not app.journal.on:
        return None
    change = make(app, found, earlier)
    wanted = yield from change.prepare(app.options.journal or app.interactive)
    return change if wanted else None


class Change:
    """A change that a command makes.  Its entry is added when the command has its reply, or when there can be none.

    `entry` is the entry, None as long as there is none.  If `earlier` has one, this change is added to it.
    """

    kind = ""

    def __init__(self, app: App, found: Match, earlier: Change | None) -> None:
        self.connection: Connection = app.connection
        self.journal = app.journal
        self.found = found
        self.place = self.connection.place()
        self.entry: Entry | None = earlier.entry if earlier is not None else None
        self._line = app.masked(found.text.partition("\r\n")[0])
        self._exchange: Exchange | None = None

    def prepare(self, asks: bool) -> Steps[bool]:
        """Get ready before the command is sent.  Return whether there is anything to follow.

        A command of ours is sent for it only if this `asks`.
        """
        yield from ()
        return True

    def follow(self, exchange: Exchange) -> None:
        """Follow the command to its end."""
        self._exchange = exchange
        self.connection.listeners.append(self._take)

    def _take(self, connection: Connection, event: Event, own: bool) -> None:
        exchange = self._exchange
        if isinstance(event, Closed):
            self._leave()
            if exchange is not None and exchange.response is None and exchange.started is not None:
                self.end(UNKNOWN, None)
        elif event.exchange is not exchange:
            return
        elif isinstance(event, Completed):
            self._leave()
            if (status := event.response.name) in ("OK", "NO"):
                self.end(DONE if status == "OK" else PARTLY, code_of(event.response.value))
        elif isinstance(event, Received):
            self.hear(event)

    def _leave(self) -> None:
        """Listen no more.  The list is a new one, because the old one is being gone through."""
        self.connection.listeners = [one for one in self.connection.listeners if one != self._take]

    def hear(self, event: Received) -> None:
        """Take in a response that the command brought."""

    def end(self, outcome: str, code: Code | None) -> None:
        """Add the entry, if anything was changed.  `code` is that of the tagged reply."""
        raise NotImplementedError

    def add(self, outcome: str, **more: Any) -> None:
        """Add the entry, or put it together with that of the part of the line before."""
        line = self._line if len(self._line) <= _LINE else f"{self._line[:_LINE]}..."
        entry = Entry(0, 0.0, self.kind, line, self.place, outcome=outcome)._replace(**more)
        self.entry = self.journal.join(self.entry, entry) if self.entry is not None else self.journal.append(entry)


def modified(code: Code | None) -> SequenceSet:
    """Return the messages that the code MODIFIED names, or none if it is another code."""
    left = code.arg if code is not None and code.name == "MODIFIED" else None
    return left if isinstance(left, SequenceSet) and is_definite(left) else SequenceSet()


def code_of(value: object) -> Code | None:
    """Return the code of a status response, or None if it has none."""
    return value.code if isinstance(value, StatusText) else None


# -- flags


class _Store(Change):
    r"""STORE and UID STORE: the flags that the messages had before."""

    kind = journal.FLAGS

    def prepare(self, asks: bool) -> Steps[bool]:
        box, item = self.connection.session.mailbox, self.found.pieces and _item(self.found)
        if box is None or box.read_only or not item:
            return False
        self._box = box
        name, _, _ = item.name.partition(".")
        self._sign = name[0] if name[0] in "+-" else ""
        self._flags = [str(piece.value) for piece in item.all("flag")]
        self._uid = self.found.name.upper().startswith("UID")
        self._had = Flags(self.journal.most)
        self._modseq = box.highest_of()
        self._why = "only a change of flags can be taken back"
        if name.lstrip("+-") == "FLAGS":
            self._why = yield from self._ask(asks)
        return True

    def _ask(self, asks: bool) -> Steps[str]:
        """Ask for the flags before the change.  Return why they are not known, or ""."""
        connection, numbers = self.connection, set_in(self.found)
        if numbers is None or not connection.plan.ask:
            return "the flags before it were not asked for (--no-ask)"
        if not asks:
            return "the flags before it were not asked for; a script asks if --journal is on"
        if busy := connection.running(connection.watch.exchange, connection.idle):
            return f"the flags before it were not asked for, because {busy}"
        from imapsh.shell.lines import measure

        most = connection.plan.limits.undo
        if 0 < most < (due := measure.most(connection, numbers, uid=self._uid)):
            return (
                f"it is of up to {due:,} messages, and the flags of more than {most:,} are not asked for (--limit undo)"
            )
        line = f"{numbers} (UID FLAGS)".encode("ascii")
        exchange = connection.quietly("UID FETCH" if self._uid else "FETCH", [line], Own("", self._had.take))
        yield exchange
        return self._had.full if exchange.status == "OK" else "the server did not tell the flags before it"

    def end(self, outcome: str, code: Code | None) -> None:
        if self._why and outcome != PARTLY:
            self.add(outcome, why=self._why)
        if self._why:
            return
        without = self._had.uids_of(modified(code), uid=self._uid)
        flags = flagged(self._sign, self._flags, self._had.listed(without))
        if flags:
            uids = set_of(uid for group in flags for uid in group.uids)
            now = self._box.highest_of(uids)  # it has risen if the server tells mod-sequences with the change
            modseq = now if now > self._modseq else None
            self.add(outcome, uids=uids, flags=flags, modseq=modseq)


def _item(found: Match) -> Piece | None:
    return next((piece for piece in found.pieces if piece.kind == "store-item"), None)


class Flags:
    """The flags that the responses of a FETCH tell.

    A set of flags that comes again is kept once, and a message takes twelve octets.  `full` says why they are not known
    if the sets take more than `most` octets, 0 for no limit.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._octets = 0
        self._kinds: dict[tuple[str, ...], int] = {}
        self._uids = array("I")
        self._numbers = array("I")
        self._flags = array("I")
        self.full = ""

    def take(self, event: Received) -> None:
        """Take in a response."""
        value = event.response.value
        if self.full or not isinstance(value, Fetch | UidFetch):
            return
        uid, flags = value.uid or event.uid, value.items.get("FLAGS")
        if not uid or not isinstance(flags, tuple):
            return
        if flags not in self._kinds:
            self._octets += sum(len(flag) + 60 for flag in flags)
            self._kinds[flags] = len(self._kinds)
        self._uids.append(uid)
        self._numbers.append(value.seq or 0)
        self._flags.append(self._kinds[flags])
        if 0 < self._most < self._octets + 12 * len(self._uids):
            self.full = f"the flags before it are more than the journal holds (--limit journal={self._most})"
            self._kinds, self._uids, self._numbers, self._flags = {}, array("I"), array("I"), array("I")

    def listed(self, without: SequenceSet) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield each UID with its flags, except those of a set."""
        kinds = list(self._kinds)
        found = {uid: kinds[kind] for uid, kind in zip(self._uids, self._flags, strict=True)}  # the last one counts
        return ((uid, flags) for uid, flags in found.items() if not without or uid not in without)

    def uids_of(self, numbers: SequenceSet, *, uid: bool) -> SequenceSet:
        """Return the UIDs of message numbers, as they were told; with `uid` they are UIDs already."""
        if uid:
            return numbers
        return set_of(uid for uid, number in zip(self._uids, self._numbers, strict=True) if number in numbers)


# -- copies


class _Copy(Change):
    """COPY and MOVE, and their UID forms: which message became which one (COPYUID)."""

    kind = journal.COPIED

    def prepare(self, asks: bool) -> Steps[bool]:
        yield from ()
        self._name = _mailbox(self.found, self.connection)
        self._told: list[CopyUid] = []
        self._asked = Asked(set_in(self.found), uid=self.found.name.upper().startswith("UID"))
        return self.connection.session.mailbox is not None

    def hear(self, event: Received) -> None:
        code = code_of(event.response.value)
        if code is not None and isinstance(code.arg, CopyUid):
            self._told.append(code.arg)

    def end(self, outcome: str, code: Code | None) -> None:
        if code is not None and isinstance(code.arg, CopyUid):
            self._told.append(code.arg)
        if not self._told and outcome == PARTLY:
            return
        within = self._name == self.place.mailbox
        uids, copies, uidvalidity, why = copied(self._told, outcome, self._asked, within=within)
        self.add(outcome, uids=uids, to=self.connection.place(self._name, uidvalidity), copies=copies, why=why)
        tells = self.connection.session.rev2 or "UIDPLUS" in self.connection.session.capabilities
        if self.entry is not None and not self._told and outcome == DONE and tells and self._asked.uid:
            self.journal.pass_over(self.entry)  # most likely there were no messages of these UIDs


class _Move(_Copy):
    kind = journal.MOVED


# -- what is put in, and what is taken out


class _Append(Change):
    kind = journal.APPENDED

    def prepare(self, asks: bool) -> Steps[bool]:
        yield from ()
        self._name = _mailbox(self.found, self.connection)
        self._number = 1 + sum(piece.name == "another-message" for piece in self.found.pieces)
        box = self.connection.session.mailbox
        self._least = (box.uidnext or 0) if box is not None and box.name == self._name else 0
        return True

    def end(self, outcome: str, code: Code | None) -> None:
        if outcome == PARTLY:
            return
        told = code.arg if code is not None and isinstance(code.arg, AppendUid) else None
        why = LOST if outcome == UNKNOWN else appended(told, self._number, self._least)
        self.place = self.connection.place(self._name, told.uidvalidity if told is not None else 0)
        self.add(outcome, uids=told.uids.sorted() if told is not None and not why else SequenceSet(), why=why)


class _Expunge(Change):
    r"""EXPUNGE, UID EXPUNGE, CLOSE and REPLACE: how many messages went."""

    kind = journal.EXPUNGED

    def prepare(self, asks: bool) -> Steps[bool]:
        self._gone = 0
        self._uids = array("I")
        self._box = box = self.connection.session.mailbox
        if box is None or box.read_only:
            return False
        self._held = box.exists or 0
        self._marked: SequenceSet | None = None
        if self.found.name.upper() == "CLOSE" and asks and self.connection.plan.ask:
            from imapsh.shell.lines import measure

            marked = yield from measure.found(self.connection, "", "DELETED")
            self._marked = marked if marked is not None and is_definite(marked) else None
            return marked is None or bool(marked)
        return True

    def hear(self, event: Received) -> None:
        value = event.response.value
        if isinstance(value, Expunged):
            self._gone += 1
            self._uids.extend((event.uid,) if event.uid else ())
        elif isinstance(value, Vanished) and not value.earlier and is_definite(value.uids):
            self._gone += (more := value.uids.count())
            self._uids.extend(value.uids.numbers(0) if len(self._uids) + more <= MOST else ())

    def end(self, outcome: str, code: Code | None) -> None:
        closes = self.found.name.upper() == "CLOSE"
        if not self._gone and self._box is not None:  # a server may tell the new number alone
            self._gone = self._held - (self._box.exists or 0)
        if (closes and outcome == PARTLY) or not (closes or self._gone > 0 or outcome == UNKNOWN):
            return
        uids = self._marked if closes and self._marked is not None else set_of(self._uids)
        self.add(outcome, uids=uids, why=f"{self.found.name.upper()} removes messages for good")


# -- mailboxes


class _Mailbox(Change):
    """CREATE, DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE."""

    def prepare(self, asks: bool) -> Steps[bool]:
        yield from ()
        name = self.found.name.upper()
        self.kind = _OF_MAILBOXES[name]
        self._why = "DELETE removes a mailbox and its messages for good" if name == "DELETE" else ""
        self.place = self.connection.place(_mailbox(self.found, self.connection))
        if name == "RENAME" and self.place.mailbox.upper() == "INBOX":
            self._why = "RENAME of INBOX moves its messages, and does not say which they are there"
        return True

    def end(self, outcome: str, code: Code | None) -> None:
        if outcome != PARTLY:
            name = _mailbox(self.found, self.connection, 1) if self.kind == journal.RENAMED else ""
            self.add(outcome, name=name, why=self._why or (LOST if outcome == UNKNOWN else ""))


_OF_MAILBOXES = {
    "CREATE": journal.CREATED, "DELETE": journal.DELETED, "RENAME": journal.RENAMED,
    "SUBSCRIBE": journal.SUBSCRIBED, "UNSUBSCRIBE": journal.UNSUBSCRIBED,
}  # fmt: skip

#: Command, without UID -> what is made of it.
_KINDS: dict[str, type[Change]] = {
    "STORE": _Store, "COPY": _Copy, "MOVE": _Move, "APPEND": _Append, "EXPUNGE": _Expunge, "CLOSE": _Expunge,
    "REPLACE": _Expunge, **dict.fromkeys(_OF_MAILBOXES, _Mailbox),
}  # fmt: skip


def set_in(found: Match) -> SequenceSet | None:
    """Return the messages that a command names, or None if it names none."""
    values = (piece.value for piece in found.slots if piece.kind in SET_SLOTS)
    return next((value for value in values if isinstance(value, SequenceSet)), None)


def _mailbox(found: Match, connection: Connection, index: int = 0) -> str:
    """Return the name of a mailbox that a command names, the first one if not told otherwise."""
    names = [piece.value for piece in found.slots if piece.kind == "mailbox"]
    name = decoded(names[index], connection.session.parser.utf8) if index < len(names) else ""
    return "INBOX" if name.upper() == "INBOX" else name
