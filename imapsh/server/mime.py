"""A message cut into its parts, each an exact range of its octets (RFC 2045, 2046; RFC 9051 sections 6.4.5 and 7.5.2).

The standard library's `email` makes a tree of strings and keeps no offsets, but IMAP needs octets.  So the library only
decodes the transfer encodings; this module finds where a part begins and ends.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from functools import cached_property

from imapsh.grammar.values import BodyPart, Envelope
from imapsh.server.headers import Field, envelope, fields, first, header_end, parameters
from imapsh.tuples import NamedTuple

MAX_DEPTH = 40  #: parts within parts; deeper ones are not taken apart
MAX_PARTS = 1000  #: parts of one multipart

_TOKEN = re.compile(r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+")
_CHARSET = {"charset": "us-ascii"}
_IDENTITY = ("7bit", "8bit", "binary")


class Section(NamedTuple):
    """A section-spec (RFC 9051 section 9): part numbers, then empty, HEADER, HEADER.FIELDS[.NOT], TEXT or MIME."""

    part: tuple[int, ...] = ()
    text: str = ""
    fields: tuple[str, ...] = ()


class Part:
    """One part, or the whole message: `octets[start:body]` is its header, `octets[body:end]` its body."""

    def __init__(self, octets: bytes, start: int, end: int, depth: int = 0, default: str = "text/plain") -> None:
        self._octets = octets
        self.start, self.end = start, end
        self.body = header_end(octets, start, end)
        self._depth = depth
        self.fields: list[Field] = fields(octets[start : self.body])
        self.type, self.params = self._content_type(default)
        self.encoding = (first(self.fields, "content-transfer-encoding") or "7bit").split(";")[0].strip().lower()
        self.children: list[Part] = []
        self.message: Part | None = None
        if depth < MAX_DEPTH:
            self._divide()
        if self.type.startswith("multipart/") and not self.children:
            self.type, self.params = "text/plain", dict(_CHARSET)  # a multipart has one part or more: body-type-mpart
        elif self.message is None and self.type in ("message/rfc822", "message/global"):
            self.type = "application/octet-stream"

    @property
    def header_octets(self) -> bytes:
        """Return its header, with the empty line."""
        return self._octets[self.start : self.body]

    @property
    def body_octets(self) -> bytes:
        """Return its body, as encoded."""
        return self._octets[self.body : self.end]

    def _content_type(self, default: str) -> tuple[str, dict[str, str | None]]:
        value = first(self.fields, "content-type")
        kind, params = parameters(value or default)
        main, slash, sub = kind.partition("/")
        if not slash or not _TOKEN.fullmatch(main) or not _TOKEN.fullmatch(sub):
            return "text/plain", dict(_CHARSET)  # RFC 2045 section 5.2: as if the field were not there
        if value is None and kind == "text/plain":
            params = dict(_CHARSET)
        return kind, params

    def _divide(self) -> None:
        if self.type.startswith("multipart/") and self.params.get("boundary"):
            default = "message/rfc822" if self.type == "multipart/digest" else "text/plain"
            self.children = [
                Part(self._octets, start, end, self._depth + 1, default)
                for start, end in _parts(self._octets, self.body, self.end, str(self.params["boundary"]))
            ]
        elif self.type in ("message/rfc822", "message/global"):
            self.message = Part(self._octets, self.body, self.end, self._depth + 1)

    def numbered(self, number: int) -> Part | None:
        """Return part `number` of this message or multipart.  A message that is not a multipart is its own part 1."""
        if self.children:
            return self.children[number - 1] if number <= len(self.children) else None
        return self if number == 1 else None

    def below(self, number: int) -> Part | None:
        """Return the part that is named by one more number after this one's (RFC 9051 section 6.4.5.1)."""
        if self.message is not None:
            return self.message.numbered(number)
        return self.numbered(number) if self.children else None

    def decoded(self) -> bytes | None:
        """Return the body without its transfer encoding, or None if that encoding is unknown (RFC 3516 section 4.3)."""
        if self.encoding in _IDENTITY or self.children or self.message is not None:
            return self.body_octets
        if self.encoding == "base64":
            return _unbase64(self.body_octets)
        return quopri.decodestring(self.body_octets) if self.encoding == "quoted-printable" else None

    def structure(self, extended: bool) -> BodyPart:
        """Return BODYSTRUCTURE, or BODY if not `extended` (RFC 9051 section 7.5.2)."""
        main, _, sub = self.type.partition("/")
        common: dict[str, object] = {"type": main, "subtype": sub, "extended": extended}
        if extended:
            common |= self._extension()
        if self.children:
            parts = tuple(child.structure(extended) for child in self.children)
            return BodyPart(**common, params=(self.params or None) if extended else None, parts=parts)  # type: ignore[arg-type]
        common |= {"params": self.params or None, "encoding": self.encoding, "size": self.end - self.body}
        common |= {"id": first(self.fields, "content-id"), "description": first(self.fields, "content-description")}
        if extended:
            common["md5"] = first(self.fields, "content-md5")
        if main == "text" or self.message is not None:
            common["lines"] = self._octets.count(b"\n", self.body, self.end)
        if self.message is not None:
            common |= {"envelope": self.message.envelope(), "body": self.message.structure(extended)}
        return BodyPart(**common)  # type: ignore[arg-type]

    def _extension(self) -> dict[str, object]:
        languages = first(self.fields, "content-language") or ""
        disposition = first(self.fields, "content-disposition")
        kind, params = parameters(disposition or "")
        return {
            "disposition": (kind, params or None) if kind else None,
            "language": tuple(tag.strip() for tag in languages.split(",") if tag.strip()) or None,
            "location": first(self.fields, "content-location"),
        }

    def envelope(self) -> Envelope:
        """Return the ENVELOPE of this message."""
        return envelope(self.fields)

    def leaves(self) -> Iterator[Part]:
        """Yield every part that holds no other part, in order."""
        if self.message is not None:
            yield from self.message.leaves()
        elif self.children:
            for child in self.children:
                yield from child.leaves()
        else:
            yield self


