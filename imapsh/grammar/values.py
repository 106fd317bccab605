"""The typed values of responses, which the parser makes, the writer writes and the views show.

Strings are decoded from UTF-8, or from Latin-1 if they are not UTF-8.  The octets of a body section are bytes (or
wire.frames.Spilled).  `None` is NIL.  Section numbers are those of RFC 9051.
"""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.sequence import LARGEST, SequenceSet
from imapsh.grammar.unread import Unread, filled
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class DateTime(str):
    """A date-time: the text between the quotation marks (9)."""

    __slots__ = ()

    @property
    def datetime(self) -> datetime | None:
        """Return the moment, which has its zone, or None if the text is not a moment that exists."""
        from imapsh.grammar.dates import read_date_time

        try:
            return read_date_time(self)
        except ValueError:
            return None


class Octets(int):
    """A number of octets."""

    __slots__ = ()


class Code(NamedTuple):
    """A response code (7.1).

    `arg` depends on the code: None, a number, a tuple of strings, AppendUid, CopyUid, text, or a value of an extension.
    `text` is the argument as it was on the wire.
    """

    name: str
    arg: Any = None
    text: str = ""


class AppendUid(NamedTuple):
    """The argument of APPENDUID (7.1; RFC 4315)."""

    uidvalidity: int
    uids: SequenceSet


class CopyUid(NamedTuple):
    """The argument of COPYUID (7.1; RFC 4315).  A set is empty only if the server broke the grammar."""

    uidvalidity: int
    source: SequenceSet
    destination: SequenceSet


class StatusText(NamedTuple):
    """The resp-text of a tagged or untagged OK, NO, BAD, BYE or PREAUTH, or of a continuation request (7.1, 7.6)."""

    code: Code | None = None
    text: str = ""


class Capabilities(NamedTuple):
    """The response CAPABILITY (7.2.2) or ENABLED (7.2.1)."""

    names: tuple[str, ...]


class Flags(NamedTuple):
    """The response FLAGS (7.3.5)."""

    flags: tuple[str, ...]


class Count(NamedTuple):
    """The response EXISTS (7.4.1) or RECENT (RFC 3501 section 7.3.2): a number of messages."""

    number: int


class Expunged(NamedTuple):
    """The response EXPUNGE (7.5.1): the number of the message that is gone."""

    seq: int


class Vanished(NamedTuple):
    """The response VANISHED (RFC 7162 section 3.2.10): the UIDs of messages that are gone.

    If `earlier` is true, they were gone before, and the response answers SELECT (QRESYNC) or UID FETCH (VANISHED).
    Then it does not change message numbers.  If it is false, the response stands for as many EXPUNGE responses.
    """

    earlier: bool
    uids: SequenceSet


class MailboxList(NamedTuple):
    """The response LIST (7.3.1) or LSUB (RFC 3501 section 7.2.3).

    If `delimiter` is None, the name is flat.  `extended` maps labels to values.  `mailbox` is decoded here and in all
    values; `imapsh.grammar.names.raw_of` returns its spelling on the wire.
    """

    attrs: tuple[str, ...]
    delimiter: str | None
    mailbox: str
    extended: dict[str, Any] = {}


class MailboxStatus(NamedTuple):
    """The response STATUS (7.3.4): the values of a mailbox's items by their names.  Most are numbers."""

    mailbox: str
    items: dict[str, Any]


class Namespace(NamedTuple):
    """A namespace: its prefix, delimiter and extension data (7.3.2)."""

    prefix: str
    delimiter: str | None
    extension: dict[str, tuple[str, ...]] = {}


class Namespaces(NamedTuple):
    """The response NAMESPACE (7.3.2)."""

    personal: tuple[Namespace, ...] | None
    other: tuple[Namespace, ...] | None
    shared: tuple[Namespace, ...] | None


class Search(NamedTuple):
    """The response SEARCH (RFC 3501 section 7.2.5), with the MODSEQ of RFC 7162 if there is one."""

    ids: tuple[int, ...]
    modseq: int | None = None

    @property
    def found(self) -> SequenceSet:
        """Return `ids` as a set, in rising order.  Numbers that cannot be message numbers are left out."""
        return SequenceSet.of([number for number in self.ids if 0 < number <= LARGEST])


