"""How IDLE goes on after a server has ended it (A18, A19)."""

from __future__ import annotations

from imapsh.session.exchange import Exchange
from imapsh.session.pace import AT_ONCE, PAUSES, Pace

from .player import Player


def idle(seconds: float, *, cut: bool) -> Exchange:
    exchange = Exchange("A1", "IDLE", [b"A1 IDLE"])
    exchange.started, exchange.ended, exchange.cut = 10.0, 10.0 + seconds, cut
    return exchange


def test_a19_pauses_grow_and_then_idle_is_given_up() -> None:
    pace = Pace()
    assert [pace.after(idle(0.1, cut=True)) for _ in range(5)] == [*PAUSES, None, None]


def test_a19_an_idle_that_lasts_begins_the_count_anew() -> None:
    pace = Pace()
    assert [pace.after(idle(seconds, cut=True)) for seconds in (0.1, 0.1, AT_ONCE, 0.1)] == [1.0, 2.0, 0.0, 1.0]


def test_a19_an_idle_that_this_side_ends_needs_no_pause() -> None:
    pace = Pace()
    assert [pace.after(idle(0.1, cut=False)) for _ in range(9)] == [0.0] * 9


def test_a18_who_ended_idle_is_known() -> None:
    player = Player()
    player.play(
        """
        S: * PREAUTH hello
        >>> IDLE
        C: A1 IDLE
        S: + go
        S: A1 OK enough
        >>> IDLE
        C: A2 IDLE
        S: + go
        !! DONE
        C: DONE
        S: A2 OK done
        >>> IDLE
        C: A3 IDLE
        S: + go
        S: A3 NO not any more
        """
    )
    ended = [event.exchange for event in player.completed]
    assert [(one.status, one.cut, one.changes) for one in ended] == [
        ("OK", True, ["the server ended IDLE itself"]),
        ("OK", False, []),
        ("NO", True, []),
    ]
