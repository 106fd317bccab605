"""The program behind a proxy: where its password comes from, what is said, and that none is seen anywhere."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.patience import PATIENCE
from tests.servers import proxies
from tests.servers.base import Missing, Server, absent, package
from tests.servers.identity import Provider, running
from tests.shell.running import command, environment, imapsh, listening, says, url

TARGET = "imap://mail.example"


@pytest.fixture(autouse=True)
def installed() -> None:
    package("python_socks")


@pytest.fixture
def http(tmp_path: Path) -> Iterator[int]:
    """Tinyproxy, which wants a user and a password."""
    try:
        with proxies.tinyproxy(tmp_path, login=True) as port:
            yield port
    except Missing as error:
        absent(str(error))


@pytest.fixture
def socks(tmp_path: Path) -> Iterator[int]:
    try:
        with proxies.microsocks(tmp_path) as port:
            yield port
    except Missing as error:
        absent(str(error))


@contextlib.contextmanager
def greets() -> Iterator[str]:
    with listening(says(greeting=b"* OK [CAPABILITY IMAP4rev1] hello\r\n")) as port:
        yield url(port).replace("127.0.0.1", "localhost")


def test_the_option_goes_for_this_machine_too_and_none_for_nothing(socks: int) -> None:
    with greets() as where:
        assert imapsh("--proxy", f"socks5h://127.0.0.1:{socks}", where, "-c", "NOOP").status == 0
        done = imapsh("--proxy", "socks5h://127.0.0.1:1", where, "-c", "NOOP")
        assert done.status == 4
        assert "the proxy 127.0.0.1:1 of --proxy refused the connection, so localhost:" in done.err
        assert imapsh(where, "-c", "NOOP", env={"ALL_PROXY": "socks5h://127.0.0.1:1"}).status == 0


def test_all_proxy_is_obeyed(socks: int) -> None:
    done = imapsh(TARGET, "-c", "NOOP", env={"ALL_PROXY": "socks5h://127.0.0.1:1"})
    assert done.status == 4
    assert done.err == (
        "imapsh: the proxy 127.0.0.1:1 of ALL_PROXY refused the connection, so mail.example:143 was not reached\n"
    )
    done = imapsh("imap://nobody.invalid", "-c", "NOOP", env={"all_proxy": f"socks5h://127.0.0.1:{socks}"})
    assert done.status == 4
    assert f"the proxy 127.0.0.1:{socks} of ALL_PROXY could not connect to nobody.invalid:143" in done.err
    env = {"ALL_PROXY": "socks5h://127.0.0.1:1", "NO_PROXY": "invalid"}
    assert "the host nobody.invalid is unknown" in imapsh("imap://nobody.invalid", "-c", "NOOP", env=env).err


def test_a_profile_has_one(tmp_path: Path, socks: int) -> None:
    config = tmp_path / "imapsh" / "config.toml"
    config.parent.mkdir()
    with greets() as where:
        config.write_text(f'[profiles.far]\nurl = "{where}"\nproxy = "socks5h://127.0.0.1:{socks}"\n')
        env = {"XDG_CONFIG_HOME": str(tmp_path)}
        assert imapsh("far", "-c", "NOOP", env=env).status == 0
        config.write_text(config.read_text().replace(f":{socks}", ":1"))
        assert imapsh("far", "-c", "NOOP", env=env).status == 4
        assert imapsh("far", "--proxy", "none", "-c", "NOOP", env=env).status == 0


@pytest.mark.parametrize("password", ["hunter22", "hunter23"])
def test_the_password_comes_from_netrc(tmp_path: Path, http: int, password: str) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login me password {password}\n")
    netrc.chmod(0o600)
    trace = tmp_path / "trace"
    with greets() as where:
        done = imapsh(
            "--proxy", f"http://me@127.0.0.1:{http}", "--netrc", "--trace", str(trace), where, "-c", "NOOP",
            env={"NETRC": str(netrc)},
        )  # fmt: skip
    assert done.status == (0 if password == "hunter22" else 4)
    assert ("refused the user me or the password" in done.err) == bool(done.status)
    assert password not in done.err + done.out.decode() + (trace.read_text() if trace.exists() else "")


def test_or_from_all_proxy(http: int) -> None:
    done = imapsh(
        "imap://nobody.invalid", "-c", "NOOP", env={"ALL_PROXY": f"http://me:hunter22@127.0.0.1:{http}"}
    )  # fmt: skip
    assert "could not connect to nobody.invalid:143" in done.err
    assert "hunter22" not in done.err


def test_without_a_terminal_a_missing_one_is_said(http: int) -> None:
    done = imapsh("--proxy", f"http://me@127.0.0.1:{http}", TARGET, "-c", "NOOP")
    assert done.status == 4
    assert f"no password for me at the proxy 127.0.0.1:{http} was given" in done.err


@pytest.mark.parametrize("more", [(), ("--fallback",), ("--retry", "3:1")])
def test_what_a_proxy_refuses_is_not_tried_again(more: tuple[str, ...]) -> None:
    heard: list[bytes] = []

    def handler(sock: socket.socket) -> None:
        heard.append(sock.recv(1 << 16))
        sock.sendall(b"HTTP/1.1 407 Who?\r\n\r\n")

    with listening(handler) as port:
        env = {"ALL_PROXY": f"http://me:hunter22@127.0.0.1:{port}"}
        done = imapsh("mail.example", *more, "-c", "NOOP", env=env)
    assert (done.status, len(heard)) == (4, 1), done.err
    assert "refused the user me or the password" in done.err


def test_a_person_types_it_and_is_asked_again_after_a_refusal(http: int) -> None:
    with greets() as where:
        program, *rest = command("--proxy", f"http://me@127.0.0.1:{http}", where)
        child = pexpect.spawn(program, rest, env=environment(TERM="dumb"), encoding="utf-8", timeout=PATIENCE)
        question = f"Password for me at the proxy 127.0.0.1:{http}: "
        child.expect_exact(question)
        child.sendline("hunter23")
        child.expect_exact("refused the user me or the password")
        child.sendline(f"\\connect {where}")
        child.expect_exact(question)
        child.sendline("hunter22")
        child.expect_exact("hello")
        child.sendline("\\connect")
        child.expect_exact("hello")
        child.sendline("LOGOUT")
        child.expect(pexpect.EOF)
        assert question not in (child.before or "")
        child.close()


def test_a_password_to_this_machine_through_a_proxy_is_not_sent_in_the_clear(socks: int) -> None:
    heard: list[bytes] = []
    with listening(says(greeting=b"* OK [CAPABILITY IMAP4rev1] hello\r\n", heard=heard)) as port:
        where = url(port, user="me").replace("127.0.0.1", "localhost")
        env = {"IMAPSH_PASSWORD": "hunter22"}
        done = imapsh("--proxy", f"socks5h://127.0.0.1:{socks}", where, "-c", "NOOP", env=env)
        assert done.status == 6
        assert "hunter22" not in b"".join(heard).decode()
        assert imapsh(where, "-c", "NOOP", env=env).status == 0


def test_checkup_names_the_proxy_without_its_password() -> None:
    env = {"ALL_PROXY": "http://me:hunter22@127.0.0.1:1", "XDG_STATE_HOME": "/x"}
    said = imapsh("--checkup", TARGET, env=env).out.decode()
    assert "http://me@127.0.0.1:1, from ALL_PROXY; the server's own address is not tried" in said
    assert "the proxy 127.0.0.1:1 of ALL_PROXY refused the connection, so mail.example:143 was not reached" in said
    assert "hunter22" not in said
    said = imapsh("--checkup", "--no-connect", TARGET, env=env).out.decode()
    assert "http://me@127.0.0.1:1, from ALL_PROXY" in said
    assert "the proxy to connect through, unless --proxy or NO_PROXY says otherwise" in said
    assert "hunter22" not in said


def test_a_provider_is_asked_through_the_proxy_too(tmp_path: Path, dovecot: Server) -> None:
    package("oauthlib")
    with running(Provider()) as provider:
        config = tmp_path / "imapsh" / "config.toml"
        config.parent.mkdir()
        config.write_text(provider.config(flow="device"))
        program, *rest = command(
            "--proxy", "socks5h://127.0.0.1:1", "--oauth", "company", "me@mail.example", "-c", "NOOP"
        )  # fmt: skip
        env = environment(XDG_CONFIG_HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path), TERM="dumb")
        child = pexpect.spawn(program, rest, env=env, encoding="utf-8", timeout=PATIENCE, dimensions=(40, 240))
        child.expect("the provider company .* cannot be reached: the proxy 127.0.0.1:1 of --proxy refused")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 6
        assert provider.asked == []
