"""Hides what may be a password in what a client sent, and wherever it comes again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from imapsh.patterns import lazy
from imapsh.session.clients.lines import BASE64, hidden_from, words_of
from imapsh.session.exchange import secrets_in
from imapsh.wire.frames import Frame

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange
    from imapsh.session.secrets import Secrets

STARRED = lazy(rb"[*<]")  #: how a secret begins that the log has masked

_MOST = 1000  # words of lines that nobody understands, which are looked for in what the server says


class Hiding:
    """Adds what the lines of one conversation hide to its secrets."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._tags: set[str] = set()  # they may be part of a password
        self._most = _MOST

    def line(self, frame: Frame, shown: Frame, offset: int) -> Frame:
        """Hide a line from an octet on, and the words there wherever they come again.

        Only the words are known to be no words of the protocol; which of them is a password is not.
        """
        seen = hidden_from(frame, offset)
        words = words_of(frame) - words_of(seen) if self._most > 0 else set()
        self._most -= len(words)
        for word in words:
            self._secrets.add(word)
            if BASE64.fullmatch(word):
                self._secrets.add_sasl(word)
        return hidden_from(shown, offset)

    def tag(self, tag: str | None) -> None:
        """Hide the tag of a line that is no command wherever it comes again."""
        if tag is not None and self._most > 0:
            self._tags.add(tag)

    def others(self, tags: Iterable[str]) -> Collection[str]:
        """Return the tags that are not hidden."""
        return set(tags) - self._tags

    def command(self, exchange: Exchange) -> None:
        """Mask the secrets of a command wherever they come again."""
        add = self._secrets.add_sasl if exchange.name == "AUTHENTICATE" else self._secrets.add
        found = secrets_in(exchange.fragments)
        for secret in found:
            if not (STARRED.match(secret) or _unquoted(secret) in found):  # the log has masked it
                add(secret)


def _unquoted(secret: bytes) -> bytes | None:
    """Return what is between the quotation marks of a secret, or None if it has none."""
    return secret[1:-1] if len(secret) > 1 and secret[:1] == secret[-1:] == b'"' else None
