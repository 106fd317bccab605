"""Lines of a log, of which a literal may be there or not."""

from __future__ import annotations

import pytest

from imapsh.logs import restoring
from imapsh.logs.restoring import Restorer
from imapsh.wire.pieces import CLIENT, ELIDED, LINES, NOTE, SERVER, Piece


def restored(*lines: tuple[str, bytes]) -> list[tuple[str, bytes, str]]:
    """Return what comes out for lines of both sides, with their exactness."""
    restorer = Restorer()
    made: list[Piece] = []
    for index, (direction, text) in enumerate(lines):
        made += restorer.take(Piece(direction, text, index, exactness=LINES))
    made += restorer.end()
    return [(one.direction, one.octets, one.exactness) for one in made]


def whole(*lines: tuple[str, bytes]) -> list[tuple[str, bytes, str]]:
    return [(direction, text, LINES) for direction, text in lines]


FETCH = ((CLIENT, b"a FETCH 1 BODY[]\r\n"), (SERVER, b"* 1 FETCH (BODY[] {6}\r\n"))
DONE = (SERVER, b"a OK done\r\n")
APPEND = ((CLIENT, b"a APPEND x {6}\r\n"), (SERVER, b"+ go\r\n"))


@pytest.mark.parametrize(
    "lines",
    [
        (*FETCH, (SERVER, b"abcd\r\n"), (SERVER, b" UID 1)\r\n"), DONE),
        (*FETCH, (SERVER, b"a OK x)\r\n"), DONE),
        (FETCH[0], (SERVER, b"* 1 FETCH (BODY[] {8}\r\n"), (SERVER, b"a OK x\r\n"), (SERVER, b" UID 1)\r\n"), DONE),
        (*APPEND, (CLIENT, b"abcd\r\n"), (CLIENT, b"\r\n"), DONE),
        (*APPEND, (NOTE, b"a note"), (CLIENT, b"abcd\r\n"), (CLIENT, b"\r\n"), DONE),
        (APPEND[0], (SERVER, b"a NO too much\r\n"), (CLIENT, b"b NOOP\r\n"), (SERVER, b"b OK\r\n")),
        (*FETCH, (SERVER, b"ab")),
        (*APPEND, (CLIENT, b"ab")),
    ],
)
def test_what_is_whole_or_may_be_comes_as_it_is(lines: tuple[tuple[str, bytes], ...]) -> None:
    assert restored(*lines) == whole(*lines)


def test_the_empty_line_behind_a_literal_is_put_back_if_the_command_was_done() -> None:
    told = (*APPEND, (CLIENT, b"abcd\r\n"))
    assert restored(*told, DONE) == whole(*told, (CLIENT, b"\r\n"), DONE)
    refused = (SERVER, b"a BAD no\r\n")
    assert restored(*told, refused) == whole(*told, refused)


def test_a_literal_of_a_server_that_is_not_whole_is_left_out() -> None:
    assert restored(*FETCH, (SERVER, b"\r\n"), (SERVER, b")\r\n"), DONE) == [
        *whole(FETCH[0]),
        (*FETCH[1], ELIDED),
        *whole((SERVER, b")\r\n"), DONE),
    ]


def test_the_responses_behind_it_are_kept() -> None:
    behind = ((SERVER, b" UID 1)\r\n"), (SERVER, b"* 2 FETCH (BODY[] {2}\r\n"), (SERVER, b"ab)\r\n"), DONE)
    first = (SERVER, b"* 1 FETCH (BODY[] {999}\r\n")
    assert restored(FETCH[0], first, (SERVER, b"abc (d)\r\n"), *behind) == [
        *whole(FETCH[0]),
        (*first, ELIDED),
        *whole(*behind),
    ]


def test_a_literal_that_was_cut_out_by_hand_is_left_out_at_the_end_too() -> None:
    first = (SERVER, b"* 1 FETCH (BODY[] {999}\r\n")
    assert restored(first, (SERVER, b"[...]\r\n"), (SERVER, b")\r\n")) == [(*first, ELIDED), *whole((SERVER, b")\r\n"))]


def test_a_literal_of_a_client_that_is_not_whole_is_left_out() -> None:
    assert restored(*APPEND, (CLIENT, b"ab\r\n"), DONE, (CLIENT, b"b NOOP\r\n")) == [
        (*APPEND[0], ELIDED),
        *whole(APPEND[1], (CLIENT, b"\r\n"), DONE, (CLIENT, b"b NOOP\r\n")),
    ]


def test_a_large_literal_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "HELD", 192)
    restorer = Restorer()
    pieces = [Piece(SERVER, text, 0) for text in (b"* 1 FETCH (BODY[] {9999}\r\n", *[b"abcd\r\n"] * 3)]
    assert [list(restorer.take(one)) for one in pieces] == [[], [], [], pieces]
    assert restorer.left(SERVER) == 9999 - 18
    assert list(restorer.take(pieces[1])) == [pieces[1]]


def test_many_literals_that_are_not_whole_are_left_out_one_by_one() -> None:
    lines: list[tuple[str, bytes]] = []
    for number in range(900):
        tag = b"a%d" % number
        lines += [(CLIENT, tag + b" FETCH 1 BODY[]\r\n"), (SERVER, b"* 1 FETCH (BODY[] {20000}\r\n")]
        lines += [(SERVER, b")\r\n"), (SERVER, tag + b" OK\r\n")]
    made = restored(*lines)
    assert [one[:2] for one in made] == lines
    assert [one[2] for one in made].count(ELIDED) == 900
