"""The outline of a response: its lines, literals and faults in the order in which they are shown.

`imapsh.render.pretty` makes lines of a terminal of it, and `imapsh.render.htmlpage` makes elements of a page.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import takewhile

from imapsh.findings import FAULT, Finding, Violation
from imapsh.grammar.responses import Response
from imapsh.grammar.values import StatusText
from imapsh.render.layout import Layout, Line, Ruler
from imapsh.render.pieces import BLOCK, MESSAGE, Piece, pieces, shorten
from imapsh.render.styles import Fragment
from imapsh.render.visible import visible
from imapsh.tuples import NamedTuple

INCOMPLETE: Fragment = ("note", "(the input ends here, within the response)")


class Row(NamedTuple):
    """A line of the response, with its note behind it.  `violations` are those of its octets, `ruler` finds them."""

    line: Line
    note: list[Fragment]
    violations: tuple[Violation, ...]
    ruler: Ruler | None

    @property
    def fragments(self) -> list[Fragment]:
        """The line's text, without its indent and its note."""
        return [(piece.style, piece.text) for piece in self.line.pieces if piece.text]


class Block(NamedTuple):
    """A literal that is shown on lines of its own (`imapsh.render.literals.each_line`)."""

    piece: Piece


class Marked(NamedTuple):
    """A violation of the line that was yielded last."""

    violation: Violation
    ruler: Ruler


def outline(response: Response, columns: int, limit: int) -> Iterator[Row | Block | Marked]:
    """Yield what a response is shown as, in order.

    A violation comes behind the line that has its octet, and behind the literals of that line which are before the
    octet.  `columns` are the columns of a line, and `limit` is that of `pieces`.
    """
    laid = Layout(pieces(response, limit), columns, response.name).lines
    violations = deque(sorted(response.violations, key=lambda violation: violation.offset))
    is_one_line = len(response.frame.parts) == 1 and not violations
    for index, line in enumerate(laid):
        last = index + 1 == len(laid)
        end = None if last else _start(laid[index + 1])
        here = tuple(takewhile(lambda one: end is None or one.offset < end, violations))  # noqa: B023 - used at once
        ruler = Ruler(line) if here else None
        yield Row(line, _note(line) or (_reading(response) if last else []), here, ruler)
        if is_one_line:
            continue
        for piece in line.pieces:
            if piece.kind is BLOCK and piece.block is not None:
                while ruler and violations and violations[0].offset < piece.start:  # below its line, not the literal
                    yield Marked(violations.popleft(), ruler)
                yield Block(piece)
        while ruler and violations and (end is None or violations[0].offset < end):
            yield Marked(violations.popleft(), ruler)


def said(violation: Violation) -> list[Fragment]:
    """Return what is said about a violation."""
    return [
        ("violation", visible(violation.message)),
        ("note", f" [{visible(violation.rule)}, {violation.rfc}]"),
    ]


def told(finding: Finding) -> list[Fragment]:
    """Return what is said about a finding, behind its mark."""
    mark, style = ("caret", "violation") if finding.level == FAULT else ("note", "note")
    level = "" if finding.level == FAULT else f"{finding.level}, "
    return [
        (mark, "! " if finding.level == FAULT else "? "),
        (style, shorten(finding.message, MESSAGE)),
        ("note", f" [{finding.rule}, {level}{finding.rfc}]"),
    ]


def _start(line: Line) -> int:
    return line.pieces[0].start if line.pieces else 0


def _note(line: Line) -> list[Fragment]:
    notes = [piece.note for piece in line.pieces if piece.note]
    if line.label:
        notes = [f"{line.label}: {', '.join(notes)}" if notes else line.label]
    return [("note", "  -- " + ", ".join(notes))] if notes else []


def _reading(response: Response) -> list[Fragment]:
    """Return a reading of a code's argument, if it is an extension's value that has one."""
    code = response.value.code if isinstance(response.value, StatusText) else None
    caution = getattr(code.arg, "caution", None) if code is not None else None
    if caution is not None and (warning := caution(response)):
        return [("note", "  -- "), ("error", visible(warning))]
    reading = getattr(code.arg, "reading", None) if code is not None else None
    return [("note", f"  -- {visible(reading())}")] if reading is not None else []
