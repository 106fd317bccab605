r"""Many messages from Dovecot to Cyrus by `\copy`, broken off twice, resumed, and compared; and how long a copy takes.

    python -m tests.bench.copying [MESSAGES]

First the connection to Cyrus is cut, then the process is killed, each in the middle; the third run goes to the end.
Octets, flags and dates of all messages must be the same then, and none may be there twice.  At last the copy is made
once more in one go, and by a plain script of imaplib, as people write it.
"""

from __future__ import annotations

import contextlib
import hashlib
import imaplib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path

from tests.servers import account, certs, cyrus, dovecot
from tests.servers.account import letters
from tests.servers.base import ADMIN, ADMIN_PASSWORD, Server
from tests.shell.running import environment

MESSAGES = 20_000
PLAIN = 1_000  # of them are copied by the plain script, which takes long
_ITEM = re.compile(rb'INTERNALDATE "([^"]+)"')
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")

Message = tuple[bytes, frozenset[bytes], str]


def login(server: Server) -> imaplib.IMAP4:
    client = imaplib.IMAP4(server.host, server.port, timeout=120)
    client.login(server.user, server.password)
    return client


def fill(server: Server, messages: int) -> None:
    """Put messages into INBOX."""
    every = letters(messages + messages // 20 + 100)
    account.fill(server, (letter._replace(mailbox="INBOX") for letter in islice(every, messages)), ())


def _of(pattern: re.Pattern[bytes], line: bytes) -> bytes:
    found = pattern.search(line)
    assert found is not None, line
    return found[1]


def mail(server: Server, mailbox: str) -> Counter[Message]:
    """Return SHA-256, flags and date in UTC of every message of a mailbox."""
    found: Counter[Message] = Counter()
    with login(server) as client:
        status, data = client.select(mailbox, readonly=True)
        assert status == "OK", mailbox
        count = int(data[0] or b"0")
        for first in range(1, count + 1, 500):
            _, came = client.fetch(f"{first}:{min(first + 499, count)}", "(FLAGS INTERNALDATE BODY.PEEK[])")
            for head, rest in pairwise(came):
                if isinstance(head, tuple):
                    octets, line = head[1], head[0] + (rest if isinstance(rest, bytes) else b"")
                    flags = frozenset(_of(_FLAGS, line).split()) - {b"\\Recent"}
                    date = imaplib.Internaldate2tuple(b'INTERNALDATE "' + _of(_ITEM, line) + b'"')
                    found[hashlib.sha256(octets).digest(), flags, time.strftime("%F %T", date) if date else ""] += 1
    return found


def room(server: Server) -> None:
    """Let the user of a Cyrus have as much mail as they like."""
    with imaplib.IMAP4(server.host, server.port, timeout=120) as client:
        client.login(ADMIN, ADMIN_PASSWORD)
        client.setquota(f"user.{server.user}", "(STORAGE 10000000)")


class Cut:
    """Passes octets on to a server, and calls `then` once when so many were sent to it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.sent = 0
        self._limit = 0
        self._then: Callable[[], object] = lambda: None
        self._pair: tuple[socket.socket, ...] = ()
        self._thread = threading.Thread(target=self._serve)

    def at(self, octets: int, then: Callable[[], object]) -> None:
        self.sent, self._limit, self._then = 0, octets, then

    def cut(self) -> None:
        for one in self._pair:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Cut:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                with client, socket.create_connection((self._server.host, self._server.port)) as server:
                    self._pair = (client, server)
                    back = threading.Thread(target=self._pass, args=(server, client, False))
                    back.start()
                    self._pass(client, server, True)
                    back.join()

    def _pass(self, one: socket.socket, other: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(1 << 16):
                other.sendall(data)
                if counted:
                    self.sent += len(data)
                    if 0 < self._limit < self.sent:
                        self._limit = 0
                        self._then()
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def copying(source: Server, port: int, mailbox: str, cafile: Path) -> subprocess.Popen[str]:
    """Begin a copy of INBOX to a mailbox of the server behind a port."""
    lines = [f"\\connect -n new imap://{source.user}@127.0.0.1:{port}", "\\use 1", f"\\copy 1:* new:{mailbox}"]
    words = [word for line in lines for word in ("-c", line)]
    url = f"imap://{source.user}@{source.host}:{source.port}/INBOX"
    return subprocess.Popen(
        [sys.executable, "-m", "imapsh", url, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
        env=environment(IMAPSH_PASSWORD=source.password, SSL_CERT_FILE=str(cafile)),
    )  # fmt: skip


def plainly(source: Server, target: Server, mailbox: str) -> int:
    """Copy the first messages of INBOX as a plain script does, one by one, and return how many."""
    with login(source) as ours, login(target) as theirs:
        ours.select("INBOX", readonly=True)
        uids = ours.uid("SEARCH", "ALL")[1][0].split()[:PLAIN]
        for uid in uids:
            data = ours.uid("FETCH", uid.decode(), "(FLAGS INTERNALDATE BODY.PEEK[])")[1]
            head, octets = data[0]
            line = head + (data[1] if isinstance(data[1], bytes) else b"")
            flags = _of(_FLAGS, line).replace(b"\\Recent", b"").decode()
            date = '"' + _of(_ITEM, line).decode() + '"'
            theirs.append(mailbox, f"({flags.strip()})", date, octets)
        return len(uids)


@contextlib.contextmanager
def servers() -> Iterator[tuple[Server, Server, Path]]:
    """Start Dovecot and Cyrus, and stop them at the end."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imapsh-", ignore_cleanup_errors=True)))
        folder.chmod(0o755)
        made = certs.make(folder / "certs")
        for each in ("dovecot", "cyrus"):
            (folder / each).mkdir()
        yield (
            stack.enter_context(dovecot.running(folder / "dovecot", made)),
            stack.enter_context(cyrus.running(folder / "cyrus", made)),
            made.ca,
        )


