"""The wire format: the octets as they came, exact for a pipe, visible for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.responses import Response
from imapsh.render.hexform import spilled
from imapsh.render.literals import LINE
from imapsh.render.pieces import BLOCK, pieces
from imapsh.render.styles import LINE_END, Fragment, Theme, paint, together
from imapsh.render.visible import Shown, visible
from imapsh.wire.frames import Frame, Part, Spilled
from imapsh.wire.sinks import blocks_of, head_of, is_kept


def wire(frame: Frame) -> bytes:
    """Return the exact octets, for a pipe or a file, never for a terminal.

    A literal that went to a sink is left out.
    """
    return frame.raw


def wire_text(response: Response, theme: Theme | None = None, cut: int = 0) -> Shown:
    """Return the octets for a terminal, as lines that are visible and coloured.

    Nothing is indented, elided, decoded or explained.  CRLF ends a line and is not shown; every other control is.  For
    a literal in a file `cut` lines are shown, 0 for all; for one that was not kept, its size and its checksum.
    """
    return together(wire_blocks(response, theme, cut))


def wire_blocks(response: Response, theme: Theme | None = None, cut: int = 0) -> Iterator[Shown]:
    """Yield what `wire_text` returns block by block, so that no large literal is held in memory."""
    fragments: list[Fragment] = []
    for piece in pieces(response, inline=False):
        if piece.kind is BLOCK and piece.block is not None:
            yield paint([*fragments, ("", LINE_END)], theme)
            fragments = []
            yield from (paint(block, theme) for block in _literal(piece.block, cut))
        else:
            fragments.append((piece.style, piece.text))
    yield paint([*fragments, ("", LINE_END)], theme)


def _literal(part: Part, cut: int) -> Iterator[list[Fragment]]:
    if not is_kept(part):
        yield spilled(part)
    elif isinstance(part, Spilled) and cut:
        beginning = head_of(part, cut * LINE).split(b"\r\n")[:cut]
        yield [("data", f"{visible(octets)}\n") for octets in beginning]
        yield [("note", f"... {part.octets:,} octets in all: \\last wire shows all"), ("", LINE_END)]
    else:
        for block in blocks_of(part):
            *lines, last = map(visible, block.split(b"\r\n"))
            yield [*(("data", f"{line}\n") for line in lines), ("data", last)]
