"""Ctrl-C in a script stops between two messages; a second one stops at once."""

from __future__ import annotations

import signal
import threading

import pytest

from imapsh.shell.commands.transfer.copying.stopping import Stopping


def test_the_first_is_remembered_and_the_second_is_raised() -> None:
    told: list[str] = []
    stopping = Stopping(told.append)
    before = signal.getsignal(signal.SIGINT)
    with stopping.gently():
        signal.raise_signal(signal.SIGINT)
        assert stopping.asked
        assert told == ["stopping after the messages under way; Ctrl-C again stops at once"]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_where_signals_have_another_handler_or_thread_nothing_is_changed() -> None:
    stopping = Stopping(lambda said: None)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stopping.gently():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    seen: list[object] = []

    def elsewhere() -> None:
        with stopping.gently():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [before]
