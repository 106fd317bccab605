"""Replaces what is private in a response by stand-ins (`imapsh.logs.redact`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING

from imapsh.grammar.responses import CONTINUATION, STATUS, TAGGED, UNTAGGED, Response
from imapsh.logs import kept
from imapsh.logs.coded import filled, replaced
from imapsh.logs.mailtext import MONTHS, titled
from imapsh.logs.redact import ENTRY, RIGHTS
from imapsh.patterns import lazy
from imapsh.wire.frames import Part

if TYPE_CHECKING:
    from imapsh.logs.redact import Redactor

_TOKEN = lazy(rb'"(?:[^"\\\r\n]|\\[^\r\n])*+"|"(?:[^"\\]|\\.)*+"|"|[()\[\]\s]|[^\s()\[\]"]+', re.DOTALL)
_CODE = lazy(rb'\s*\[(?:[^\]"\r\n]|"(?:[^"\\\r\n]|\\.)*+"|\](?=[^ \r\n]))*+\](?=[ \r\n]|\Z)')
_CAPABILITY = lazy(rb"[A-Z0-9][A-Z0-9=+/_.:-]*|IMAP4rev\d")
_BASE64 = lazy(rb"[A-Za-z0-9+/]{8,}={0,2}")
_OF_MESSAGE = lazy(rb"(?:\[([^\]\r\n]*)\](?:<\d+>)?|(?i:RFC822(?:\.\w+)?)) +~?\{\d+\+?\}\r?\n\Z")
_DATELIKE = lazy(rb'"(?:[\d :+.,/-]|(?:' + MONTHS + rb"))*\"", re.IGNORECASE)
_ANNOUNCED = lazy(rb"~?\{\d+\+?\}\r?\n\Z")
_UNTAGGED = rb"[*\s]+(?:[\d+.-][\dxa-f+.,:-]{0,20}?)?\s*(?=%s)"  # with a number, even a wrong one
_TAGGED = lazy(rb"(\s*\S+)(\s+)")
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
_OWNED = frozenset({b"name", b"filename", b"boundary", b"id", b"start", b"start-info"})


class Line:
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

    def parts(self) -> list[Iterator[bytes]]:
        """Return the parts of the response with stand-ins, each in pieces."""
        parts = self._response.frame.parts
        made: list[Iterator[bytes]] = []
        for index, part in enumerate(parts):
            if index % 2:
                made.append(self._literal(parts[index - 1], part))
            else:
                made.append(iter((self._rewritten(part, index + 1 < len(parts)),)))
        return made

    def _rewritten(self, line: Part, announces: bool) -> bytes:
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

    def _literal(self, before: Part, literal: Part) -> Iterator[bytes]:
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
        if name in _ANNOTATED and ENTRY.match(token):
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
        if RIGHTS.fullmatch(atom) and len(set(atom)) == len(atom) and all(map(self._stays, atom)):
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


def _is_known(response: Response) -> bool:
    """Return whether the table has a response."""
    from imapsh import table

    return response.kind in (STATUS, TAGGED) or response.name in table.readers("response")
