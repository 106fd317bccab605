"""The commands that wait, in order."""

from __future__ import annotations

from imapsh.session.exchange import Exchange
from imapsh.session.queue import Queue
from imapsh.wire.limits import DEFAULT

from .player import OPEN, Player


def test_commands_leave_in_order_and_are_found_by_tag() -> None:
    queue = Queue()
    one, two, three = (Exchange(tag, "NOOP", []) for tag in "abc")
    for exchange in (one, two, three):
        queue.add(exchange)
    assert "b" in queue
    assert queue.remove(two)
    assert not queue.remove(two)
    assert "b" not in queue
    assert queue.first is one
    assert list(queue.commands) == [one, three]
    assert queue.clear() == (one, three)
    assert not queue


def test_another_command_with_the_tag_of_one_that_waits_is_not_in_the_queue() -> None:
    queue = Queue()
    queue.add(Exchange("a", "NOOP", []))
    assert not queue.remove(Exchange("a", "NOOP", []))
    assert len(queue) == 1


def test_commands_that_may_change_the_state_are_counted() -> None:
    queue = Queue()
    select = Exchange("a", "SELECT", [])
    for exchange in (select, Exchange("b", "NOOP", []), Exchange("c", "CLOSE", [])):
        queue.add(exchange)
    assert queue.changers == 2
    queue.remove(select)
    assert queue.changers == 1
    queue.clear()
    assert queue.changers == 0


def test_e6_only_so_many_commands_run_at_a_time() -> None:
    played = Player(limits=DEFAULT._replace(pipelined=2)).play(OPEN)
    for _ in range(4):
        played.session.command("NOOP")
    played.pump()
    assert [list(played.session.running), [one.tag for one in played.session.queue]] == [["A1", "A2"], ["A3", "A4"]]
    played.play("C: A1 NOOP\nC: A2 NOOP\nS: A1 OK x\nC: A3 NOOP")
    assert [one.tag for one in played.session.queue] == ["A4"]


def test_e6_no_limit_lets_all_run() -> None:
    played = Player(limits=DEFAULT._replace(pipelined=0)).play(OPEN)
    for _ in range(200):
        played.session.command("NOOP")
    assert len(played.session.running) == 200
