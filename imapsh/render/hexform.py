"""Octets as a hex dump: offset, sixteen octets, and the printable ASCII among them."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.render.styles import LINE_END, Fragment, Theme, paint, together
from imapsh.render.visible import Shown, visible
from imapsh.wire.frames import Frame, Part, Spilled, size_of
from imapsh.wire.sinks import head_of, is_kept, octets_of

ROW = 16  #: octets in a row
_BLOCK = ROW << 12  # octets that are dumped at once
_DOTTED = bytes(octet if 0x20 <= octet < 0x7F else 0x2E for octet in range(256))


def rows(data: bytes, base: int = 0) -> Iterator[list[Fragment]]:
    """Yield the fragments of each row; `base` is the offset of the first octet."""
    for start in range(0, len(data), ROW):
        piece = data[start : start + ROW]
        octets = piece[:8].hex(" ") + "  " + piece[8:].hex(" ")
        text = piece.translate(_DOTTED).decode("ascii")
        yield [("offset", f"{base + start:08x}  "), ("octets", f"{octets:<48}  "), ("data", f"|{text}|")]


def hexdump(data: bytes, theme: Theme | None = None, base: int = 0) -> Shown:
    """Return `data` as lines, each with its line end."""
    return together(paint([*row, ("", LINE_END)], theme) for row in rows(data, base))


def hexform(frame: Frame, theme: Theme | None = None, cut: int = 0) -> Shown:
    """Return the octets of a frame as a dump, with offsets from the beginning of the stream.

    For a literal in a file, `cut` rows are shown, or all if it is 0.  For a literal that was not kept, its size and its
    checksum are shown.
    """
    return together(hexform_blocks(frame, theme, cut))


def hexform_blocks(frame: Frame, theme: Theme | None = None, cut: int = 0) -> Iterator[Shown]:
    """Yield what `hexform` returns block by block, so that no large literal is held in memory."""
    offset, pending = frame.offset, b""
    for part in frame.parts:
        cuts = bool(cut) and isinstance(part, Spilled)
        for piece in [head_of(part, cut * ROW)] if cuts else octets_of(part):
            pending += piece
            if len(pending) >= _BLOCK:
                full = len(pending) // ROW * ROW
                yield hexdump(pending[:full], theme, offset)
                offset, pending = offset + full, pending[full:]
        if cuts or not is_kept(part):
            shown = min(cut * ROW, size_of(part)) if cuts and is_kept(part) else 0
            yield hexdump(pending, theme, offset)
            yield paint([*(_more(part) if shown else spilled(part)), ("", LINE_END)], theme)
            offset, pending = offset + len(pending) + size_of(part) - shown, b""
    yield hexdump(pending, theme, offset)


def _more(part: Part) -> list[Fragment]:
    return [("note", f"... {size_of(part):,} octets in all: \\last hex shows all")]


def spilled(part: Part) -> list[Fragment]:
    """Return one line for a literal whose octets cannot be shown: its size, its checksum, and the name of its file."""
    sum_ = f", SHA-256 {part.sha256}" if isinstance(part, Spilled) and part.sha256 else ""
    where = f", in {visible(part.where)}" if isinstance(part, Spilled) and isinstance(part.where, str) else ""
    return [("note", f"({size_of(part):,} octets{sum_}{where})")]
