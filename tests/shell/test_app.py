"""The shell as an object, on a fake driver."""

from __future__ import annotations

import types
from collections.abc import Generator

import pytest

from imapsh.errors import ConnectionTimeout, GreetingError, ServerBye, StateError, UsageError
from imapsh.shell.app import at_once
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.connection.steps import Close, Greet, Pause, Reach, Within
from imapsh.transport.memory import pair
from tests.shell.hosting import FakeApp, answering


def test_a_driver_that_blocks_needs_no_loop() -> None:
    async def work() -> str:
        return "done"

    assert at_once(work()) == "done"


def test_a_primitive_that_waits_is_a_mistake_of_ours() -> None:
    @types.coroutine
    def waits() -> Generator[None, None, None]:
        yield

    async def work() -> None:
        await waits()

    with pytest.raises(AssertionError, match="has waited"):
        at_once(work())


def test_a_connection_is_opened_in_steps() -> None:
    app = FakeApp()
    at_once(app.follow(app.connect(make_plan(app.options), "1")))
    assert [type(step) for step in app.done[:2]] == [Reach, Greet]
    assert app.connection.user == "demo"
    assert app.session.state == "authenticated"


def test_one_that_greets_with_bye_is_tried_again_and_closed() -> None:
    app = FakeApp(retry="1:0.5")
    app.fake.streams += [answering({}), answering({}, greeting="BYE")]  # the last one first
    at_once(app.follow(app.connect(make_plan(app.options), "1")))
    assert app.done.count(Pause(0.5)) == 1
    assert "trying again in 0.5 s (1 of 1)" in app.text
    assert app.session.state == "authenticated"


def test_as_often_as_it_was_told_to_and_no_more() -> None:
    app = FakeApp(retry="1:0.5")
    app.fake.streams += [answering({}, greeting="BYE"), answering({}, greeting="BYE")]
    with pytest.raises(GreetingError):
        at_once(app.follow(app.connect(make_plan(app.options), "1")))
    assert [type(step) for step in app.done].count(Close) == 2


def test_a_password_that_the_server_took_is_not_asked_for_again() -> None:
    app = FakeApp("hunter22", user="ida", demo=False, url="imap://127.0.0.1")
    plan = make_plan(app.options)
    for _ in range(2):
        app.fake.streams.append(answering({}, greeting="OK"))
        at_once(app.follow(app.connect(plan, "1")))
    assert app.answers == []
    assert "hunter22" not in app.text


def test_logging_out_ends_no_shell_but_a_typed_logout_does() -> None:
    app = FakeApp(connected=True)
    first = app.connection
    at_once(app.follow(app.log_out(first)))
    assert [type(step) for step in app.done[-2:]] == [Within, Close]
    assert not app.leaving
    with pytest.raises(StateError, match="\\\\connect"):
        app.connection  # noqa: B018 - raises
    at_once(app.follow(app.connect(make_plan(app.options), "1")))
    app.does("LOGOUT")
    assert app.leaving


def test_a_server_that_does_not_answer_logout_is_left() -> None:
    app = FakeApp(no_ask=True)
    client, server = pair()
    server.write(b"* PREAUTH hello\r\n")
    client.settimeout(0.01)
    app.talks_over(client, make_plan(app.options))
    at_once(app.follow(app.log_out(app.connection)))
    assert "does not answer" in app.text
    assert not app.connections["1"].live or isinstance(app.connections["1"].session.over(), ConnectionTimeout)


def test_names_of_connections() -> None:
    app = FakeApp(connected=True)
    assert app.label("1") == ""
    with pytest.raises(UsageError, match="no connection 'two'"):
        app.use("two")
    app.does("\\connect -n two")
    assert (app.current, app.label("1"), app.label("two")) == ("two", "1", "two")


def test_c4_at_the_prompt_too_a_command_behind_a_bye_is_told_its_text() -> None:
    host = FakeApp()
    said = "* BYE going down for repairs\nTAG OK done"
    host.talks_over(answering({"NOOP": said}), make_plan(host.options))
    host.does("NOOP")
    for _ in range(2):
        with pytest.raises(ServerBye, match="the server said BYE: going down for repairs"):
            host.does("CAPABILITY")
    host.does("\\sessions").does("\\last")
    assert host.sent == ["NOOP"]
