"""Knows the mailbox names for completion, and finds them fast among very many."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest

from imapsh.errors import UsageError
from imapsh.grammar.names import octets_of, raw_of
from imapsh.grammar.responses import Response
from imapsh.grammar.values import MailboxList, MailboxStatus, Namespaces
from imapsh.grammar.writer import Writer
from imapsh.shell.record import fuzzy

MOST = 200  #: names offered at once

#: Reads lines that are a response each.
Reader = Callable[[bytes], Iterable[Response]]

_OWED = 32 << 20  # octets of responses that wait to be read
ROOM = 32 << 20  #: characters of names that are remembered, each counted with what else it takes
_TAKES = 100  # characters' worth of memory that a name takes besides

_PIECE = 5_000  # names sorted at once
_NEAR = 1_000  # names among which the nearest is looked for


class _Index:
    """The names as they were at one time: the keys in order, and as one text, a key a line."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names.copy()
        self.keys = _in_order(list(self.names))
        self.text = "\n".join(["", *self.keys, ""])

    def begins(self, wanted: str) -> Iterator[str]:
        """Yield the keys that begin with `wanted`."""
        for index in range(bisect_left(self.keys, wanted), len(self.keys)):
            if not self.keys[index].startswith(wanted):
                return
            yield self.keys[index]

    def holds(self, wanted: str) -> Iterator[str]:
        """Yield the keys that hold `wanted` further on."""
        text = self.text
        at = text.find(wanted)
        while at >= 0:
            start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            if start < at:
                yield text[start:end]
            at = text.find(wanted, end)

    def scattered(self, wanted: str) -> Iterator[str]:
        """Yield the keys that begin with the first character of `wanted` and hold the others in order."""
        pattern = "\n" + re.escape(wanted[0])
        pattern += "".join(rf"[^\n{re.escape(character)}]*{re.escape(character)}" for character in wanted[1:])
        for found in re.finditer(pattern, self.text):
            key = self.text[found.start() + 1 : self.text.find("\n", found.end())]
            if wanted not in key:
                yield key


def _in_order(keys: list[str]) -> list[str]:
    """Return the keys, sorted piece by piece.

    One sort of all would keep other threads, and so the event loop, waiting for it.
    """
    pieces = [sorted(keys[at : at + _PIECE]) for at in range(0, len(keys), _PIECE)]
    while len(pieces) > 1:
        pairs = zip_longest(pieces[::2], pieces[1::2], fillvalue=list[str]())
        pieces = [sorted(first + second) for first, second in pairs]  # a merge: both are in order
    return pieces[0] if pieces else []


