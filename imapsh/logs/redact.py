"""Replaces what is private in a conversation by stand-ins of the same length and shape (`--redact mail`).

Theory of operation.  Whatever is not known to be of the protocol is replaced, so that a line that is not understood
says nothing.  Kept are names that the table has, numbers, sets and dates where the grammar has them; `imapsh.logs.kept`
has the words.  Where a name stands, as a mailbox's does, it is replaced even if it looks like one of the protocol.

    names, addresses, subjects, strings   a stand-in for each word, the same everywhere (`imapsh.logs.standins`)
    messages                              `imapsh.logs.mailtext`
    responses, and lines of the client    `imapsh.logs.redact_responses`, `imapsh.logs.redact_commands`
    texts of OK, NO, BAD                  words that servers use stay, and others get their stand-ins

Lines keep their punctuation, and so their grammar and what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from imapsh.logs import kept
from imapsh.logs.coded import replaced
from imapsh.logs.mailtext import DATE, MailText, titled
from imapsh.logs.standins import StandIns
from imapsh.patterns import lazy
from imapsh.wire.frames import Part
from imapsh.wire.sinks import blocks_of

_TAG = lazy(rb"[A-Za-z.$_-]{0,6}\d{1,12}[A-Za-z]{0,2}|[A-Za-z.]{1,2}")
_PLAIN_TAG = lazy(rb"[A-Za-z.$_-]{0,3}\d{1,5}[A-Za-z]?|[A-Za-z.]{1,2}")  # whoever has it
_WORD = lazy(rb"[A-Za-z0-9\x80-\xff]+")
_VERSION = lazy(rb'"\d{1,4}(?:\.\d{1,5}){0,3}"')
ENTRY = lazy(rb'"?(?:/|value\.|size\.|\*")')
RIGHTS = lazy(r"[+-]?[lrswipkxtecdan\d]{1,13}")

_MOST_TAGS = 10_000


class Redactor:
    """Replaces what is private in the lines of a log.  With a key, the stand-ins are the same in every run."""

    def __init__(self, key: bytes = b"") -> None:
        self.stand_ins = StandIns(kept.EVERYWHERE.__contains__, kept.is_reserved, key)
        self._tags: set[bytes] = set()  # those of commands, which are kept
        self._commands = False  # the log has commands

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


def _is_name(word: bytes) -> bool:
    return word.decode("latin-1").upper() in kept.names()
