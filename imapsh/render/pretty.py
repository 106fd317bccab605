r"""The pretty format: the wire, coloured by token, with a margin that says whose line it is.

    >   ours (a client's line, secrets masked)        <   a tagged reply, or '+': the server answers
    -   untagged                                      ~   untagged and unasked for
    !   not a response at all                            blank: the line before goes on

Long lists are broken over lines.  Readings are dimmed at the end of the line after `--`.  Literals are shown by content
with a gutter on their left.  Faults are shown below their line, with a caret at the octet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice, repeat

from imapsh.findings import Finding, Violation
from imapsh.grammar.responses import CLIENT, CONTINUATION, GARBAGE, STATUS, TAGGED, UNTAGGED, Response
from imapsh.grammar.tokens import tokenize
from imapsh.patterns import lazy
from imapsh.render import lexer
from imapsh.render.layout import Ruler
from imapsh.render.outline import INCOMPLETE, Marked, Row, outline, said, told
from imapsh.render.pieces import FETCH_CHUNKS
from imapsh.render.styles import LINE_END, Fragment, Theme, paint, plain, together
from imapsh.render.visible import Shown, width
from imapsh.wire.frames import Part

WIDTH = 100  #: columns if none are given
ELIDE = 20  #: lines of a literal that are shown

_BLOCK = 1000  # lines that are painted at once
_BYTES_A_LINE = 1024  #: octets of a response's line that are shown for each line of a literal shown
_NARROWEST = 30
_WORD = lazy(r" +[^ ]*|[^ ]+")  # with the spaces before it

MARGINS: dict[str, tuple[str, str]] = {
    CLIENT: ("margin-ours", "> "),
    TAGGED: ("margin-tagged", "< "),
    CONTINUATION: ("margin-tagged", "< "),
    UNTAGGED: ("margin-untagged", "- "),
    STATUS: ("margin-untagged", "- "),
    GARBAGE: ("margin-garbage", "! "),
}
UNSOLICITED: Fragment = ("margin-unsolicited", "~ ")
_BLANK = "  "
_GUTTER: Fragment = ("gutter", _BLANK + "| ")


def pretty(
    response: Response,
    theme: Theme | None = None,
    width: int | None = None,
    elide: int | None = None,
    unsolicited: bool = False,
    findings: Sequence[Finding] = (),
) -> Shown:
    """Return the response as lines, each with its line end, safe for a terminal.

    `width` is the terminal's columns.  `elide` bounds the lines of each literal: None means ELIDE, and 0 shows all.
    `findings` are faults of conduct, which are shown below.  Never raises.
    """
    margin = UNSOLICITED if unsolicited else MARGINS[response.kind]
    columns = max(_NARROWEST, width or WIDTH) - len(_BLANK)
    if response.kind == UNTAGGED and not response.violations and not findings:
        parts = response.frame.parts
        if response.name == "FETCH" and len(parts) == 1 and len(parts[0]) <= columns + 2 and theme in _painted:
            again = _painted[theme].again(parts[0], margin)  # type: ignore[arg-type] # the first part is a line
            if again is not None:
                return Shown(again)
        line = _simple(parts, columns)
        if line is not None:
            return Shown(_short(response.name, line, margin, theme))
    return together(pretty_blocks(response, theme, width, elide, unsolicited, findings))


def pretty_blocks(
    response: Response,
    theme: Theme | None = None,
    width: int | None = None,
    elide: int | None = None,
    unsolicited: bool = False,
    findings: Sequence[Finding] = (),
) -> Iterator[Shown]:
    """Yield what `pretty` returns in blocks of lines, so that no large literal is held in memory."""
    margin = UNSOLICITED if unsolicited else MARGINS[response.kind]
    columns = max(_NARROWEST, width or WIDTH) - len(_BLANK)
    lines = chain(
        _lines(response, margin, columns, ELIDE if elide is None else elide, fold=width is not None),
        *(_folded(_finding(finding), columns, fold=width is not None) for finding in findings),
    )
    while block := list(islice(lines, _BLOCK)):
        yield together([paint([*line, ("", LINE_END)], theme) for line in block])


# -- the common line: one regular expression, and a memory of its painted chunks


def _simple(parts: tuple[Part, ...], columns: int) -> str | None:
    """Return the line if it is short, printable ASCII and holds nothing that needs a reading beside it; else None."""
    octets = parts[0]
    if len(parts) != 1 or len(octets) > columns + 2 or not isinstance(octets, bytes):
        return None
    if octets[-2:] != b"\r\n" or not octets.isascii() or b"=?" in octets or b"&" in octets:
        return None
    line = octets[:-2].decode("ascii")
    return line if line.isprintable() else None


_FETCH = " FETCH ("
_FETCH_OCTETS = _FETCH.encode("ascii")
_DIGIT = lazy(r"\d")
#: mailbox-list in two parts: the part that is alike in most of a listing, and the mailbox
_LIST = lazy(r'(\* (?:LIST|LSUB) \([^()"]*\) (?:"[^"\\]"|NIL) )("(?:[^"\\]|\\.)*"|[^ "(){\\]+)', re.IGNORECASE)
_KEPT = 4096  # chunks kept; after that the memory starts anew


def _short(name: str, line: str, margin: Fragment, theme: Theme | None) -> str:
    """Return the line painted; `_simple` has made sure that it is printable ASCII."""
    if theme is None:
        return f"{margin[1]}{line}\n"
    painted = _painted.get(theme)
    if painted is None:
        painted = _painted[theme] = _Chunks(theme)
    start = painted.margins[margin]
    if name == "FETCH" and "[" not in line:
        number, fetch, rest = line.partition(_FETCH)
        if fetch and number[:2] == "* " and number[2:].isdecimal():
            return f"{painted.starts[margin]}{number[2:]}{painted.rest(rest)}"
    elif found := _LIST.fullmatch(line):
        before = painted.lists.get(found[1]) or painted.add_list(found[1])
        return f"{start}{before}{theme.paint('mailbox', found[2])}\n"
    return f"{start}{paint(lexer.server_line(line), theme)}\n"


class _Chunks(dict[str, str]):
    """A map from a chunk of a FETCH to the same painted.

    Numbers are not kept, because there is no end of them.  `margins` holds the painted margins, and `starts` the text
    before the message number, both by margin.  `rests` holds the text after the number, by the octets with the CRLF, if
    they hold no other number: mostly FLAGS alone.  `lists` holds the text before the mailbox of a LIST.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._number = theme.paint("number", "\n").split("\n")
        (star, space, _, *behind) = [theme.paint(*fragment) for fragment in lexer.server_line("* 0" + _FETCH)]
        self._middle = self._number[1] + "".join(behind)
        self.margins = {margin: theme.paint(*margin) for margin in (*MARGINS.values(), UNSOLICITED)}
        self.starts = {margin: painted + star + space + self._number[0] for margin, painted in self.margins.items()}
        self.rests: dict[bytes, str] = {}
        self.lists: dict[str, str] = {}

    def again(self, octets: bytes, margin: Fragment) -> str | None:
        """Return a FETCH if all but its message number was painted before; None for any other."""
        number, _, rest = octets.partition(_FETCH_OCTETS)
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
        painted = f"{self._middle}{''.join(map(self.__getitem__, FETCH_CHUNKS.findall(rest)))}\n"
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