class MailboxNames:
    """The known names of mailboxes, as many as there is ROOM for.

    `stale` is true if they are to be asked for with LIST when they are next needed.  `find` may run in another thread
    while more names are learned.
    """

    def __init__(self) -> None:
        self.stale = True
        self.namespaces: dict[str, str] = {}
        """Prefix -> whose mailboxes are under it."""
        self._names: dict[str, str] = {}  # key -> the name, decoded, with its spelling
        self._index: _Index | None = None
        self._room = ROOM
        self._owed: list[tuple[bytes, Reader]] = []
        self._owing = 0  # octets

    def __len__(self) -> int:
        self._settle()
        return len(self._names)

    def clear(self) -> None:
        """Forget the names, because another account may see other ones."""
        self._names, self._index, self.stale, self._room = {}, None, True, ROOM
        self.namespaces = {}
        self._owed, self._owing = [], 0

    def owe(self, octets: bytes, read: Reader) -> None:
        """Take in LIST or LSUB responses.  They are read when somebody asks for a name, which few scripts do."""
        self._owed.append((octets, read))
        self._owing += len(octets)
        if self._owing > _OWED:
            self._settle()

    def _settle(self) -> None:
        """Read what is owed."""
        owed, self._owed, self._owing = self._owed, [], 0
        for octets, read in owed:
            for response in read(octets):
                self._learn_list(response.value)

    def learn(self, response: Response) -> None:
        """Take in a LIST, LSUB, STATUS or NAMESPACE response."""
        value = response.value
        self._settle()
        if isinstance(value, MailboxList):
            self._learn_list(value)
        elif isinstance(value, MailboxStatus):
            if not self.has(value.mailbox):
                self._learn(value.mailbox)
        elif isinstance(value, Namespaces):
            whose = ((value.personal, "your own"), (value.other, "other users'"), (value.shared, "shared"))
            self.namespaces = {space.prefix: owner for spaces, owner in whose for space in spaces or ()}

    def _learn_list(self, value: MailboxList) -> None:
        gone = "\\nonexistent" in map(str.lower, value.attrs)
        for old in value.extended.get("OLDNAME") or () if value.extended else ():
            self._learn(str(old), gone=True)
        self._learn(value.mailbox, gone)

    def _learn(self, name: str, gone: bool = False) -> None:
        if not name or "\n" in name:
            return
        key = self._key(name)
        if gone:
            if self._names.pop(key, None) is not None:
                self._index = None
                self._room += len(name) + _TAKES
        elif key not in self._names and self._room >= len(name) + _TAKES:
            self._names[key] = name
            self._index = None
            self._room -= len(name) + _TAKES

    def _key(self, name: str) -> str:
        """Return the key of a name: folded.  A second name that only differs in its spelling has the spelling too.

        A server may hold `Work` and `work`, or one name in UTF-8 and in modified UTF-7.
        """
        key, raw = name.casefold(), raw_of(name)
        known = self._names.get(key)
        both = f"{key}\0{raw}"
        alone = known is None or raw_of(known) == raw or name == "INBOX"
        return both if both in self._names or not alone else key

    def prepare(self) -> _Index:
        """Get ready to search, which takes long when there are many names and some are new."""
        self._settle()
        index = self._index
        if index is None:
            index = self._index = _Index(self._names)
        return index

    def find(self, typed: str, used: Sequence[str] = ()) -> list[tuple[str, int]]:
        """Return names that begin with what is typed, then those that hold it.

        If there is neither, those that hold its characters in order are returned.  Each comes with its closeness, in
        any case; there are not more than MOST.  Names of `used`, which are folded, come first in their group.
        """
        index = self.prepare()
        wanted = typed.casefold()
        found: dict[str, int] = {}
        searches = ((fuzzy.BEGINS, index.begins), (fuzzy.HOLDS, index.holds), (fuzzy.SCATTERED, index.scattered))
        for near, search in searches:
            if "\n" in wanted or len(wanted) < near + 1 > 1 or len(found) >= (1 if near is fuzzy.SCATTERED else MOST):
                break
            first = (key for key in used if key in index.names and fuzzy.closeness(key, wanted) == near)
            for key in islice(chain(first, search(wanted)), MOST + len(used)):
                found.setdefault(key, near)
        return [(index.names[key], near) for key, near in islice(found.items(), MOST)]

    def has(self, name: str) -> bool:
        """Return whether there is a mailbox of this name, as far as is known."""
        self._settle()
        return name.casefold() in self._names

    def prefix(self) -> str:
        """Return the text that the person's own names but INBOX begin with (RFC 2342 section 5); "" for nothing.

        It is what the server told, or what the names seen have in common.
        """
        self._settle()
        for prefix, owner in self.namespaces.items():
            if owner == "your own":
                return prefix
        begins = {name[:6] for key, name in self._names.items() if key != "inbox"}
        begin = begins.pop() if len(begins) == 1 else ""
        return begin if begin[:5].upper() == "INBOX" and not begin[5:].isalnum() else ""

    def nearest(self, name: str) -> str | None:
        """Return the name that may have been meant, or None if none comes near."""
        if (key := (self.prefix() + name).casefold()) in self._names:
            return self._names[key]
        from difflib import get_close_matches

        wanted = name.casefold()
        keys = (key for key in self._names if abs(len(key) - len(wanted)) < 4)
        near = get_close_matches(wanted, islice(keys, _NEAR), 1, 0.7)
        return self._names[near[0]] if near else None


def as_typed(name: str, *, utf8: bool, quoted: bool = False) -> str:
    """Return a mailbox name as an argument, an atom if possible, else quoted; "" for one that cannot be typed.

    It is in modified UTF-7 unless `utf8`.  A name that the server sent is spelled as it came, octet for octet, also if
    it is not UTF-8; NUL, CR and LF cannot be typed.
    """
    try:
        octets = octets_of(name, utf8=utf8)
    except (UsageError, UnicodeEncodeError):
        return ""
    if any(octet in octets for octet in b"\0\r\n"):
        return ""
    text = octets.decode("utf-8", "surrogateescape")
    if not quoted and text.isascii() and Writer().astring(text).wire() == octets:
        return text
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'
