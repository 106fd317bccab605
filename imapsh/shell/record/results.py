r"""The results of a connection's commands, for `$`, `${uids}` and `${last...}`.

Messages found are kept so that they stay the same messages: by UID where the server said UIDs, else by message number,
shifted by EXPUNGE and VANISHED in the order of the wire until their UIDs are wanted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, KeysView, Sequence

from imapsh.grammar.names import raw_of
from imapsh.grammar.sequence import LARGEST, SequenceSet
from imapsh.grammar.values import (
    AppendUid,
    CopyUid,
    ESearch,
    Expunged,
    Fetch,
    MailboxStatus,
    Search,
    StatusText,
    UidFetch,
    Vanished,
)
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.session.attribution import alike_names
from imapsh.session.events import Completed, Event, Received
from imapsh.session.mailbox import named
from imapsh.table.model import MAILBOX_SELECTED

if TYPE_CHECKING:
    from imapsh.session.core import Session
    from imapsh.session.exchange import Exchange
    from imapsh.session.mailbox import Mailbox
    from imapsh.session.numbering import Shift

FETCHES = ("FETCH", "UID FETCH")
SEARCHES = ("SEARCH", "UID SEARCH")  # whose results are kept for `$` (RFC 5182 section 2.1)

_AHEAD = 1024  # marks made at once
_MOST = 1 << 24  # a message number beyond that is a server's mistake
MARKED, ASKED = b"\1", b"\2"


class Found:
    """Messages of one mailbox, as it is selected now.

    If `ordered` is true, the order of `uids` counts: the server put them so.
    `marks` has an octet for each message number, which says if the message belongs to them and its UID is not known
    here.  `lost` is true if a VANISHED took away a message of unknown number, so that nobody knows which messages the
    marks mean now.
    """

    def __init__(self, mailbox: Mailbox | None, uids: Iterable[int] = ()) -> None:
        self.mailbox = mailbox
        self.uidvalidity = mailbox.uidvalidity if mailbox is not None else None
        self._uids = dict.fromkeys(uids)
        self.ordered = False
        self.lost = False
        self._marks = bytearray()
        self._due: list[int] = []  # numbers that have no mark yet

    @property
    def uids(self) -> KeysView[int]:
        """The UIDs that are known, in the order in which they were added."""
        return self._uids.keys()

    @property
    def marks(self) -> bytearray:
        """Return the marks; a message far up takes an octet for each before it, so they are made when asked for."""
        if self._due:
            self._mark()
        return self._marks

    def _mark(self) -> None:
        due, self._due, marks = self._due, [], self._marks
        for number in due:
            if number > len(marks):
                marks.extend(bytes(number - len(marks) + _AHEAD))
            marks[number - 1] = 1

    def mark(self, number: int) -> None:
        """Add a message by its number; one that cannot be is left out."""
        if 0 < number <= _MOST:
            self._due.append(number)
            if len(self._due) >= _AHEAD:
                self._mark()

    def mark_all(self, numbers: Sequence[int]) -> None:
        """Add messages by their numbers."""
        first, last = numbers[0], numbers[-1]
        if not 0 < first <= last <= _MOST or numbers != list(range(first, last + 1)):
            for number in numbers:
                self.mark(number)
            return
        self.mark(last)
        self.marks[first - 1 : last] = MARKED * len(numbers)

    def add(self, numbers: Iterable[int], uid: bool) -> None:
        """Add messages by their UIDs or numbers."""
        if uid:
            self._uids.update(dict.fromkeys(number for number in numbers if 0 < number <= LARGEST))
        else:
            for number in numbers:
                self.mark(number)

    def expunged(self, number: int, uid: int | None) -> None:
        """Note that a message is gone, and that those after it have other numbers."""
        del self.marks[number - 1 : number]
        self._uids.pop(uid or 0, None)

    def vanished(self, uids: SequenceSet, gone: Shift) -> None:
        """Note that messages are gone, and that those after them have new numbers."""
        if not gone.sure and any(self.marks):
            self.lost = True
        for first, last in reversed(gone.ranges):
            del self.marks[first - 1 : last]
        ranges = uids.disjoint()
        lows = [low for low, _ in ranges]
        kept = (uid for uid in self._uids if (at := bisect_right(lows, uid)) == 0 or ranges[at - 1][1] < uid)
        self._uids = dict.fromkeys(kept)

    def as_set(self) -> SequenceSet:
        """Return the known UIDs as a set, as short as it can be: in the server's order if it counts, else rising."""
        return SequenceSet.in_order(self._uids) if self.ordered else SequenceSet.of(list(self._uids))

    def holds_in(self, mailbox: Mailbox) -> bool:
        """Return whether this is still the mailbox, selected once, with the same UIDVALIDITY (RFC 5182 section 2.1)."""
        return mailbox is self.mailbox and mailbox.uidvalidity == self.uidvalidity


