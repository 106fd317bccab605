"""`ImapLexer`: imapsh's own colouring for Pygments, so that `pygmentize -l imap` works on a transcript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pygments.lexer import Lexer
from pygments.token import Token, _TokenType, string_to_tokentype

from imapsh.render.styles import STYLES
from imapsh.render.transcript import transcript

_TOKENS: dict[str, _TokenType] = {style: string_to_tokentype(name) for style, (_, name) in STYLES.items()}


class ImapLexer(Lexer):
    """IMAP4 conversations (RFC 3501, RFC 9051), with or without `C:` and `S:` in front of the lines."""

    name = "IMAP"
    url = "https://www.rfc-editor.org/rfc/rfc9051"
    aliases = ["imap"]
    filenames = ["*.imap"]

    def __init__(self, **options: Any) -> None:
        options.setdefault("stripnl", False)
        super().__init__(**options)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """Yield offset, token type and text of each fragment; joined they are the text."""
        at = 0
        for style, fragment in transcript(text):
            if fragment:
                yield at, _TOKENS.get(style, Token.Text), fragment
                at += len(fragment)