class ESearch(NamedTuple):
    """The response ESEARCH (7.3.4).

    In `items`, MIN, MAX and COUNT are numbers, and ALL is a SequenceSet.  Others depend on the item.
    """

    tag: str | None
    uid: bool
    items: dict[str, Any]


class Id(NamedTuple):
    """The response ID (7.3.6; RFC 2971): the values by their fields, or None for NIL."""

    fields: dict[str, str | None] | None


class Fetch(NamedTuple):
    """The response FETCH (7.5.2).

    `items` maps the names on the wire, in upper case (`UID`, `BODY[1.MIME]<0>`), to values.  FLAGS is a tuple of str;
    UID, RFC822.SIZE and BINARY.SIZE[...] are int; INTERNALDATE is a str; ENVELOPE is an Envelope; BODY and
    BODYSTRUCTURE are BodyPart; BODY[...], BINARY[...] and RFC822... are bytes, Spilled or None.
    """

    seq: int
    items: dict[str, Any]

    @property
    def uid(self) -> int | None:
        """Return the UID if it is among the items, else None."""
        uid = self.items.get("UID")
        return uid if isinstance(uid, int) else None


class UidFetch(NamedTuple):
    """The response UIDFETCH (RFC 9586 section 3.3): a FETCH with the UID in place of the message number."""

    uid: int
    items: dict[str, Any]

    @property
    def seq(self) -> int:
        """Return 0, because the message has no number."""
        return 0


def _items(self: Fetch) -> dict[str, Any]:
    items = self[1]
    return filled(items) if type(items) is Unread else items


Fetch.items = property(_items, doc="Return the items by name; their values are made when somebody asks.")  # type: ignore[assignment]


def _text(raw: str | None) -> str | None:
    """Return a header's text unfolded and with its encoded words decoded.  If it has none, it is returned as it is."""
    if raw is None or "=?" not in raw:
        return raw
    from imapsh.grammar.encodedwords import encoded_words

    return encoded_words(raw.replace("\r\n", "")) or raw


class Address(NamedTuple):
    """An address of an envelope (7.5.2).

    If `host` is None, it begins or ends a group: `mailbox` is the group's name at the beginning, and None at the end.
    """

    name: str | None
    adl: str | None
    mailbox: str | None
    host: str | None

    @property
    def name_text(self) -> str | None:
        """Return the name with its encoded words decoded (RFC 2047), or as it is if it has none."""
        return _text(self.name)

    @property
    def email(self) -> str:
        """Return `mailbox@host`, or "" for the beginning or end of a group."""
        return f"{self.mailbox}@{self.host}" if self.mailbox is not None and self.host is not None else ""


class Envelope(NamedTuple):
    """The item ENVELOPE (7.5.2).  A list of addresses is None for NIL."""

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
        """Return the subject with its encoded words decoded (RFC 2047), or as it is if it has none."""
        return _text(self.subject)

    @property
    def datetime(self) -> datetime | None:
        """Return the moment of the field Date (RFC 5322 section 3.3), or None if it is missing or is not one.

        The moment has a zone unless the field says `-0000`, which means that the zone is not known.
        """
        from imapsh.grammar.dates import read_header_date

        return read_header_date(self.date)


