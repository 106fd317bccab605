from __future__ import annotations

import os
import select
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from imapsh.errors import ConnectError, ConnectionLost, ConnectionTimeout
from imapsh.transport.address import Address, parse_address
from imapsh.transport.base import CHUNK
from imapsh.transport.blocking import BlockingStream, connect
from imapsh.transport.child import child_environment, reap
from imapsh.transport.deadline import Deadline
from imapsh.transport.failures import cannot_connect, lost
from imapsh.transport.memory import MemorySocket
from tests.transport.conftest import Peer, closed_port, echo

ECHO = "import os\nwhile d := os.read(0, 65536): os.write(1, d)"


def read_exactly(stream: BlockingStream, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = stream.read(count - len(data))
        assert piece
        data += piece
    return data


def python(code: str) -> Address:
    return Address("exec", command=(sys.executable, "-c", code))


def tcp(port: int, host: str = "127.0.0.1") -> Address:
    return Address("imap", host, port)


def test_tcp(peer: Peer) -> None:
    port = peer(echo)
    stream = connect(tcp(port))
    stream.write(b"x" * 100_000)
    assert read_exactly(stream, 100_000) == b"x" * 100_000
    assert stream.info == (f"127.0.0.1:{port}", "", "", "", None, None)
    stream.write(b"ab")
    assert select.select([stream.fileno()], [], [], 10)[0]
    assert stream.read(1) == b"a"
    stream.close()
    stream.close()
    with pytest.raises(ConnectionLost, match="is closed"):
        stream.read(1)
    with pytest.raises(ConnectionLost, match="is closed"):
        stream.write(b"x")


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_ipv6(peer: Peer) -> None:
    try:
        port = peer(echo, socket.AF_INET6)
    except OSError:
        pytest.skip("no ::1")
    stream = connect(parse_address(f"imap://[::1]:{port}"))
    stream.write(b"x")
    assert stream.read(9) == b"x"
    stream.close()


def test_the_addresses_of_a_host_are_tried_in_order(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    port, dead = peer(echo), closed_port()

    def resolve(*_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", p)) for p in (dead, port)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    stream = connect(tcp(993, "two.example"))
    stream.write(b"x")
    assert stream.read(9) == b"x"
    stream.close()


def test_unix(peer: Peer, tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    peer(echo, socket.AF_UNIX, path)
    stream = connect(Address("unix", path=path))
    stream.write(b"x")
    assert stream.read(9) == b"x"
    assert stream.info.peer == path
    stream.close()


def test_memory_is_taken_for_few_octets_until_many_come() -> None:
    asked: list[int] = []

    class Counting(socket.socket):
        def recv(self, size: int, *flags: int) -> bytes:
            asked.append(size)
            return super().recv(size, *flags)

    ours, theirs = socket.socketpair()
    counting = Counting(fileno=ours.detach())
    counting.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    with theirs:
        stream = BlockingStream(counting, "here")
        for octets in (10, 40_000):
            theirs.sendall(b"x" * octets)
            assert read_exactly(stream, octets) == b"x" * octets
        theirs.sendall(b"y" * 10)
        assert stream.read(CHUNK) == b"y" * 10
        assert asked == [10, 1 << 14, 40_000 - (1 << 14), CHUNK]
        theirs.sendall(b"z" * 40_000)
        assert stream.read(CHUNK) == b"z" * (1 << 14)
        assert stream.read(CHUNK) == b"z" * (40_000 - (1 << 14))
        stream.close()


class Taking(MemorySocket):
    """A socket that takes so many octets at a time, and notes what it is asked."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.asked: list[object] = []

    def send(self, data: bytes | memoryview, /) -> int:
        self.asked.append(len(data))
        return min(self.most, len(data))

    def settimeout(self, seconds: float | None, /) -> None:
        self.asked.append(seconds)


def test_large_pieces_go_at_once_and_the_time_out_is_for_the_next_octet() -> None:
    sock = Taking(100_000)
    stream = BlockingStream(sock, "here", timeout=5)
    stream.write(b"x" * 250_000)
    assert sock.asked == [5, 250_000, 150_000, 50_000]
    sock.asked.clear()
    stream.limit(Deadline(1000))
    stream.write(b"x" * 150_000)
    assert sock.asked == [5, 150_000, 5, 50_000]  # all of it is within the limit, each call within the time-out
    stream.limit(Deadline(0))
    with pytest.raises(ConnectionTimeout):
        stream.write(b"x")


def test_eof(peer: Peer) -> None:
    stream = connect(tcp(peer(lambda sock: sock.sendall(b"bye"))))
    assert read_exactly(stream, 3) == b"bye"
    assert stream.read(10) == b""
    assert stream.read(10) == b""
    stream.close()


def test_reset(peer: Peer) -> None:
    def reset(sock: socket.socket) -> None:
        sock.recv(1)  # not before the client knows that it is connected
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    stream = connect(tcp(peer(reset)), idle_timeout=10)
    stream.write(b"x")
    with pytest.raises(ConnectionLost, match="reset the connection"):
        stream.read(10)
    with pytest.raises(ConnectionLost, match="closed the connection before everything was sent"):
        stream.write(b"x")
    stream.close()


def test_idle_timeout(peer: Peer) -> None:
    stream = connect(tcp(peer(echo)), idle_timeout=0.01)
    with pytest.raises(ConnectionTimeout, match=r"within 0.01 s"):
        stream.read(1)
    stream.settimeout(10)
    stream.write(b"x")
    assert stream.read(1) == b"x"
    stream.close()


def test_a_close_from_another_thread_wakes_a_read(peer: Peer) -> None:
    stream = connect(tcp(peer(echo)), idle_timeout=10)
    thread = threading.Thread(target=stream.close)
    thread.start()
    try:
        assert stream.read(1) == b""
    except ConnectionLost:
        pass  # the close was before the read
    thread.join()


def test_exec_and_its_end() -> None:
    stream = connect(python(ECHO))
    child = stream._child
    assert child is not None
    stream.write(b"x" * 100_000)
    assert read_exactly(stream, 100_000) == b"x" * 100_000
    assert stream.info.peer == sys.executable
    stream.close()
    assert child.returncode == 0
    with pytest.raises(ChildProcessError):
        os.waitpid(child.pid, os.WNOHANG)


def test_a_child_that_does_not_end_is_terminated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.transport.child._GRACE", 0.01)
    stream = connect(python("import os, signal\nos.write(1, b'!')\nsignal.pause()"))
    child = stream._child
    assert child is not None
    assert stream.read(1) == b"!"
    stream.close()
    assert child.returncode == -15


def test_a_child_that_will_not_be_terminated_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.transport.child._GRACE", 0.01)
    monkeypatch.setattr("imapsh.transport.child._PATIENCE", 0.01)
    code = "import os, signal\nsignal.signal(15, signal.SIG_IGN)\nos.write(1, b'!')\nwhile True: signal.pause()"
    stream = connect(python(code))
    child = stream._child
    assert child is not None
    assert stream.read(1) == b"!"
    stream.close()
    assert child.returncode == -9


def test_reaping_a_child_that_has_ended() -> None:
    child = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"], start_new_session=True)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # on a busy machine it may end late
    assert reap(child) == 3


def test_secrets_are_taken_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAPSH_PASSWORD", "hunter2")
    monkeypatch.setenv("KEPT", "yes")
    assert "IMAPSH_PASSWORD" not in child_environment()
    stream = connect(python("import os; print(os.environ.get('IMAPSH_PASSWORD'), os.environ['KEPT'], end='')"))
    assert read_exactly(stream, 8) == b"None yes"
    stream.close()


def test_refused() -> None:
    port = closed_port()
    with pytest.raises(
        ConnectError, match=rf"^127\.0\.0\.1:{port} refused the connection.*check the server and the port"
    ):
        connect(tcp(port))


def test_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(ConnectError, match=r"the host nowhere\.example is unknown; check its spelling"):
        connect(tcp(143, "nowhere.example"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(socket.EAI_AGAIN, ""), "name server did not answer about h"),
        (TimeoutError(), "h:143 did not answer within 5 s"),
        (ConnectionResetError(104, ""), "h:143 reset the connection immediately"),
        (OSError(101, "Network is unreachable"), "no route to h:143"),
        (OSError(113, "No route to host"), "h:143 cannot be reached"),
        (PermissionError(13, ""), "rules forbid a connection to h:143"),
        (OSError(24, "Too many open files"), "cannot connect to h:143: Too many open files"),
        (OSError("the name has no address"), "cannot connect to h:143: the name has no address"),
        (UnicodeError("label too long"), "cannot connect to h:143: label too long"),
    ],
)
def test_why_no_connection(error: Exception, words: str) -> None:
    assert words in str(cannot_connect(error, tcp(143, "h"), 5))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(110, "Connection timed out"), "h no longer answers"),
        (OSError(9, "Bad file descriptor"), "the connection to h is closed"),
        (OSError(5, "Input/output error"), "failed: Input/output error"),
    ],
)
def test_why_lost(error: OSError, words: str) -> None:
    assert words in str(lost(error, "h", None))


def test_unix_sockets_that_are_none(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    dead = tmp_path / "dead"
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(dead))
    for path, words in (
        (tmp_path / "none", "does not exist; check that the server is up"),
        (plain, "nothing listens on the socket|is no socket"),
        (dead, "nothing listens on the socket"),
        (tmp_path / ("x" * 200), "path too long"),
    ):
        with pytest.raises(ConnectError, match=words):
            connect(Address("unix", path=str(path)))


def test_commands_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ConnectError, match="the command no-such-command was not found"):
        connect(parse_address("exec:no-such-command --password hunter2"))
    script = tmp_path / "script"
    script.write_text("")
    with pytest.raises(ConnectError, match="is not executable"):
        connect(Address("exec", command=(str(script),)))


def test_asyncio_ssl_and_subprocess_are_imported_only_when_used() -> None:
    code = (
        "import sys, imapsh.transport.blocking, imapsh.transport.memory, imapsh.transport.address as a\n"
        "assert a.parse_address('127.0.0.1').is_local\n"
        "print([m for m in ('asyncio', 'ssl', 'subprocess', 'email', 'json', 'dataclasses') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
