"""Octets as a hex dump: offset, sixteen octets, and the printable ASCII among them."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.render.styles import LINE_END, Fragment, Theme, paint, together
from imapsh.render.visible import Shown, visible
from imapsh.wire.frames import Frame, Spilled

ROW = 16  #: octets in a row
_DOTTED = bytes(octet if 0x20 <= octet < 0x7F else 0x2E for octet in range(256))


def rows(data: bytes, base: int = 0) -> Iterator[list[Fragment]]:
    """The fragments of each row; `base` is the offset of the first octet."""
    for start in range(0, len(data), ROW):
        piece = data[start : start + ROW]
        octets = piece[:8].hex(" ") + "  " + piece[8:].hex(" ")
        text = piece.translate(_DOTTED).decode("ascii")
        yield [("offset", f"{base + start:08x}  "), ("octets", f"{octets:<48}  "), ("data", f"|{text}|")]


def hexdump(data: bytes, theme: Theme | None = None, base: int = 0) -> Shown:
    """`data` as lines, each with its line end."""
    return together(paint([*row, ("", LINE_END)], theme) for row in rows(data, base))


def hexform(frame: Frame, theme: Theme | None = None) -> Shown:
    """The octets of a frame, with offsets from the beginning of the stream; a spilled literal as its size and sum."""
    made, offset, pending = [], frame.offset, b""
    for part in frame.parts:
        if isinstance(part, Spilled):
            made += [hexdump(pending, theme, offset), paint([*spilled(part), ("", LINE_END)], theme)]
            offset, pending = offset + len(pending) + part.octets, b""
        else:
            pending += part
    return together([*made, hexdump(pending, theme, offset)])


def spilled(part: Spilled) -> list[Fragment]:
    """One line for a literal that is not in memory."""
    where = "" if part.where is None else f", in {visible(str(part.where))}"
    sum_ = f", SHA-256 {part.sha256}" if part.sha256 else ""
    return [("note", f"({part.octets:,} octets{sum_}{where})")]
