"""Where a tap listens, and what it says before clients come."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.connection.hearing import Backlog
from imapsh.shell.connection.papers import Papers
from imapsh.shell.connection.tap import Tap, listening
from imapsh.shell.connection.tapped import Terms, Watcher
from imapsh.shell.settings.options import Options
from imapsh.transport.address import Address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("1143", Address("imap", "127.0.0.1", 1143)),
        ("imaps://1993", Address("imaps", "127.0.0.1", 1993)),
        ("localhost:1143", Address("imap", "localhost", 1143, fallback=True)),
        ("[::1]:1143", Address("imap", "::1", 1143, fallback=True)),
        ("imaps://localhost:1993", Address("imaps", "localhost", 1993)),
        ("unix:/run/tap", Address("unix", path="/run/tap")),
    ],
)
def test_a_tap_listens_on_this_machine(text: str, address: Address) -> None:
    assert listening(text) == address


@pytest.mark.parametrize(
    "text", ["exec:true", "imaps+unix:/run/tap", "imap://me@localhost:1143", "localhost:1143/INBOX"]
)
def test_it_listens_on_no_command_user_or_mailbox(text: str) -> None:
    with pytest.raises(UsageError, match="--tap listens on PORT, HOST:PORT"):
        listening(text)


@pytest.mark.parametrize("text", ["0.0.0.0:1143", "[::]:1143", "imap.example.org:1143", "imaps://10.0.0.1:993"])
def test_other_machines_connect_only_if_they_are_let(text: str) -> None:
    with pytest.raises(UsageError, match="--tap-open allows that"):
        listening(text)
    assert not listening(text, everywhere=True).is_local


def test_a_port_beyond_the_last_is_refused() -> None:
    with pytest.raises(UsageError):
        listening("imap://localhost:70000")


def test_it_says_that_other_machines_can_connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    options = Options(tap="imaps://0.0.0.0:1993", tap_open=True, url="imaps://imap.example.org")
    unused = Watcher(*(lambda *_: None,) * 6)
    terms = Terms(make_plan(options), None, unused, Papers(options, "imap.example.org"), Backlog())  # type: ignore[arg-type]
    told = Tap(listening(options.tap, everywhere=True), terms).warnings()
    assert told[0] == "other machines can connect, and use the server from here"
    assert len(told) == 2
