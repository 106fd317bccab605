"""Connections through proxies: real ones, and those that refuse, lie, or say nothing."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import imapsh
from imapsh.errors import ConnectError, ProxyLoginError, TLSError, UsageError
from imapsh.transport import aio, blocking
from imapsh.transport.address import Address
from imapsh.transport.base import Stream
from imapsh.transport.proxyurl import parse_proxy
from imapsh.transport.tls import TLSOptions
from tests.patience import PATIENCE
from tests.servers import proxies
from tests.servers.base import Missing, Server, absent, package
from tests.servers.certs import Certs
from tests.shell.running import Handler, listening, says
from tests.transport.conftest import closed_port

GREETING = b"* OK IMAP4rev1 hello\r\n"
OPEN: dict[str, Callable[[Path], contextlib.AbstractContextManager[int]]] = {
    "socks5h": proxies.microsocks, "socks5": proxies.microsocks, "http": proxies.tinyproxy,
    "socks4": proxies.dante, "dante": proxies.dante,
}  # fmt: skip
CLOSED: dict[str, Callable[..., contextlib.AbstractContextManager[int]]] = {
    "socks5h": proxies.microsocks, "http": proxies.tinyproxy,
}  # fmt: skip


@pytest.fixture(autouse=True)
def installed() -> None:
    package("python_socks")


@contextlib.contextmanager
def through(kind: str, run: Path, *, login: bool = False) -> Iterator[str]:
    """The address of a real proxy, with `{}` for who uses it."""
    try:
        with CLOSED[kind](run, login=True) if login else OPEN[kind](run) as port:
            scheme = "socks5h" if kind == "dante" else kind
            yield f"{scheme}://{{}}127.0.0.1:{port}"
    except Missing as error:
        absent(str(error))


def address(port: int, proxy: str, host: str = "localhost", scheme: str = "imap") -> Address:
    return Address(scheme, host, port, proxy=parse_proxy(proxy))


def greeting(stream: Stream) -> bytes:
    got = b""
    while not got.endswith(b"\r\n"):
        got += stream.read(1)
    stream.close()
    return got


def failure(where: Address, seconds: float = 20) -> str:
    """What is said, in both transports alike."""
    with pytest.raises(ConnectError) as caught:
        blocking.connect(where, connect_timeout=seconds)
    with pytest.raises(ConnectError) as other:
        asyncio.run(aio.connect(where, connect_timeout=seconds))
    assert (type(other.value), str(other.value)) == (type(caught.value), str(caught.value))
    assert str(caught.value).isprintable()
    assert where.proxy is not None
    assert where.proxy.where in str(caught.value)
    return str(caught.value)


# -- real proxies


@pytest.mark.parametrize("kind", OPEN)
def test_a_server_that_speaks_first_is_heard_whole(tmp_path: Path, kind: str) -> None:
    async def in_asyncio() -> bytes:
        stream = await aio.connect(where, connect_timeout=PATIENCE)
        got = b""
        while not got.endswith(b"\r\n"):
            got += await stream.read(100)
        await stream.close()
        return got

    with through(kind, tmp_path) as proxy, listening(says(greeting=GREETING)) as port:
        where = address(port, proxy.format(""))
        assert greeting(blocking.connect(where, connect_timeout=PATIENCE)) == GREETING
        assert asyncio.run(in_asyncio()) == GREETING


@pytest.mark.parametrize("kind", CLOSED)
def test_a_user_and_a_password(tmp_path: Path, kind: str) -> None:
    with through(kind, tmp_path, login=True) as proxy, listening(says(greeting=GREETING)) as port:
        right = address(port, proxy.format("me:hunter22@"))
        assert greeting(blocking.connect(right, connect_timeout=PATIENCE)) == GREETING
        wrong = address(port, proxy.format("me:hunter23@"))
        assert failure(wrong).endswith(" refused the user me or the password")
        with pytest.raises(ProxyLoginError, match="wants a user and a password: write USER@ before its host"):
            blocking.connect(address(port, proxy.format("")), connect_timeout=PATIENCE)


@pytest.mark.parametrize("kind", ["socks5h", "http", "socks4"])
def test_a_server_that_the_proxy_cannot_reach(tmp_path: Path, kind: str) -> None:
    port = closed_port()
    with through(kind, tmp_path) as proxy:
        said = failure(address(port, proxy.format(""), "127.0.0.1"))
        assert said.endswith(f" to 127.0.0.1:{port}")
        assert ("connect" in said) or ("refused" in said)


def test_a_server_that_the_proxy_does_not_allow(tmp_path: Path) -> None:
    with through("dante", tmp_path) as proxy:
        said = failure(address(143, proxy.format(""), "127.0.0.2"))
        assert said.endswith(" does not allow a connection to 127.0.0.2:143")


@pytest.mark.parametrize("kind", ["socks5h", "http"])
def test_a_name_is_the_proxys_to_look_up(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def only_numbers(host: bytes | str, *rest: object) -> object:
        raise AssertionError(f"{host!r} was looked up here")

    with through(kind, tmp_path) as proxy, listening(says(greeting=GREETING)) as port:
        monkeypatch.setattr(socket, "getaddrinfo", only_numbers)
        assert greeting(blocking.connect(address(port, proxy.format("")), connect_timeout=PATIENCE)) == GREETING
        monkeypatch.setattr(socket, "getaddrinfo", real)
        assert "nobody.invalid" in failure(address(port, proxy.format(""), "nobody.invalid"))


def test_or_ours_with_socks5(tmp_path: Path) -> None:
    where = address(143, "socks5://127.0.0.1:1", "nobody.invalid")
    with pytest.raises(ConnectError, match=r"the host nobody\.invalid is unknown"):
        blocking.connect(where, connect_timeout=PATIENCE)


def test_the_certificate_is_the_servers(dovecot: Server, tmp_path: Path) -> None:
    trust = TLSOptions(cafile=str(dovecot.cafile))
    with through("http", tmp_path) as proxy:
        good = address(dovecot.tls_port, proxy.format(""), "localhost", "imaps")
        assert greeting(blocking.connect(good, tls=trust, connect_timeout=PATIENCE)).startswith(b"* OK ")


def test_and_no_other_of_the_way(certs: Certs) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certs.server_pem)  # for localhost, where the proxy is

    def handler(sock: socket.socket) -> None:
        sock.recv(1 << 16)
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with contextlib.suppress(OSError), context.wrap_socket(sock, server_side=True) as secure:
            secure.sendall(GREETING)

    with listening(handler) as port:
        where = address(993, f"http://localhost:{port}", "mail.example", "imaps")
        with pytest.raises(TLSError, match=r"mail\.example"):
            blocking.connect(where, tls=TLSOptions(cafile=str(certs.ca)), connect_timeout=PATIENCE)


@pytest.mark.parametrize("kind", CLOSED)
def test_the_library_connects_through_a_proxy(dovecot: Server, tmp_path: Path, kind: str) -> None:
    async def session(proxy: str) -> int:
        url = f"imaps://{dovecot.user}@localhost:{dovecot.tls_port}/INBOX"
        tls = TLSOptions(cafile=str(dovecot.cafile))
        async with imapsh.connect(url, password=dovecot.password, tls=tls, proxy=proxy) as c:
            return len(await c.search("ALL"))

    with through(kind, tmp_path, login=True) as proxy:
        assert asyncio.run(session(proxy.format("me:hunter22@"))) >= 0
        with pytest.raises(ProxyLoginError):
            asyncio.run(session(proxy.format("me:x@")))


def test_the_library_names_what_cannot_be() -> None:
    with pytest.raises(UsageError, match="is not reached through a proxy"):
        imapsh.connect("unix:/tmp/x", proxy="socks5h://127.0.0.1")
    with pytest.raises(UsageError, match="unknown kind of proxy"):
        imapsh.connect("localhost", proxy="x://127.0.0.1")


# -- proxies that are none


def answers(*octets: bytes) -> Handler:
    def handler(sock: socket.socket) -> None:
        for piece in octets:
            sock.recv(1 << 16)
            sock.sendall(piece)
        while sock.recv(1 << 16):
            pass

    return handler


def once(octets: bytes) -> Handler:
    def handler(sock: socket.socket) -> None:
        sock.recv(1 << 16)
        with contextlib.suppress(OSError):
            sock.sendall(octets)
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(1 << 16):  # else what was not read would take back what was sent
                pass

    return handler


STRANGE = "did not answer as {} proxy does, so mail.example:993 was not reached"
HTTP, SOCKS5, SOCKS4 = (STRANGE.format(name) for name in ("an HTTP", "a SOCKS5", "a SOCKS4"))


@pytest.mark.parametrize(
    ("scheme", "octets", "said"),
    [
        ("http", b"", HTTP),
        ("http", b"\x05\xff", HTTP),
        ("http", b"* OK IMAP4rev1\r\n\r\n", HTTP),
        ("http", b"HTTP/1.1\r\n\r\n", HTTP),
        ("http", b"HTTP/1.1 \x1b[2J no\r\n\r\n", HTTP),
        ("http", b"HTTP/1.1 " + b"9" * 5000 + b" no\r\n\r\n", HTTP),
        ("http", b"HTTP/1.1 200 OK\r\nX: " + b"x" * (1 << 16), HTTP),
        ("http", b"HTTP/1.1 403 \x1b[2J\r\n\r\n<html>", "does not allow a connection to mail.example:993"),
        ("http", b"HTTP/1.1 302 go\r\nLocation: x\r\n\r\n", "answered with the code 302 and made no connection to"),
        ("socks5h", b"", SOCKS5),
        ("socks5h", b"HTTP/1.0 400 Bad Request\r\n\r\n", SOCKS5),
        ("socks5h", b"\x05", SOCKS5),
        ("socks5h", b"\x05\x02", "wants a user and a password"),
        ("socks5h", b"\x05\xff", "wants a user and a password"),
        ("socks5h", b"\x05\x00\x05\x09\x00\x01", SOCKS5),
        ("socks5h", b"\x05\x00\x05\x00\x00\x09", SOCKS5),
        ("socks5h", b"\x05\x00\x05\x00\x00\x03\x02\xff\xff\x00\x00", SOCKS5),
        ("socks5h", b"\x05\x00\x05\x00\x00\x01\x00", SOCKS5),
        ("socks5h", b"\x05\x00\x05\x06\x00\x01", "could not connect in time to mail.example:993"),
        ("socks4a", b"\x00\x5b" + b"\x00" * 6, "refused, or could not make, a connection to mail.example:993"),
        ("socks4a", b"\x05\x00" + b"\x00" * 6, SOCKS4),
        ("socks4a", b"\x00", SOCKS4),
    ],
)
def test_what_is_no_proxy_is_said_and_not_repeated(scheme: str, octets: bytes, said: str) -> None:
    with listening(once(octets)) as port:
        told = failure(address(993, f"{scheme}://127.0.0.1:{port}", "mail.example"))
    assert said in told
    assert "[2J" not in told


def test_octets_behind_the_reply_are_the_servers(tmp_path: Path) -> None:
    reply = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n"
    with listening(answers(reply + GREETING)) as port:
        where = address(993, f"http://127.0.0.1:{port}", "mail.example")
        assert greeting(blocking.connect(where, connect_timeout=PATIENCE)) == GREETING
    with listening(answers(b"\x05\x00", b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00" + GREETING)) as port:
        where = address(993, f"socks5h://127.0.0.1:{port}", "mail.example")
        assert greeting(blocking.connect(where, connect_timeout=PATIENCE)) == GREETING


def test_a_name_goes_to_a_socks4a_proxy_as_it_is() -> None:
    heard: list[bytes] = []

    def handler(sock: socket.socket) -> None:
        heard.append(sock.recv(1 << 16))
        sock.sendall(b"\x00\x5a" + b"\x00" * 6 + GREETING)

    with listening(handler) as port:
        where = address(143, f"socks4a://me@127.0.0.1:{port}", "m\u00e4il.example")
        assert greeting(blocking.connect(where, connect_timeout=PATIENCE)) == GREETING
    assert heard == [b"\x04\x01\x00\x8f\x00\x00\x00\x01me\x00xn--mil-qla.example\x00"]


def silent(sock: socket.socket) -> None:
    while sock.recv(1 << 16):
        pass


@pytest.mark.parametrize("scheme", ["http", "socks5h", "socks4a"])
def test_a_proxy_that_says_nothing_has_as_long_as_connecting(scheme: str) -> None:
    with listening(silent) as port:
        said = failure(address(993, f"{scheme}://127.0.0.1:{port}", "mail.example"), 0.2)
    assert said.endswith("did not answer within 0.2 s, so mail.example:993 was not reached")


def test_one_that_trickles_has_no_longer() -> None:
    def handler(sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            sock.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                sock.sendall(b"X")
                sock.settimeout(0.01)
                with contextlib.suppress(TimeoutError):
                    sock.recv(1 << 16)

    with listening(handler) as port:
        said = failure(address(993, f"http://127.0.0.1:{port}", "mail.example"), 0.3)
    assert "did not answer" in said


def test_a_proxy_that_is_not_there() -> None:
    port = closed_port()
    said = failure(address(993, f"socks5h://127.0.0.1:{port}", "mail.example"))
    assert said == f"the proxy 127.0.0.1:{port} refused the connection, so mail.example:993 was not reached"
    said = failure(address(993, "http://nobody.invalid:1", "mail.example"))
    assert "has a host that is unknown" in said


def test_a_password_that_the_protocol_cannot_carry() -> None:
    with listening(answers(b"\x05\x02", b"")) as port:
        said = failure(address(993, f"socks5h://me:h%C3%A4@127.0.0.1:{port}", "mail.example"))
    assert "h\u00e4" not in said


def test_cancelling_drops_a_connection_that_comes_too_late() -> None:
    async def scene(port: int) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await aio.connect(address(993, f"http://127.0.0.1:{port}", "mail.example"), connect_timeout=1)

    with listening(silent) as port:
        asyncio.run(scene(port))


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_socks", None)
    with pytest.raises(ConnectError, match=r'needs the package python-socks.*: pip install "imapsh\[proxy\]"'):
        blocking.connect(address(993, "http://127.0.0.1:1", "mail.example"))
