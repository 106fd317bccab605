"""Replaces what is private in a conversation by stand-ins of the same length and shape (`--redact mail`).

Theory of operation.  Whatever is not known to be of the protocol is replaced, so that a line that is not understood
says nothing.  Kept are names that the table has, numbers, sets and dates where the grammar has them; `imapsh.logs.kept`
has the words.  Where a name stands, as a mailbox's does, it is replaced even if it looks like one of the protocol.

    names, addresses, subjects, strings   a stand-in for each word, the same everywhere (`imapsh.logs.standins`)
    messages                              `imapsh.logs.mailtext`
    texts of OK, NO, BAD                  words that servers use stay, and others get their stand-ins

Lines keep their punctuation, and so their grammar and what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING

from imapsh.grammar.responses import CLIENT as OURS
from imapsh.grammar.responses import CONTINUATION, STATUS, TAGGED, UNTAGGED, Response
from imapsh.grammar.tokens import DATA, FLAG, LITERAL, OPEN_QUOTE, QUOTED, WORD, Token
from imapsh.logs import kept
from imapsh.logs.coded import filled, replaced
from imapsh.logs.mailtext import DATE, MONTHS, MailText, titled
from imapsh.logs.standins import StandIns
from imapsh.patterns import lazy
from imapsh.typed.slots import SLOTS
from imapsh.wire.frames import Part
from imapsh.wire.sinks import blocks_of

if TYPE_CHECKING:
    from imapsh.session.overheard import Conversation
    from imapsh.typed.match import Match

_TAG = lazy(rb"[A-Za-z.$_-]{0,6}\d{1,12}[A-Za-z]{0,2}|[A-Za-z.]{1,2}")
_PLAIN_TAG = lazy(rb"[A-Za-z.$_-]{0,3}\d{1,5}[A-Za-z]?|[A-Za-z.]{1,2}")  # whoever has it
_TOKEN = lazy(rb'"(?:[^"\\\r\n]|\\[^\r\n])*+"|"(?:[^"\\]|\\.)*+"|"|[()\[\]\s]|[^\s()\[\]"]+', re.DOTALL)
_CODE = lazy(rb'\s*\[(?:[^\]"\r\n]|"(?:[^"\\\r\n]|\\.)*+"|\](?=[^ \r\n]))*+\](?=[ \r\n]|\Z)')
_CAPABILITY = lazy(rb"[A-Z0-9][A-Z0-9=+/_.:-]*|IMAP4rev\d")
_WORD = lazy(rb"[A-Za-z0-9\x80-\xff]+")
_BASE64 = lazy(rb"[A-Za-z0-9+/]{8,}={0,2}")
_OF_MESSAGE = lazy(rb"(?:\[([^\]\r\n]*)\](?:<\d+>)?|(?i:RFC822(?:\.\w+)?)) +~?\{\d+\+?\}\r?\n\Z")
_DATELIKE = lazy(rb'"(?:[\d :+.,/-]|(?:' + MONTHS + rb"))*\"", re.IGNORECASE)
_ANNOUNCED = lazy(rb"~?\{\d+\+?\}\r?\n\Z")
_UNTAGGED = rb"[*\s]+(?:[\d+.-][\dxa-f+.,:-]{0,20}?)?\s*(?=%s)"  # with a number, even a wrong one
_TAGGED = lazy(rb"(\s*\S+)(\s+)")
_VERSION = lazy(rb'"\d{1,4}(?:\.\d{1,5}){0,3}"')
_ENTRY = lazy(rb'"?(?:/|value\.|size\.|\*")')
_RIGHTS = lazy(r"[+-]?[lrswipkxtecdan\d]{1,13}")

#: Where names of mailboxes and people stand among the arguments of a response: first these, then the last two in turn.
#: In a response that is neither here nor in _PLAIN they may be anywhere outside parentheses.
_NAMES = {
    "LIST": (False, False, True, False, False),
    "LSUB": (False, False, True, False, False),
    "XLIST": (False, False, True, False, False),
    "STATUS": (True, False, False),
    "ACL": (True, True, False),
    "LISTRIGHTS": (True, True, False, False),
    "MYRIGHTS": (True, False, False),
    "METADATA": (True, False, False),
    "ANNOTATION": (True, False, False),
}  # fmt: skip
_ANNOTATED = frozenset({"METADATA", "ANNOTATION", "FETCH"})
_OF_RIGHTS = frozenset({"ACL", "LISTRIGHTS", "MYRIGHTS"})
_ANYWHERE = (True, True)
_PLAIN = frozenset(
    "CAPABILITY ENABLED FLAGS EXISTS RECENT EXPUNGE SEARCH ESEARCH SORT THREAD VANISHED FETCH UIDFETCH UIDBATCHES "
    "LANGUAGE COMPARATOR NAMESPACE ID".split()
)
_MOST_TAGS = 10_000
_CAPABILITIES = frozenset({"CAPABILITY", "ENABLED"})
#: Data whose words somebody has chosen, even if they look like numbers.
_WORDS = frozenset(
    {
        b"FLAGS",
        b"PERMANENTFLAGS",
        b"X-GM-LABELS",
        b"EMAILID",
        b"THREADID",
        b"MAILBOXID",
        b"PREVIEW",
        b"SNIPPET",
        b"NAMESPACE",
    }
)
_BODIES = frozenset({b"BODY", b"BODYSTRUCTURE"})
_DATES = frozenset({b"INTERNALDATE", b"SAVEDATE"})
#: Slots of a command that hold what somebody has written.
_SAID = frozenset({"mailbox", "string", "secret", "flag"})
_OF_PEOPLE = ("identifier", "-root", "-label")  # how slots end of which a number may be one
_SHORT = 4  # characters of a number out of its place, which is kept
_KEPT_SLOTS = frozenset({"charset", "mechanism", "use"})


class Redactor:
    """Replaces what is private in the lines of a log.  With a key, the stand-ins are the same in every run."""

    def __init__(self, key: bytes = b"") -> None:
        self.stand_ins = StandIns(kept.EVERYWHERE.__contains__, kept.is_reserved, key)
        self._tags: set[bytes] = set()  # those of commands, which are kept
        self._commands = False  # the log has commands

    def parts(self, response: Response, conversation: Conversation) -> list[Iterator[bytes]]:
        """Return the parts of a line with stand-ins, each in pieces.  The line is masked already."""
        parts = response.frame.parts
        if response.kind == OURS:
            return _Command(self, response, conversation).parts()
        line = _Line(self, response)
        return [
            line.literal(parts[index - 1], part) if index % 2 else iter((line.rewritten(part, index + 1 < len(parts)),))
            for index, part in enumerate(parts)
        ]

    def mail(self, part: Part, *, header: bool | None = None) -> Iterator[bytes]:
        """Yield the octets of a message with stand-ins."""
        return MailText(self.stand_ins, header=header).rewritten(blocks_of(part))

    def tag(self, tag: bytes) -> bytes:
        """Return a tag, or its stand-in if it may be a word of somebody's: no command that is known had it."""
        known = tag in self._tags or _PLAIN_TAG.fullmatch(tag) or (not self._commands and _TAG.fullmatch(tag))
        return tag if known else replaced(tag, self.stand_ins)

    def tagged(self, tag: bytes, *, known: bool) -> bytes:
        """Return the tag of a command, or its stand-in; `known` says if the table has the command."""
        self._commands = True
        if known and _TAG.fullmatch(tag):
            if len(self._tags) >= _MOST_TAGS:
                self._tags.clear()
            self._tags.add(tag)
        return self.tag(tag)

    def capability(self, name: bytes) -> bytes:
        """Return the name of a capability, with stand-ins for words that were names of people or places before."""
        return _WORD.sub(lambda found: self._known_word(found[0]), name)

    def _known_word(self, word: bytes) -> bytes:
        lower = word.decode("utf-8", "surrogateescape").lower()
        return self.stand_ins.octets(word) if self.stand_ins.gave(lower) and not _is_name(word) else word

    def text(self, text: bytes) -> bytes:
        """Return a text with stand-ins for the words that servers do not use, and for those that were names before."""

        def word(found: re.Match[bytes]) -> bytes:
            lower = found[0].decode("utf-8", "surrogateescape").lower()
            known = lower in kept.SENTENCES or lower in kept.EVERYWHERE or kept.is_protocol(lower)
            if known and not lower.isdecimal() and not self.stand_ins.gave(lower):
                return found[0]
            return self.stand_ins.octets(found[0])

        if b"=?" in text or b"%" in text or b"&" in text:
            return replaced(text, self.stand_ins)
        return _WORD.sub(word, text)

    def of_id(self, token: bytes, field: str | None) -> bytes:
        """Return a string of ID (RFC 2971) with stand-ins: the value of a field, or a field's name if that is None."""
        if field is None:
            known = token.strip(b'"').decode("latin-1").lower() in kept.ID_FIELDS
            return token if known else replaced(token, self.stand_ins)
        return token if field in kept.VERSIONS and _VERSION.fullmatch(token) else self.text(token)

    def entry(self, octets: bytes) -> bytes:
        """Return the name of an annotation, as `/private/comment`, with stand-ins for what the table does not have."""
        return _WORD.sub(lambda found: found[0] if _is_name(found[0]) else self.stand_ins.octets(found[0]), octets)

    def quoted(self, octets: bytes) -> bytes:
        """Return a quoted string, or another word that somebody has written, with stand-ins."""
        return octets if DATE.fullmatch(octets.strip(b'"')) else octets[:1] + titled(octets[1:], self.stand_ins)


