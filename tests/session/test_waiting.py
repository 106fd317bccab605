"""What a silent session waits for, and how it goes on."""

from __future__ import annotations

import pytest

from imapsh.errors import ConnectionLost, ConnectionTimeout
from imapsh.session.waiting import Waiting

from .player import SELECTED, Player, play

FETCHING = f"{SELECTED}\n>>> FETCH 1 BODY[1]\nC: A2 FETCH 1 BODY[1]"
STALLED = f"{FETCHING}\nS: * 1 FETCH (BODY[1] {{4096}}\nS: text\nS: )\nS: A2 OK done"


def test_nothing_is_waited_for_between_responses() -> None:
    session = play(f"{FETCHING}\nS: * 1 FETCH (FLAGS ())").session
    assert not session.midway
    assert session.waiting is None


@pytest.mark.parametrize("step", [0, 1, 7])
def test_a_literal_whose_end_looks_like_a_tagged_reply(step: int) -> None:
    session = play(STALLED, step).session
    assert session.midway
    assert session.waiting == Waiting("literal", 4096, 21, "a tagged reply", "A2 FETCH")
    assert str(session.waiting) == (
        "waiting for 4096 octets, 21 received; the last look like a tagged reply: the announced size may be wrong"
    )


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("S: A9 OK of nobody's", ""),
        ("S: A2 OK [UIDVALIDITY x] not by the grammar", ""),
        ("S: * 7 EXISTS", "an untagged response"),
        ("S: * 7 EXISTS\nS: A2 OK done\nS: more", "a tagged reply"),
        ("S: dear all\nS: the A2 OK was fine", ""),
        ("S+: A2 OK half a line", ""),
        ("S: * 2 FETCH (FLAGS ())", "an untagged response"),
    ],
)
def test_it_looks_like_what_it_can_be_read_as(text: str, looks: str) -> None:
    waiting = play(f"{FETCHING}\nS: * 1 FETCH (BODY[1] {{4096}}\nS: text\n{text}").session.waiting
    assert waiting is not None
    assert waiting.looks == looks
    assert ("may be wrong" in str(waiting)) == bool(looks)


def test_other_things_half_said() -> None:
    assert str(play(f"{SELECTED}\nS+: * OK ha").session.waiting) == "waiting for the end of a line, 7 octets received"
    assert "inside a parenthesis" in str(play(f"{SELECTED}\nS: * 1 FETCH (FLAGS (\\Seen)").session.waiting)
    assert "inside a quoted string" in str(play(f'{SELECTED}\nS: * LIST () "/" "a').session.waiting)


def test_a_literal_of_ours_waits_for_its_go_ahead() -> None:
    player = play(f"{SELECTED}\n>>> APPEND x {{3}}\\r\\nabc\nC: A2 APPEND x {{3}}")
    assert player.session.waiting == Waiting("+", 3, command="A2 APPEND")
    assert str(player.session.waiting) == "the server has not sent + for the literal of 3 octets of A2 APPEND"
    assert player.session.resync() is False
    player.play("S: + go\nC: abc\nS: A2 OK done")
    assert player.session.waiting is None


@pytest.mark.parametrize("step", [0, 1])
def test_resync_goes_on(step: int) -> None:
    player = play(STALLED, step)
    assert player.session.resync() is True
    player.pump()
    (done,) = player.completed[1:]
    assert done.exchange.status == "OK"
    fetched = player.last.response
    assert fetched.value.items["BODY[1]"] == b"text\r\n"
    assert [violation.rule for violation in fetched.violations] == ["literal"]
    assert player.trace.from_server.endswith(b"{4096}\r\ntext\r\n)\r\nA2 OK done\r\n")
    player.play(">>> NOOP\nC: A3 NOOP\nS: * 6 EXISTS\nS: A3 OK")
    assert player.session.mailbox is not None
    assert player.session.mailbox.exists == 6


def test_half_a_line_given_up_is_shown() -> None:
    player = play(f"{SELECTED}\nS+: * OK ha")
    assert player.session.resync()
    player.pump()
    assert player.last.response.frame.incomplete
    player.play(">>> NOOP\nC: A2 NOOP\nS: A2 OK")


def test_nothing_to_give_up() -> None:
    player = play(SELECTED)
    assert not player.session.resync()
    player.play("!! eof")
    with pytest.raises(ConnectionLost):
        player.session.resync()


def test_a_time_out_says_what_was_waited_for() -> None:
    player = Player().play(STALLED)
    error = ConnectionTimeout("nothing came within 5 s")
    player.session.lost(error)
    player.pump()
    assert player.closed.error is error
    assert str(error).startswith("nothing came within 5 s (waiting for 4096 octets, 21 received; ")
    player.session.lost(error)
    assert str(error).count("waiting") == 1
