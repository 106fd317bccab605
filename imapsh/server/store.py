"""Accounts, mailboxes and messages in memory, and the objects that are told when they change.

Names are text as a person reads it; the session decodes and encodes the modified UTF-7 of IMAP4rev1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import Protocol

from imapsh.grammar.sequence import SequenceSet
from imapsh.server.mime import Mime

DELIMITER = "/"
INBOX = "INBOX"
SYSTEM_FLAGS = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")
MAX_DEPTH = 20
MAX_NAMES = 200_000  #: mailboxes, and subscriptions, of one account
MAX_KEYWORDS = 256  #: different keywords that one mailbox remembers
MAX_GONE = 10_000  #: expunged messages whose mod-sequences one mailbox remembers


class Refused(Exception):
    """Raised to answer NO: `code` is the response code's name or empty, `arg` its argument (RFC 9051 section 7.1)."""

    def __init__(self, code: str, text: str, arg: object = None) -> None:
        super().__init__(text)
        self.code = code
        self.arg = arg


class Watcher(Protocol):
    """An object that is told what happens in a mailbox: one for each session that has it selected."""

    def arrived(self, message: Message) -> None:
        """Take in that a message was added at the end."""

    def vanished(self, message: Message) -> None:
        """Take in that a message was expunged."""

    def flagged(self, message: Message) -> None:
        """Take in that a message's flags changed."""


class Listener(Protocol):
    """An object that is told what happens in an account: one for each session that asked to be notified."""

    def messages(self, mailbox: Mailbox, event: str) -> None:
        """Take in that messages came, went or changed; `event` is its name (RFC 5465 section 5)."""

    def name(self, name: str, old: str = "") -> None:
        """Take in that a mailbox was made, removed or renamed."""

    def subscription(self, name: str) -> None:
        """Take in that a mailbox was subscribed or unsubscribed."""

    def metadata(self, mailbox: Mailbox | None, names: Iterable[str]) -> None:
        """Take in that annotations of a mailbox or of the server have changed."""


class Message:
    """One message.  `internaldate` and `saved`, the time when it came into its mailbox, are aware of their zones.

    `flags` never hold `\\Recent`, which differs between sessions.
    """

    def __init__(self, uid: int, source: bytes | Callable[[], bytes], internaldate: datetime, flags: Iterable[str]):
        self.uid = uid
        self.source = source
        self.internaldate = internaldate
        self.saved = internaldate
        self.flags = set(flags)
        self.recent = True  # no session that may change the mailbox has seen it yet
        self.modseq = 0  # that of its last change (RFC 7162)

    @cached_property
    def octets(self) -> bytes:
        """Return the message as in RFC 5322; a lazy source is called once."""
        return self.source if isinstance(self.source, bytes) else self.source()

    @cached_property
    def mime(self) -> Mime:
        """Return its parts; they are read once."""
        return Mime(self.octets)


