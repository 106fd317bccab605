"""--mechanism, and AUTH= in the URL, on real servers: what is used, what is said, and that nothing is given away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.servers.base import Server
from tests.servers.dovecot import token
from tests.shell.running import Done, imapsh


def log_in(server: Server, *words: str, secret: str = "", scheme: str = "imaps", user: str = "demo@") -> Done:
    port = server.tls_port if scheme == "imaps" else server.port
    url = f"{scheme}://{user}{server.host}:{port}"
    environment = {"IMAPSH_PASSWORD": secret or server.password}
    done = imapsh(url, *words, "--cafile", str(server.cafile), "-c", "NOOP", "--format", "pretty", env=environment)
    assert environment["IMAPSH_PASSWORD"] not in done.out.decode() + done.err
    return done


def used(done: Done) -> list[str]:
    return re.findall(r"AUTHENTICATE (\S+)", done.out.decode())


@pytest.mark.parametrize(
    ("name", "taken"), [("auto", "SCRAM-SHA-256"), ("cram-md5", "CRAM-MD5"), ("DIGEST-MD5", "DIGEST-MD5")]
)
def test_a_mechanism(dovecot: Server, name: str, taken: str) -> None:
    done = log_in(dovecot, "--mechanism", name)
    assert (done.status, used(done)) == (0, [taken]), done.err


def test_without_it(dovecot: Server) -> None:
    done = log_in(dovecot)
    assert (done.status, used(done)) == (0, ["PLAIN"])


def test_in_the_url(dovecot: Server) -> None:
    done = log_in(dovecot, user="demo;AUTH=SCRAM-SHA-1@")
    assert (done.status, used(done)) == (0, ["SCRAM-SHA-1"])


def test_a_token(dovecot: Server, tmp_path: Path) -> None:
    secret = token("demo")
    trace = tmp_path / "trace"
    done = log_in(dovecot, "--mechanism", "oauthbearer", "--trace", str(trace), secret=secret)
    assert done.status == 0, done.err
    assert secret.encode() not in trace.read_bytes()


def test_a_token_that_is_refused(dovecot: Server) -> None:
    done = log_in(dovecot, "--mechanism", "xoauth2", secret="nothing-we-know")
    assert done.status == 6
    assert "status 401" in done.err


def test_a_wrong_password(dovecot: Server) -> None:
    done = log_in(dovecot, "--mechanism", "auto", secret="not-the-one")
    assert done.status == 6
    assert "AUTHENTICATIONFAILED" in done.err


def test_a_certificate_and_nobody(dovecot: Server, tmp_path: Path) -> None:
    certificate = dovecot.cafile.with_name("client-pem.pem")
    done = log_in(dovecot, "--mechanism", "external", "--cert", str(certificate), user="")
    assert (done.status, used(done)) == (0, ["EXTERNAL"]), done.err


def test_starttls_comes_first(cyrus: Server) -> None:
    done = log_in(cyrus, "--mechanism", "auto", scheme="imap")
    assert (done.status, used(done)) == (0, ["SCRAM-SHA-256"]), done.err


def test_what_is_no_mechanism() -> None:
    done = imapsh("imap://demo@127.0.0.1:9", "--mechanism", "ntlm", "-c", "NOOP")
    assert done.status == 2
    assert "SCRAM-SHA-256" in done.err
    assert imapsh("imap://127.0.0.1:9", "--mechanism", "plain", "--no-login", "-c", "NOOP").status == 2
