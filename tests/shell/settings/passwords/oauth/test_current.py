"""Tokens of --oauth in the program: at Dovecot, at a terminal, in a batch; and that nothing secret is seen anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pexpect
import pytest

from imapsh.shell.settings.passwords.oauth import current
from imapsh.shell.settings.passwords.oauth.providers import Provider as Wanted
from tests.patience import PATIENCE
from tests.servers.base import Server, package
from tests.servers.identity import Provider, running
from tests.shell.running import Done, command, environment, imapsh


def matched(child: pexpect.spawn[str]) -> str:
    assert isinstance(child.match, re.Match)
    return str(child.match[1])


class Desk:
    """A person's desk: a configuration and a state folder of their own, and a mail server."""

    def __init__(self, provider: Provider, server: Server, folder: Path, *, flow: str = "device") -> None:
        self.provider = provider
        self.folder = folder
        self.place = f"imaps://demo@{server.host}:{server.tls_port}/INBOX"
        config = folder / "imapsh" / "config.toml"
        config.parent.mkdir()
        config.write_text(f'{provider.config(flow=flow)}\n[profiles.work]\nurl = "{self.place}"\noauth = "company"\n')
        config.chmod(0o600)
        self.env = {
            "XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder), "SSL_CERT_FILE": str(server.cafile),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", "DISPLAY": "", "WAYLAND_DISPLAY": "",
            "BROWSER": "", "TERM": "dumb",
        }  # fmt: skip

    def batch(self, *words: str) -> Done:
        return self.clean(imapsh(*words, env=self.env))

    def at_terminal(self, *words: str) -> pexpect.spawn[str]:
        program, *rest = command(*words)
        return pexpect.spawn(
            program, rest, env=environment(**self.env), encoding="utf-8", timeout=PATIENCE, dimensions=(40, 240)
        )

    def clean(self, done: Done) -> Done:
        self.no_secret(done.out.decode() + done.err)
        return done

    def no_secret(self, text: str) -> None:
        assert not [secret for secret in self.provider.given if secret in text]

    def agrees(self, child: pexpect.spawn[str]) -> None:
        """Type the code elsewhere, and look whether the processes show anything meanwhile."""
        child.expect(r"enter the code ([A-Z]{4}-[A-Z]{4})")
        code = matched(child)
        self.no_secret(Path(f"/proc/{child.pid}/cmdline").read_text())
        self.provider.approve(code)

    def logs_in(self, *words: str) -> str:
        child = self.at_terminal(*words)
        self.agrees(child)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0, child.before
        self.no_secret(child.before or "")
        return child.before or ""


@pytest.fixture
def desk(dovecot: Server, tmp_path: Path) -> Iterator[Desk]:
    package("oauthlib")
    with running(Provider()) as provider:
        yield Desk(provider, dovecot, tmp_path)


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_dovecot_takes_the_token_and_the_next_run_needs_nobody(desk: Desk, mechanism: str) -> None:
    trace = desk.folder / "trace"
    said = desk.logs_in("work", "--mechanism", mechanism, "--trace", str(trace), "-c", "FETCH 1 UID")
    assert "1 FETCH" in said
    asked = len(desk.provider.asked)
    done = desk.batch("work", "--mechanism", mechanism, "-c", "NOOP")
    assert done.status == 0, done.err
    assert len(desk.provider.asked) == asked
    desk.no_secret(trace.read_text())
    assert f"AUTHENTICATE {mechanism}" in trace.read_text()


def test_a_token_that_the_server_refuses_is_refreshed_once(desk: Desk) -> None:
    desk.provider.scope = "calendar"
    child = desk.at_terminal("work", "-c", "NOOP")
    desk.agrees(child)
    child.expect("refused the login of demo")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 6
    assert [form["grant_type"][:7] for path, form in desk.provider.asked if path == "/token"][-1] == "refresh"
    desk.provider.scope = ""
    done = desk.batch("work", "-c", "NOOP")
    assert done.status == 0, done.err


def test_an_expired_token_is_refreshed_in_a_batch(desk: Desk) -> None:
    desk.provider.expires_in = 10
    desk.logs_in("work", "-c", "NOOP")
    desk.provider.expires_in = 3600
    assert desk.batch("work", "-c", "NOOP").status == 0
    assert [form["grant_type"][:7] for path, form in desk.provider.asked if path == "/token"][-1] == "refresh"
    assert desk.provider.mistakes == []


