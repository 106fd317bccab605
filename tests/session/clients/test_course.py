"""The states in which a connection may be."""

from __future__ import annotations

import pytest

from imapsh import table
from imapsh.session.clients.course import Course, after
from imapsh.table.model import ANY_STATE, AUTHENTICATED, LOGOUT, NOT_AUTHENTICATED, SELECTED


@pytest.mark.parametrize(
    ("states", "name", "expected"),
    [
        ({NOT_AUTHENTICATED}, "LOGIN", {NOT_AUTHENTICATED, AUTHENTICATED}),
        ({NOT_AUTHENTICATED}, "SELECT", {NOT_AUTHENTICATED}),
        ({AUTHENTICATED}, "SELECT", {AUTHENTICATED, SELECTED}),
        ({SELECTED}, "CLOSE", {AUTHENTICATED}),
        ({SELECTED}, "NOOP", {SELECTED}),
        (set(ANY_STATE), "LOGOUT", {LOGOUT}),
        ({LOGOUT}, "XCOMMAND", {LOGOUT}),
        ({NOT_AUTHENTICATED}, "XCOMMAND", set(ANY_STATE)),
    ],
)
def test_where_a_command_may_lead(states: set[str], name: str, expected: set[str]) -> None:
    assert after(frozenset(states), table.command(name)) == expected


def test_a_reply_says_where_it_led() -> None:
    course = Course()
    course.begin(NOT_AUTHENTICATED)
    course.replied(table.command("LOGIN"), "NO")
    assert course.states == {NOT_AUTHENTICATED}
    course.replied(table.command("LOGIN"), "OK")
    course.replied(table.command("SELECT"), "OK")
    assert (set(course.states), course.opened) == ({SELECTED}, True)
    course.replied(table.command("UNAUTHENTICATE"), "OK")
    assert (set(course.states), course.opened) == ({NOT_AUTHENTICATED}, False)


def test_a_command_that_succeeds_tells_the_state() -> None:
    course = Course()
    course.replied(table.command("NOOP"), "OK")
    assert course.states == set(ANY_STATE)
    course.replied(table.command("LIST"), "OK")
    assert course.states == {AUTHENTICATED, SELECTED}
    course.replied(table.command("FETCH"), "OK")
    assert course.states == {SELECTED}