class Mailbox:
    """One mailbox: messages in rising order of UID, and the sessions that look at it.

    `highestmodseq` rises with each change (RFC 7162).  `gone` holds the mod-sequence with which each UID was expunged,
    the oldest first.  Nothing is remembered of messages that were expunged at the mod-sequence `forgotten` or before.
    """

    def __init__(self, name: str, uidvalidity: int, use: str = "") -> None:
        self.name = name
        self.uidvalidity = uidvalidity
        self.uidnext = 1
        self.use = use  # special-use attribute, such as `\Sent` (RFC 6154), or empty
        self.selectable = True
        self.messages: list[Message] = []
        self.keywords: dict[str, str] = {}  # lower case -> as first written
        self.watchers: list[Watcher] = []
        self.listeners: list[Listener] = []  # those of the account
        self.metadata: dict[str, bytes] = {}  # name of an entry in lower case -> its value
        self.highestmodseq = 1
        self.gone: dict[int, int] = {}
        self.forgotten = 0
        self.acl: dict[str, str] = {}  # identifier -> rights; the account's own user always has all, and is not listed

    def add(
        self,
        source: bytes | Callable[[], bytes],
        internaldate: datetime,
        flags: Iterable[str] = (),
        saved: datetime | None = None,
    ) -> Message:
        """Add a new message at the end, with the next UID; `saved` is the time now, not that of its arrival."""
        message = Message(self.uidnext, source, internaldate, self.learn(flags))
        message.saved = saved or internaldate
        message.modseq = self.change()
        self.uidnext += 1
        self.messages.append(message)
        for watcher in self.watchers:
            watcher.arrived(message)
        self._tell("MessageNew")
        return message

    def _tell(self, event: str) -> None:
        for listener in list(self.listeners):
            listener.messages(self, event)

    def change(self) -> int:
        """Return the mod-sequence of a change that is being made."""
        self.highestmodseq += 1
        return self.highestmodseq

    def vanished_since(self, modseq: int, uids: SequenceSet, above: int = 0) -> SequenceSet:
        """Return those of the UIDs that were expunged since a mod-sequence, in rising order.

        If that is not remembered, these are all that do not exist (RFC 7162 section 3.2.6), except those up to `above`,
        of which the client knows (section 3.2.5.2).
        """
        if modseq >= self.forgotten:
            return SequenceSet.of(uid for uid, at in self.gone.items() if at > modseq and uid in uids)
        there = [message.uid for message in self.messages]
        missing: list[tuple[int, int]] = []
        for low, high in uids.disjoint():
            edges = [max(low, above + 1) - 1, *(uid for uid in there if low <= uid <= high and uid > above)]
            edges.append(min(high, self.uidnext - 1) + 1)
            missing += [(one + 1, other - 1) for one, other in pairwise(edges) if one + 1 <= other - 1]
        return SequenceSet(tuple(missing))

    def learn(self, flags: Iterable[str]) -> set[str]:
        """Return the flags as this mailbox writes them; case does not matter in comparing (RFC 9051 section 2.3.2).

        Raises Refused (LIMIT) if there would be too many keywords.
        """
        known = {flag.lower(): flag for flag in SYSTEM_FLAGS} | self.keywords
        result = set()
        for flag in flags:
            if flag.lower() not in known:
                if len(self.keywords) >= MAX_KEYWORDS:
                    raise Refused("LIMIT", f"mailbox {self.name} already has {MAX_KEYWORDS} keywords")
                self.keywords[flag.lower()] = known[flag.lower()] = flag
            result.add(known[flag.lower()])
        return result

    def expunge(self, doomed: Iterable[Message]) -> None:
        """Remove these messages for good."""
        gone = set(doomed)
        self.messages = [message for message in self.messages if message not in gone]
        modseq = self.change() if gone else 0
        self.gone.update((message.uid, modseq) for message in sorted(gone, key=lambda message: message.uid))
        while len(self.gone) > MAX_GONE:
            self.forgotten = self.gone.pop(next(iter(self.gone)))
        for message in sorted(gone, key=lambda message: message.uid):
            for watcher in self.watchers:
                watcher.vanished(message)
        if gone:
            self._tell("MessageExpunge")

    def set_flags(self, message: Message, flags: set[str], silent_for: Watcher | None = None) -> None:
        """Replace a message's flags, and tell every watcher except `silent_for`."""
        if flags != message.flags:
            message.flags = flags
            message.modseq = self.change()
            for watcher in self.watchers:
                if watcher is not silent_for:
                    watcher.flagged(message)
            self._tell("FlagChange")

    def size(self) -> int:
        """Return the octets of all its messages together."""
        return sum(len(message.octets) for message in self.messages)


