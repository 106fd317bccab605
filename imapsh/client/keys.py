"""Search keys that are built from values, beside those that are written as text (RFC 9051 section 6.4.4).

    from imapsh import keys

    found = await c.search(keys.UNSEEN & keys.FROM("Zoë") & ~keys.SINCE(date(2024, 2, 1)), uid=True)

Each key has the name that it has in IMAP.  `&` asks for both, `|` for either of them, and `~` for what does not match.
Text is quoted as it needs to be; text beyond ASCII goes in a literal, and CHARSET UTF-8 is said.  A value that cannot
be sent raises UsageError when the key is made, and nothing is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from imapsh.client.arguments import (
    MessageSet,
    ascii_only,
    message_set,
    mod_sequence,
    search_keys,
    write_search_keys,
)
from imapsh.errors import UsageError, shown
from imapsh.grammar.dates import write_date
from imapsh.grammar.writer import Writer
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

_ATOM = lazy(r"[!#$&'+-Z\[^_`a-z|}~]+")
_FIELD = lazy(r"[!-9;-~]+")  # ftext of RFC 5322 section 2.2
_OBJECTID = lazy(r"[A-Za-z0-9_-]{1,255}")  # RFC 8474 section 7
_SHOWN = lazy(r'(["\\])')
_LARGEST_SIZE = (1 << 63) - 1  # number64 (RFC 9051 section 9)
_LARGEST = (1 << 32) - 1


class _Text(NamedTuple):
    """An argument that is written as an astring."""

    text: str


_Spelled = tuple["str | _Text | Key", ...]


class Key:
    """A search key.  It does not change.

    `a & b`, `a | b` and `~a` make new keys.  Python's `and`, `or` and `not` cannot, so they raise UsageError.  `str`
    shows the key as it is typed in the shell.  Keys that are written alike are equal.
    """

    __slots__ = ("_spelled",)

    def __init__(self, *spelled: str | _Text | Key) -> None:
        self._spelled: _Spelled = spelled

    def __and__(self, other: Key) -> Key:
        return all_of((self, other)) if isinstance(other, Key) else NotImplemented

    def __or__(self, other: Key) -> Key:
        return any_of((self, other)) if isinstance(other, Key) else NotImplemented

    def __invert__(self) -> Key:
        return _Not(self)

    def __bool__(self) -> bool:
        raise UsageError("a search key is neither true nor false: join keys by &, | and ~, not by and, or and not")

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, Key) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return "".join(
            part if isinstance(part, str) else '"' + _SHOWN.sub(r"\\\1", part.text) + '"' for part in self.parts()
        )

    def __repr__(self) -> str:
        return f"<Key {self}>"

    @property
    def is_ascii(self) -> bool:
        """Return whether all texts are in ASCII, so that no CHARSET is needed."""
        return all(part.isascii() if isinstance(part, str) else part.text.isascii() for part in self.parts())

    def parts(self) -> Iterable[str | _Text]:
        """Yield what is written as it is, and the arguments that are quoted if they need to be."""
        waiting: list[str | _Text | Key] = [self]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Key):
                waiting += reversed(part.spelled())
            else:
                yield part

    def spelled(self) -> _Spelled:
        """Return the parts of the key, of which some may be keys."""
        return self._spelled

    def write(self, w: Writer) -> None:
        """Write the key as an argument of a command."""
        for part in self.parts():
            if isinstance(part, str):
                w.raw(part)
            else:
                w.astring(part.text)

    def grouped(self) -> _Spelled:
        """Return the parts in the form that they have behind NOT, OR and FUZZY."""
        return (self,)


class _Several(Key):
    """Keys that must all match.  They need parentheses behind NOT and OR."""

    __slots__ = ("keys",)

    def __init__(self, keys: tuple[Key, ...]) -> None:
        self.keys = keys

    def spelled(self) -> _Spelled:
        first, *others = self.keys
        return (first, *(part for key in others for part in (" ", key)))

    def grouped(self) -> _Spelled:
        return ("(", self, ")")


class _Either(Key):
    """Keys of which one must match.

    OR takes two keys.  Halves of halves nest less deeply than a chain does, and servers have limits on that.
    """

    __slots__ = ("keys",)

    def __init__(self, keys: tuple[Key, ...]) -> None:
        self.keys = keys

    def spelled(self) -> _Spelled:
        half = (len(self.keys) + 1) // 2
        left, right = (keys[0] if len(keys) == 1 else _Either(keys) for keys in (self.keys[:half], self.keys[half:]))
        return ("OR ", *left.grouped(), " ", *right.grouped())


class _Not(Key):
    """A key that must not match."""

    __slots__ = ("key",)

    def __init__(self, key: Key) -> None:
        self.key = key

    def __invert__(self) -> Key:
        return self.key

    def spelled(self) -> _Spelled:
        return ("NOT ", *self.key.grouped())


class _Raw(Key):
    """Text as it was given.  It may hold several keys, so it gets parentheses behind NOT and OR."""

    __slots__ = ()

    def grouped(self) -> _Spelled:
        return ("(", self, ")")


def all_of(keys: Iterable[Key]) -> Key:
    """Return the key for messages that match each of `keys`.  Raises UsageError if there is none."""
    listed = _listed(keys, "all_of")
    flat = tuple(inner for key in listed for inner in (key.keys if isinstance(key, _Several) else (key,)))
    return flat[0] if len(flat) == 1 else _Several(flat)


def any_of(keys: Iterable[Key]) -> Key:
    """Return the key for messages that match one of `keys` or more.  Raises UsageError if there is none."""
    listed = _listed(keys, "any_of")
    flat = tuple(inner for key in listed for inner in (key.keys if isinstance(key, _Either) else (key,)))
    return flat[0] if len(flat) == 1 else _Either(flat)


def _listed(keys: Iterable[Key], name: str) -> tuple[Key, ...]:
    listed = tuple(keys) if isinstance(keys, Iterable) else ()
    if not listed or not all(isinstance(key, Key) for key in listed):
        raise UsageError(f"{name}() needs at least one search key, and nothing else: {shown(keys)}")
    return listed


# -- kinds of keys by their arguments


class _WithText:
    """Makes keys with a text as their argument."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, text: str) -> Key:
        return Key(f"{self.name} ", _checked(text, self.name))


