"""A log's file: its head is looked at first, and then read again with the rest."""

from __future__ import annotations

import io

import pytest

from imapsh.errors import ParseError
from imapsh.logs import source
from imapsh.logs.source import HEAD, Log

LINES = [b"line %d\n" % number for number in range(200)] + [b"without an end"]


class Slow(io.BytesIO):
    """Gives a few octets at a time, as a pipe may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(5, len(self.getvalue()) if size is None or size < 0 else size))


@pytest.mark.parametrize("kind", [io.BytesIO, Slow])
def test_the_head_is_read_again_with_the_rest(kind: type[io.BytesIO]) -> None:
    log = Log(kind(b"".join(LINES)))
    assert log.first_lines == [line.rstrip(b"\n") for line in LINES[:HEAD]]
    assert [line for _, line in log.lines()] == LINES


def test_each_line_and_piece_knows_its_place() -> None:
    places = [offset for offset, _ in Log(io.BytesIO(b"a\nbc\r\nd")).lines()]
    assert places == [0, 2, 6]
    pieces = dict(Log(Slow(b"0123456789ab")).pieces())
    assert b"".join(pieces.values()) == b"0123456789ab"
    assert all(b"0123456789ab".startswith(piece, place) for place, piece in pieces.items())


def test_a_line_that_never_ends_is_refused_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LONGEST", 10)
    with pytest.raises(ParseError, match="at octet 3 is longer than 10 octets"):
        list(Log(io.BytesIO(b"ab\n" + b"x" * 11)).lines())
