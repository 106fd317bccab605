"""Which of command line, profile and defaults wins, and what a bare word is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from imapsh.errors import UsageError
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.settings.config import load, overlay
from imapsh.shell.settings.options import Options, read
from imapsh.shell.settings.passwords.password import Kept
from tests.shell.acting import acting, play
from tests.shell.running import environment, imapsh

FILE = """
user = "me"
timeout = 9
read-only = true
[limits]
line = 100
[profiles.work]
url = "imaps://boss@mail.work.example/Inbox"
password-command = "pass work"
timeout = 7
limits = { line = 50 }
[profiles.home]
url = "home.example"
token-command = "token home"
mailbox = "Family"
read-only = false
[profiles.away]
url = "imap://;AUTH=PLAIN@away.example"
login = false
[aliases]
unread = "UID SEARCH UNSEEN"
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "own.toml"
    file.write_text(FILE)
    return str(file)


def options(path: str, *words: str) -> Options:
    return load(path, read(words))


def test_the_command_line_over_the_profile_over_the_defaults(path: str) -> None:
    work = options(path, "work")
    assert (work.url, work.user, work.timeout) == ("imaps://boss@mail.work.example/Inbox", "", 7)
    assert (work.password_command, work.read_only, work.limit) == ("pass work", True, ("line=100", "line=50"))
    asked = options(path, "work", "--timeout", "5", "--no-read-only", "--netrc", "--limit", "line=2", "--mailbox", "X")
    assert (asked.timeout, asked.read_only, asked.netrc, asked.password_command) == (5, False, True, "")
    plan = make_plan(asked)
    assert (plan.limits.line, plan.address.mailbox, plan.user) == (2, "X", "boss")
    home = make_plan(options(path, "home"))
    assert (home.user, home.where, home.address.mailbox, home.read_only) == ("me", "home.example:993", "Family", False)
    assert (home.ways.token_command, home.mechanism) == ("token home", "AUTO")


def test_the_user_that_is_nearer_wins(path: str) -> None:
    assert make_plan(options(path, "work", "--user", "you")).user == "you"
    assert make_plan(options(path, "imap://you@localhost")).user == "you"
    assert make_plan(options(path, "localhost")).user == "me"
    away = make_plan(options(path, "away", "--user", "you"))
    assert (away.user, away.mechanism) == ("you", "PLAIN")
    assert make_plan(options(path, "away")).user == ""


@pytest.mark.parametrize("host", ["mail.work.example", "localhost", "bastion", "work:143", "me@work", "imaps://work"])
def test_what_is_no_profile_is_a_host(path: str, host: str) -> None:
    plan = make_plan(options(path, "--no-login", host))
    assert plan.address.host in host
    assert plan.ways.password_command == ""


def test_a_word_near_a_profile_is_a_mistake(path: str) -> None:
    with pytest.raises(UsageError, match=r"there is no profile wrok; did you mean work\? .*imaps://wrok"):
        options(path, "wrok")


def test_the_demo_needs_nobody(path: str) -> None:
    plan = make_plan(options(path, "--demo"))
    assert (plan.label, plan.idle_timeout) == ("demo@demo", 9)


