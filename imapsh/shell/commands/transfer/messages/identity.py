"""Tells whether two messages are the same: by what a listing says of them, and by their octets.

A `Mark` is what a listing says.  Its key comes from the Message-ID, or without one from other fields of the header.
`Content` is what is kept of the octets: digests, never the octets themselves.  Two messages are SAME if their octets
are, ALIKE if they differ by what happens to any mail on its way, and OTHER else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b, sha256

from imapsh.grammar.values import DateTime
from imapsh.render.view.readable import in_table
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Part, size_of
from imapsh.wire.sinks import blocks_of, head_of

SAME = "same"
ALIKE = "alike"
OTHER = "other"

#: The fields of the header that a listing asks for.
FIELDS = ("MESSAGE-ID", "DATE", "FROM", "TO", "SUBJECT")
HEADER = 1 << 18  #: octets of a header that are told apart by field; what follows counts as body
SUBJECT = 100  #: characters of a subject that are kept

_LISTED = 1 << 16  # octets of the fields of a listing that are read
_ROUNDED = 60  # seconds that a date loses if the seconds are dropped
#: fields that are added, changed or dropped on the way, or by the server that keeps the message
_ON_THE_WAY = re.compile(
    r"x-|received|return-path$|delivered-to$|envelope-to$|delivery-date$|status$|lines$|content-length$|arc-|dkim-|"
    r"authentication-results$|old-authentication-results$|errors-to$|apparently-to$"
)
_SUPPLIED = frozenset(("message-id", "date", "bcc"))  # a server adds or drops them, and changes none
_END = re.compile(rb"\r\n|\r|\n")
_HEADER_END = re.compile(rb"(?>\A|\r\n|\r|\n)(?>\r\n|\r|\n)")
_FIELD = re.compile(rb"(?m)^(?:([!-9;-~]+)[ \t]*:)?(.*(?:\n[ \t].*)*)")
_BLANK = re.compile(rb"[ \t\r\n]+")
_NAMELESS = "without a name"


class Mark(NamedTuple):
    r"""What a listing says of a message: UID, flags, INTERNALDATE and RFC822.SIZE as the server gives them.

    `key` identifies the message.  Its first octet says by what: `i` for its Message-ID, `f` for its fields, and `?` if
    the message has neither, so that only its octets can tell.  `fields` is the digest of the fields without the
    Message-ID.  `size` is -1, and `date` is "", if the server does not say.  `subject` is cut to 100 characters.
    """

    uid: int
    flags: tuple[str, ...] = ()
    date: str = ""
    size: int = -1
    key: bytes = b"?"
    fields: bytes = b"?"
    subject: str = ""

    @property
    def weak(self) -> bool:
        """Return whether nothing but the octets of the message tells it from others."""
        return self.key == b"?" or self.size < 0

    @property
    def day(self) -> str:
        """The day of the message, `2026-06-08`, or "" if the server does not say."""
        return in_table(self.date)[:10]


class Content(NamedTuple):
    """What is kept of a message's octets.

    `octets` is their number and `whole` their SHA-256.  `body` is the SHA-256 of the body with LF for line ends, and
    without empty lines at its end.  `header` holds the name of each field and a digest of its value without folding, in
    order.
    """

    octets: int
    whole: bytes
    body: bytes
    header: tuple[tuple[str, bytes], ...] = ()


class Likeness(NamedTuple):
    """How much two messages are alike: SAME, ALIKE or OTHER, and in which things they differ, in words."""

    kind: str
    reasons: tuple[str, ...] = ()


# -- what a listing says


def mark(uid: int, flags: Iterable[str], date: str, size: int, header: Part) -> Mark:
    """Return the mark of a message; `header` holds the fields that a listing asks for (FIELDS)."""
    found: dict[str, bytes] = {}
    for name, value in _fields(head_of(header, _LISTED)):
        found.setdefault(name, value)
    named = found.pop("message-id", b"")
    fields = b"f" + _digest(*(found.get(name.lower(), b"") for name in FIELDS[1:])) if any(found.values()) else b"?"
    key = b"i" + _digest(named) if named else fields
    return Mark(uid, tuple(flags), date, size, key, fields, _words(found.get("subject", b"")))


def _words(subject: bytes) -> str:
    from imapsh.grammar.encodedwords import encoded_words

    text = subject[: 4 * SUBJECT].decode("utf-8", "replace")
    return (encoded_words(text) or text)[:SUBJECT]


def _fields(header: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each field: its name in lower case, and its value without folding.  A line that is no field has no name."""
    for found in _FIELD.finditer(_END.sub(b"\n", header)):
        if found[0]:
            name = found[1].decode("ascii").lower() if found[1] else _NAMELESS
            yield name, _BLANK.sub(b" ", found[2]).strip()