def said(done: subprocess.Popen[str]) -> str:
    """Return what a copy said at its end."""
    return done.communicate()[1].strip()


def main(words: list[str]) -> int:
    """Do all of it, and print what came of it; 1 if a message is missing, changed or there twice."""
    messages = int(words[0]) if words else MESSAGES
    with servers() as (source, target, cafile), Cut(target) as cut:
        fill(source, messages)
        with login(target) as client:
            for name in ("broken", "whole", "plain"):
                client.create(f"INBOX.{name}")
        room(target)
        before = mail(source, "INBOX")
        octets = octets_of(source)
        print(f"{messages:,} messages, {octets / 1e6:.1f} MB, {len(before):,} of them different", flush=True)
        cut.at(octets // 3, cut.cut)
        first = copying(source, cut.port, "INBOX.broken", cafile)
        print(f"the connection is cut: status {first.wait()}\n{said(first)}", flush=True)
        print(f"  there: {mail(target, 'INBOX.broken').total():,}", flush=True)
        second = copying(source, cut.port, "INBOX.broken", cafile)
        cut.at(octets // 3, second.kill)
        print(f"the process is killed: status {second.wait()}\n{said(second)}", flush=True)
        print(f"  there: {mail(target, 'INBOX.broken').total():,}", flush=True)
        cut.at(0, lambda: None)
        third = copying(source, cut.port, "INBOX.broken", cafile)
        print(f"to the end: status {third.wait()}\n{said(third)}", flush=True)
        after = mail(target, "INBOX.broken")
        missing, extra = (before - after).total(), (after - before).total()
        print(f"  there: {after.total():,}; missing or changed: {missing:,}; twice or changed: {extra:,}", flush=True)
        begun = time.monotonic()
        whole = copying(source, target.port, "INBOX.whole", cafile)
        print(f"in one go: {said(whole)}")
        _rate("imapsh \\copy", messages, time.monotonic() - begun)
        begun = time.monotonic()
        _rate("imaplib, one by one", plainly(source, target, "INBOX.plain"), time.monotonic() - begun)
        same = before == mail(target, "INBOX.whole")
        print("the same" if same else "NOT the same")
        return int(bool(missing or extra or not same))


def _rate(what: str, messages: int, seconds: float) -> None:
    print(f"{what}: {seconds:.1f} s, {messages / seconds:,.0f} messages/s", flush=True)


def octets_of(server: Server) -> int:
    with login(server) as client:
        client.select("INBOX", readonly=True)
        _, data = client.fetch("1:*", "(RFC822.SIZE)")
        return sum(int(line.rpartition(b" ")[2].rstrip(b")")) for line in data if isinstance(line, bytes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