class Account:
    """One user's mailboxes and subscriptions.

    `limits` holds the limits of QUOTA by the name of the resource, STORAGE (in units of 1024 octets) or MESSAGE.
    """

    def __init__(self, user: str, password: str, clock: Callable[[], datetime], first_uidvalidity: int = 1) -> None:
        self.user = user
        self._password = password
        self.clock = clock
        self._uidvalidity = first_uidvalidity
        self.mailboxes: dict[str, Mailbox] = {}
        self.listeners: list[Listener] = []
        self.subscribed: set[str] = set()
        self.limits: dict[str, int] = {}
        self.metadata: dict[str, bytes] = {}  # the user's own annotations of the server
        self._make(INBOX)

    def accepts(self, password: str) -> bool:
        """Return whether this is the password."""
        return password == self._password

    def find(self, name: str) -> Mailbox:
        """Return the mailbox.  Raises Refused (NONEXISTENT) if there is none that can be opened."""
        mailbox = self.named(name)
        if not mailbox.selectable:
            raise Refused("CANNOT", f"{mailbox.name!a} holds only other mailboxes and cannot be opened")
        return mailbox

    def named(self, name: str) -> Mailbox:
        """Return the mailbox, whether or not it can be opened.  Raises Refused (NONEXISTENT) if there is none."""
        mailbox = self.mailboxes.get(canonical(name))
        if mailbox is None:
            raise Refused("NONEXISTENT", f"mailbox {canonical(name)!a} does not exist")
        return mailbox

    def target(self, name: str) -> Mailbox:
        """Return the mailbox that APPEND, COPY or MOVE puts messages into.

        Raises Refused (TRYCREATE) if CREATE would help.
        """
        try:
            return self.find(name)
        except Refused as refused:
            check_name(canonical(name))
            raise Refused("TRYCREATE", str(refused)) from None

    def usage(self) -> dict[str, int]:
        """Return how much of each resource of QUOTA is in use (RFC 9208 section 5)."""
        boxes = self.mailboxes.values()
        octets = sum(mailbox.size() for mailbox in boxes)
        return {"STORAGE": -(-octets // 1024), "MESSAGE": sum(len(mailbox.messages) for mailbox in boxes)}

    def make_room(self, messages: int, octets: int) -> None:
        """Raise Refused (OVERQUOTA) if the limits leave no room for this much more (RFC 9208 section 4.3.1)."""
        more = {"STORAGE": -(-octets // 1024), "MESSAGE": messages}
        usage = self.usage() if self.limits else {}
        for name, limit in self.limits.items():
            if usage[name] + more[name] > limit:
                raise Refused("OVERQUOTA", f"{name} would be {usage[name] + more[name]}, and its limit is {limit}")

    def subscribe(self, name: str) -> None:
        """Subscribe; the mailbox need not exist (RFC 9051 section 6.3.7).  Raises Refused (LIMIT)."""
        if len(self.subscribed) >= MAX_NAMES:
            raise Refused("LIMIT", f"an account here has at most {MAX_NAMES} subscriptions")
        if name not in self.subscribed:
            self.subscribed.add(name)
            for listener in list(self.listeners):
                listener.subscription(name)

    def unsubscribe(self, name: str) -> None:
        """Remove the subscription, if there is one."""
        if name in self.subscribed:
            self.subscribed.remove(name)
            for listener in list(self.listeners):
                listener.subscription(name)

    def create(self, name: str, use: str = "") -> Mailbox:
        """Create a mailbox and those above it, and return it.  Raises Refused (ALREADYEXISTS, CANNOT)."""
        name = canonical(name.removesuffix(DELIMITER))
        check_name(name)
        existing = self.mailboxes.get(name)
        if existing is not None and existing.selectable:
            raise Refused("ALREADYEXISTS", f"mailbox {name!a} already exists")
        self._make_above(name)
        made = self._make(name, use)
        self._named(name)
        return made

    def _named(self, name: str, old: str = "") -> None:
        for listener in list(self.listeners):
            listener.name(name, old)

    def delete(self, name: str) -> None:
        """Remove a mailbox.  If there are others below it, only its messages are removed (RFC 9051 section 6.3.5)."""
        name = canonical(name)
        mailbox = self.mailboxes.get(name)
        if name == INBOX:
            raise Refused("CANNOT", "INBOX cannot be deleted")
        if mailbox is None:
            raise Refused("NONEXISTENT", f"mailbox {name!a} does not exist")
        if not self.children(name):
            del self.mailboxes[name]
        elif mailbox.selectable:
            hollow = self.mailboxes[name] = Mailbox(name, mailbox.uidvalidity)
            hollow.selectable = False
        else:
            raise Refused("HASCHILDREN", f"{name!a} has other mailboxes below it; delete those first")
        mailbox.expunge(mailbox.messages)
        self._named(name)

    def rename(self, old: str, new: str) -> None:
        """Rename a mailbox and all below it.  INBOX is emptied into the new one (RFC 9051 section 6.3.6)."""
        old, new = canonical(old), canonical(new.removesuffix(DELIMITER))
        if old not in self.mailboxes:
            raise Refused("NONEXISTENT", f"mailbox {old!a} does not exist")
        check_name(new)
        if new in self.mailboxes:
            raise Refused("ALREADYEXISTS", f"mailbox {new!a} already exists")
        if new.startswith(old + DELIMITER) and old != INBOX:
            raise Refused("CANNOT", f"{old!a} cannot be put below itself")
        self._make_above(new)
        if old == INBOX:
            inbox, mailbox = self.mailboxes[INBOX], self._make(new)
            for message in inbox.messages:
                mailbox.add(message.source, message.internaldate, message.flags, self.clock())
            mailbox.metadata = dict(inbox.metadata)  # RFC 5464 section 4.1
            inbox.expunge(inbox.messages)
            self._named(new)
            return
        for name in [old, *self.children(old)]:
            mailbox = self.mailboxes.pop(name)
            mailbox.name = new + name[len(old) :]
            self.mailboxes[mailbox.name] = mailbox
        self._named(new, old)

    def children(self, name: str) -> list[str]:
        """Return the names of all mailboxes below this one."""
        return [other for other in self.mailboxes if other.startswith(name + DELIMITER)]

    def _make_above(self, name: str) -> None:
        parts = name.split(DELIMITER)
        for depth in range(1, len(parts)):
            above = canonical(DELIMITER.join(parts[:depth]))
            if above not in self.mailboxes:
                self._make(above)

    def _make(self, name: str, use: str = "") -> Mailbox:
        if len(self.mailboxes) >= MAX_NAMES:
            raise Refused("LIMIT", f"an account here has at most {MAX_NAMES} mailboxes")
        self._uidvalidity += 1
        mailbox = self.mailboxes[name] = Mailbox(name, self._uidvalidity, use)
        mailbox.listeners = self.listeners
        above = self.mailboxes.get(canonical(name.rpartition(DELIMITER)[0]))
        mailbox.acl = dict(above.acl) if above is not None else {}  # RFC 4314 section 4, CREATE
        return mailbox


class Store:
    """All accounts.  `clock` returns the time (an aware datetime), so that the time can stand still in a demo."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.accounts: dict[str, Account] = {}
        self.metadata: dict[str, bytes] = {}  # annotations of the server that everybody sees

    def add_account(self, user: str, password: str, first_uidvalidity: int = 1) -> Account:
        """Add an account with an empty INBOX, and return it."""
        account = self.accounts[user] = Account(user, password, self.clock, first_uidvalidity)
        return account

    def login(self, user: str, password: str) -> Account:
        """Return the account.  Raises Refused (AUTHENTICATIONFAILED), which does not say which of the two was wrong."""
        account = self.accounts.get(user)
        if account is None or not account.accepts(password):
            raise Refused("AUTHENTICATIONFAILED", "wrong user name or password")
        return account


def canonical(name: str) -> str:
    """Return the name with INBOX in capitals, whatever its case.

    INBOX may be the first part of a name (RFC 9051 section 5.1).
    """
    first, slash, rest = name.partition(DELIMITER)
    return INBOX + slash + rest if first.upper() == INBOX else name


def _unfit(character: str) -> bool:
    """Return whether it is a control character, a line or paragraph separator, a lone surrogate, or a wildcard."""
    return (
        character < " "
        or "\x7f" <= character < "\xa0"
        or "\ud800" <= character < "\ue000"
        or character in "*%\u2028\u2029"
    )


def check_name(name: str) -> None:
    """Raise Refused (CANNOT) if no mailbox can have this name."""
    if not name or "" in name.split(DELIMITER):
        raise Refused("CANNOT", "a part of the mailbox name is empty")
    if any(map(_unfit, name)):
        raise Refused("CANNOT", "a mailbox name here may hold neither control characters nor * and %")
    if name.count(DELIMITER) >= MAX_DEPTH or len(name) > 1000:
        raise Refused("LIMIT", f"a mailbox name here has at most {MAX_DEPTH} parts and 1000 characters")
