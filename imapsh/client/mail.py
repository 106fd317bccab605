"""Messages as a mail program shows them: decoded headers, text, and attachments that are read piece by piece.

    async for message in c.messages(keys.UNSEEN):
        print(message.subject, message.from_, await message.text())
        for attachment in message.attachments:
            async for octets in attachment.chunks():
                ...

What a message object needs is fetched when it is asked for, by UID, and nothing is marked as seen unless that is asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import datetime

from imapsh.client import keys
from imapsh.client.arguments import MessageSet, message_set
from imapsh.client.messages import Message
from imapsh.client.results import one_number
from imapsh.errors import MessageGone, StateError, TooLarge
from imapsh.grammar.decoding import Decoder, decode_charset
from imapsh.grammar.parts import leaves
from imapsh.grammar.sequence import LARGEST, STAR, SequenceSet
from imapsh.grammar.values import Address, BodyPart, DateTime
from imapsh.session.mailbox import Mailbox
from imapsh.wire.frames import Spilled
from imapsh.wire.sinks import octets_of

BLOCK = 100
"""The number of messages that are fetched at once."""

WINDOW = 1 << 18
"""The number of octets that `chunks` asks the server for at once."""

MOST = 1 << 26
"""The most octets of a part or a message that are read at once, unless a call allows more.  `chunks` has no limit."""

_LONGEST = 1 << 16  # characters of a field that is taken apart into addresses


class Headers(Mapping[str, str]):
    """The header of a message: field name, in any case -> text of the first field with this name, decoded.

    `all(name)` gives the texts of all fields with this name.  Encoded words are decoded, and lines are unfolded.
    """

    def __init__(self, octets: bytes) -> None:
        self._fields: dict[str, list[str]] = {}
        for name, raw in _fields(octets):
            self._fields.setdefault(name.lower(), []).append(raw)

    def __getitem__(self, name: str) -> str:
        """Return the text of the first field with this name.  Raises KeyError if there is none."""
        return _decoded(self._fields[name.lower()][0])

    def __iter__(self) -> Iterator[str]:
        """Return an iterator over the names of fields in lower case, each once, in the order of the message."""
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def all(self, name: str) -> tuple[str, ...]:
        """Return the texts of all fields with this name, in the order of the message."""
        return tuple(_decoded(raw) for raw in self.raw(name))

    def raw(self, name: str) -> tuple[str, ...]:
        """Return the same, unfolded but with encoded words as they are."""
        return tuple(self._fields.get(name.lower(), ()))

    def addresses(self, name: str) -> tuple[Address, ...]:
        """Return the addresses of all fields with this name; their names are decoded by `name_text`.

        What cannot be read as an address is left out (RFC 5322 section 3.4).
        """
        from email.utils import getaddresses

        try:
            found = getaddresses([raw[:_LONGEST] for raw in self.raw(name)])
        except (RecursionError, ValueError, IndexError):  # comments in comments in comments
            return ()
        split = [(said, *address.rpartition("@")[::2]) for said, address in found]
        return tuple(Address(said or None, None, local, host) for said, local, host in split if local and host)


def _fields(octets: bytes) -> Iterator[tuple[str, str]]:
    """Yield the name and the unfolded value of each field.  A line that is neither is left out."""
    name, lines = "", [b""]
    for line in (*octets.splitlines(), b""):
        if line[:1] in (b" ", b"\t") and name:
            lines.append(line)
            continue
        if name:
            yield name, decode_charset(b"".join(lines), None).strip()
        field, colon, value = line.partition(b":")
        name = decode_charset(field.rstrip(), "ascii") if colon and field.strip() else ""
        lines = [value]


def _decoded(raw: str) -> str:
    from imapsh.grammar.encodedwords import encoded_words

    return encoded_words(raw) or raw


class MailPart:
    """A part of a message, which can be read from the server.

    `number` is the part's as in BODY[1.2], or "" for the whole message; `structure` tells its type and its size.
    """

    def __init__(self, message: MailMessage, number: str, structure: BodyPart) -> None:
        self._message = message
        self.number = number
        self.structure = structure

    @property
    def content_type(self) -> str:
        """Return the type, such as `image/png`."""
        return self.structure.content_type

    @property
    def filename(self) -> str:
        """Return the name of the file as the sender wrote it, decoded, or "".  It may hold folders: see BodyPart."""
        return self.structure.filename or ""

    @property
    def safe_filename(self) -> str:
        """Return a name under which the file can be written on any system, which is never empty."""
        return self.structure.safe_filename or f"part-{self.number or 'all'}"

    @property
    def size(self) -> int:
        """Return the octets of the part as they are encoded, which is more than they are decoded; 0 if not known."""
        return self.structure.size or 0

    async def chunks(self, window: int = WINDOW) -> AsyncIterator[bytes]:
        """Yield the octets without their transfer encoding, as they are fetched; `window` octets are asked for at once.

        No more than that is kept.  Nothing is marked as seen.  Raises MessageGone if the message is expunged meanwhile,
        so that a file that was cut off is not taken for a whole one; StateError if another mailbox is selected.
        """
        decoder = Decoder(self.structure.encoding)
        async for octets in self._message.windows(self.number, window):
            decoded = decoder.feed(octets)
            if decoded:
                yield decoded
        rest = decoder.finish()
        if rest:
            yield rest

    async def read(self, most: int = MOST) -> bytes:
        """Return all octets, without their transfer encoding.

        Raises what `chunks` raises, and TooLarge if there are more than `most`.
        """
        return await _joined(self.chunks(), most, f"part {self.number}")

    async def text(self, most: int = MOST) -> str:
        """Return the part as text by its character set.  Raises what `read` raises, and nothing for odd octets."""
        return decode_charset(await self.read(most), (self.structure.params or {}).get("charset"))


class MailMessage:
    """A message: what was fetched of it, and what can be fetched when it is needed.

    `uid`, `flags`, `size` (in octets) and `internal_date` are as they were when it was fetched.  `headers` are decoded.
    `structure` is its BODYSTRUCTURE, or None if the server gave none that can be read.
    """

    def __init__(self, reader: Reader, uid: int, items: Mapping[str, object]) -> None:
        self._reader = reader
        self._box = reader.box()
        self.uid = uid
        flags, size = items.get("FLAGS"), items.get("RFC822.SIZE")
        arrived, structure = items.get("INTERNALDATE"), items.get("BODYSTRUCTURE")
        self.flags: tuple[str, ...] = flags if isinstance(flags, tuple) else ()
        self.size: int = size if isinstance(size, int) else 0
        self.internal_date: datetime | None = arrived.datetime if isinstance(arrived, DateTime) else None
        self.structure: BodyPart | None = structure if isinstance(structure, BodyPart) else None
        self.headers = Headers(_octets(items.get("BODY[HEADER]")))

    def __repr__(self) -> str:
        return f"<MailMessage UID {self.uid} {self.subject!r:.80}>"

    # -- the header

    @property
    def subject(self) -> str:
        """Return the subject, decoded; "" if there is none."""
        return self.headers.get("Subject", "")

    @property
    def date(self) -> datetime | None:
        """Return the moment of the field Date, or None if it is missing or wrong.  `internal_date` is the arrival."""
        from imapsh.grammar.dates import read_header_date

        return read_header_date(self.headers.get("Date"))

    @property
    def message_id(self) -> str:
        """Return the field Message-ID, or ""."""
        return self.headers.get("Message-ID", "")

    @property
    def from_(self) -> tuple[Address, ...]:
        """Return the authors."""
        return self.headers.addresses("From")

    @property
    def to(self) -> tuple[Address, ...]:
        """Return those whom the message is addressed to."""
        return self.headers.addresses("To")

    @property
    def cc(self) -> tuple[Address, ...]:
        """Return those who get a copy."""
        return self.headers.addresses("Cc")

    @property
    def reply_to(self) -> tuple[Address, ...]:
        """Return those whom an answer should go to, if the message says so."""
        return self.headers.addresses("Reply-To")

    @property
    def is_seen(self) -> bool:
        r"""Return whether the message had the flag \Seen."""
        return "\\seen" in (flag.lower() for flag in self.flags)

    # -- the parts

    @property
    def parts(self) -> tuple[MailPart, ...]:
        """Return the parts that hold something, in order.  A message inside is one part, and is not gone into."""
        if self.structure is None:
            return ()
        return tuple(MailPart(self, item.number, item.part) for item in leaves(self.structure))

    @property
    def attachments(self) -> tuple[MailPart, ...]:
        """Return the parts that are attachments, as `BodyPart.is_attachment` says."""
        return tuple(part for part in self.parts if part.structure.is_attachment)

    async def text(self, most: int = MOST) -> str:
        """Return the plain text: that of all parts of the type text/plain that are not attachments; "" if none is.

        Raises what `MailPart.read` raises; `most` holds for each part.
        """
        return await self._texts("text/plain", most)

    async def html(self, most: int = MOST) -> str:
        """Return the HTML in the same way.  It is the sender's, and may hold anything: clean it before it is shown."""
        return await self._texts("text/html", most)

    async def _texts(self, kind: str, most: int) -> str:
        texts = [part for part in self.parts if part.content_type == kind and not part.structure.is_attachment]
        return "".join([await part.text(most) for part in texts])

    # -- the whole

    async def chunks(self, window: int = WINDOW) -> AsyncIterator[bytes]:
        """Yield the whole message as it is, header and body.  Raises what `MailPart.chunks` raises."""
        async for octets in self.windows("", window):
            yield octets

    async def read(self, most: int = MOST) -> bytes:
        """Return the whole message as it is, header and body.  Raises what `MailPart.read` raises."""
        return await _joined(self.chunks(), most, "the message")

    async def windows(self, section: str, window: int) -> AsyncIterator[bytes]:
        """Yield the octets of a section as they are stored, at most `window` at once (RFC 9051 section 6.4.5)."""
        offset = 0
        while True:
            items = await self._fetched(f"BODY.PEEK[{section}]<{offset}.{window}>")
            at = f"BODY[{section}]<{offset}>"
            whole = at not in items  # a server that does not know partial fetches sends it all
            octets = _octets(items.get(f"BODY[{section}]" if whole else at))
            if octets:
                yield octets
            offset += window
            if whole or len(octets) < window or offset > LARGEST:
                return

    async def _fetched(self, item: str) -> Mapping[str, object]:
        if self._reader.box() != self._box:
            raise StateError(f"{self!r} is in {self._box[0] or 'no mailbox'}, which is not selected any more")
        found = [items async for _, items in self._reader.fetched(SequenceSet.of([self.uid]), item)]
        if not found:
            raise MessageGone(f"the message with the UID {self.uid} is not in {self._box[0]} any more")
        return found[0]


