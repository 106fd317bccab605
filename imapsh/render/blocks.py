r"""The pretty format: the wire, coloured by token, with a margin that says whose line it is.

    >   ours (a client's line, secrets masked)        <   a tagged reply, or '+': the server answers
    -   untagged                                      ~   untagged and unasked for
    !   not a response at all                            blank: the line before goes on

Long lists are broken over lines.  Readings are dimmed at the end of the line after `--`.  Literals are shown by content
with a gutter on their left.  Faults are shown below their line, with a caret at the octet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice, repeat

from imapsh.findings import Finding, Violation
from imapsh.grammar.responses import Response
from imapsh.patterns import lazy
from imapsh.render.chunks import BLANK, MARGINS, UNSOLICITED, columns_of
from imapsh.render.layout import Ruler
from imapsh.render.outline import INCOMPLETE, Marked, Row, outline, said, told
from imapsh.render.styles import LINE_END, Fragment, Theme, paint, plain, together
from imapsh.render.visible import Shown, width

ELIDE = 20  #: lines of a literal that are shown

_BLOCK = 1000  # lines that are painted at once
_BYTES_A_LINE = 1024  #: octets of a response's line that are shown for each line of a literal shown
_WORD = lazy(r" +[^ ]*|[^ ]+")  # with the spaces before it

_GUTTER: Fragment = ("gutter", BLANK + "| ")


def limit_of(elide: int | None) -> int:
    """Return the octets of a response's line that are shown; 0 for all."""
    return (ELIDE if elide is None else elide) * _BYTES_A_LINE


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
    columns = columns_of(width)
    lines = chain(
        _lines(response, margin, columns, ELIDE if elide is None else elide, fold=width is not None),
        *(_folded(_finding(finding), columns, fold=width is not None) for finding in findings),
    )
    while block := list(islice(lines, _BLOCK)):
        yield together([paint([*line, ("", LINE_END)], theme) for line in block])


def _lines(response: Response, margin: Fragment, columns: int, elide: int, *, fold: bool) -> Iterator[list[Fragment]]:
    margins = chain([margin], repeat(("", BLANK)))
    for one in outline(response, columns, limit_of(elide)):
        if isinstance(one, Row):
            yield [next(margins), ("", " " * one.line.indent), *one.fragments, *one.note]
        elif isinstance(one, Marked):
            yield from _violation(one.violation, one.ruler, columns, fold=fold)
        elif one.piece.block is not None:
            from imapsh.render.literals import each_line

            for content in each_line(one.piece.block, one.piece.label, elide):
                yield [_GUTTER, *content]
    if response.frame.incomplete:
        yield [("", BLANK), INCOMPLETE]


def _violation(violation: Violation, ruler: Ruler, columns: int, *, fold: bool) -> Iterator[list[Fragment]]:
    """Yield the caret, with the message on the side where it fits, or below.

    If the caret would be beyond the width, an excerpt is shown above it.
    """
    caret: Fragment = ("caret", "^")
    message = said(violation)
    column = ruler.column(violation.offset)
    if column >= columns:
        excerpt, column = ruler.excerpt(column)
        yield [("", BLANK), ("note", excerpt)]
    taken = width(plain(message)) + 1
    if column + 1 + taken <= columns:
        yield [("", BLANK + " " * column), caret, ("", " "), *message]
    elif taken <= column:
        yield [("", BLANK + " " * (column - taken)), *message, ("", " "), caret]
    else:
        yield [("", BLANK + " " * column), caret]
        yield from _folded([("", BLANK * 2), *message], columns, fold=fold)


def _finding(finding: Finding) -> list[Fragment]:
    (style, mark), *rest = told(finding)
    return [(style, BLANK + mark), *rest]


def _folded(line: list[Fragment], columns: int, *, fold: bool) -> Iterator[list[Fragment]]:
    """Yield what is said of a line, broken at spaces if it is too wide and `fold` is given.

    A pipe has no width, and a line that is searched for stays whole there.
    """
    columns += len(BLANK)
    if not fold or width(plain(line)) <= columns:
        yield line
        return
    rows, taken = [line[:1]], width(line[0][1])
    for style, text in line[1:]:
        for word in _WORD.findall(text):
            if taken + width(word) > columns and len(rows[-1]) > 1:
                rows.append([("", BLANK * 2)])
                taken, word = len(BLANK * 2), word.lstrip(" ")
            rows[-1].append((style, word))
            taken += width(word)
    yield from rows
