"""The cost of the classes beside imaplib, counted: objects, modules, pieces sent.  `tests.bench` measures time."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from imapsh.client import imap4

from .imap4_peers import scripted

_DONE = b"<tag> OK done\r\n"
_FETCHED = b"* 7 FETCH (BODY[HEADER] {14}\r\nSubject: x\r\n\r\n)\r\n" + _DONE

#: Name -> the call, and what the server sends for each thing that comes.
COMMANDS: dict[str, tuple[Callable[[Any], Any], tuple[bytes, ...]]] = {
    "fetch": (lambda client: client.fetch("7", "(BODY.PEEK[HEADER])"), (_FETCHED,)),
    "uid fetch": (
        lambda client: client.uid("FETCH", "70", "(FLAGS)"),
        (b"* 7 FETCH (FLAGS (\\Seen) UID 70)\r\n" + _DONE,),
    ),
    "noop": (lambda client: client.noop(), (_DONE,)),
    "search": (lambda client: client.search(None, "UNSEEN"), (b"* SEARCH 1 2 3\r\n" + _DONE,)),
    "store": (
        lambda client: client.store("7", "+FLAGS", r"(\Seen)"),
        (b"* 7 FETCH (FLAGS (\\Seen))\r\n" + _DONE,),
    ),
    "append": (lambda client: client.append("INBOX", None, None, b"x\r\n"), (b"+ go on\r\n", _DONE)),
}


_IMPORT = """\
import gc, sys, json
before, modules = len(gc.get_objects()), set(sys.modules)
import {module}
print(json.dumps([len(gc.get_objects()) - before, sorted(set(sys.modules) - modules)]))
"""


def imported(module: str) -> tuple[int, list[str]]:
    """Return how many objects an import leaves for each `gc.collect()` to look at, and the modules it brings."""
    done = subprocess.run([sys.executable, "-c", _IMPORT.format(module=module)], capture_output=True, check=True)
    objects, modules = json.loads(done.stdout)
    return objects, modules


def test_d15_an_import_brings_fewer_objects_than_imaplibs_and_nothing_that_may_not_be_used() -> None:
    ours, modules = imported("imapsh.client.imap4")
    theirs, _ = imported("imaplib")
    assert ours < theirs
    assert not {"asyncio", "datetime", "ssl", "subprocess", "typing", "imapsh.wire.reader"} & set(modules)


_GLOBAL = """\
import gc, locale, signal, socket, sys, threading, warnings

def state():
    return {
        "gc": (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), gc.get_debug(), len(gc.callbacks)),
        "locale": locale.setlocale(locale.LC_ALL),
        "signals": [signal.getsignal(number) for number in signal.valid_signals()],
        "sockets": (socket.getdefaulttimeout(), socket.socket),
        "limits": (sys.getrecursionlimit(), sys.getswitchinterval()),
        "hooks": (sys.excepthook, threading.excepthook, sys.gettrace(), sys.getprofile(), sys.stdout, sys.stderr),
        "threads": threading.active_count(),
        "filters": list(warnings.filters),
    }

before = state()
from tests.client.test_imap4_cost import COMMANDS
from tests.client.imap4_peers import scripted
from imapsh.client import imap4
before["filters"] = list(warnings.filters)  # the tests' own modules may add some
for call, answers in COMMANDS.values():
    client = scripted(imap4, *answers)
    client.state = "SELECTED"
    assert call(client)[0] == "OK"
after = state()
print([name for name in before if before[name] != after[name]])
"""


def test_d15_nothing_global_is_touched() -> None:
    done = subprocess.run([sys.executable, "-c", _GLOBAL], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.fixture
def greeting() -> Any:
    """A server that greets, and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def test_d14_small_writes_go_at_once_and_a_dead_peer_is_noticed(greeting: socket.socket) -> None:
    class Connected(imap4.IMAP4):
        def _connect(self) -> None:
            self.state = "AUTH"

    with Connected("127.0.0.1", greeting.getsockname()[1]) as client:
        assert client.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert client.sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        client.state = "LOGOUT"
        client.shutdown()


@pytest.mark.parametrize(("size", "pieces"), [(100, 1), (1 << 20, 2)])
def test_d14_a_short_literal_goes_in_one_piece_with_its_line_end(size: int, pieces: int) -> None:
    client = scripted(imap4, b"+ go on\r\n", _DONE)
    sent: list[bytes] = []
    send = client.send

    def recorded(data: bytes) -> None:
        sent.append(data)
        send(data)

    client.send = recorded
    assert client.append("INBOX", None, None, b"x" * size)[0] == "OK"
    assert len(sent) == 1 + pieces
    assert b"".join(sent[1:]) == b"x" * size + b"\r\n"
