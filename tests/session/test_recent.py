"""The latest octets of a session: they show what it found, and a lost beginning accuses nobody."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from zlib import MAX_WBITS, compressobj

import pytest

from imapsh.errors import ConnectionLost
from imapsh.grammar.responses import CLIENT
from imapsh.session.overheard import Overheard
from imapsh.session.recent import HEAD, Recent
from imapsh.shell.commands.export import overheard
from imapsh.wire.pieces import CLIENT as OURS
from imapsh.wire.pieces import SERVER, Piece

from .player import LOGGED_IN, SELECTED, Player, Ticks
from .test_conduct import FINDINGS


class Kept(Player):
    """A session whose latest octets are in `recent`."""

    def __init__(self, recent: Recent, step: int = 0) -> None:
        super().__init__(step)
        self.recent = recent
        self.session.set_keeper(recent)


class Each:
    """A keeper that tells several."""

    def __init__(self, keepers: Sequence[Recent]) -> None:
        self._keepers = keepers

    def received(self, octets: bytes, *, literal: bool = False) -> None:
        for one in self._keepers:
            one.received(octets, literal=literal)

    def sent(self, octets: bytes, *, literal: bool = False) -> None:
        for one in self._keepers:
            one.sent(octets, literal=literal)

    def passed(self, octets: int) -> bool:
        (passed,) = {one.passed(octets) for one in self._keepers}
        return passed

    def forget(self, octets: int) -> None:
        for one in self._keepers:
            one.forget(octets)


def played(script: str, recent: Recent, step: int = 0) -> Kept:
    player = Kept(recent, step)
    player.play(script)
    return player


def heard(player: Kept) -> list[Overheard]:
    return list(overheard(player.session, player.recent))


def rules(found: list[Overheard]) -> list[str]:
    """The findings of the server's conduct."""
    return [finding.rule for one in found if one.response.kind != CLIENT for finding in one.findings]


def lines(recent: Recent) -> list[bytes]:
    return [piece.octets for piece in recent.pieces()]


@pytest.mark.parametrize("step", [0, 1])
@pytest.mark.parametrize("script", [script for script, _ in FINDINGS])
def test_what_the_session_found_is_found_again(script: str, step: int) -> None:
    player = played(script, Recent(), step)
    assert rules(heard(player)) + [one.rule for one in player.session.end_findings] == player.findings


@pytest.mark.parametrize("script", [script for script, _ in FINDINGS])
def test_a_lost_beginning_accuses_nobody(script: str) -> None:
    whole = played(script, Recent(), 1)
    accused = rules(heard(whole))
    octets = sum(len(piece.octets) + 200 for piece in whole.recent.pieces())
    shorter = [Recent(most) for most in range(200, octets, 173)]
    player = Player()
    player.session.set_keeper(Each(shorter))
    player.play(script)
    for recent in {one.dropped: one for one in shorter}.values():  # those that dropped as much have kept the same
        left = rules(list(overheard(player.session, recent)))
        assert set(left) <= set(accused), recent.dropped


def test_the_oldest_go_first_and_are_counted() -> None:
    recent = Recent(1000, Ticks())
    for number in range(20):
        recent.sent(b"A%d NOOP\r\n" % number)
        recent.received(b"A%d OK done\r\n" % number)
    said = b"".join(lines(recent))
    assert said.endswith(b"A19 NOOP\r\nA19 OK done\r\n")
    assert recent.dropped == sum(len(b"A%d NOOP\r\nA%d OK done\r\n" % (one, one)) for one in range(20)) - len(said)
    assert len(lines(recent)) == 7


def test_small_pieces_count_for_what_they_take() -> None:
    recent = Recent(10_000)
    for _ in range(5000):
        recent.received(b"x")
    assert recent.dropped > 4900


def test_octets_are_kept_by_reference() -> None:
    octets, recent = b"* 1 EXISTS\r\n", Recent(clock=Ticks())
    recent.received(octets)
    (piece,) = recent.pieces()
    assert piece.octets is octets
    assert piece == Piece(SERVER, octets, 0, 1.0)


def test_no_bound_keeps_all() -> None:
    recent = Recent(0)
    recent.received(b"* 1 FETCH (BODY[] {%d}\r\n" % (9 << 20))
    for _ in range(9):
        recent.received(bytes(1 << 20), literal=True)
    assert (recent.dropped, recent.left_out) == (0, 0)


def test_a_large_literal_that_comes_keeps_its_length_and_not_its_octets() -> None:
    size = 6 << 20
    recent = Recent(1 << 20, Ticks())
    player = played(f"{SELECTED}\n>>> FETCH 1 BODY.PEEK[]\nC: A2 FETCH 1 BODY.PEEK[]", recent)
    player.session.set_trace(None)
    feed = partial(bytes, 1 << 16)
    player.session.receive(b"* 1 FETCH (BODY[] {%d}\r\n" % size)
    player.pump()
    for _ in range(size >> 16):
        player.session.receive(feed())
        player.pump()
    player.session.receive(b")\r\nA2 OK done\r\n")
    player.pump()
    assert recent.dropped == 0
    assert size - HEAD - (1 << 16) <= recent.left_out <= size - HEAD + (1 << 16)
    assert recent._size < 1 << 20
    found = heard(player)
    assert [one.response.name for one in found[-3:]] == ["FETCH", "FETCH", "OK"]
    assert found[-2].response.frame.length > size
    assert not found[-2].response.violations
    assert rules(found) == []