async def _joined(chunks: AsyncIterator[bytes], most: int, what: str) -> bytes:
    """Return the octets of all chunks together.  Raises TooLarge as soon as there are more than `most`."""
    pieces: list[bytes] = []
    octets = 0
    async for piece in chunks:
        octets += len(piece)
        if octets > most:
            raise TooLarge(f"{what} holds more than {most} octets: read it by chunks(), or allow more with most=")
        pieces.append(piece)
    return b"".join(pieces)


def _octets(value: object) -> bytes:
    """Return the octets of a literal, which may be in a temporary file, and close that."""
    if not isinstance(value, bytes | Spilled):
        return b""
    octets = b"".join(octets_of(value))
    if isinstance(value, Spilled):
        close = getattr(value.where, "close", None)
        if close is not None:
            close()
    return octets


class Reader:
    """Makes message objects by the commands of a connection, which it is given: FETCH, SEARCH and the mailbox."""

    def __init__(
        self,
        fetch: Callable[..., AsyncIterator[Message]],
        search: Callable[..., Awaitable[SequenceSet]],
        mailbox: Callable[[], Mailbox | None],
    ) -> None:
        self._fetch = fetch
        self._search = search
        self._mailbox = mailbox

    async def messages(self, messages: MessageSet | keys.Key, uid: bool, mark_seen: bool) -> AsyncIterator[MailMessage]:
        """Yield the messages of a set, as `Connection.messages` does."""
        uids = await self._uids(messages, uid)
        header = "BODY[HEADER]" if mark_seen else "BODY.PEEK[HEADER]"
        items = f"UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE {header}"
        for start in range(0, len(uids), BLOCK):
            found = [
                MailMessage(self, number, fetched)
                async for number, fetched in self.fetched(uids[start : start + BLOCK], items)
            ]
            for one in sorted(found, key=lambda message: message.uid):
                yield one

    async def message(self, number: int, uid: bool, mark_seen: bool) -> MailMessage:
        """Return one message.  Raises MessageGone if it is not there."""
        async for found in self.messages(one_number(number), uid, mark_seen):
            return found
        raise MessageGone(f"no message has the {'UID' if uid else 'number'} {number} in {self.box()[0]}")

    async def fetched(self, uids: SequenceSet, items: str) -> AsyncIterator[tuple[int, Mapping[str, object]]]:
        """Fetch items by UID.  Yield the UID and the items of each message."""
        async for one in self._fetch(uids, items, uid=True):
            if one.uid is not None:
                yield one.uid, one.items

    def box(self) -> tuple[str, int | None]:
        """Return what tells mailboxes apart: UIDs count only within it (RFC 9051 section 2.3.1.1)."""
        box = self._mailbox()
        return ("", None) if box is None else (box.name, box.uidvalidity)

    async def _uids(self, messages: MessageSet | keys.Key, uid: bool) -> SequenceSet:
        """Return the UIDs of a set, or of what matches a search key.

        Message numbers may change between two blocks, so they are not used for fetching.  UIDs are looked up too if
        they are many, because most of a large range need not be there.
        """
        if isinstance(messages, keys.Key):
            return await self._search(messages, uid=True)
        numbers = message_set(messages)
        if not numbers:
            return numbers
        if uid and not numbers.saved and not any(STAR in pair for pair in numbers.ranges) and len(numbers) <= BLOCK:
            return numbers.sorted()
        return await self._search(keys.UID(numbers) if uid else keys.NUMBERS(numbers), uid=True)
