"""The pretty format (`imapsh.render.blocks`), with ways of their own for what comes most.

A short line without strings to be read is painted by one expression and from memory, and a FETCH like those before it
is written from its octets (`imapsh.render.prettyrows`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from imapsh.findings import Finding
from imapsh.grammar.responses import STATUS, TAGGED, UNTAGGED, Response
from imapsh.grammar.values import Fetch, StatusText
from imapsh.patterns import lazy
from imapsh.render import lexer
from imapsh.render.chunks import FETCH, MARGINS, UNSOLICITED, chunks_of, columns_of
from imapsh.render.styles import LINE_END, Fragment, Theme, paint, together
from imapsh.render.visible import Shown
from imapsh.wire.frames import Part


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
    columns = columns_of(width)
    if response.kind == UNTAGGED and not response.violations and not findings:
        parts = response.frame.parts
        if response.name == "FETCH" and len(parts) == 1 and len(parts[0]) <= columns + 2 and theme is not None:
            again = chunks_of(theme).again(parts[0], margin)  # type: ignore[arg-type] # the first part is a line
            if again is not None:
                return Shown(again)
        line = _simple(parts, columns)
        if line is not None:
            return Shown(_short(response.name, line, margin, theme))
        if type(response.value) is Fetch and len(parts) == 1 and not unsolicited and not response.frame.incomplete:
            from imapsh.render.prettyrows import row_text

            text = row_text(response, theme, width, elide)
            if text is not None:
                return text
    elif _is_only_a_line(response) and not response.violations and not findings:
        line = _simple(response.frame.parts, columns)
        if line is not None:
            return paint([margin, *lexer.server_line(line), ("", LINE_END)], theme)
    from imapsh.render.blocks import pretty_blocks  # a start needs none of it

    return together(pretty_blocks(response, theme, width, elide, unsolicited, findings))


def _is_only_a_line(response: Response) -> bool:
    """Return whether it is a status or a tagged reply without a code of an extension, whose value may say more."""
    value = response.value
    if response.kind not in (STATUS, TAGGED) or type(value) is not StatusText:
        return False
    return value.code is None or value.code.arg is None or type(value.code.arg) in (str, tuple, int)


def _simple(parts: tuple[Part, ...], columns: int) -> str | None:
    """Return the line if it is short, printable ASCII and holds nothing that needs a reading beside it; else None."""
    octets = parts[0]
    if len(parts) != 1 or len(octets) > columns + 2 or not isinstance(octets, bytes):
        return None
    if octets[-2:] != b"\r\n" or not octets.isascii() or b"=?" in octets or b"&" in octets:
        return None
    line = octets[:-2].decode("ascii")
    return line if line.isprintable() else None


#: mailbox-list in two parts: the part that is alike in most of a listing, and the mailbox
_LIST = lazy(r'(\* (?:LIST|LSUB) \([^()"]*\) (?:"[^"\\]"|NIL) )("(?:[^"\\]|\\.)*"|[^ "(){\\]+)', re.IGNORECASE)


def _short(name: str, line: str, margin: Fragment, theme: Theme | None) -> str:
    """Return the line painted; `_simple` has made sure that it is printable ASCII."""
    if theme is None:
        return f"{margin[1]}{line}\n"
    painted = chunks_of(theme)
    start = painted.margins[margin]
    if name == "FETCH" and "[" not in line:
        number, fetch, rest = line.partition(FETCH)
        if fetch and number[:2] == "* " and number[2:].isdecimal():
            return f"{painted.starts[margin]}{number[2:]}{painted.rest(rest)}"
    elif found := _LIST.fullmatch(line):
        before = painted.lists.get(found[1]) or painted.add_list(found[1])
        return f"{start}{before}{theme.paint('mailbox', found[2])}\n"
    return f"{start}{paint(lexer.server_line(line), theme)}\n"
