"""The typed values of responses, which the parser makes, the writer writes and the views show.

Strings are decoded from UTF-8, or from Latin-1 if they are not UTF-8.  The octets of a body section are bytes (or
wire.frames.Spilled).  `None` is NIL.  Section numbers are those of RFC 9051.
"""

from __future__ import annotations

from typing import Any

from imapsh.grammar.sequence import LARGEST, SequenceSet
from imapsh.tuples import NamedTuple


class DateTime(str):
    """A date-time: the text between the quotation marks (9)."""

    __slots__ = ()


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
