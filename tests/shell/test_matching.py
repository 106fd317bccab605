"""Regular expressions that a person wrote: broken ones, and those that take for ever."""

from __future__ import annotations

import signal
import threading

import pytest

from imapsh.errors import UsageError
from imapsh.shell import matching
from imapsh.shell.expectation import parse
from tests.shell.running import imapsh


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 5000, "(" * 5000 + ")" * 5000, "a{99999999999999999999}", "[[:alpha:]]", "[a--b]", "*", "(?P<x", "a(?i)",
        "\\", "[", "(?<=a+)b", "(?z)",
    ],
)  # fmt: skip
def test_e9_what_is_no_regular_expression_is_said(expression: str, recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(UsageError, match=r"is not a regular expression: .") as caught:
        parse(f"text ~ {expression}")
    assert len(str(caught.value)) < 400
    assert not recwarn.list


@pytest.mark.parametrize("expression", ["(a+)+$", "(a|aa)+$", "(.*a){30}x", "(?:a|a|a)+$"])
def test_e9_what_takes_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch, expression: str) -> None:
    monkeypatch.setattr(matching, "SECONDS", 0.05)
    handler, timer = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    expected = parse(f"text ~ {expression}")
    with pytest.raises(UsageError, match=r"takes more than 0.05 s on this text: write it more simply"):
        expected.compares("a" * 5000 + "!")
    assert (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)) == (handler, timer)


def test_another_thread_has_no_limit_and_no_signal() -> None:
    seen: list[bool] = []
    thread = threading.Thread(target=lambda: seen.append(matching.found("b", "abc")))
    thread.start()
    thread.join()
    assert seen == [True]


def test_e9_a_script_ends_with_a_sentence() -> None:
    done = imapsh("--demo", "-c", "NOOP", "-c", "\\expect text ~ [[:alpha:]]")
    assert (done.status, done.err) == (
        2, "imapsh: '[[:alpha:]]' is not a regular expression: Possible nested set at position 1\n"
    )  # fmt: skip