class Results:
    """The results of a connection's commands.

    `saved` is what `$` means if the server keeps none.
    The others are as last told.  None means not known.  `saving` is the command that is to save its result.  `joining`
    is a command that goes on where the one before it ended, so that their results are one.  `elsewhere` holds what a
    search of all mailboxes found: the UIDVALIDITY and the UIDs, by the mailbox's name as it is spelled on the wire.
    """

    def __init__(self, session: Session) -> None:
        self._known = session.known
        self._found: Found | None = None
        self.elsewhere: dict[str, tuple[int | None, SequenceSet]] = {}
        self.saved: Found | None = None
        self.saving: Exchange | None = None
        self.joining: Exchange | None = None
        self.tag = ""
        self.status = ""
        self.uid: SequenceSet | None = None
        self._told: dict[str, int] = {}
        self._mailboxes: dict[str, str] = {}  # the mailbox of each of the others
        self._exchange: Exchange | None = None  # whose messages `_coming` are
        self._coming: Found | None = None
        self._exists_of_selected = True  # MESSAGES as told is of the selected mailbox

    @property
    def found(self) -> Found | None:
        """Return the messages that the last SEARCH or FETCH found.

        In a mailbox in which there was none since it was selected, they are those of a search of all mailboxes.
        """
        box = self._known.mailbox
        if box is not None and self.elsewhere and not (self._found is not None and self._found.holds_in(box)):
            uidvalidity, uids = self.elsewhere.get(raw_of(box.name), (None, None))
            if uids is not None and uidvalidity == box.uidvalidity:
                self._found = Found(box, uids)
        return self._found

    @found.setter
    def found(self, found: Found | None) -> None:
        self._found = found
        if self.elsewhere and found is not None and found.mailbox is not None:
            self.elsewhere.pop(raw_of(found.mailbox.name), None)

    @property
    def uidnext(self) -> int | None:
        """Return the last value from SELECT or STATUS."""
        return self._told.get("UIDNEXT")

    @property
    def uidvalidity(self) -> int | None:
        """Return the last value from SELECT or STATUS."""
        return self._told.get("UIDVALIDITY")

    @property
    def exists(self) -> str | None:
        """Return the last value from EXISTS or STATUS, less EXPUNGE and VANISHED; it can be 0."""
        return str(self._told["MESSAGES"]) if "MESSAGES" in self._told else None

    def mailbox_of(self, result: str) -> str:
        """Return the mailbox whose messages "found", "uid", "uidnext" or "exists" are; "" if it is not known."""
        if result == "found":
            box = self.found.mailbox if self.found is not None else None
            return box.name if box is not None else ""
        return self._mailboxes.get(result, "")

    # -- events

    def learn(self, event: Event) -> None:
        """Take in an event that is of no command of ours, nor about one."""
        if type(event) is Received:
            value = event.response.value
            kind = type(value)
            if kind is Fetch:
                found = None if event.unsolicited or event.exchange is None else self.begin(event.exchange)
                if found is not None:
                    found.mark(value.seq)
            elif kind is UidFetch:
                found = None if event.unsolicited or event.exchange is None else self.begin(event.exchange)
                if found is not None:
                    found.add((value.uid,), True)
            elif kind in _TAKERS:
                _TAKERS[kind](self, event, value)
            elif hasattr(value, "in_order"):
                self._in_order(event, value.in_order)
            elif event.response.name == "EXISTS":
                self._told["MESSAGES"] = value.number
                self._exists_of_selected = True
                self._mailboxes["exists"] = self._selected()
        elif type(event) is Completed:
            self._completed(event.exchange)
            value = event.response.value
            if type(value) is StatusText and value.code is not None:
                self._status_text(event, value)

    def begin(self, exchange: Exchange) -> Found | None:
        """Return the target for the messages that this command's FETCH responses name; None if it looks for none."""
        return self._begun(exchange) if exchange.name in FETCHES else None

    def _begun(self, exchange: Exchange) -> Found:
        if self._coming is None or self._exchange is not exchange:
            before = self.found if exchange is self.joining else None
            self._exchange, self._coming = exchange, before or Found(self._known.mailbox)
        return self._coming

    def _search(self, event: Received, value: Search) -> None:
        if event.exchange is not None and event.exchange.name in SEARCHES:
            self._begun(event.exchange).add(value.ids, event.exchange.name == "UID SEARCH")

    def _in_order(self, event: Received, numbers: Iterable[int]) -> None:
        """Take in what a command found that puts messages in an order of its own."""
        exchange = event.exchange
        if exchange is not None and _finds(exchange):
            found = self._begun(exchange)
            found.ordered = exchange.name.startswith("UID ")
            found.add(numbers, found.ordered)

    def _esearch(self, event: Received, value: ESearch) -> None:
        exchange = event.exchange
        if exchange is None or not _finds(exchange) or value.tag not in (None, exchange.tag):
            return
        items = value.items
        found = self._begun(exchange)
        found.ordered = value.uid and exchange.name not in SEARCHES
        if (listed := numbers(value)) is not None:
            found.add(listed, value.uid)
        elif exchange is self.saving:  # MIN and MAX alone are what is saved (RFC 5182 section 2.4)
            found.add([items[name] for name in ("MIN", "MAX") if items.get(name)], value.uid)
        elif items.get("COUNT") or items.get("MIN") or items.get("MAX"):
            self._coming = None  # there are some, and nobody says which
            self._exchange = exchange

    def _expunged(self, event: Received, value: Expunged) -> None:
        for found in self._kept():
            found.expunged(value.seq, event.uid)
        if self._told.get("MESSAGES") and self._exists_of_selected:
            self._told["MESSAGES"] -= 1

    def _vanished(self, event: Received, value: Vanished) -> None:
        if value.earlier:
            return
        for found in self._kept():
            found.vanished(value.uids, event.gone)
        if "MESSAGES" in self._told:
            self._told["MESSAGES"] = max(0, self._told["MESSAGES"] - event.gone.total)

    def _kept(self) -> Iterable[Found]:
        return {id(one): one for one in (self.found, self.saved, self._coming) if one is not None}.values()

    def _status(self, event: Received, value: MailboxStatus) -> None:
        """Take in values only from a STATUS command.

        Other responses may be pushed at any time (RFC 5465 section 5.4).
        """
        if event.unsolicited or event.exchange is None or event.exchange.name != "STATUS":
            return
        box = self._known.mailbox
        if "MESSAGES" in value.items:
            self._exists_of_selected = box is not None and alike_names(box.name, value.mailbox)
        numbers = ((name, value.items.get(name)) for name in ("UIDNEXT", "UIDVALIDITY", "MESSAGES"))
        told = {name: number for name, number in numbers if isinstance(number, int)}
        self._told |= told
        self._mailboxes |= {_FIELDS[name]: value.mailbox for name in told if name in _FIELDS}

    def _status_text(self, event: Received | Completed, value: Any) -> None:
        code = value.code if isinstance(value, StatusText) else None
        if code is None:
            return
        if code.name in ("UIDNEXT", "UIDVALIDITY") and isinstance(code.arg, int):
            self._told[code.name] = code.arg
            self._mailboxes["uidnext"] = self._selected() if code.name == "UIDNEXT" else self.mailbox_of("uidnext")
            return
        if isinstance(code.arg, AppendUid | CopyUid) and event.exchange is not None:
            self._mailboxes["uid"] = named(event.exchange.shown, utf8=self._known.parser.utf8) or ""
        if isinstance(code.arg, AppendUid):
            self.uid = code.arg.uids
        elif isinstance(code.arg, CopyUid):
            before = self.uid.ranges if event.exchange is self.joining and isinstance(self.uid, SequenceSet) else ()
            self.uid = SequenceSet((*before, *code.arg.destination.ranges))

    def _selected(self) -> str:
        """Return the name of the mailbox that is selected, or is about to be."""
        box = self._known.opening or self._known.mailbox
        return box.name if box is not None else ""

    def _completed(self, exchange: Exchange) -> None:
        self.tag, self.status = exchange.tag, status = exchange.tag, exchange.status
        mine = self._exchange is exchange
        saves = exchange is self.saving
        coming = self._coming if mine else None
        if mine:
            self._exchange = self._coming = None
        if status == "OK" and (exchange.name in FETCHES or _finds(exchange)):
            if exchange is self.joining:
                coming = self.found
            elif not (mine or saves):  # what is saved by the server need not be told
                coming = Found(self._known.mailbox)
            self.found = coming
            if exchange.name in SEARCHES:
                self.saved = coming or (Found(self._known.mailbox) if saves else self.saved)
        elif status == "NO" and saves:
            self.saved = Found(self._known.mailbox)
        if saves:
            self.saving = None


_FIELDS = {"UIDNEXT": "uidnext", "MESSAGES": "exists"}


def _finds(exchange: Exchange) -> bool:
    """Return whether the command searches the selected mailbox, and no other."""
    row = exchange.row
    return row is not None and row.searches and row.states == MAILBOX_SELECTED


_TAKERS: dict[type, Any] = {
    Search: Results._search,
    ESearch: Results._esearch,
    Expunged: Results._expunged,
    Vanished: Results._vanished,
    MailboxStatus: Results._status,
    StatusText: Results._status_text,
}


def numbers(value: ESearch) -> Iterable[int] | None:
    """Return the numbers in ALL or, without it, in a part of the result (RFC 9394 section 3.1).

    None if both are absent, or have more numbers than there can be messages.
    """
    told = value.items.get("ALL")
    parts = [item.ids for item in value.items.values() if hasattr(item, "ids")] if told is None else []
    if parts:
        told = parts[0]
        if told is None:
            return ()
    return told.numbers(0) if isinstance(told, SequenceSet) and told.count() <= _MOST else None
