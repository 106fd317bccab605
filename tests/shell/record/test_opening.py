"""How a connection was entered, as the replies show it."""

from __future__ import annotations

import pytest

from imapsh.errors import ImapshError
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.record.opening import MOST, Answer, Attempt, OpeningRecord
from imapsh.shell.settings.options import Options
from imapsh.transport.memory import attach, pair
from tests.shell.hosting import FakeApp, answering

PLAN = make_plan(Options(url="imap://127.0.0.1", no_login=True, no_ask=True))


def entered(host: FakeApp) -> OpeningRecord:
    assert host.here is not None
    return host.here.record.opening


def over(answers: dict[str, str], capabilities: str = "IMAP4rev1", greeting: str = "OK") -> FakeApp:
    host = FakeApp()
    host.talks_over(answering(answers, capabilities, greeting), PLAN)
    return host


def test_a_login_that_is_refused_and_one_that_works() -> None:
    host = over(
        {
            "LOGIN eve": "TAG NO [AUTHENTICATIONFAILED] no",
            "LOGIN ida": "TAG OK [CAPABILITY IMAP4rev1 QUOTA] welcome",
            "NOOP": "TAG OK",
        },
        "IMAP4rev1 AUTH=PLAIN",
    )
    host.does("LOGIN eve x").does("LOGIN ida y").does("NOOP")
    first, second = entered(host).attempts
    assert first._replace(seconds=0) == Attempt("LOGIN", "", "eve", "", Answer("NO", "AUTHENTICATIONFAILED", "", "no"))
    assert (second.user, second.worked, second.answer.text) == ("ida", True, "welcome")
    assert entered(host).capabilities == {"plain": ("IMAP4rev1", "AUTH=PLAIN"), "login": ("IMAP4rev1", "QUOTA")}


def test_an_argument_of_a_code_and_a_mechanism_by_name() -> None:
    host = over({"AUTHENTICATE": "TAG NO [WEBALERT https://example/x] open it"})
    host.does("AUTHENTICATE XTHING")
    (only,) = entered(host).attempts
    assert (only.command, only.mechanism, only.user) == ("AUTHENTICATE", "XTHING", "")
    assert only.answer == Answer("NO", "WEBALERT", "https://example/x", "open it")


def test_acting_for_another() -> None:
    host = over({"PROXYAUTH": "TAG NO not you"}, greeting="PREAUTH")
    host.does("PROXYAUTH ida")
    (only,) = entered(host).attempts
    assert (only.command, only.acting, only.worked) == ("PROXYAUTH", "ida", False)


def test_capabilities_before_any_command_and_after_preauth() -> None:
    assert entered(over({}, "A B")).capabilities == {"plain": ("A", "B")}
    assert entered(over({}, "", "PREAUTH")).capabilities == {}


def test_the_latest_are_kept() -> None:
    host = over({"LOGIN": "TAG NO no"})
    for number in range(MOST + 5):
        host.does(f"LOGIN user{number} x")
    assert [one.user for one in entered(host).attempts] == [f"user{number}" for number in range(5, MOST + 5)]


def test_a_greeting_without_capabilities() -> None:
    client, server = pair()
    attach(server, lambda data: b"")
    server.write(b"* OK hello\r\n")
    host = FakeApp()
    host.talks_over(client, PLAN)
    assert entered(host).attempts == []
    assert entered(host).capabilities == {}


def test_a_connection_that_ends_instead_of_an_answer() -> None:
    host = over({"LOGIN": "* BYE too many of you"})
    with pytest.raises(ImapshError, match="BYE"):
        host.does("LOGIN ida x")
    (only,) = entered(host).attempts
    assert (only.user, only.answer, only.worked) == ("ida", Answer(), False)