def test_several_at_once_use_a_refresh_token_once(desk: Desk) -> None:
    desk.provider.expires_in = 10
    desk.logs_in("work", "-c", "NOOP")
    desk.provider.expires_in = 3600
    desk.provider.asked.clear()
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: desk.batch("work", "-c", "NOOP"), range(4)))
    assert [one.status for one in done] == [0] * 4, [one.err for one in done]
    assert [form["grant_type"] for _, form in desk.provider.asked] == ["refresh_token"]


def test_a_batch_without_a_terminal_says_what_to_do(desk: Desk) -> None:
    done = desk.batch("work", "-c", "NOOP")
    assert done.status == 6
    assert "has no token for demo, and nobody can be asked here" in done.err
    assert desk.provider.asked == []


def test_ctrl_c_while_it_waits(desk: Desk) -> None:
    child = desk.at_terminal("work", "-c", "NOOP")
    child.expect("Ctrl-C ends the waiting")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130


def test_at_the_prompt_a_wait_that_was_ended_can_begin_again(desk: Desk) -> None:
    child = desk.at_terminal("work")
    child.expect("Ctrl-C ends the waiting")
    child.sendintr()
    child.expect("interrupted: .connect tries again")
    child.sendline("\\connect work")
    desk.agrees(child)
    child.expect("INBOX")
    child.sendline("FETCH 1 UID")
    child.expect("1 FETCH")
    child.sendline("LOGOUT")
    child.expect(pexpect.EOF)
    history = desk.folder / "imapsh" / "history"
    desk.no_secret(history.read_text() if history.exists() else "")


def test_in_the_browser(dovecot: Server, tmp_path: Path) -> None:
    package("oauthlib")
    with running(Provider("s3cret")) as provider:
        desk = Desk(provider, dovecot, tmp_path, flow="browser")
        child = desk.at_terminal("work", "-c", "NOOP")
        child.expect(r"open (http://127\.0\.0\.1:\d+/authorize\?\S+)")
        where = provider.consent(matched(child))
        from urllib.request import ProxyHandler, build_opener

        with build_opener(ProxyHandler({})).open(where, timeout=PATIENCE) as page:
            assert b"You can close this page" in page.read()
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        desk.no_secret(child.before or "")
        assert "s3cret" not in (child.before or "")
        assert provider.mistakes == []


def test_checkup_says_where_the_token_would_come_from(desk: Desk) -> None:
    def row() -> str:
        done = desk.batch("--checkup", "--no-connect", "work")
        return next(line for line in done.out.decode().splitlines() if " --oauth " in line)

    assert row().endswith("asked, company; none is kept, so you would have to agree there")
    desk.logs_in("work", "-c", "NOOP")
    path = desk.folder / "imapsh" / "oauth" / "company.demo.json"
    assert row().endswith(f"asked, company, kept in {path}")
    path.chmod(0o644)
    assert "others may read or change it" in row()


def test_checkup_asks_nobody_who_could_not_see_the_question(desk: Desk) -> None:
    child = desk.at_terminal("--checkup", "work")
    child.expect("has no token for demo, and nobody can be asked here")
    child.expect(pexpect.EOF)
    assert desk.provider.asked == []
    desk.logs_in("work", "-c", "NOOP")
    done = desk.batch("--checkup", "work")
    assert done.status == 0, done.out.decode()


def test_tokens_are_forgotten(desk: Desk) -> None:
    desk.logs_in("work", "-c", "NOOP")
    done = desk.batch("--oauth-forget", "work")
    assert done.status == 0
    assert done.out.decode().startswith("the tokens were removed for demo at company; they stay valid there")
    assert desk.batch("--oauth-forget", "work").out.decode() == "no tokens are kept for demo at company\n"
    assert desk.batch("work", "-c", "NOOP").status == 6
    assert desk.batch("--oauth-forget", "imap://x@127.0.0.1").status == 2


def test_a_provider_that_is_not_there_is_exit_status_6(desk: Desk) -> None:
    url = desk.provider.url
    config = desk.folder / "imapsh" / "config.toml"
    config.write_text(config.read_text().replace(url, "http://127.0.0.1:1"))
    child = desk.at_terminal("work", "-c", "NOOP")
    child.expect("the provider company .127.0.0.1:1. refused the connection; try again later")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 6


def test_the_package_is_imported_where_it_is_used_alone() -> None:
    done = imapsh("--demo", "-c", "\\! true", env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert "oauthlib" not in done.err
    assert "passwords.oauth" not in done.err
    assert "imapsh.shell.settings.passwords.password" in done.err


def test_what_is_not_known_is_not_refused() -> None:
    current.refused(Wanted("nobody"), "me")
    assert not current._refused
