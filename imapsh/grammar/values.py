"""What responses mean: the typed values that the parser makes, the writer writes and the views show.

Strings are decoded (UTF-8, else Latin-1); the octets of a body section are bytes (or wire.frames.Spilled); `None` is
NIL.  Section numbers are RFC 9051's.
"""

from __future__ import annotations

from typing import Any

from imapsh.grammar.sequence import LARGEST, SequenceSet
from imapsh.tuples import NamedTuple


class DateTime(str):
    """A date-time as it stands between the quotation marks (9)."""

    __slots__ = ()


class Octets(int):
    """A number of octets."""

    __slots__ = ()


class Code(NamedTuple):
    """A response code (7.1).  `arg` by code: None, a number, a tuple of strings, AppendUid, CopyUid or text.

    `text` is the argument as it stood on the wire.
    """

    name: str
    arg: Any = None
    text: str = ""


class AppendUid(NamedTuple):
    """APPENDUID's argument (7.1; RFC 4315)."""

    uidvalidity: int
    uids: SequenceSet


class CopyUid(NamedTuple):
    """COPYUID's argument (7.1; RFC 4315).  A set is empty only where the server broke the grammar."""

    uidvalidity: int
    source: SequenceSet
    destination: SequenceSet


class StatusText(NamedTuple):
    """resp-text: of a tagged or untagged OK NO BAD BYE PREAUTH, and of a continuation request (7.1, 7.6)."""

    code: Code | None = None
    text: str = ""


class Capabilities(NamedTuple):
    """CAPABILITY (7.2.2) and ENABLED (7.2.1)."""

    names: tuple[str, ...]


class Flags(NamedTuple):
    """FLAGS (7.3.5)."""

    flags: tuple[str, ...]


class Count(NamedTuple):
    """EXISTS (7.4.1) and RECENT (RFC 3501 section 7.3.2): a number of messages."""

    number: int


class Expunged(NamedTuple):
    """EXPUNGE (7.5.1): the message number that is gone."""

    seq: int


class Vanished(NamedTuple):
    """VANISHED (RFC 7162 section 3.2.10): UIDs of messages that are gone.

    `earlier`: they were gone before, and the answer to SELECT (QRESYNC) or UID FETCH (VANISHED) tells it: it changes no
    message number.  Without it the response stands for as many EXPUNGE responses.
    """

    earlier: bool
    uids: SequenceSet


class MailboxList(NamedTuple):
    """LIST (7.3.1) and LSUB (RFC 3501 section 7.2.3).  `delimiter` None: a flat name.  `extended`: label -> value.

    `mailbox` is decoded here and in all values; `imapsh.grammar.names.raw_of` returns what stood on the wire.
    """

    attrs: tuple[str, ...]
    delimiter: str | None
    mailbox: str
    extended: dict[str, Any] = {}


class MailboxStatus(NamedTuple):
    """STATUS (7.3.4): item -> number."""

    mailbox: str
    items: dict[str, Any]


class Namespace(NamedTuple):
    """One namespace: prefix, delimiter, and extension data (7.3.2)."""

    prefix: str
    delimiter: str | None
    extension: dict[str, tuple[str, ...]] = {}


class Namespaces(NamedTuple):
    """NAMESPACE (7.3.2)."""

    personal: tuple[Namespace, ...] | None
    other: tuple[Namespace, ...] | None
    shared: tuple[Namespace, ...] | None


class Search(NamedTuple):
    """SEARCH (RFC 3501 section 7.2.5), with RFC 7162's MODSEQ where given."""

    ids: tuple[int, ...]
    modseq: int | None = None

    @property
    def found(self) -> SequenceSet:
        """`ids` as a set, in rising order, without what a faulty server sends that is no message number."""
        return SequenceSet.of([number for number in self.ids if 0 < number <= LARGEST])


class ESearch(NamedTuple):
    """ESEARCH (7.3.4).  `items`: MIN, MAX, COUNT: number; ALL: SequenceSet; others as they come."""

    tag: str | None
    uid: bool
    items: dict[str, Any]


class Id(NamedTuple):
    """ID (7.3.6; RFC 2971): field -> value, or None for NIL."""

    fields: dict[str, str | None] | None


