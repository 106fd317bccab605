"""The events that a NOTIFY has asked the server to report by itself (RFC 5465)."""

from __future__ import annotations

from imapsh.session.mailbox import decoded, line_of
from imapsh.table.model import Context
from imapsh.tuples import NamedTuple
from imapsh.typed.found import Piece, find
from imapsh.wire.frames import Frame

AT_ONCE = "SELECTED"  #: the selected mailbox, if its expunged messages are reported at any time
_SELECTED = (AT_ONCE, "SELECTED-DELAYED")


class Group(NamedTuple):
    """A group of mailboxes, and the events that are reported of them.

    `filter` is a name such as SELECTED or SUBTREE, `mailboxes` are those it names.  `events` are as the table spells
    them; none are asked for with NONE.  `items` are the FETCH items that are sent for each new message, as typed.
    """

    filter: str
    mailboxes: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it in words, such as `subtree Lists: MessageNew, MessageExpunge`."""
        return f"{' '.join((self.filter.lower(), *self.mailboxes))}: {', '.join(self.events) or 'nothing'}"


class Notified(NamedTuple):
    """The groups of the last NOTIFY; there are none after NOTIFY NONE.

    `status` is true if STATUS was asked for too.
    """

    groups: tuple[Group, ...] = ()
    status: bool = False

    @property
    def any_time(self) -> bool:
        """Return whether expunged messages of the mailbox may be reported while no command runs (section 6.1)."""
        return any(group.filter == AT_ONCE and "MessageExpunge" in group.events for group in self.groups)

    @property
    def selected(self) -> frozenset[str]:
        """Return the events of the selected mailbox that are reported; the server reports no others (section 3.1)."""
        return frozenset(event for group in self.groups if group.filter in _SELECTED for event in group.events)

    def __str__(self) -> str:
        """Return it in words."""
        return "; ".join(map(str, self.groups)) or "nothing"


#: The request that is assumed for a line that does not fit the table: messages may go at any time, and come unreported.
ANYTHING = Notified((Group(AT_ONCE, (), ("MessageExpunge",)),))


def asked(line: Frame, *, utf8: bool) -> Notified | None:
    """Return what a NOTIFY asks for, or None for a line that does not fit the table."""
    from imapsh.typed.match import match

    text, payloads = line_of(line)
    found = match(text, Context(tagged=True, utf8=True), payloads)
    if not found.complete:
        return None
    groups = tuple(_group(piece, text, utf8) for piece in find(found.pieces, "syntax"))
    return Notified(groups, any(piece.name == "STATUS" for piece in find(found.pieces, "keyword")))


def _group(piece: Piece, text: str, utf8: bool) -> Group:
    [mailboxes] = piece.all("mailbox-filter")
    events = piece.all("event")
    names = tuple(decoded(one.value, utf8) for one in mailboxes.all("mailbox"))
    items = tuple(text[item.start : item.end] for event in events for item in event.all("fetch-item"))
    spelt = tuple(text[event.start : event.end] if event.name[0] == "<" else event.name for event in events)
    return Group(mailboxes.name, names, spelt, items)