def _digest(*parts: bytes) -> bytes:
    return blake2b(b"\0".join(parts), digest_size=15).digest()


# -- what the octets say


def content(part: Part) -> Content:
    """Return what is kept of a message; a spooled literal is read in pieces, and none of it stays in memory."""
    whole, body = sha256(), _Body()
    head: bytes | None = b""
    header = b""
    for piece in blocks_of(part):
        whole.update(piece)
        if head is None:
            body.add(piece)
            continue
        head += piece
        end = _HEADER_END.search(head)
        if end is not None or len(head) >= HEADER:
            upto, behind = (end.start(), end.end()) if end is not None else (HEADER, HEADER)
            header, rest, head = head[:upto], head[behind:], None
            body.add(rest)
    digests = tuple((name, _digest(value)) for name, value in _fields(header if head is None else head))
    return Content(size_of(part), whole.digest(), body.digest(), digests)


class _Body:
    """Makes the digest of a body, whatever its line ends are."""

    def __init__(self) -> None:
        self._hash = sha256()
        self._blank = 0  # line ends that belong to the body only if something follows them

    def add(self, piece: bytes) -> None:
        plain = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        text = plain.rstrip(b"\n")
        if text:
            for begun in range(0, self._blank, _LISTED):
                self._hash.update(b"\n" * min(_LISTED, self._blank - begun))
            self._hash.update(text)
            self._blank = 0
        self._blank += len(plain) - len(text)

    def digest(self) -> bytes:
        return self._hash.digest()


def likeness(one: Content, other: Content) -> Likeness:
    """Return how much the octets of two messages are alike.  It is the same in either order."""
    if one.whole == other.whole and one.octets == other.octets:
        return Likeness(SAME)
    differing = _differing(one, other)
    changed = [name for name in differing if not _harmless(name, one, other)]
    if one.body != other.body or changed:
        return Likeness(OTHER, (*("body",) * (one.body != other.body), *(f"header field {name}" for name in changed)))
    if differing:
        return Likeness(ALIKE, (f"headers added on the way ({', '.join(differing)})",))
    if one.header != other.header:
        return Likeness(ALIKE, ("order of header fields",))
    return Likeness(ALIKE, ("line ends or folding",))


def core(one: Content) -> bytes:
    """Return a digest of what mail does not get or lose on its way: it is the same for all messages that are ALIKE."""
    kept = sorted(field for field in one.header if field[0] not in _SUPPLIED and not _ON_THE_WAY.match(field[0]))
    return _digest(one.body, *(name.encode() + value for name, value in kept))


def _differing(one: Content, other: Content) -> list[str]:
    """Return the names of the fields whose values, or numbers, are not the same in both, sorted."""
    ours, theirs = Counter(one.header), Counter(other.header)
    return sorted({name for name, _ in (ours - theirs) + (theirs - ours)})


def _harmless(name: str, one: Content, other: Content) -> bool:
    if name in _SUPPLIED:
        return not all(any(field == name for field, _ in each.header) for each in (one, other))
    return _ON_THE_WAY.match(name) is not None


# -- flags and dates


def flags(one: Mark, other: Mark) -> tuple[tuple[str, ...], tuple[str, ...]]:
    r"""Return the flags that only one message has, and those that only the other has.

    Case does not count, and \Recent does not belong to a message (RFC 9051 section 2.3.2).
    """
    ours, theirs = ({flag.lower(): flag for flag in each.flags if flag.lower() != "\\recent"} for each in (one, other))
    return (
        tuple(sorted(ours[name] for name in ours.keys() - theirs.keys())),
        tuple(sorted(theirs[name] for name in theirs.keys() - ours.keys())),
    )


def is_deleted(flags: Iterable[str]) -> bool:
    r"""Return whether \Deleted is among flags."""
    return any(flag.lower() == "\\deleted" for flag in flags)


def dates(one: Mark, other: Mark) -> Likeness:
    """Return how much the two INTERNALDATEs are alike: SAME, ALIKE in another zone or rounded to a minute, or OTHER."""
    if one.date == other.date:
        return Likeness(SAME)
    moments = [DateTime(each.date).datetime for each in (one, other)]
    if moments[0] is None or moments[1] is None:
        return Likeness(OTHER, ("date",))
    seconds = abs((moments[0] - moments[1]).total_seconds())
    if not seconds and moments[0].utcoffset() == moments[1].utcoffset():
        return Likeness(SAME)  # servers write the day as " 1" and as "01"
    if not seconds:
        return Likeness(ALIKE, ("date in another zone",))
    if seconds < _ROUNDED and not all(moment.second for moment in moments if moment is not None):
        return Likeness(ALIKE, ("date without seconds",))
    return Likeness(OTHER, ("date",))
