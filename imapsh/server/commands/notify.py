"""NOTIFY (RFC 5465): the client is told of changes that others make, in any mailbox and at any time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import TYPE_CHECKING, Any

from imapsh.grammar.metadata import Metadata
from imapsh.grammar.values import MailboxList, MailboxStatus
from imapsh.server import listing
from imapsh.server.commands.fetch import ITEMS, Item, items
from imapsh.server.reply import Arguments, Bad, Reply, as_text, ok
from imapsh.server.store import DELIMITER, INBOX, Account, Mailbox, Refused, canonical
from imapsh.tuples import NamedTuple
from imapsh.typed.found import Piece, find

if TYPE_CHECKING:
    from imapsh.server.client import Client

_NEW, _GONE, _FLAGS = "MessageNew", "MessageExpunge", "FlagChange"
_NAME, _SUBSCRIPTION = "MailboxName", "SubscriptionChange"
_METADATA, _SERVER_METADATA = "MailboxMetadataChange", "ServerMetadataChange"
SUPPORTED = (_NEW, _GONE, _FLAGS, _NAME, _SUBSCRIPTION, _METADATA, _SERVER_METADATA)
_SELECTED = ("SELECTED", "SELECTED-DELAYED")


class Group(NamedTuple):
    """Mailboxes and their events that are reported.

    A filter and the names that it takes say which mailboxes they are.
    """

    filter: str
    names: tuple[str, ...]
    events: frozenset[str]

    def covers(self, account: Account, name: str) -> bool:
        """Return whether a mailbox of this name belongs to the group.

        The lists of section 6 are looked up each time.
        """
        if self.filter == "SUBTREE":
            return any(name == top or name.startswith(top + DELIMITER) for top in self.names)
        by_name = {"INBOXES": (INBOX,), "MAILBOXES": self.names, "SUBSCRIBED": account.subscribed}
        return self.filter == "PERSONAL" or name in by_name.get(self.filter, ())


class Notifications:
    """The events that a client has asked for, and the news that it has not been sent yet.

    `selected` holds the events of the selected mailbox.  `delayed` is true if expunged messages wait for a command.
    `items` are sent for each new message.  The object listens to the account until `end`.
    """

    def __init__(self, client: Client, groups: Iterable[Group], wanted: tuple[Item, ...] = ()) -> None:
        self._client = client
        self._account = client.user_account
        self._groups = tuple(groups)
        mine = next((group for group in self._groups if group.filter in _SELECTED), None)
        self.selected: Set[str] = mine.events if mine is not None else frozenset()
        self.delayed = mine is not None and mine.filter == _SELECTED[1]
        self.items = wanted
        self._numbers: dict[str, set[str]] = {}
        self._lines: list[tuple[str, Any]] = []
        self._account.listeners.append(self)

    def end(self) -> None:
        """Stop listening."""
        self._account.listeners.remove(self)

    def asks(self, name: str, *events: str) -> bool:
        """Return whether one of the events is to be reported for a mailbox that is not selected."""
        groups = (group for group in self._groups if group.filter not in _SELECTED)
        return any(group.events.intersection(events) and group.covers(self._account, name) for group in groups)

    def numbers(self, mailbox: Mailbox) -> set[str]:
        """Return the status items, if any, that report changes of messages in another mailbox (section 3.1)."""
        found: set[str] = set()
        if self.asks(mailbox.name, _NEW, _GONE):
            found |= {"MESSAGES", "UIDNEXT", "UIDVALIDITY"}
        if self.asks(mailbox.name, _FLAGS):
            found |= {"UIDVALIDITY", "UNSEEN"}
        return found | {"HIGHESTMODSEQ"} if found and "CONDSTORE" in self._client.enabled else found

    # -- called by the account

    def messages(self, mailbox: Mailbox, event: str) -> None:
        """Take in that messages came, went or changed.  STATUS is sent later, unless it is the selected mailbox."""
        selected = self._client.selected
        if (selected is None or selected.mailbox is not mailbox) and self.asks(mailbox.name, event):
            self._numbers.setdefault(mailbox.name, set()).update(self.numbers(mailbox))
            self._hear()

    def name(self, name: str, old: str = "") -> None:
        """Take in that a mailbox was made, removed or renamed, and note what is reported of it (section 5.4)."""
        for one in (name, name.rpartition(DELIMITER)[0]):
            if one and (one == name or not old) and self.asks(one, _NAME):
                self._list(one, {"OLDNAME": (old,)} if old else {})

    def subscription(self, name: str) -> None:
        """Take in that a mailbox was subscribed or unsubscribed (section 5.5)."""
        if self.asks(name, _SUBSCRIPTION):
            self._list(name, {})

    def metadata(self, mailbox: Mailbox | None, names: Iterable[str]) -> None:
        """Take in that entries of a mailbox or of the server have changed (sections 5.6 and 5.7)."""
        of_server = any(_SERVER_METADATA in group.events for group in self._groups)
        if of_server if mailbox is None else self.asks(mailbox.name, _METADATA):
            name = "" if mailbox is None else mailbox.name
            self._lines.append(("METADATA", Metadata(name, None, tuple(sorted(names)))))
            self._hear()

    def _list(self, name: str, extended: dict[str, Any]) -> None:
        request = listing.Request("", (), frozenset(), frozenset({"SUBSCRIBED"}))
        has_children = bool(self._account.children(name))
        shown = listing.attributes(self._account, name, request, has_children=has_children)
        self._lines.append(("LIST", MailboxList(shown, DELIMITER, name, extended)))
        self._hear()

    def _hear(self) -> None:
        """Tell the client that there is news, but not of what it does itself (section 5)."""
        if self._client.acting:
            self._numbers.clear()
            self._lines.clear()
        else:
            self._client.changed()

    # -- called by the client

    def news(self) -> Iterator[tuple[str, Any]]:
        """Yield the responses that are due about other mailboxes."""
        lines, self._lines = self._lines, []
        numbers, self._numbers = self._numbers, {}
        yield from lines
        for name, wanted in numbers.items():
            if (mailbox := self._account.mailboxes.get(name)) is not None:
                yield "STATUS", _status(mailbox, wanted)

    def arrived(self, above: int) -> Iterator[tuple[str, Any]]:
        """Yield FETCH of the messages with a higher UID (section 5.2)."""
        selected = self._client.selected
        if selected is None or not self.items or _NEW not in self.selected:
            return
        for number, message in enumerate(selected.messages, 1):
            if message.uid > above and selected.exists(message):
                values = {item.label or item.name: ITEMS[item.name](message, item) for item in self.items}
                if "FLAGS" in values:
                    values["FLAGS"] = selected.flags(message, self._client.rev2)
                yield selected.told(number, message, values)


def _status(mailbox: Mailbox, wanted: Iterable[str]) -> MailboxStatus:
    from imapsh.server.commands import STATUS  # of all families, and this is one of them

    return MailboxStatus(mailbox.name, {item: STATUS[item](mailbox) for item in sorted(wanted)})


def notify(client: Client, arguments: Arguments) -> Reply:
    """Do NOTIFY (section 3.1).  It replaces what was asked for before."""
    groups = [_group(arguments, piece) for piece in find(arguments.match.pieces, "syntax")]
    if any(group.events - set(SUPPORTED) for group in groups):
        raise Refused("BADEVENT", "this server cannot tell of such an event", SUPPORTED)
    wanted = tuple(items(arguments))
    unknown = next((item.name for item in wanted if item.name not in ITEMS), None)
    if unknown is not None:
        raise Bad(f"this server does not know the FETCH item {unknown}")
    asked = Notifications(client, groups, wanted)
    client.notify(asked)
    if "STATUS" in arguments.names("keyword"):
        for mailbox in sorted(client.user_account.mailboxes.values(), key=lambda mailbox: mailbox.name):
            is_other = client.selected is None or client.selected.mailbox is not mailbox
            if is_other and mailbox.selectable and (numbers := asked.numbers(mailbox)):
                client.send("STATUS", _status(mailbox, numbers))
    return ok("you will be told" if groups else "you will be told nothing")


def _group(arguments: Arguments, piece: Piece) -> Group:
    [mailboxes] = piece.all("mailbox-filter")
    names = tuple(canonical(arguments.name(as_text(one.value))) for one in mailboxes.all("mailbox"))
    return Group(mailboxes.name, names, frozenset(event.name for event in piece.all("event")))


HANDLERS = {"NOTIFY": notify}
CAPABILITIES = ("NOTIFY",)
REFUSES = ("NOTIFY",)  # an event that is not known is a NO with BADEVENT (section 3.1)
