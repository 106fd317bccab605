"""What waits to be sent: each piece that comes out, and what a trace may show of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from imapsh.errors import ConnectionLost
from imapsh.grammar.fragments import Literal
from imapsh.session.exchange import Exchange, Secret, Sendable, TypedLiteral
from imapsh.session.outbox import Out, Outbox
from imapsh.session.secrets import MASK, Secrets

PIECE = 1 << 16


def outbox() -> Outbox:
    """One that masks the word `hidden`."""
    return Outbox(lambda octets: octets.replace(b"hidden", MASK))


def command(*fragments: Sendable, plus: bool = False) -> Exchange:
    """An APPEND; `plus`: its literals need not wait."""
    exchange = Exchange("A1", "APPEND", [b"A1 APPEND Box ", *fragments])
    exchange.settle(lambda octets, binary: plus)
    return exchange


def drain(out: Outbox) -> tuple[bytes, bytes]:
    """All that may go now: the octets, and what is shown."""
    taken = list(iter(out.take, None))
    return b"".join(one.octets for one in taken), b"".join(one.shown or b"" for one in taken)


def test_nothing_to_send() -> None:
    out = outbox()
    assert out.take() is None
    assert (out.busy, out.waiting, out.waits, out.literal) == (False, False, None, None)


def test_a_command_without_a_literal_goes_out_whole() -> None:
    out, exchange = outbox(), Exchange("A1", "NOOP", [b"A1 NOOP"])
    out.start(exchange)
    assert (out.busy, exchange.fragments) == (False, [])
    assert out.take() == Out(b"A1 NOOP\r\n", b"A1 NOOP\r\n")
    assert exchange.sent == 9


def test_octets_between_commands_and_commands_keep_their_order() -> None:
    out = outbox()
    out.send(b"DONE\r\n", b"DONE\r\n")
    out.start(Exchange("A2", "NOOP", [b"A2 NOOP"]))
    out.send(b"again\r\n", MASK)
    assert drain(out) == (b"DONE\r\nA2 NOOP\r\nagain\r\n", b"DONE\r\nA2 NOOP\r\n" + MASK)


# -- a literal that waits


def test_a_literal_waits_for_the_plus_and_the_rest_behind_it() -> None:
    out, exchange = outbox(), command(Literal(b"abc", 3), b" ", Literal(b"de", 2), b" x")
    out.start(exchange)
    assert drain(out)[0] == b"A1 APPEND Box {3}\r\n"
    assert (out.busy, out.waits) == (True, (exchange, 3))
    out.permit()
    assert drain(out)[0] == b"abc {2}\r\n"
    assert out.waits == (exchange, 2)
    out.permit()
    assert drain(out)[0] == b"de x\r\n"
    assert out.current is None
    assert exchange.sent == len(b"A1 APPEND Box {3}\r\nabc {2}\r\nde x\r\n")


def test_an_empty_literal_waits_too() -> None:
    out = outbox()
    out.start(command(Literal(b"", 0)))
    assert drain(out)[0] == b"A1 APPEND Box {0}\r\n"
    out.permit()
    assert drain(out)[0] == b"\r\n"
    assert out.literal is None


def test_where_the_server_allows_it_nothing_waits() -> None:
    out = outbox()
    out.start(command(Literal(b"abc", 3), b" ", Literal(b"d\0", 2, binary=True), plus=True))
    assert drain(out)[0] == b"A1 APPEND Box {3+}\r\nabc ~{2+}\r\nd\0\r\n"


@pytest.mark.parametrize(
    ("literal", "at_once"),
    [
        (TypedLiteral(b"{3}\r\n", b"abc", True), b"A1 APPEND Box {3}\r\n"),
        (TypedLiteral(b"{3+}\r\n", b"abc", False), b"A1 APPEND Box {3+}\r\nabc\r\n"),
    ],
)
def test_what_a_person_announced_stands_whatever_the_server_allows(literal: TypedLiteral, at_once: bytes) -> None:
    for plus in (False, True):
        out = outbox()
        out.start(command(literal, plus=plus))
        assert drain(out)[0] == at_once


# -- refusals


def test_what_was_not_permitted_is_dropped() -> None:
    out, exchange = outbox(), command(Literal(b"abc", 3), b" more")
    out.start(exchange)
    drain(out)
    out.drop(exchange)
    assert drain(out) == (b"", b"")
    assert (out.busy, out.waiting) == (False, False)


def test_a_literal_that_was_begun_is_finished_and_no_other_is_begun() -> None:
    out, exchange = outbox(), command(Literal(b"x" * 3 * PIECE, 3 * PIECE), b" ", Literal(b"second", 6))
    out.start(exchange)
    drain(out)
    out.permit()
    assert len((out.take() or Out(b"", b"")).octets) == PIECE
    out.drop(exchange)
    assert drain(out)[0] == b"x" * 2 * PIECE + b" {6}\r\n"
    assert not out.waiting


def test_the_reply_to_another_command_drops_nothing() -> None:
    out, exchange = outbox(), command(Literal(b"abc", 3))
    out.start(exchange)
    drain(out)
    out.drop(Exchange("A0", "NOOP", [b"A0 NOOP"]))
    assert out.waits == (exchange, 3)


# -- large literals and files


def test_a_large_literal_comes_in_pieces_and_tells_how_far_it_is() -> None:
    out = outbox()
    size = 2 * PIECE + 5
    out.start(command(Literal(b"x" * size, size), plus=True))
    far, pieces = [], []
    while (taken := out.take()) is not None:
        pieces.append(len(taken.octets))
        far.append(out.literal)
    assert max(pieces) <= 2 * PIECE
    assert far[0] is not None
    assert far[0][0] == size
    assert 0 < far[0][1] < size
    assert far[-1] is None
    assert sum(pieces) == len(b"A1 APPEND Box {131077+}\r\n") + size + 2


def reads(*pieces: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter(pieces)


def test_a_file_that_grew_is_sent_as_far_as_it_was_announced() -> None:
    out = outbox()
    out.start(command(Literal(reads(b"ab", b"cdGROWN", b"MORE"), 4), plus=True))
    assert drain(out)[0] == b"A1 APPEND Box {4+}\r\nabcd\r\n"


def broken() -> Iterable[bytes]:
    yield b"ab"
    raise OSError(5, "Input/output error")


@pytest.mark.parametrize(
    ("read", "message"),
    [(reads(b"ab"), "2 octets shorter than announced"), (broken, "Input/output error")],
)
def test_a_file_that_fails_under_way_ends_the_connection(read: Callable[[], Iterable[bytes]], message: str) -> None:
    out = outbox()
    out.start(command(Literal(read, 4), plus=True))
    with pytest.raises(ConnectionLost, match=message):
        drain(out)


# -- what is shown


def test_secrets_go_out_and_are_not_shown() -> None:
    out = outbox()
    out.start(Exchange("A1", "LOGIN", [b"A1 LOGIN ann ", Secret(b'"s3cret"')]))
    assert drain(out) == (b'A1 LOGIN ann "s3cret"\r\n', b"A1 LOGIN ann " + MASK + b"\r\n")


@pytest.mark.parametrize(
    "literal", [Literal(b"s3cret", 6, secret=True), TypedLiteral(b"{6+}\r\n", b"s3cret", False, secret=True)]
)
def test_a_secret_literal_is_not_shown(literal: Sendable) -> None:
    out = outbox()
    out.start(Exchange("A1", "LOGIN", [b"A1 LOGIN ann ", literal]))
    octets, shown = drain(out)
    assert octets == b"A1 LOGIN ann {6+}\r\ns3cret\r\n"
    assert shown == b"A1 LOGIN ann {6+}\r\n******\r\n"


def test_a_known_secret_is_masked_wherever_it_stands() -> None:
    out = outbox()
    out.start(command(b"hidden ", Literal(b"so hidden", 9), plus=True))
    octets, shown = drain(out)
    assert octets == b"A1 APPEND Box hidden {9+}\r\nso hidden\r\n"
    assert b"hidden" not in shown


@pytest.mark.parametrize("given", [b"hidden" * 40_000, b"", b"x" * PIECE])
def test_what_nobody_sees_is_not_masked(given: bytes) -> None:
    asked: list[int] = []

    def seen(octets: int) -> bool:
        asked.append(octets)
        return False

    out = outbox()
    out.start(command(Literal(given, len(given)), b" hidden", plus=True))
    taken = list(iter(lambda: out.take(seen), None))
    usual = outbox()
    usual.start(command(Literal(given, len(given)), b" hidden", plus=True))
    assert b"".join(one.octets for one in taken) == drain(usual)[0]
    assert all(
        one.shown == (b"" if one.literal else one.octets.replace(b"hidden", MASK)) for one in taken if one.octets
    )
    assert sum(asked) <= len(given)
    assert [len(one.octets) for one in taken if one.literal and not one.shown] == asked


@pytest.mark.parametrize("before", [*range(PIECE - 16, PIECE + 2), 2 * PIECE - 5])
@pytest.mark.parametrize("of_file", [False, True])
def test_a_secret_over_two_pieces_of_a_literal_is_masked(before: int, of_file: bool) -> None:
    """Neither one piece nor the other holds it, and one secret may begin in the end of another."""
    secrets = Secrets()
    secrets.add(b"opensesame")
    secrets.add(b"sesameseed")
    text = b"opensesame sesameseed sesam"
    data = b"x" * before + text + b"y" * PIECE + b"opens"  # which ends as a secret begins
    out = Outbox(secrets.mask, secrets.uncut)
    source = (lambda: iter([data[at : at + PIECE] for at in range(0, len(data), PIECE)])) if of_file else data
    out.start(command(Literal(source, len(data)), plus=True))
    octets, shown = drain(out)
    assert octets == b"A1 APPEND Box {%d+}\r\n" % len(data) + data + b"\r\n"
    stars = text.replace(b"opensesame", b"*" * 10).replace(b"sesameseed", b"*" * 10)
    assert shown == octets.replace(text, stars)


def test_what_was_kept_back_goes_out_when_nobody_looks_any_more() -> None:
    secrets = Secrets()
    secrets.add(b"opensesame")
    out = Outbox(secrets.mask, secrets.uncut)
    data = b"x" * (PIECE - 5) + b"opensesame" + b"y" * PIECE
    out.start(command(Literal(data, len(data)), plus=True))
    octets = b""
    while taken := out.take(watched=not octets):
        octets += taken.octets
    assert octets == b"A1 APPEND Box {%d+}\r\n" % len(data) + data + b"\r\n"
