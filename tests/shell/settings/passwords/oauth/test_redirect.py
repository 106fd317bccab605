"""The port that the browser comes back to, and whoever else comes there."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from imapsh.shell.settings.passwords.oauth.redirect import LONGEST, MOST, Redirect
from tests.patience import PATIENCE

STATE = "the-state"


@pytest.fixture
def redirect() -> Iterator[Redirect]:
    with Redirect("127.0.0.1") as one:
        yield one


def comes(redirect: Redirect, octets: bytes) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", redirect.port), timeout=PATIENCE)
    sock.sendall(octets)
    return sock


def until(redirect: Redirect, sock: socket.socket) -> tuple[str | None, bytes]:
    """Look until a connection is answered or closed; what was found, and what it got."""
    found = None
    got = b""
    sock.settimeout(0.01)
    while True:
        found = redirect.poll(STATE) or found
        try:
            octets = sock.recv(1 << 16)
        except TimeoutError:
            continue
        except ConnectionResetError:
            return found, got
        if not octets:
            return found, got
        got += octets


def request(query: str, line: str = "GET /?{} HTTP/1.1") -> bytes:
    return (line.format(query) + "\r\nHost: x\r\n\r\n").encode("latin-1")


def test_the_answer_with_our_state_is_taken(redirect: Redirect) -> None:
    with comes(redirect, request(f"code=x&state={STATE}")) as sock:
        found, page = until(redirect, sock)
    assert found == f"code=x&state={STATE}"
    assert page.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Cache-Control: no-store" in page
    assert b"code=" not in page


def test_it_may_come_in_pieces(redirect: Redirect) -> None:
    octets = request(f"code=x&state={STATE}")
    with comes(redirect, octets[:10]) as sock:
        for _ in range(20):
            assert redirect.poll(STATE) is None
        sock.sendall(octets[10:])
        assert until(redirect, sock)[0] is not None


@pytest.mark.parametrize(
    "octets",
    [
        request("code=x&state=other"),
        request("code=x"),
        request(f"code=x&state={STATE}&state={STATE}"),
        request(f"code=x&state={STATE}x"),
        request("code=x&state=%C3%A4"),
        request("code=x&state=\xe4"),
        request("&".join(f"a{n}=x" for n in range(50)) + f"&state={STATE}"),
        request(f"code=x&state={STATE}", "POST /?{} HTTP/1.1"),
        request(f"code=x&state={STATE}", "GET /other?{} HTTP/1.1"),
        request(f"code=x&state={STATE}", "GET /?{} SMTP"),
        request("", "GET /favicon.ico HTTP/1.1"),
        b"\x16\x03\x01 TLS\r\n\r\n",
    ],
    ids=lambda octets: octets[:40],
)
def test_anything_else_is_refused_and_the_waiting_goes_on(redirect: Redirect, octets: bytes) -> None:
    with comes(redirect, octets) as sock:
        found, page = until(redirect, sock)
    assert (found, page[:12]) == (None, b"HTTP/1.1 404")
    with comes(redirect, request(f"code=x&state={STATE}")) as sock:
        assert until(redirect, sock)[0] is not None


@pytest.mark.parametrize("octets", [b"GET /" + b"x" * (LONGEST + 1), b"x" * (LONGEST + 1)])
def test_a_request_without_an_end_is_cut_off(redirect: Redirect, octets: bytes) -> None:
    with comes(redirect, octets) as sock:
        assert until(redirect, sock) == (None, b"")


def test_those_who_say_nothing_are_in_nobodys_way(redirect: Redirect) -> None:
    with ExitStack() as stack:
        for _ in range(MOST + 4):
            stack.enter_context(comes(redirect, b""))
            redirect.poll(STATE)
        sock = stack.enter_context(comes(redirect, request(f"code=x&state={STATE}")))
        assert until(redirect, sock)[0] is not None


def test_only_this_machine_reaches_it(redirect: Redirect) -> None:
    assert redirect._listener.getsockname()[0] == "127.0.0.1"
    assert redirect.uri == f"http://127.0.0.1:{redirect.port}"