class Mime:
    """A message's octets with the tree of its parts, which is read when it is first needed."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets

    @cached_property
    def root(self) -> Part:
        """The whole message."""
        return Part(self.octets, 0, len(self.octets))

    def part(self, numbers: tuple[int, ...]) -> Part | None:
        """Return the part of these numbers, or None if there is none.  Without numbers it is the whole message."""
        part: Part | None = self.root
        for depth, number in enumerate(numbers):
            if part is None:
                return None
            part = part.below(number) if depth else part.numbered(number)
        return part

    def section(self, section: Section) -> bytes | None:
        """Return BODY[section], or None if the message has no such part (RFC 9051 section 6.4.5.1)."""
        part = self.part(section.part)
        if part is None:
            return None
        if section.text == "MIME":
            return part.header_octets
        if not section.text:
            return part.body_octets if section.part else self.octets
        message = part.message if section.part else part
        if message is None:
            return None
        if section.text == "TEXT":
            return message.body_octets
        if section.text == "HEADER":
            return message.header_octets
        return _chosen(message, section)

    def decoded(self, numbers: tuple[int, ...]) -> bytes | None:
        """Return BINARY[numbers], or None if there is no such part.  Raises ValueError if its encoding is not known."""
        if not numbers:
            return self.octets
        part = self.part(numbers)
        if part is None:
            return None
        plain = part.decoded()
        if plain is None:
            raise ValueError(f"part {'.'.join(map(str, numbers))} has the unknown encoding {part.encoding!a}")
        return plain


def _chosen(message: Part, section: Section) -> bytes:
    wanted = {name.lower() for name in section.fields}
    inverse = section.text == "HEADER.FIELDS.NOT"
    chosen = [field.octets for field in message.fields if (field.name.lower() in wanted) is not inverse]
    return b"".join(chosen) + b"\r\n"


def _parts(octets: bytes, body: int, end: int, boundary: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the parts between the boundary's delimiter lines (RFC 2046 section 5.1.1).

    The line end before a delimiter belongs to the delimiter.  If the closing one is missing, the last part goes on to
    the end.
    """
    mark = re.escape(boundary.rstrip().encode("utf-8", "surrogateescape"))
    start = None
    for count, found in enumerate(
        re.compile(rb"^--%b(--)?[ \t]*(\r?\n|\Z)" % mark, re.MULTILINE).finditer(octets, body, end)
    ):
        if count == MAX_PARTS:
            break
        if start is not None:
            yield start, max(start, _before_line_end(octets, found.start()))
        start = found.end()
        if found[1]:
            return
    if start is not None:
        yield start, end


def _before_line_end(octets: bytes, offset: int) -> int:
    if octets[offset - 2 : offset] == b"\r\n":
        return offset - 2
    return offset - 1


def _unbase64(body: bytes) -> bytes:
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    return binascii.a2b_base64(clean[: len(clean) - (len(clean) % 4 == 1)] + b"=" * (-len(clean) % 4))
