from __future__ import annotations

import pytest

from imapsh.render.hexform import hexdump, hexform, hexform_blocks
from imapsh.render.styles import THEMES
from imapsh.wire.frames import Frame, Spilled
from tests.render.reading import fetched, spooled


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


@pytest.mark.parametrize("text", [b"a line\r\n" * 20_001, bytes(range(256)) * 900, b""])
def test_a16_a_literal_in_a_file_is_dumped_as_one_in_memory(text: bytes) -> None:
    assert hexform(fetched(spooled(text)).frame) == hexform(fetched(text).frame)
    assert max(map(len, hexform_blocks(fetched(spooled(text)).frame))) < 1 << 20


def test_a16_at_a_prompt_its_first_rows_and_how_to_see_all() -> None:
    shown = hexform(fetched(spooled(b"a line\r\n" * 200_000)).frame, cut=2).splitlines()
    assert shown[-2] == "... 1,600,000 octets in all: \\last hex shows all"
    assert shown[-1].startswith(f"{40 + 29 + 1_600_000:08x}  20 55 49 44 ")
    assert len(shown) == 6
