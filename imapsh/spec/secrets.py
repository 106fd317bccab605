"""What in a typed line is secret: rather too much than too little."""

from __future__ import annotations

from imapsh.grammar.tokens import BAD, CRLF, DATA, LITERAL, OPEN_QUOTE, QUOTED, SPACE, WORD, Token
from imapsh.spec.model import Command
from imapsh.spec.syntax import arguments_in_clear

Span = tuple[int, int]


def _goes_on(before: Token, token: Token) -> bool:
    """Whether two tokens without a space between can be one argument."""
    if before.kind is LITERAL:
        return token.kind is DATA
    return before.kind not in (QUOTED, DATA) and token.kind not in (QUOTED, OPEN_QUOTE, LITERAL, "(", ")")


def _behind(tokens: tuple[Token, ...], start: int, arguments: int) -> tuple[Span, ...]:
    """The span from behind so many arguments to the end, counted from the offset `start`.

    A forgotten space or quotation mark begins the next argument all the same.
    """
    seen = 0
    before: Token | None = None
    for token in tokens:
        if token.start < start:
            continue
        if token.kind in (SPACE, BAD, CRLF) and token.text.isspace():
            before = None
            continue
        if before is None or not _goes_on(before, token):
            if seen == arguments:
                return ((token.start, tokens[-1].end),)
            seen += 1
        before = token
        if token.kind is OPEN_QUOTE and " " in token.text:
            return ((token.start + token.text.index(" ") + 1, tokens[-1].end),)
    return ()


def _is_login(word: str) -> bool:
    """Whether a word that is no command may be meant for LOGIN or AUTHENTICATE."""
    from difflib import get_close_matches

    names, word = ("LOGIN", "AUTHENTICATE"), word.upper()
    if len(word) < 2:
        return False
    return any(name.startswith(word) for name in names) or bool(get_close_matches(word, names, 1, 0.7))


def spans(tokens: tuple[Token, ...], command: Command | None, end: int) -> tuple[Span, ...]:
    """The secret spans of a line whose command ends at `end`.

    Where there is no command, the first three words are looked at for one that is meant for a login.
    """
    if command is not None:
        clear = arguments_in_clear(command.syntax)
        return () if clear is None else _behind(tokens, end, clear)
    words = [token for token in tokens[:8] if token.kind is WORD][:3]
    return next((_behind(tokens, word.end, 1) for word in words if _is_login(word.text)), ())
