"""The wire format: the octets as they came, exact for a pipe, visible for a terminal."""

from __future__ import annotations

from imapsh.grammar.responses import Response
from imapsh.render.hexform import spilled
from imapsh.render.pieces import BLOCK, pieces
from imapsh.render.styles import LINE_END, Fragment, Theme, paint
from imapsh.render.visible import Shown, visible
from imapsh.wire.frames import Frame, Part, Spilled


def wire(frame: Frame) -> bytes:
    """The octets, exactly; for a pipe or a file, never for a terminal.  A literal that went to a sink is left out."""
    return frame.raw


def wire_text(response: Response, theme: Theme | None = None) -> Shown:
    """The same for a terminal: its lines visible and coloured; nothing is set in, elided, decoded or explained.

    CRLF ends a line and is not shown; every other control is.
    """
    fragments: list[Fragment] = []
    for piece in pieces(response, inline=False):
        if piece.kind is BLOCK and piece.block is not None:
            fragments += [("", LINE_END), *_literal(piece.block)]
        else:
            fragments.append((piece.style, piece.text))
    return paint([*fragments, ("", LINE_END)], theme)


def _literal(part: Part) -> list[Fragment]:
    if isinstance(part, Spilled):
        return spilled(part)
    *lines, last = map(visible, part.split(b"\r\n"))
    return [*(("data", f"{line}\n") for line in lines), ("data", last)]
