from __future__ import annotations

import pytest

from imapsh.grammar.responses import Response
from imapsh.render.styles import THEMES
from imapsh.render.wireform import wire, wire_blocks, wire_text
from imapsh.wire.frames import Frame, Spilled
from tests.render.reading import fetched, one, spooled

OCTETS = b"* 1 FETCH (BODY[] {9}\r\na\x1b\r\n\xff\nb\xc3\xa9 UID 2)\r\n"


def test_a_pipe_gets_the_octets() -> None:
    assert wire(one(OCTETS).frame) == OCTETS


def test_a_terminal_gets_the_same_lines_visible() -> None:
    assert wire_text(one(OCTETS)) == "* 1 FETCH (BODY[] {9}\na^[\n\\xff^Jbé UID 2)\n"


def test_short_strings_stand_on_their_own_lines_as_on_the_wire() -> None:
    assert wire_text(one(b'* LIST () "/" {3}\r\na b\r\n')) == '* LIST () "/" {3}\na b\n'


def test_nothing_is_elided() -> None:
    assert len(wire_text(one(b"* OK " + b"x" * 100_000 + b"\r\n"))) > 100_000


def test_colour_is_the_theme_s() -> None:
    assert wire_text(one(b"a1 OK x\r\n"), THEMES["default"]) == "\x1b[1ma1\x1b[0m \x1b[1;32mOK\x1b[0m x\n"


def test_a_spilled_literal_is_named_on_a_terminal_only() -> None:
    frame = Frame((b"* 1 FETCH (BODY[] {4}\r\n", Spilled(4), b")\r\n"))
    assert wire(frame) == b"* 1 FETCH (BODY[] {4}\r\n)\r\n"
    assert "(4 octets)" in wire_text(Response("untagged", "FETCH", None, frame))


TEXTS = (b"From: a\r\n\r\n" + b"a line\x1b \xc3\xa9\r\n" * 20_000, b"x" * 200_000, bytes(range(256)) * 900)


@pytest.mark.parametrize("text", TEXTS)
def test_a16_a_literal_in_a_file_is_shown_as_one_in_memory(text: bytes) -> None:
    assert wire_text(fetched(spooled(text))) == wire_text(fetched(text))
    assert max(map(len, wire_blocks(fetched(spooled(text))))) < 1 << 20


def test_a16_at_a_prompt_its_first_lines_and_how_to_see_all() -> None:
    shown = wire_text(fetched(spooled(b"a line\r\n" * 200_000)), cut=3).splitlines()
    assert shown[1:] == ["a line"] * 3 + ["... 1,600,000 octets in all: \\last wire shows all", " UID 7)"]