class _WithDay:
    """Makes keys with a day as their argument.  A datetime is refused, because servers compare days alone."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, day: date) -> Key:
        if isinstance(day, datetime):
            raise UsageError(f"{self.name} compares days, and {shown(day)} has a time: give its .date()")
        if not isinstance(day, date):
            raise UsageError(f"{self.name} needs a datetime.date, not {shown(day)}")
        return Key(f"{self.name} {write_date(day)}")


class _WithNumber:
    """Makes keys with a number from `least` to `most` as their argument."""

    def __init__(self, name: str, least: int, most: int) -> None:
        self.name, self.least, self.most = name, least, most

    def __call__(self, number: int) -> Key:
        if isinstance(number, bool) or not isinstance(number, int) or not self.least <= number <= self.most:
            raise UsageError(f"{self.name} needs a number from {self.least} to {self.most}, not {shown(number)}")
        return Key(f"{self.name} {number}")


class _WithAge:
    """Makes keys with an age as their argument: whole seconds, or a timedelta (RFC 5032 section 2)."""

    def __init__(self, name: str) -> None:
        self._number = _WithNumber(name, 1, _LARGEST)

    def __call__(self, age: int | timedelta) -> Key:
        if not isinstance(age, timedelta):
            return self._number(age)
        if age.microseconds:
            raise UsageError(f"{self._number.name} counts whole seconds, and {shown(age)} is not a number of them")
        return self._number(age.days * 86400 + age.seconds)


class _WithWord:
    """Makes keys with one word of a certain form as their argument."""

    def __init__(self, name: str, form: re.Pattern[str], what: str) -> None:
        self.name, self._form, self._what = name, form, what

    def __call__(self, word: str) -> Key:
        if not isinstance(word, str) or not self._form.fullmatch(word):
            raise UsageError(f"{self.name} needs {self._what}, not {shown(word)}")
        return Key(f"{self.name} {word}")


class _WithSet:
    """Makes keys with a set of message numbers or UIDs as their argument."""

    def __init__(self, name: str, prefix: str) -> None:
        self.name, self._prefix = name, prefix

    def __call__(self, messages: MessageSet) -> Key:
        numbers = message_set(messages)
        if not numbers:
            raise UsageError(f"{self.name} needs at least one number: the set is empty, and nothing can match")
        return Key(f"{self._prefix}{numbers}")


def _checked(text: str, name: str) -> _Text:
    if not isinstance(text, str):
        raise UsageError(f"{name} needs text, not {shown(text)}")
    if any(control in text for control in "\r\n\0"):
        raise UsageError(f"{name} cannot look for {shown(text)}: CR, LF and NUL are not part of a search text")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(f"{name} cannot look for {shown(text)}: it holds a lone surrogate") from None
    return _Text(text)


# -- the keys of RFC 9051 section 6.4.4, and NEW, OLD and RECENT of RFC 3501 section 6.4.4

ALL = Key("ALL")  #: Every message.
ANSWERED = Key("ANSWERED")  #: With \Answered.
DELETED = Key("DELETED")  #: With \Deleted.
DRAFT = Key("DRAFT")  #: With \Draft.
FLAGGED = Key("FLAGGED")  #: With \Flagged.
SEEN = Key("SEEN")  #: With \Seen.
UNANSWERED = Key("UNANSWERED")  #: Without \Answered.
UNDELETED = Key("UNDELETED")  #: Without \Deleted.
UNDRAFT = Key("UNDRAFT")  #: Without \Draft.
UNFLAGGED = Key("UNFLAGGED")  #: Without \Flagged.
UNSEEN = Key("UNSEEN")  #: Without \Seen.
NEW = Key("NEW")  #: With \Recent and without \Seen.  IMAP4rev1 only.
OLD = Key("OLD")  #: Without \Recent.  IMAP4rev1 only.
RECENT = Key("RECENT")  #: With \Recent.  IMAP4rev1 only.

BCC = _WithText("BCC")  #: This text in the BCC field.
BODY = _WithText("BODY")  #: This text in the body.
CC = _WithText("CC")  #: This text in the CC field.
FROM = _WithText("FROM")  #: This text in the FROM field.
SUBJECT = _WithText("SUBJECT")  #: This text in the subject.
TEXT = _WithText("TEXT")  #: This text in header or body.
TO = _WithText("TO")  #: This text in the TO field.

# by INTERNALDATE, the day on which the message arrived
BEFORE = _WithDay("BEFORE")  #: Arrived before this day.
ON = _WithDay("ON")  #: Arrived on this day.
SINCE = _WithDay("SINCE")  #: Arrived this day or later.
# by the header field Date
SENTBEFORE = _WithDay("SENTBEFORE")  #: Dated before this day.
SENTON = _WithDay("SENTON")  #: Dated this day.
SENTSINCE = _WithDay("SENTSINCE")  #: Dated this day or later.

# sizes in octets
LARGER = _WithNumber("LARGER", 0, _LARGEST_SIZE)  #: Larger than so many octets.
SMALLER = _WithNumber("SMALLER", 0, _LARGEST_SIZE)  #: Smaller than so many octets.

KEYWORD = _WithWord("KEYWORD", _ATOM, r"a keyword such as $Junk (flag() takes \Seen too)")  #: With this keyword.
#: Without this keyword.
UNKEYWORD = _WithWord("UNKEYWORD", _ATOM, r"a keyword such as $Junk (~flag() takes \Seen too)")

UID = _WithSet("UID", "UID ")  #: With these UIDs.
NUMBERS = _WithSet("NUMBERS", "")  #: With these message numbers; the key has no name in IMAP.

# -- the keys of extensions, for servers that have them

OLDER = _WithAge("OLDER")  #: Arrived so many seconds ago, or earlier.
YOUNGER = _WithAge("YOUNGER")  #: Arrived within so many seconds.
SAVEDBEFORE = _WithDay("SAVEDBEFORE")  #: Came into this mailbox before this day.
SAVEDON = _WithDay("SAVEDON")  #: Came into this mailbox on this day.
SAVEDSINCE = _WithDay("SAVEDSINCE")  #: Came into this mailbox this day or later.
SAVEDATESUPPORTED = Key("SAVEDATESUPPORTED")  #: Every message, if the mailbox keeps save dates; else none.
EMAILID = _WithWord("EMAILID", _OBJECTID, "an identifier of OBJECTID")  #: With this identifier of the content.
THREADID = _WithWord("THREADID", _OBJECTID, "an identifier of OBJECTID")  #: Of the thread with this identifier.
UIDAFTER = _WithNumber("UIDAFTER", 1, _LARGEST)  #: With a higher UID.
UIDBEFORE = _WithNumber("UIDBEFORE", 1, _LARGEST)  #: With a lower UID.
#: What the search finds that is kept as /private/filters/values/NAME, or as /shared/filters/values/NAME.
FILTER = _WithWord("FILTER", lazy(r"[!#$&'+,.0-9:;<=>?@A-Z\[^_`a-z|}~-]+"), "the name of a filter")
X_GM_RAW = _WithText("X-GM-RAW")  #: What is found by Gmail's own search.
X_GM_LABELS = _WithText("X-GM-LABELS")  #: With this label.
X_GM_MSGID = _WithNumber("X-GM-MSGID", 0, (1 << 64) - 1)  #: With this identifier.
X_GM_THRID = _WithNumber("X-GM-THRID", 0, (1 << 64) - 1)  #: Of the conversation with this identifier.


def NOT(key: Key) -> Key:  # noqa: N802 - the name that it has in IMAP
    """Return the key for messages that do not match `key`: the same as `~key`."""
    return ~all_of((key,))


def OR(*keys: Key) -> Key:  # noqa: N802
    """Return the key for messages that match one of the keys or more: the same as `any_of`, or `|` between them."""
    return any_of(keys)


def HEADER(field: str, text: str = "") -> Key:  # noqa: N802
    """Return the key for messages with this text in a header field; without `text`, for those that have the field.

    Raises UsageError for what is not the name of a field (RFC 5322 section 2.2).
    """
    if not isinstance(field, str) or not _FIELD.fullmatch(field):
        raise UsageError(f"HEADER needs the name of a field without a colon, such as 'List-Id', not {shown(field)}")
    return Key("HEADER ", _Text(field), " ", _checked(text, "HEADER"))


def MODSEQ(modseq: int, flag: str = "", kind: str = "all") -> Key:  # noqa: N802
    r"""Return the key for messages that changed at this mod-sequence or after it (RFC 7162 section 3.1.5).

    With `flag`, such as `\Seen`, only changes of that flag count; `kind` is then `priv`, `shared` or `all`.
    """
    number = mod_sequence(modseq)
    if not flag:
        return Key(f"MODSEQ {number}")
    if not isinstance(flag, str) or not _ATOM.fullmatch(flag.removeprefix("\\")):
        raise UsageError(f"{shown(flag)} is not a flag: give a keyword, or a backslash and a keyword")
    if kind not in ("priv", "shared", "all"):
        raise UsageError(f"{shown(kind)} is not a kind of flag change: choose priv, shared or all")
    escaped = flag.replace("\\", "\\\\")
    return Key(f'MODSEQ "/flags/{escaped}" {kind} {number}')


def FUZZY(key: Key) -> Key:  # noqa: N802
    """Return the key for messages that nearly match `key`, as the server sees fit (RFC 6203 section 3)."""
    return Key("FUZZY ", *all_of((key,)).grouped())


_FLAGS = {f"\\{key}".lower(): key for key in (ANSWERED, DELETED, DRAFT, FLAGGED, SEEN, RECENT)}


def flag(name: str) -> Key:
    r"""Return the key for messages with a flag: `\Seen` and the like, or a keyword such as `$Junk`.

    Raises UsageError for what is not a flag that can be looked for.
    """
    if isinstance(name, str) and name.startswith("\\"):
        if name.lower() not in _FLAGS:
            raise UsageError(f"{shown(name)} has no search key: IMAP can look for {' '.join(_FLAGS)} and keywords")
        return _FLAGS[name.lower()]
    return KEYWORD(name)


def raw(text: str) -> Key:
    """Return a key of text in IMAP's syntax, which is sent as it is, such as `X-NEW-KEY 5`.

    Raises UsageError for empty text, for CR, LF and NUL, and for text beyond ASCII.
    """
    return _Raw(ascii_only(search_keys(text)))


# -- as the argument of a command

Criteria = str | Key
"""The criteria of a search: text in IMAP's syntax, or a Key."""


def is_ascii(criteria: object) -> bool:
    """Return whether the criteria hold no text beyond ASCII."""
    return criteria.is_ascii if isinstance(criteria, Key) else not isinstance(criteria, str) or criteria.isascii()


def write_criteria(w: Writer, criteria: Criteria, *, charset: bool = True) -> Writer:
    """Write the criteria of a search, with CHARSET if the key holds text beyond ASCII and `charset` is true.

    After ENABLE UTF8=ACCEPT the strings are UTF-8 already, and no CHARSET may be said (RFC 6855 section 3).
    """
    if not isinstance(criteria, Key):
        return write_search_keys(w, criteria, charset=charset)
    if charset and not w.utf8 and not criteria.is_ascii:
        w.raw("CHARSET UTF-8 ")
    criteria.write(w)
    return w
