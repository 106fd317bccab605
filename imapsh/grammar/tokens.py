"""The tokenizer, which cuts typed text and wire octets into tokens.  Joined, the tokens' texts are the input again.

One tokenizer serves the lexer, completer, lint, hint, printer and the parser of commands.  Octets are read as Latin-1,
so an offset in the text is an offset in the octets.  The tokenizer does not know the commands; `imapsh.typed.match`
decides what a word means.

RFC 9051 section 4 (data formats) and section 9 (atom-specials, quoted, literal, literal8).
"""

from __future__ import annotations

from imapsh.grammar.atoms import unescaped
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

SPACE = "space"
WORD = "word"  # a run of characters that no other kind takes: atom, number, sequence set, pattern, <partial>
FLAG = "flag"  # \Seen, \*, or a lone backslash
QUOTED = "quoted"  # with its quotation marks
OPEN_QUOTE = "open-quote"  # a quoted string that does not end before the line does
LITERAL = "literal"  # the announcement {n}, {n+}, ~{n} or ~{n+}, without its CRLF
FILE = "file"  # {@path}: the shell's way to name a file's octets as a literal
DATA = "data"  # the CRLF after an announcement and the octets announced
LPAREN = "("
RPAREN = ")"
LBRACKET = "["
RBRACKET = "]"
CRLF = "crlf"  # CRLF, or a bare LF or CR
BAD = "bad"  # a control character, or a brace that announces nothing


class Token(NamedTuple):
    """A token.  `kind` is one of this module's constants.  `start` counts characters from the beginning of the text."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Return the offset just after the token."""
        return self.start + len(self.text)


#: quoted = DQUOTE *QUOTED-CHAR DQUOTE; QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> / "\" quoted-specials.
#: It is taken by its shape; the parser judges what else is inside (8-bit, a lone backslash).
_SHAPES = (
    (SPACE, r"\ +"),
    (LPAREN, r"\("),
    (RPAREN, r"\)"),
    (LBRACKET, r"\["),
    (RBRACKET, r"\]"),
    (QUOTED, r'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"'),
    (OPEN_QUOTE, r'"[^\r\n]*'),
    (FILE, r"~?\{@[^}\r\n]*\}"),
    (LITERAL, r"~?\{\d{1,4000}\+?\}"),  # int() does not take more digits
    (FLAG, r"\\(?:\*|[^\x00-\x20\x7f()\"\\\[\]{%*]*)"),
    (WORD, r"(?:[^\x00-\x20\x7f()\"\\\[\]{~]|~(?!\{[@\d]))+"),
    (CRLF, r"\r\n|\n|\r"),
    (BAD, r"[\s\S]"),
)
_TOKEN = lazy("|".join(f"(?P<_{index}>{shape})" for index, (_, shape) in enumerate(_SHAPES)))
_KINDS = tuple(kind for kind, _ in _SHAPES)
#: In a line without announcements the first character tells the kind, except for a quotation mark that is not closed.
_PLAIN = lazy("|".join(shape for kind, shape in _SHAPES if kind not in (FILE, LITERAL)))
_QUOTED = lazy(dict(_SHAPES)[QUOTED])
_BY_FIRST = {
    **{chr(code): BAD for code in (*range(0x20), 0x7F)},
    " ": SPACE, "(": LPAREN, ")": RPAREN, "[": LBRACKET, "]": RBRACKET, '"': QUOTED, "\\": FLAG,
}  # fmt: skip
_SHAPED = frozenset('()[]"\\~')  # what is no part of a word, or may not be
_ANNOUNCEMENT = lazy(r"(~?)\{(\d+)(\+?)\}\Z")


class Announcement(NamedTuple):
    """The announcement of a literal, `{n}`.

    It says how many octets follow, whether the sender waits for `+`, and whether NUL is allowed (literal8).
    """

    octets: int
    synchronizing: bool
    binary: bool


def announcement(text: str) -> Announcement:
    """Return what a LITERAL token's text announces (RFC 9051 section 4.3, RFC 7888, RFC 3516).

    Raises ValueError if the text does not announce a literal.
    """
    found = _ANNOUNCEMENT.match(text)
    if found is None:
        raise ValueError(f"{text!r} does not announce a literal")
    return Announcement(int(found[2]), not found[3], bool(found[1]))


def _octets_of(text: str, start: int, octets: int) -> int:
    """Return the end of the `octets` octets of UTF-8 that begin at `start`, or of as many as there are."""
    tail = text[start : start + octets]
    if tail.isascii():
        return start + len(tail)
    taken = 0
    for index, character in enumerate(tail):
        # an octet that is not UTF-8 is a surrogate escape here (PEP 383)
        taken += 1 if "\udc80" <= character <= "\udcff" else len(character.encode("utf-8", "surrogatepass"))
        if taken > octets:
            return start + index
    return start + len(tail)


def tokenize(text: str | bytes, *, wide: bool | None = None) -> list[Token]:
    """Return the tokens of `text`.  Nothing is left out.  Never raises.

    If `wide` is true, which is the default for str, the octets of a literal are counted in UTF-8.  Otherwise each
    character is one octet.
    """
    if isinstance(text, bytes | bytearray | memoryview):
        text, wide = bytes(text).decode("latin-1"), bool(wide)
    elif wide is None:
        wide = True
    if "{" not in text and "\n" not in text and "\r" not in text:
        return _plain(text)
    tokens: list[Token] = []
    position, size, match = 0, len(text), _TOKEN.match
    while position < size:
        found = match(text, position)
        assert found is not None  # the last shape takes any character
        kind = _KINDS[found.lastindex - 1]  # type: ignore[operator]
        end = found.end()
        tokens.append(Token(kind, text[position:end], position))
        position = end
        if kind is LITERAL and text[end : end + 1] in ("\r", "\n") and end < size:
            octets = announcement(tokens[-1].text).octets
            begin = end + (2 if text.startswith("\r\n", end) else 1)
            position = _octets_of(text, begin, octets) if wide else min(size, begin + octets)
            tokens.append(Token(DATA, text[end:position], end))
    return tokens


def _plain(text: str) -> list[Token]:
    """Return the same for one line without braces, in half the time."""
    if _SHAPED.isdisjoint(text) and "  " not in text and text.isprintable():
        return _words(text)
    tokens: list[Token] = []
    position, new, kind_of = 0, tuple.__new__, _BY_FIRST.get
    for found in _PLAIN.findall(text):
        tokens.append(new(Token, (kind_of(found[0], WORD), found, position)))
        position += len(found)
    if tokens and tokens[-1].kind is QUOTED and not _QUOTED.fullmatch(tokens[-1].text):
        tokens[-1] = tokens[-1]._replace(kind=OPEN_QUOTE)
    return tokens


def _words(text: str) -> list[Token]:
    """Return the same for words with one space between; a start compiles no expression for them."""
    tokens: list[Token] = []
    position = 0
    for word in text.split(" "):
        if position:
            tokens.append(Token(SPACE, " ", position - 1))
        if word:
            tokens.append(Token(WORD, word, position))
        position += len(word) + 1
    return tokens


def unquote(text: str) -> str:
    """Return the value of a QUOTED or OPEN_QUOTE token's text (RFC 9051 section 9, quoted)."""
    body = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
    return unescaped(body)
