"""Replaces what is private in a line of the client by stand-ins (`imapsh.logs.redact`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from imapsh.grammar.responses import Response
from imapsh.grammar.tokens import DATA, FLAG, LITERAL, OPEN_QUOTE, QUOTED, WORD, Token
from imapsh.logs import kept
from imapsh.logs.coded import replaced
from imapsh.logs.mailtext import titled
from imapsh.logs.redact import ENTRY, RIGHTS
from imapsh.patterns import lazy
from imapsh.typed.slots import SLOTS
from imapsh.wire.frames import Part

if TYPE_CHECKING:
    from imapsh.logs.redact import Redactor
    from imapsh.session.overheard import Conversation
    from imapsh.typed.match import Match

#: Slots of a command that hold what somebody has written.
_SAID = frozenset({"mailbox", "string", "secret", "flag"})
_OF_PEOPLE = ("identifier", "-root", "-label")  # how slots end of which a number may be one
_SHORT = 4  # characters of a number out of its place, which is kept
_KEPT_SLOTS = frozenset({"charset", "mechanism", "use"})
#: A date or a number with something behind it that is wrong.
_LEAD = lazy(
    r"\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{4}|[\d*:,]+(?![A-Za-z\d\x80-\U0010ffff])",
    re.IGNORECASE,
)
_FLAGS = frozenset({"flag", "keyword"})
_OF_ID = frozenset({"id-field", "id-value"})
_LONGEST_STRING = 1000


class Command:
    """One line of the client."""

    def __init__(self, redactor: Redactor, response: Response, conversation: Conversation) -> None:
        self._redactor = redactor
        self._frame = response.frame
        self._plain = response.name == "DONE"
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
        if found.command.name == "SETACL" and token is found.tokens[-1] and RIGHTS.fullmatch(text):
            return text
        if piece is not None and ENTRY.match(text.encode("utf-8", "surrogateescape")):
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


def _as_octets(replace: Callable[[bytes], bytes], text: str) -> str:
    return replace(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _somebodys(kind: str) -> bool:
    """Return whether a slot holds what somebody has written."""
    return kind in SLOTS and kind not in _KEPT_SLOTS and SLOTS[kind].role in _SAID