def test_a_url_for_all(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('url = "work"\n[profiles.work]\nurl = "work.example"\n')
    assert make_plan(options(str(file))).where == "work.example:993"
    assert make_plan(options(str(file), "other.example")).where == "other.example:993"
    assert options(str(file), "--explain", "x").url == ""
    assert make_plan(options(str(file), "--demo")).demo


def test_connect_takes_a_profile_and_leaves_the_one_before(path: str) -> None:
    begun = options(path, "work", "--timeout", "5", "--mailbox", "X")
    home = make_plan(begun, "home")
    assert (home.where, home.user, home.address.mailbox, home.idle_timeout) == ("home.example:993", "me", "Family", 5)
    assert (home.ways.password_command, home.ways.token_command) == ("", "token home")
    other = make_plan(begun, "imaps://x.example")
    assert (other.user, other.ways.password_command, other.address.mailbox) == ("me", "", "")
    with pytest.raises(UsageError, match=r"did you mean home\?"):
        make_plan(begun, "hone")


def test_without_a_file_connect_leaves_the_mailbox_behind() -> None:
    begun = Options(url="imap://a.example", mailbox="X", user="me")
    assert make_plan(begun).address.mailbox == "X"
    assert make_plan(begun, "imap://b.example").address.mailbox == ""


@pytest.mark.parametrize(
    ("below", "above", "both"),
    [
        ({"keyring": True}, {"password_fd": 0}, {"password_fd": 0}),
        ({"keyring": True}, {"netrc": False}, {"keyring": True, "netrc": False}),
        ({"user": "a"}, {"no_login": True}, {"no_login": True}),
        ({"user": "a"}, {"url": "b@h"}, {"url": "b@h"}),
        ({"url": "imap://b@h/x"}, {"user": "a"}, {"url": "imap://h/x", "user": "a"}),
        ({"url": "imap://b;AUTH=X@h"}, {"user": "a"}, {"url": "imap://;AUTH=X@h", "user": "a"}),
        ({"url": "exec:ssh b@h"}, {"user": "a"}, {"url": "exec:ssh b@h", "user": "a"}),
        ({"url": "imap://b@c.d@h/x@y"}, {"user": "a"}, {"url": "imap://h/x@y", "user": "a"}),
        ({"authorize": "x"}, {"url": "b@h"}, {"url": "b@h"}),
        ({"authorize": "x"}, {"url": "h"}, {"url": "h", "authorize": "x"}),
        ({"authorize": "x"}, {"proxyauth": "y"}, {"proxyauth": "y"}),
        ({"url": "b;AUTHORIZE=x@y@h"}, {"authorize": "z"}, {"url": "b@h", "authorize": "z"}),
        ({"url": "b;AUTH=X;PROXYAUTH=x@h"}, {"authorize": "z"}, {"url": "b;AUTH=X@h", "authorize": "z"}),
        ({"url": "b;AUTHORIZE=x@h"}, {"user": "a"}, {"url": ";AUTHORIZE=x@h", "user": "a"}),
        ({"authorize": "x"}, {"no_login": True}, {"no_login": True}),
        ({"user": "a"}, {"url": "exec:ssh b@h"}, {"url": "exec:ssh b@h", "user": "a"}),
    ],
)
def test_a_layer_over_another(below: dict[str, Any], above: dict[str, Any], both: dict[str, Any]) -> None:
    assert overlay(below, above) == both


def test_aliases_are_at_hand(path: str) -> None:
    assert options(path, "work").aliases == {"unread": "UID SEARCH UNSEEN"}
    assert Options().aliases == {}


def test_a_password_of_a_profile_shows_itself_to_nobody() -> None:
    assert "hunter22" not in repr(Options(password=Kept("hunter22")))


# -- the program


def test_the_usual_place_another_and_none(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "imapsh"
    folder.mkdir()
    (folder / "config.toml").write_text('format = "json"\n')
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    words = ("--demo", "-c", "NOOP")
    assert imapsh(*words, env=env).lines[0].startswith("{")
    assert not imapsh(*words, "--no-config", env=env).lines[0].startswith("{")
    assert not imapsh(*words, "--config", path, env=env).lines[0].startswith("{")
    assert not imapsh(*words, "--config", "/dev/null", env=env).lines[0].startswith("{")
    assert not imapsh(*words, "--format", "pretty", env=env).lines[0].startswith("{")
    (folder / "config.toml").write_text("fromat = 1\n")
    done = imapsh(*words, env=env)
    assert (done.status, done.out) == (2, b"")
    assert done.err == f"imapsh: {folder / 'config.toml'}, line 1: unknown key fromat; did you mean format?\n"
    assert imapsh("--version", env=env).status == 0


def test_without_a_file_nothing_of_it_is_imported() -> None:
    code = "import sys; from imapsh.shell.main import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    words = [sys.executable, "-c", code, "--demo", "-c", "NOOP"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment(), input="")
    loaded = set(done.stderr.split())
    assert "imapsh.shell.settings.folders" in loaded
    assert (
        loaded & {"tomllib", "imapsh.shell.settings.config", "imapsh.shell.settings.configfile", "json", "keyring"}
        == set()
    )


def test_connect_work_at_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, settings=load(str(file), {"demo": True}).settings) as actor:
            await actor.enters("\\connect hmoe", "there is no profile hmoe; did you mean home?")
            await actor.enters("\\connect home", "none does not exist; check that the server is up")

    file = tmp_path / "own.toml"
    file.write_text(f'[profiles.home]\nurl = "unix:{tmp_path}/none"\n')
    play(scene)