def test_a_large_literal_that_goes_keeps_its_length_and_not_its_octets() -> None:
    size = 5 << 20
    recent = Recent(1 << 20, Ticks())
    player = played(SELECTED, recent)
    player.session.line(f"APPEND Box {{{size}}}\r\n" + "x" * size)
    player.pump()
    player.session.receive(b"+ go on\r\n")
    player.pump()
    player.session.receive(b"A2 OK done\r\n")
    player.out = b""
    player.play(">>> NOOP\nC: A3 NOOP\nS: A3 OK done")
    assert recent.dropped == 0
    assert recent.left_out > size - 2 * HEAD
    ours = [one.response for one in heard(player) if one.response.kind == CLIENT]
    assert [(one.name, one.frame.incomplete) for one in ours[1:]] == [("APPEND", False), ("NOOP", False)]
    assert ours[1].frame.length > size


@pytest.mark.parametrize("most", [0, 1 << 19, 1 << 22])
def test_what_passes_is_left_out_as_what_is_sent(most: int) -> None:
    said = [
        (b"A1 APPEND x {900000}\r\n", False),
        *[(b"y" * 60_000, True)] * 15,
        (b"\r\n", False),
        (b"A2 NOOP\r\n", False),
    ]
    sent, passed = Recent(most, Ticks()), Recent(most, Ticks())
    for octets, literal in said:
        sent.sent(octets, literal=literal)
        if not literal or not passed.passed(len(octets)):
            passed.sent(octets, literal=literal)
    assert [one[:3] for one in sent.pieces()] == [one[:3] for one in passed.pieces()]
    assert (sent.dropped, sent.left_out) == (passed.dropped, passed.left_out)
    assert bool(sent.left_out) == bool(most)


def test_it_begins_at_the_next_line_that_is_believable() -> None:
    recent = Recent(1400, Ticks())
    mail = b"Subject: x\r\n* 3 EXISTS\r\n\r\n" * 8
    player = played(f"{SELECTED}\n>>> FETCH 1 BODY.PEEK[]\nC: A2 FETCH 1 BODY.PEEK[]", recent)
    for octets in (b"* 1 FETCH (BODY[] {%d}\r\n" % len(mail), mail, b")\r\nA2 OK done\r\n* 6 EXISTS\r\n"):
        for at in range(0, len(octets), 50):
            player.session.receive(octets[at : at + 50])
            player.pump()
    player.play(">>> NOOP\nC: A3 NOOP\nS: A3 OK done")
    assert recent.dropped
    assert b"".join(lines(recent)) == b"A2 OK done\r\n* 6 EXISTS\r\nA3 NOOP\r\nA3 OK done\r\n"
    assert heard(player)[0].response.frame.offset > 300


def test_a_client_begins_with_a_line() -> None:
    recent = Recent(700)
    for octets in (b"x" * 100, b"A1 APPEND Box {3}\r\n", b"A9 NOOP\r\n", b"\r\n", b"A2 NOOP\r\n"):
        recent.sent(octets, literal=octets.startswith((b"x", b"A9")))
    recent.sent(b"A3 NOOP\r\n")
    recent._drop()
    assert lines(recent) == [b"A2 NOOP\r\n", b"A3 NOOP\r\n"]
    assert {piece.direction for piece in recent.pieces()} == {OURS}


@pytest.mark.parametrize("step", [0, 1, 7])
def test_what_is_deflated_is_kept_in_the_clear(step: int) -> None:
    deflate = compressobj(wbits=-MAX_WBITS)
    octets = b"A2 OK on\r\n" + deflate.compress(b"* 6 EXISTS\r\n* 7 EXISTS\r\n") + deflate.flush()
    recent = Recent()
    player = played(f"{SELECTED}\n>>> COMPRESS DEFLATE\nC: A2 COMPRESS DEFLATE", recent)
    for at in range(0, len(octets), step or len(octets)):
        player.session.receive(octets[at : at + (step or len(octets))])
        player.pump()
    assert b"".join(lines(recent)).endswith(b"A2 COMPRESS DEFLATE\r\nA2 OK on\r\n* 6 EXISTS\r\n* 7 EXISTS\r\n")
    assert [one.response.frame.raw for one in heard(player)[-2:]] == [b"* 6 EXISTS\r\n", b"* 7 EXISTS\r\n"]


def test_what_comes_after_deflate_is_kept_too() -> None:
    deflate = compressobj(wbits=-MAX_WBITS)
    recent = Recent()
    player = played(f"{SELECTED}\n>>> COMPRESS DEFLATE\nC: A2 COMPRESS DEFLATE\nS: A2 OK on", recent)
    player.session.line("UNAUTHENTICATE")
    player.pump()
    player.session.receive(deflate.compress(b"A3 OK out\r\n") + deflate.flush() + b"* OK hi\r\n")
    player.pump()
    assert b"".join(lines(recent)).endswith(b"A3 UNAUTHENTICATE\r\nA3 OK out\r\n* OK hi\r\n")


def test_a_secret_that_the_server_repeats_is_masked() -> None:
    player = played("S: * OK hi", Recent())
    player.session.secrets.add(b"hunter22")
    player.play("S: * OK your password is hunter22")
    shown = b"".join(one.response.frame.raw for one in heard(player))
    assert b"hunter22" not in shown
    assert b"your password is ********" in shown


def test_reading_teaches_the_session_no_secrets() -> None:
    player = played("S: * OK hi\n>>> XYZZY abracadabra\nC: A1 XYZZY abracadabra", Recent())
    known = list(player.session.secrets.known)
    assert heard(player)
    assert player.session.secrets.known == known


def test_what_has_come_in_part_has_no_fault() -> None:
    player = played(f"{SELECTED}\nS+: * 6 EXI", Recent())
    last = heard(player)[-1].response
    assert (last.frame.raw, last.violations) == (b"* 6 EXI", ())
    player.session.lost(ConnectionLost("gone"))
    assert heard(player)[-1].response.violations


def test_nothing_was_said() -> None:
    assert not Recent()
    assert played(LOGGED_IN, Recent()).recent
