"""The secrets in a typed line.  In case of doubt, too much is treated as secret rather than too little.

Four things are secret: the arguments of LOGIN and AUTHENTICATE that the table marks so, the password in a URL
(`user:password@`), the token in an authorized URL, and SASL credentials in base64, which may stand anywhere.
Literals other than a login's are data, unless a literal holds nothing but an authorized URL.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from collections.abc import Iterator, Sequence
from itertools import islice

from imapsh.grammar import imapurl
from imapsh.grammar.tokens import BAD, CRLF, DATA, FLAG, LITERAL, OPEN_QUOTE, QUOTED, SPACE, WORD, Token
from imapsh.patterns import lazy
from imapsh.table.model import Command
from imapsh.typed.found import near
from imapsh.typed.syntax import arguments_in_clear

Span = tuple[int, int]

_LOOKED_AT = 1 << 16  # the most characters of a word that are decoded to see what it is

_LONGEST_URL = 1 << 13  # the most octets of a literal that may be a URL
_SPACED = lazy(r"\s")

_COLON = lazy(r":|%3[Aa]")
_IPV6 = lazy(r"\[[0-9A-Fa-f:.%]*\]")
_PORT = lazy(r"""\d*(?:[/?#\s"'].*)?\Z""", re.DOTALL)
_NO_USER = (
    "exec:",
    "unix:",
    "imaps+exec:",
    "imaps+unix:",
    "mbox:",
    "maildir:",
    "tap:",
    "junit:",
    "mailto:",
)  # these come before a path or a command
_WORD = lazy(r"\S+")
_BARE = lazy(r"""[^\s"\\]+""")  # a word without quotation marks and backslashes

_BASE64 = lazy(r"[A-Za-z0-9+/]{8,}={0,2}")  # a shorter one may be any word
#: The same between blanks or quotation marks.
_BASE64_WORD = lazy(rf'(?<![^ "]){_BASE64.pattern}(?![^ "])')


def _goes_on(before: Token, token: Token) -> bool:
    """Return whether two tokens without a space between can be one argument."""
    if before.kind is LITERAL:
        return token.kind is DATA
    return before.kind not in (QUOTED, DATA) and token.kind not in (QUOTED, OPEN_QUOTE, LITERAL, "(", ")")


def _behind(tokens: tuple[Token, ...], start: int, arguments: int) -> tuple[Span, ...]:
    """Return the span from after so many arguments to the end.  The arguments are counted from the offset `start`.

    If a space or a quotation mark was forgotten, the next argument begins all the same.  So does a blank in quotes, if
    the command is in the same quotes.
    """
    seen = 0
    before: Token | None = None
    for token in tokens:
        if token.end <= start:
            continue
        if token.start < start:
            within = list(islice(_BARE.finditer(token.text, start - token.start), arguments + 1))
            if len(within) > arguments:
                return ((token.start + within[-1].start(), tokens[-1].end),)
            seen = len(within)
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
    """Return whether a word that is not a command may be meant for LOGIN or AUTHENTICATE."""
    names, word = ("LOGIN", "AUTHENTICATE"), word.upper()
    if len(word) < 2:
        return False
    return any(name.startswith(word) for name in names) or bool(near(word, names, 0.7))


# -- passwords in URLs


def _password(text: str, start: int, *, half: bool) -> Span | None:
    """Return the span of the password after the first colon from `start` on, or None if there is none.

    It ends at the last `@`, because a password may hold others.  If `half` is true and there is no `@` yet, text that
    cannot be a port is taken for the beginning of a password.
    """
    place = _IPV6.sub(lambda found: "x" * len(found[0]), text[start:])
    colon = _COLON.search(place)
    if colon is None:
        return None
    begin, end = colon.end(), place.rfind("@")
    if end < begin:
        end = begin if not half or _PORT.match(place, begin) else len(place)
    return (start + begin, start + end) if begin < end else None


def _in_url(text: str, *, half: bool = False) -> Span | None:
    """Return the span of the password in the first URL that has one, or None if none has.

    It ends at the last `@` of the text, so it covers other URLs before that.
    """
    at = text.find("://")
    while at >= 0:
        if span := _password(text, at + 3, half=half):
            return span
        at = text.find("://", at + 3)
    return None


def without_passwords(text: str) -> str:
    """Return the text with stars in place of the passwords in its URLs."""

    def masked(word: re.Match[str]) -> str:
        span = _in_url(word[0])
        return word[0] if span is None else f"{word[0][: span[0]]}********{word[0][span[1] :]}"

    return _WORD.sub(masked, text)


def _in_line(text: str) -> Iterator[Span]:
    """Yield the passwords in the addresses of a line that is not an IMAP command.

    Addresses without a scheme are looked at too.
    """
    words = [(found.start(), found[0]) for found in _WORD.finditer(text)]
    half = any(_is_connect(word) for _, word in words[:3]) and not any(word.startswith(_NO_USER) for _, word in words)
    if span := _in_url(text, half=half):
        yield span
    for start, word in words:
        if ":" in word and "://" not in word and not word.startswith(_NO_USER):
            low, high = _password(text if half else word, start if half else 0, half=half) or (0, 0)
            if low < high:
                yield (low, high) if half else (start + low, start + high)


def _is_connect(word: str) -> bool:
    r"""Return whether a word may be meant for `\\connect`, or for imapsh on another command line."""
    return bool(near(word.lstrip("\\").upper(), ("CONNECT", "IMAPSH"), 0.7))


# -- credentials in base64


def _decoded(word: str) -> bytes:
    """Return the octets that a word of base64 stands for, or b"" for any other word.

    Four characters stand for three octets.  If the word is not typed to its end, the characters left over are ignored.
    """
    if not _BASE64.fullmatch(word):
        return b""
    try:
        return a2b_base64(word[:_LOOKED_AT][: len(word) // 4 * 4])
    except Error:
        return b""


def credentials(word: str) -> bool:
    r"""Return whether a word is SASL credentials in base64: PLAIN's with its NULs (RFC 4616), or a token (RFC 7628)."""
    octets = _decoded(word)
    if b"auth=Bearer " in octets or octets.count(b"\0") == 2:
        return any(octets)
    return b"\0" in octets and any(octets) and _is_text(octets.replace(b"\0", b""))


def _is_text(octets: bytes) -> bool:
    return octets.isascii() and octets.decode("ascii").isprintable()


def _is_answer(line: str) -> bool:
    """Return whether a line is one word of base64 that stands for text, as the steps of AUTHENTICATE are."""
    octets = _decoded(line)
    return bool(octets) and _is_text(octets)


def _runs(tokens: tuple[Token, ...], ends: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield the pieces of text between tokens of these kinds, each after its offset."""
    start, pieces = 0, list[str]()
    for token in tokens:
        if token.kind not in ends:
            if not pieces:
                start = token.start
            pieces.append(token.text)
        elif pieces:
            yield start, "".join(pieces)
            pieces = []
    if pieces:
        yield start, "".join(pieces)


def is_plain(text: str) -> bool:
    """Return whether a command surely holds nothing that is secret in any command.  This is quick; most are plain."""
    if ";" in text or "://" in text or "\n" in text or "\r" in text:
        return False
    for found in _BASE64_WORD.finditer(text):  # noqa: SIM110
        if credentials(found[0]):
            return False
    return True


def _anywhere(text: str, tokens: tuple[Token, ...], command: Command | None) -> Iterator[Span]:
    """Yield the spans that are secret whatever the command is."""
    if command is not None and is_plain(text):
        return
    words = list(_runs(tokens, (SPACE, CRLF, DATA)))
    for start, word in words:
        quotes = len(word) - len(word.lstrip('"'))
        if credentials(word.strip('"')) or (command is None and len(words) == 1 and _is_answer(word)):
            yield start + quotes, start + len(word.rstrip('"'))
        if ";" in word:  # nearly no word has one, and this is asked of each
            yield from ((start + low, start + high) for low, high in imapurl.tokens(word))
    yield from _literal_urls(tokens)
    if command is None:
        for start, line in _runs(tokens, (CRLF, DATA)):
            yield from ((start + low, start + high) for low, high in _in_line(line))
    else:
        urls = ((start, _in_url(word)) for start, word in words if "://" in word)
        yield from ((start + span[0], start + span[1]) for start, span in urls if span)


def _literal_urls(tokens: tuple[Token, ...]) -> Iterator[Span]:
    """Yield the literals that are nothing but a URL with a token, with their announcements."""
    for place, data in enumerate(tokens):
        if data.kind is not DATA:
            continue
        url = data.text.strip("\r\n")
        if len(url) < _LONGEST_URL and not _SPACED.search(url) and any(imapurl.tokens(url)):
            yield tokens[place - 1].start, data.end


# -- all of it


def spans(text: str, tokens: tuple[Token, ...], command: Command | None, end: int) -> tuple[Span, ...]:
    """Return the secret spans of a line with these tokens, whose command ends at `end`, in order.

    If there is no command, the first words are searched for one that is meant for a login.
    """
    return _joined([*_of_login(tokens, command, end), *_anywhere(text, tokens, command)])


def _of_login(tokens: tuple[Token, ...], command: Command | None, end: int) -> tuple[Span, ...]:
    """Return the spans that are secret because they follow LOGIN or AUTHENTICATE."""
    if command is not None:
        clear = arguments_in_clear(command.syntax)
        if clear is not None:
            return _behind(tokens, end, clear)
        return (
            () if command.syntax else _behind_login([token for token in tokens[:9] if token.start >= end][:2], tokens)
        )
    return _behind_login(tokens[:9], tokens)


def _behind_login(looked_at: Sequence[Token], tokens: tuple[Token, ...]) -> tuple[Span, ...]:
    """Return the span after the user's name if one of the first words, in quotes or not, is meant for a login."""
    words = [
        (token, word)
        for token in looked_at
        if token.kind in (WORD, FLAG, QUOTED, OPEN_QUOTE)  # `\\login` is a FLAG
        for word in islice(_BARE.finditer(token.text), 4)
    ]
    words = words[: 4 if words and words[0][0].kind is FLAG else 3]
    ends = (token.start + word.end() for token, word in words if _is_login(word[0]))
    return next((_behind(tokens, end, 1) for end in ends), ())


def _joined(found: list[Span]) -> tuple[Span, ...]:
    """Return the spans in order, without empty ones.  Those that overlap or touch are joined."""
    joined: list[Span] = []
    for start, end in sorted(found):
        if start == end:  # the place of an argument that is still to be typed
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