class Fetch(NamedTuple):
    """FETCH (7.5.2).  `items`: upper-case item name as on the wire (`UID`, `BODY[1.MIME]<0>`) -> value.

    FLAGS: tuple of str; UID, RFC822.SIZE, BINARY.SIZE[...]: int; INTERNALDATE: str; ENVELOPE: Envelope;
    BODY and BODYSTRUCTURE: BodyPart; BODY[...], BINARY[...], RFC822...: bytes, Spilled or None.
    """

    seq: int
    items: dict[str, Any]

    @property
    def uid(self) -> int | None:
        """The UID if it is among the items, else None."""
        uid = self.items.get("UID")
        return uid if isinstance(uid, int) else None


class UidFetch(NamedTuple):
    """UIDFETCH (RFC 9586 section 3.3): FETCH, with the UID in place of the message number, which is 0 then."""

    uid: int
    items: dict[str, Any]

    @property
    def seq(self) -> int:
        """0, for a message that has no number."""
        return 0


def _text(raw: str | None) -> str | None:
    """Return a header's text unfolded and with its encoded words decoded; as it is if it has none."""
    if raw is None or "=?" not in raw:
        return raw
    from imapsh.grammar.encodedwords import encoded_words

    return encoded_words(raw.replace("\r\n", "")) or raw


class Address(NamedTuple):
    """One address of an envelope (7.5.2).  `host` None begins (`mailbox` its name) or ends (`mailbox` None) a group."""

    name: str | None
    adl: str | None
    mailbox: str | None
    host: str | None

    @property
    def name_text(self) -> str | None:
        """The name with its encoded words decoded (RFC 2047); the name if it has none."""
        return _text(self.name)


class Envelope(NamedTuple):
    """ENVELOPE (7.5.2).  An address list is None where NIL."""

    date: str | None = None
    subject: str | None = None
    from_: tuple[Address, ...] | None = None
    sender: tuple[Address, ...] | None = None
    reply_to: tuple[Address, ...] | None = None
    to: tuple[Address, ...] | None = None
    cc: tuple[Address, ...] | None = None
    bcc: tuple[Address, ...] | None = None
    in_reply_to: str | None = None
    message_id: str | None = None

    @property
    def subject_text(self) -> str | None:
        """The subject with its encoded words decoded (RFC 2047); the subject if it has none."""
        return _text(self.subject)


class BodyPart(NamedTuple):
    """BODY and BODYSTRUCTURE (7.5.2).  `type` and `subtype` in lower case, None where missing.

    A multipart has `parts` (else None); text has `lines`; message/rfc822 has `envelope`, `body` and `lines`.
    `extended` says that extension data came (BODYSTRUCTURE, not BODY); `extension` is what is beyond the location.
    `params` and the disposition's are name (lower case) -> value.  `size` is octets as encoded, None where unknown.
    """

    type: str | None
    subtype: str | None
    params: dict[str, str | None] | None = None
    id: str | None = None
    description: str | None = None
    encoding: str | None = None
    size: int | None = None
    lines: int | None = None
    envelope: Envelope | None = None
    body: BodyPart | None = None
    parts: tuple[BodyPart, ...] | None = None
    extended: bool = False
    md5: str | None = None
    disposition: tuple[str | None, dict[str, str | None] | None] | None = None
    language: tuple[str, ...] | None = None
    location: str | None = None
    extension: tuple[Any, ...] = ()

    def outline(self) -> str:
        """One line: `multipart/mixed[text/plain,message/rfc822[...]]`, `?` for a missing half."""
        name = f"{self.type or '?'}/{self.subtype or '?'}"
        if self.parts is not None:
            return name + "[" + ",".join(part.outline() for part in self.parts) + "]"
        return f"{name}[{self.body.outline()}]" if self.body is not None else name


class Unknown(NamedTuple):
    """A response, code or item the table does not hold: number in front if any, and the values behind the name."""

    data: tuple[Any, ...] = ()
    number: int | None = None


class Garbage(NamedTuple):
    """A line that is no response.  `looks_like` is a guess (`SMTP`, `HTTP`, `POP3`, a code's name) or empty."""

    looks_like: str = ""
    code: Code | None = None