class _Line:
    """One response, whose lines are rewritten one after another."""

    def __init__(self, redactor: Redactor, response: Response) -> None:
        self._redactor = redactor
        self._response = response
        self._first = True
        self._known = False
        self._broken = False  # a quotation mark has no partner, so that anything behind it may belong to its string
        self._in_text = False  # the last word was replaced, so that a number behind it may be of the same text
        self._rights = _Rights()
        self._depth = 0
        self._arguments = 0
        self._body = -1  # the depth at which BODY began
        self._before = self._before_last = b""  # the last word, and the one before it
        self._list = b""  # the word before the list
        self._strings: list[bytes] = []

    def rewritten(self, line: Part, announces: bool) -> bytes:
        """Return the next line with stand-ins.  If `announces` is true, a literal follows."""
        assert isinstance(line, bytes)
        announced = _ANNOUNCED.search(line)
        end = len(line) if announced is None else announced.start()
        first, self._first = self._first, False
        made = self._begun(line[:end]) if first else self._going_on(line[:end])
        if not self._depth:
            self._arguments += announces
        return made + line[end:]

    def _going_on(self, line: bytes) -> bytes:
        if not self._known:
            return self._replaced(line)
        return self._data(line) if self._response.kind == UNTAGGED else self._text(line)

    def _begun(self, line: bytes) -> bytes:
        """Return the first line with stand-ins: its head is kept if the response is known."""
        kind, name = self._response.kind, self._response.name.encode("latin-1", "replace")
        if kind == CONTINUATION:
            self._known = True
            return line[:1] + self._text(line[1:])
        if not _is_known(self._response):
            return self._replaced(line)
        head = _TAGGED.match(line) if kind == TAGGED else re.match(_UNTAGGED % re.escape(name), line, re.IGNORECASE)
        if head is None or not line[head.end() :].upper().startswith(name):
            return self._replaced(line)
        self._known = True
        begin, end = head[0], head.end() + len(name)
        if kind == TAGGED:
            begin = self._redactor.tag(head[1]) + head[2]
        rest = line[end:]
        return begin + line[head.end() : end] + (self._data(rest) if kind == UNTAGGED else self._text(rest))

    def literal(self, before: Part, literal: Part) -> Iterator[bytes]:
        """Return the octets of a literal with stand-ins, in pieces; `before` is the line that announces it."""
        assert isinstance(before, bytes)
        found = _OF_MESSAGE.search(before)
        if found is not None or not isinstance(literal, bytes):
            section = b"" if found is None else (found[1] or b"").upper()
            return self._redactor.mail(literal, header=True if b"HEADER" in section or b"MIME" in section else None)
        self._strings.append(literal)
        keeps = self._known and self._body >= 0 and self._is_of_mime(literal)
        return iter((literal if keeps else titled(literal, self._redactor.stand_ins),))

    def _replaced(self, octets: bytes) -> bytes:
        return replaced(octets, self._redactor.stand_ins)

    def _text(self, text: bytes) -> bytes:
        code = _CODE.match(text)
        if code is not None:
            name = re.match(rb"\s*\[\s*([^\s\]]*)", text)
            said = name[1].upper().decode("latin-1") if name is not None else ""
            made = self._data(text[: code.end()], said, is_code=True)
            return made + self._redactor.text(text[code.end() :])
        word = text.strip()
        if self._response.kind == CONTINUATION and _BASE64.fullmatch(word):
            return text.replace(word, filled(word))
        return self._redactor.text(text)

    # -- data

    def _data(self, line: bytes, name: str = "", *, is_code: bool = False) -> bytes:
        name = name or self._response.name
        made = [self._token(found[0], name, is_code=is_code) for found in _TOKEN.finditer(line)]
        return b"".join(made)

    def _token(self, token: bytes, name: str, *, is_code: bool) -> bytes:
        if self._broken:
            said = token.decode("latin-1")
            return token if kept.is_protocol(said) and not kept.is_number(said) else self._replaced(token)
        self._broken = token == b'"'
        self._in_text &= token.isspace() or kept.is_number(token.decode("latin-1"))
        if token in b"([":
            self._arguments += not self._depth and not is_code
            self._depth += 1
            self._list = self._before
            if self._before in _BODIES and token == b"(" and self._body < 0:
                self._body = self._depth
            self._strings = []
            return token
        if token in b")]":
            self._depth -= 1
            self._list = b""
            if self._depth < self._body:
                self._body = -1
            return token
        if token.isspace():
            return token
        named = not self._depth and not is_code and self._names(name)
        self._arguments += not self._depth and not is_code
        before, self._before = self._before, token.upper()
        self._before_last = before
        if before in _DATES and _DATELIKE.fullmatch(token):
            return token
        if before == b"TAG" or (name == "INPROGRESS" and token[:1] == b'"'):
            return token[:1] + self._redactor.tag(token[1:-1]) + token[-1:]
        if named or before == b"MAILBOX":
            return replaced(token, self._redactor.stand_ins)
        return self._string(token, name) if token[:1] == b'"' else self._atom(token, name)

    def _names(self, name: str) -> bool:
        places = () if name in _PLAIN else _NAMES.get(name, _ANYWHERE)
        if self._arguments < len(places):
            return places[self._arguments]
        return bool(places) and places[-2:][(self._arguments - len(places)) % 2]

    def _atom(self, atom: bytes, name: str) -> bytes:
        if name in _CAPABILITIES and _CAPABILITY.fullmatch(atom):
            return self._redactor.capability(atom)
        said = atom.decode("latin-1")
        if name in _OF_RIGHTS and not self._depth and said.isascii() and said.isalnum():
            return self._rights.rewritten(said).encode("ascii")
        if kept.is_number(said):
            return self._replaced(atom) if self._in_text or self._is_word(name) else atom
        self._in_text = False
        if kept.is_protocol(said):
            return atom
        if self._depth and said.lower() in kept.FIELDS:
            return atom
        if name == "BADCHARSET" and said.lower() in kept.MIME:
            return atom
        if name in _ANNOTATED and atom.startswith(b"/"):
            return self._redactor.entry(atom)
        self._in_text = True
        return self._replaced(atom)

    def _is_word(self, name: str) -> bool:
        """Return whether a number is in the place of a word that somebody has chosen."""
        about = {name.encode("latin-1", "replace"), self._list, self._before_last}
        return not about.isdisjoint(_WORDS) or (name in _ANNOTATED and self._before_last.startswith(b"/"))

    def _string(self, token: bytes, name: str) -> bytes:
        value, strings = token.strip(b'"').decode("latin-1").lower(), self._strings
        before = strings[-1] if strings else b""
        strings.append(token)
        field = before.strip(b'"').decode("latin-1").lower()
        if self._body >= 0 and self._is_of_mime(token.strip(b'"')):
            return token
        if name == "ID":
            return self._redactor.of_id(token, field if len(strings) % 2 == 0 else None)
        if name in ("LIST", "LSUB") and kept.is_protocol(value):
            return token
        if name in ("LANGUAGE", "COMPARATOR", "NAMESPACE") and (len(value) == 2 or value[:2] == "i;"):
            return token
        if name in _ANNOTATED and _ENTRY.match(token):
            return self._redactor.entry(token)
        if name == "BADCHARSET" and value in kept.MIME:
            return token
        return self._redactor.quoted(token)

    def _is_of_mime(self, value: bytes) -> bool:
        """Return whether a string of BODY is a word of MIME, and not the value of a parameter that somebody chose."""
        before = self._strings[-2] if len(self._strings) > 1 and len(self._strings) % 2 == 0 else b""
        return value.decode("latin-1").lower() in kept.MIME and before.strip(b'"').lower() not in _OWNED


