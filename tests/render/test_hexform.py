from __future__ import annotations

from imapsh.render.hexform import hexdump, hexform
from imapsh.render.styles import THEMES
from imapsh.wire.frames import Frame, Spilled


def test_rows_have_offset_octets_and_text() -> None:
    assert hexdump(b"a1 OK \x1b\xff done\r\n", base=16) == (
        "00000010  61 31 20 4f 4b 20 1b ff  20 64 6f 6e 65 0d 0a     |a1 OK .. done..|\n"
    )
    assert hexdump(bytes(range(32))).count("\n") == 2
    assert hexdump(b"") == ""


def test_a_frame_counts_from_the_beginning_of_the_stream() -> None:
    assert hexform(Frame((b"* 1 EXISTS\r\n",), offset=0x20)).startswith("00000020  2a 20 31")


def test_a_spilled_literal_is_counted_and_named() -> None:
    made = hexform(Frame((b"{256}\r\n", Spilled(256, "ab"), b")\r\n"))).splitlines()
    assert made[1] == "(256 octets, SHA-256 ab)"
    assert made[2].startswith(f"{7 + 256:08x}  29 0d 0a")


def test_a_theme_colours_the_parts() -> None:
    assert hexdump(b"x", THEMES["default"]).startswith("\x1b[2m00000000  \x1b[0m78 ")
