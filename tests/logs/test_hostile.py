"""Whatever a file holds, each reader reads it to its end or says in a sentence why it does not."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.errors import ParseError
from imapsh.logs.formats import FORMATS
from imapsh.wire.pieces import CLIENT, NOTE, SERVER

from .packets import tshark
from .reading import read
from .test_formats import CAPTURE, HEADS

NAMES = [form.name for form in FORMATS if form.name != "pcap"]
LINES = [line for head in HEADS.values() for line in head.splitlines(keepends=True)]

#: What may be between the lines of a log, or be one of them.
OTHERS = st.one_of(st.binary(max_size=60), st.sampled_from(LINES), st.just(b"* 1 FETCH (BODY[] {900}\r\n"))


#: The lines of a log of each format.  A strategy that is made anew for each input takes longer than the reading of it.
PARTS = {
    name: st.lists(st.one_of(st.sampled_from(HEADS[name].splitlines(keepends=True)), OTHERS), max_size=20)
    for name in NAMES
}


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Draw the lines of a log, some of which are missing, cut, or come twice, with others between them."""
    whole = b"".join(draw(PARTS[draw(st.sampled_from(NAMES))]))
    return whole[: draw(st.integers(0, len(whole)))]


@pytest.mark.parametrize("name", NAMES)
@given(octets=st.one_of(st.binary(max_size=300), damaged()))
def test_a_reader_reads_anything(name: str, octets: bytes) -> None:
    check(octets, name)


@settings(max_examples=10)  # each starts tshark
@given(octets=st.binary(max_size=300), place=st.integers(0, len(CAPTURE)))
def test_a_capture_may_be_anything(octets: bytes, place: int) -> None:
    tshark()
    check(CAPTURE[:place] + octets + CAPTURE[place:], "pcap")


def check(octets: bytes, name: str) -> None:
    """Read octets as a format to their end, or to the sentence that says what they are not."""
    pieces = []
    with contextlib.suppress(ParseError):
        pieces = read(octets, name)
    assert {one.direction for one in pieces} <= {SERVER, CLIENT, NOTE}
    assert all(0 <= one.offset <= len(octets) for one in pieces)