class _Rights:
    """Rights of one response (RFC 4314 section 2.1), which stay as they are.

    A word in their place may be a name.  Its letters become others, and are then the same in all of the response, so
    that a right that comes twice still does.
    """

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def rewritten(self, atom: str) -> str:
        """Return an atom of letters and digits as it may be shown."""
        if _RIGHTS.fullmatch(atom) and len(set(atom)) == len(atom) and all(map(self._stays, atom)):
            self._given.update(zip(atom, atom, strict=True))
            return atom
        return "".join(map(self._other, atom))

    def _stays(self, letter: str) -> bool:
        return self._given.get(letter) == letter or letter not in {*self._given, *self._given.values()}

    def _other(self, letter: str) -> str:
        if letter not in self._given:
            alike = digits if letter.isdigit() else ascii_lowercase if letter.islower() else ascii_uppercase
            self._given[letter] = next(one for one in alike if one not in self._given.values())
        return self._given[letter]


_OWNED = frozenset({b"name", b"filename", b"boundary", b"id", b"start", b"start-info"})


def _is_known(response: Response) -> bool:
    """Return whether the table has a response."""
    from imapsh import table

    return response.kind in (STATUS, TAGGED) or response.name in table.readers("response")


class _Command:
    """One line of the client."""

    def __init__(self, redactor: Redactor, response: Response, conversation: Conversation) -> None:
        self._redactor = redactor
        self._frame = response.frame
        self._plain = response.kind == OURS and response.name == "DONE"
        self._match: Match = conversation.match(response.frame)
        self._begin = len(self._match.text) - len(self._match.text.lstrip(" "))
        self._field = ""  # the last field of ID
        self._numbers = {piece.start for piece in self._match.slots if not piece.kind.endswith(_OF_PEOPLE)}
        self._said = {piece.start: piece for piece in self._match.slots if _somebodys(piece.kind)}

    def parts(self) -> list[Iterator[bytes]]:
        """Return the parts of the line with stand-ins."""
        if self._plain:
            return [iter((part,)) for part in self._frame.parts if isinstance(part, bytes)]
        text = "".join(map(self._token, self._match.tokens)).encode("utf-8", "surrogateescape")
        announced = [token.start for token in self._match.tokens if token.kind is LITERAL]
        made: list[Iterator[bytes]] = []
        at = 0
        for index, part in enumerate(self._frame.parts):
            if index % 2:
                made.append(self._literal(part, announced[index // 2] if index // 2 < len(announced) else -1))
                continue
            assert isinstance(part, bytes)
            length = len(part.rstrip(b"\r\n"))
            made.append(iter((text[at : at + length] + part[length:],)))
            at += length
        return made

    def _token(self, token: Token) -> str:
        found, text = self._match, token.text
        if token.kind not in (WORD, FLAG, QUOTED, OPEN_QUOTE):
            return text if token.kind is not DATA else self._stand_in(text)
        if token.start == self._begin and found.tag is not None:
            known = found.command is not None
            return _as_octets(lambda octets: self._redactor.tagged(octets, known=known), text)
        if found.command is None:
            return self._stand_in(text)
        piece = self._said.get(token.start)
        if piece is not None and piece.kind in _OF_ID:
            return self._of_id(text, piece.kind)
        if found.command.name == "SETACL" and token is found.tokens[-1] and _RIGHTS.fullmatch(text):
            return text
        if piece is not None and _ENTRY.match(text.encode("utf-8", "surrogateescape")):
            return _as_octets(self._redactor.entry, text)
        is_number = kept.is_number(text)
        if piece is not None and not (piece.kind in _FLAGS and kept.is_protocol(text) and not is_number):
            return self._stand_in(text)
        if is_number:
            return text if len(text) <= _SHORT or token.start in self._numbers else self._stand_in(text)
        if token.kind in (QUOTED, OPEN_QUOTE):
            return self._quoted(text)
        cut = token is found.tokens[-1] and kept.begins_name(text)
        kept_as_it_is = cut or kept.is_protocol(text) or self._is_word(text)
        if kept_as_it_is:
            return text
        lead = _LEAD.match(text)
        end = 0 if lead is None else lead.end()
        return text[:end] + self._stand_in(text[end:])

    def _is_word(self, text: str) -> bool:
        lower = text.lower()
        return lower in kept.FIELDS or lower in kept.MIME

    def _quoted(self, text: str) -> str:
        if text.strip('"').lower() in kept.FIELDS:
            return text
        return _as_octets(self._redactor.quoted, text)

    def _of_id(self, text: str, kind: str) -> str:
        field, self._field = self._field, text.strip('"').lower() if kind == "id-field" else ""
        return _as_octets(lambda octets: self._redactor.of_id(octets, None if kind == "id-field" else field), text)

    def _stand_in(self, text: str) -> str:
        return _as_octets(lambda octets: replaced(octets, self._redactor.stand_ins), text)

    def _literal(self, part: Part, start: int) -> Iterator[bytes]:
        if not isinstance(part, bytes) or (start >= 0 and start not in self._said) or len(part) > _LONGEST_STRING:
            return self._redactor.mail(part)
        return iter((titled(part, self._redactor.stand_ins),))


#: A date or a number with something behind it that is wrong.
_LEAD = lazy(
    r"\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{4}|[\d*:,]+(?![A-Za-z\d\x80-\U0010ffff])",
    re.IGNORECASE,
)
_FLAGS = frozenset({"flag", "keyword"})
_OF_ID = frozenset({"id-field", "id-value"})
_LONGEST_STRING = 1000


def _is_name(word: bytes) -> bool:
    return word.decode("latin-1").upper() in kept.names()


def _as_octets(replace: Callable[[bytes], bytes], text: str) -> str:
    return replace(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _somebodys(kind: str) -> bool:
    """Return whether a slot holds what somebody has written."""
    return kind in SLOTS and kind not in _KEPT_SLOTS and SLOTS[kind].role in _SAID
