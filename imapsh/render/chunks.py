"""The memory of painted chunks: the parts of a FETCH or a LIST that come again and again."""

from __future__ import annotations

from imapsh.grammar.responses import CLIENT, CONTINUATION, GARBAGE, STATUS, TAGGED, UNTAGGED
from imapsh.grammar.tokens import tokenize
from imapsh.patterns import lazy
from imapsh.render import lexer
from imapsh.render.styles import Fragment, Theme, paint

MARGINS: dict[str, tuple[str, str]] = {
    CLIENT: ("margin-ours", "> "),
    TAGGED: ("margin-tagged", "< "),
    CONTINUATION: ("margin-tagged", "< "),
    UNTAGGED: ("margin-untagged", "- "),
    STATUS: ("margin-untagged", "- "),
    GARBAGE: ("margin-garbage", "! "),
}
UNSOLICITED: Fragment = ("margin-unsolicited", "~ ")
BLANK = "  "  #: the margin of a line that goes on

WIDTH = 100  #: columns if none are given
_NARROWEST = 30

FETCH = " FETCH ("
FETCH_OCTETS = FETCH.encode("ascii")
#: Chunks that mean the same anywhere in a FETCH: the flags, a string, a parenthesis, a word.
FETCH_CHUNKS = lazy(r'FLAGS \([^()"]*\)|"[^"\\]*(?:\\.[^"\\]*)*"| +|[()]|[^ "()]+|.')
_DIGIT = lazy(r"\d")
_KEPT = 4096  # chunks kept; after that the memory starts anew


def columns_of(width: int | None) -> int:
    """Return the columns of a line behind its margin."""
    return max(_NARROWEST, width or WIDTH) - len(BLANK)


class Chunks(dict[str, str]):
    """A map from a chunk of a FETCH to the same painted; without a theme it is the same.

    Numbers are not kept, because there is no end of them.  `margins` holds the painted margins, and `starts` the text
    before the message number, both by margin.  `middle` is the text after the number, up to the first item.  `rests`
    holds the text after the number, by the octets with the CRLF, if they hold no other number: mostly FLAGS alone.
    `lists` holds the text before the mailbox of a LIST.
    """

    def __init__(self, theme: Theme | None) -> None:
        super().__init__()
        self._theme = theme
        self._number = self.paint("number", "\n").split("\n")
        (star, space, _, *behind) = [self.paint(*fragment) for fragment in lexer.server_line("* 0" + FETCH)]
        self.middle = self._number[1] + "".join(behind)
        self.margins = {margin: self.paint(*margin) for margin in (*MARGINS.values(), UNSOLICITED)}
        self.starts = {margin: painted + star + space + self._number[0] for margin, painted in self.margins.items()}
        self.rests: dict[bytes, str] = {}
        self.lists: dict[str, str] = {}

    def paint(self, style: str, text: str) -> str:
        """Paint a fragment, which is printable ASCII."""
        return text if self._theme is None else self._theme.paint(style, text)

    def text(self, text: str) -> str:
        """Paint items of a FETCH, or the value of one; a section is not among them."""
        return text if self._theme is None else "".join(map(self.__getitem__, FETCH_CHUNKS.findall(text)))

    def again(self, octets: bytes, margin: Fragment) -> str | None:
        """Return a FETCH if all but its message number was painted before; None for any other."""
        number, _, rest = octets.partition(FETCH_OCTETS)
        behind = self.rests.get(rest)
        if behind is None or number[:2] != b"* ":
            return None
        digits = number[2:].decode("latin-1")
        return f"{self.starts[margin]}{digits}{behind}" if digits.isdecimal() else None

    def add_list(self, before: str) -> str:
        """Paint and keep the text before the mailbox of a LIST."""
        if len(self.lists) >= _KEPT:
            self.lists.clear()
        painted = self.lists[before] = paint(lexer.server_line(before), self._theme)
        return painted

    def rest(self, rest: str) -> str:
        """Paint the text after the message number of a FETCH, and keep it if it is likely to come again."""
        painted = f"{self.middle}{self.text(rest)}\n"
        if _DIGIT.search(rest) is None:
            if len(self.rests) >= _KEPT:
                self.rests.clear()
            self.rests[rest.encode("ascii") + b"\r\n"] = painted
        return painted

    def __missing__(self, chunk: str) -> str:
        if chunk.isdecimal():
            return chunk.join(self._number)
        styles = lexer.DataStyles("FETCH", depth=1)
        tokens = tokenize(chunk, wide=False)
        painted = paint([(styles.style(token), token.text) for token in tokens], self._theme)
        if len(self) >= _KEPT:
            self.clear()
        if len(chunk) < 100:
            self[chunk] = painted
        return painted


_known: dict[Theme | None, Chunks] = {}


def chunks_of(theme: Theme | None) -> Chunks:
    """Return the memory of a theme."""
    known = _known.get(theme)
    if known is None:
        known = _known[theme] = Chunks(theme)
    return known