class BodyPart(NamedTuple):
    """The item BODY or BODYSTRUCTURE, or a part of it (7.5.2).

    `type` and `subtype` are in lower case, and None if they are missing.  A multipart has `parts`, which are None for
    others.  Text has `lines`, and message/rfc822 has `envelope`, `body` and `lines`.  `extended` says that there is
    extension data (in BODYSTRUCTURE, not in BODY), and `extension` is what follows the location.  `params` and those of
    the disposition map names in lower case to values.  `size` is in octets as encoded, or None if it is not known.
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
        """Return the structure in one line, such as `multipart/mixed[text/plain,message/rfc822[...]]`.

        A `?` stands for a missing type or subtype.
        """
        name = f"{self.type or '?'}/{self.subtype or '?'}"
        if self.parts is not None:
            return name + "[" + ",".join(part.outline() for part in self.parts) + "]"
        return f"{name}[{self.body.outline()}]" if self.body is not None else name

    def walk(self) -> Iterator[Numbered]:
        """Yield this part and those below it in order, each with its number as in BODY[1.2] (6.4.5.1).

        The numbers are right if this part is a whole message.  Messages inside are gone into.  A multipart that is a
        message's whole body has no number of its own: its octets are BODY[TEXT], or BODY[3.TEXT].
        """
        waiting = [Numbered("TEXT" if self.parts is not None else "1", self)]
        while waiting:
            item = waiting.pop()
            yield item
            below = _below(item.number, item.part)
            end = len(below) - 1
            waiting += reversed(
                [Numbered(number, part, (*item.last, index == end)) for index, (number, part) in enumerate(below)]
            )

    @property
    def content_type(self) -> str:
        """Return the type and subtype, such as `text/plain`; a missing one is taken to be that of RFC 2045."""
        kind = self.type or "application"
        return f"{kind}/{self.subtype or ('plain' if kind == 'text' else 'octet-stream')}"

    @property
    def filename(self) -> str | None:
        """Return the name of the file, decoded, or None if the part has none (RFC 2183 section 2.3, RFC 2231).

        It comes from the disposition, or else from `name` of the type.  It is what the sender wrote, and may hold
        folders or control characters: write files under `safe_filename`.
        """
        from imapsh.grammar.filenames import parameter

        named = parameter(self.disposition[1], "filename") if self.disposition is not None else None
        return named if named is not None else parameter(self.params, "name")

    @property
    def safe_filename(self) -> str:
        """Return the name of the file in a form that any system takes, without folders, or "" if there is none."""
        from imapsh.grammar.filenames import safe_name

        return safe_name(self.filename or "")

    @property
    def is_attachment(self) -> bool:
        """Return whether mail programs show the part as an attachment, not as text or as an image inside the text.

        It is one if its disposition says so, if it has a file's name, or if it is neither text nor a multipart.  An
        image with a Content-ID and without the disposition `attachment` belongs to a text.
        """
        if self.parts is not None or self.type == "multipart":
            return False
        said = (self.disposition[0] or "").lower() if self.disposition is not None else ""
        if said == "attachment":
            return True
        if self.type == "image" and self.id:
            return False
        return self.type != "text" or self.filename is not None

    def decode(self, octets: bytes) -> bytes:
        """Return the part's octets without their transfer encoding, base64 or quoted-printable (RFC 2045 section 6).

        Nothing raises an error: what is not of the encoding is left out (base64) or kept (quoted-printable).
        """
        from imapsh.grammar.decoding import decode_transfer

        return decode_transfer(octets, self.encoding)

    def decode_text(self, octets: bytes) -> str:
        """Return the part's octets as text, without their transfer encoding and by the character set of the part.

        Nothing raises an error: what the set does not have becomes U+FFFD, and an unknown set is guessed.
        """
        from imapsh.grammar.decoding import decode_charset

        return decode_charset(self.decode(octets), (self.params or {}).get("charset"))


class Numbered(NamedTuple):
    """A part of a message and its number as in BODY[1.2].

    `last` says, for each level from the outermost to the part's own, whether the part on that level is the last there.
    """

    number: str
    part: BodyPart
    last: tuple[bool, ...] = ()


def _below(number: str, part: BodyPart) -> list[tuple[str, BodyPart]]:
    """Return the parts of a multipart, or the body of a message, with their numbers."""
    if part.parts is not None:
        base = number.removesuffix("TEXT").removesuffix(".")
        return [(f"{base}.{place}".lstrip("."), below) for place, below in enumerate(part.parts, 1)]
    if part.body is not None:
        return [(f"{number}.TEXT" if part.body.parts is not None else f"{number}.1", part.body)]
    return []


class Unknown(NamedTuple):
    """The value of a response, code or item that the table does not have, or that cannot be read.

    `data` are the values after the name.  `number` is the number before it, if there is one.
    """

    data: tuple[Any, ...] = ()
    number: int | None = None


class Garbage(NamedTuple):
    """A line that is not a response.  `looks_like` is a guess (`SMTP`, `HTTP`, `POP3`, a code's name), or empty."""

    looks_like: str = ""
    code: Code | None = None