_painted: dict[Theme, _Chunks] = {}


# -- any line


def _lines(response: Response, margin: Fragment, columns: int, elide: int, *, fold: bool) -> Iterator[list[Fragment]]:
    margins = chain([margin], repeat(("", _BLANK)))
    for one in outline(response, columns, elide * _BYTES_A_LINE):
        if isinstance(one, Row):
            yield [next(margins), ("", " " * one.line.indent), *one.fragments, *one.note]
        elif isinstance(one, Marked):
            yield from _violation(one.violation, one.ruler, columns, fold=fold)
        elif one.piece.block is not None:
            from imapsh.render.literals import each_line

            for content in each_line(one.piece.block, one.piece.label, elide):
                yield [_GUTTER, *content]
    if response.frame.incomplete:
        yield [("", _BLANK), INCOMPLETE]


def _violation(violation: Violation, ruler: Ruler, columns: int, *, fold: bool) -> Iterator[list[Fragment]]:
    """Yield the caret, with the message on the side where it fits, or below.

    If the caret would be beyond the width, an excerpt is shown above it.
    """
    caret: Fragment = ("caret", "^")
    message = said(violation)
    column = ruler.column(violation.offset)
    if column >= columns:
        excerpt, column = ruler.excerpt(column)
        yield [("", _BLANK), ("note", excerpt)]
    taken = width(plain(message)) + 1
    if column + 1 + taken <= columns:
        yield [("", _BLANK + " " * column), caret, ("", " "), *message]
    elif taken <= column:
        yield [("", _BLANK + " " * (column - taken)), *message, ("", " "), caret]
    else:
        yield [("", _BLANK + " " * column), caret]
        yield from _folded([("", _BLANK * 2), *message], columns, fold=fold)


def _finding(finding: Finding) -> list[Fragment]:
    (style, mark), *rest = told(finding)
    return [(style, _BLANK + mark), *rest]


def _folded(line: list[Fragment], columns: int, *, fold: bool) -> Iterator[list[Fragment]]:
    """Yield what is said of a line, broken at spaces if it is too wide and `fold` is given.

    A pipe has no width, and a line that is searched for stays whole there.
    """
    columns += len(_BLANK)
    if not fold or width(plain(line)) <= columns:
        yield line
        return
    rows, taken = [line[:1]], width(line[0][1])
    for style, text in line[1:]:
        for word in _WORD.findall(text):
            if taken + width(word) > columns and len(rows[-1]) > 1:
                rows.append([("", _BLANK * 2)])
                taken, word = len(_BLANK * 2), word.lstrip(" ")
            rows[-1].append((style, word))
            taken += width(word)
    yield from rows
