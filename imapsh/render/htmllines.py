"""Makes elements of HTML of fragments and of the lines of a response.

Every text passes `visible` and is escaped; none becomes an attribute.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from itertools import accumulate

from imapsh.findings import Violation
from imapsh.render.htmlstyle import name_of
from imapsh.render.layout import Ruler
from imapsh.render.outline import Row
from imapsh.render.styles import STYLES, Fragment, plain
from imapsh.render.visible import visible, width

_DEEPEST = 6  # indents that the style sheet has
_INDENT = 2
_LONG = 80  # characters of a fragment that is not kept
_AT = "at"  # the style of a character that is marked; no style of output has this name


def line(row: Row, labels: list[str]) -> str:
    """Return a line, with a mark at each octet that should not be there."""
    indent = min(_DEEPEST, row.line.indent // _INDENT)
    fragments = row.fragments
    if row.ruler is not None:
        fragments = list(_marked(fragments, row.ruler, row.line.indent, row.violations))
    names = iter(labels)
    html = "".join(_mark(text, next(names, "")) if style == _AT else span(style, text) for style, text in fragments)
    note = "".join(span(*fragment) for fragment in row.note)
    return f'<span class="l{f" i{indent}" if indent else ""}">{html}{note}</span>'


_AT = "at"  # the style of a character that is marked; no style of output has this name


def _marked(
    fragments: list[Fragment], ruler: Ruler, indent: int, violations: Sequence[Violation]
) -> Iterator[Fragment]:
    """Yield the fragments, with those characters cut out that are marked.  Several marks at one place follow it."""
    columns = list(accumulate(map(width, plain(fragments))))  # where each character ends
    marks = [bisect_right(columns, max(0, ruler.column(violation.offset) - indent)) for violation in violations]
    start = waiting = 0
    for style, part in fragments:
        end = start + len(part)
        at = start
        while waiting < len(marks) and marks[waiting] < end:
            mark = marks[waiting]
            if mark > at:
                yield style, part[at - start : mark - start]
            yield _AT, part[mark - start] if mark >= at else ""
            at = max(at, mark + 1)
            waiting += 1
        if at < end:
            yield style, part[at - start :]
        start = end
    for _ in marks[waiting:]:
        yield _AT, ""


def _mark(character: str, number: str) -> str:
    label = f' data-n="{number}"' if number else ""
    return f'<b class="at"{label}>{shown(character) or "&nbsp;"}</b>'


@lru_cache(maxsize=8192)
def _short(style: str, text: str) -> str:
    name = f' class="{name_of(style)}"' if style in STYLES and STYLES[style][0] else ""
    html = shown(text)
    if text.isascii():
        return f"<span{name}>{html}</span>" if name else html
    return f'<bdi dir="ltr"{name}>{html}</bdi>'  # so that text from right to left does not move what is beside it


def span(style: str, text: str) -> str:
    """Return a fragment as an element of its style."""
    return _short(style, text) if len(text) < _LONG else _short.__wrapped__(style, text)


def shown(text: str) -> str:
    """Return a text that is visible, and that HTML takes as text."""
    return escape(visible(text))
