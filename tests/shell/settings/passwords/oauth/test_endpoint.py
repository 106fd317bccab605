"""What a provider's endpoint may answer, and what is said of it."""

from __future__ import annotations

import socket
import ssl

import pytest

from imapsh.errors import LoginError
from imapsh.shell.settings.passwords.oauth.endpoint import MOST, Unreachable, post
from tests.servers.certs import Certs
from tests.servers.identity import Fault, Provider, reply, running
from tests.shell.running import Handler, listening
from tests.transport.conftest import closed_port

SECRET = "grant_type=x&refresh_token=hunter22"


def asked(answer: bytes | None, seconds: float | None = None) -> str:
    """What is said of a provider that gives this answer."""
    with running(Provider()) as provider:
        provider.faults["/token"] = [Fault(answer)]
        with pytest.raises(LoginError) as caught:
            post("company", f"{provider.url}/token", SECRET, seconds)
        where = f"the provider company (127.0.0.1:{provider.url.rpartition(':')[2]}) "
    said = str(caught.value)
    assert said.startswith(where)
    assert "hunter22" not in said
    assert said.isprintable()
    return said.removeprefix(where)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (reply(200, b"<!DOCTYPE html>hunter22", "text/html"), "answered with HTML (200), and not with a token"),
        (reply(200, b"hunter22\x1b[2J"), "answered with no JSON (200), and not with a token"),
        (reply(200, b"\xff\xfe"), "answered with no JSON (200)"),
        (reply(200, b"[" * 100_000), "answered with no JSON (200)"),
        (reply(200, b"[1]"), "answered with JSON that OAuth does not know (200)"),
        (reply(400, b'{"message": "hunter22"}'), "answered with JSON that OAuth does not know (400)"),
        (reply(404, b'{"error": 7}'), "answered with JSON that OAuth does not know (404)"),
        (reply(302, b"", "text/html", "Location: http://127.0.0.1:1/"), "answered with a redirect (302), which is not"),
        (reply(307, b"", "text/html", "Location: https://evil.example/"), "answered with a redirect (307), which is"),
        (reply(200, b"{" + b" " * MOST + b"}"), f"answered with more than {MOST:,} octets"),
        (reply(503, b"<html>"), "cannot answer now (503); try again later"),
        (reply(429, b""), "cannot answer now (429); try again later"),
        (b"* OK IMAP4rev1\r\n", "did not answer in HTTP"),
        (b"HTTP/1.1 abc\r\n\r\n", "did not answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "did not answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "did not answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n{}", "did not answer in HTTP"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000, "answered with more than"),
    ],
    ids=lambda value: value[:30] if isinstance(value, bytes) else None,
)
def test_what_is_no_answer_of_oauth_is_one_sentence(answer: bytes, said: str) -> None:
    assert said in asked(answer)


def test_a_provider_that_is_silent_or_slow() -> None:
    assert asked(None, 0.2) == "did not answer within 0.2 s; try again later"


def trickle(sock: socket.socket) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\n")
    while sock.recv(1 << 16):
        pass


def hang_up(sock: socket.socket) -> None:
    sock.recv(1)


@pytest.mark.parametrize(
    ("handler", "said"),
    [(trickle, "did not answer within 0.3 s"), (hang_up, "closed the connection without an answer")],
)
def test_a_provider_that_begins_only(handler: Handler, said: str) -> None:
    with listening(handler) as port, pytest.raises(Unreachable, match=said):
        post("company", f"http://127.0.0.1:{port}/token", SECRET, 0.3)


def test_a_provider_that_is_not_there() -> None:
    port = closed_port()
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}.* refused the connection; try again later"):
        post("company", f"http://127.0.0.1:{port}/token", SECRET)
    with pytest.raises(Unreachable, match="has a host that cannot be found"):
        post("company", "https://nobody.invalid/token", SECRET)


def test_over_tls_the_certificate_is_verified(certs: Certs) -> None:
    for pem, good in ((certs.server_pem, True), (certs.wrong_host_pem, False)):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        with running(Provider(), context) as provider:
            provider.faults["/token"] = [Fault(reply(200, b'{"access_token": "x"}'))]
            if good:
                assert post("company", f"{provider.url}/token", SECRET) == {"access_token": "x"}
                continue
            with pytest.raises(LoginError, match="no secure connection to the provider company"):
                post("company", f"{provider.url}/token", SECRET)


def test_nothing_is_sent_where_an_address_is_not_safe() -> None:
    for url in ("http://idp.example/token", "ftp://127.0.0.1/", "https://u:p@idp.example/"):
        with pytest.raises(ValueError, match=r"must"):
            post("company", url, SECRET)


def test_the_limit_is_above_what_tokens_need() -> None:
    with running(Provider()) as provider:
        provider.faults["/token"] = [Fault(reply(200, b'{"access_token": "' + b"x" * 60_000 + b'"}'))]
        assert len(post("company", f"{provider.url}/token", SECRET)["access_token"]) == 60_000


@pytest.mark.parametrize("octets", ["1" + "0" * 18, "9" * 30, "8000000000"])
@pytest.mark.parametrize("chunked", [False, True])
def test_no_memory_is_taken_for_what_an_answer_claims(octets: str, chunked: bool) -> None:
    head = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {octets}"
    body = f"{octets}\r\n" if chunked else ""
    assert "did not answer in HTTP" in asked(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}{{}}".encode())
