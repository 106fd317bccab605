"""What the servers under test have in common: what a test is told of one, its ports, its processes, its readiness."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest

from tests.patience import PATIENCE

# Where tests/servers/install.sh unpacks the servers that cannot be installed beside Dovecot.
CACHE = Path("/var/cache/imapsh-tests")

# The tests may change the mail of the first two.  The third's stays as it was seeded, in whatever order the tests run.
UNTOUCHED = "reader"
USERS = {"demo": "demo-pw", "other": "other-pw", UNTOUCHED: "reader-pw"}

# The administrator of Dovecot and Cyrus, who may act for each of USERS.
ADMIN, ADMIN_PASSWORD = "cyrus", "cyrus-pw"

_PAUSE = 0.05  # seconds until it is tried again whether a server answers

_CHANCE = random.SystemRandom()  # a test may seed the usual one

# Who owns the mail: Dovecot and Courier refuse to open it as root.
NOBODY = 65534


class Server(NamedTuple):
    """A running server.  `port` is plain with STARTTLS, `tls_port` TLS from the first octet; `cafile` vouches for both.

    Mailboxes other than INBOX are named `prefix + "Archive" + separator + "2024"`.  `exec_command`, where there is one,
    is a command line that speaks IMAP on stdin and stdout and greets `user` with PREAUTH, on the same mail.
    """

    name: str
    host: str
    port: int
    tls_port: int
    cafile: Path
    user: str = "demo"
    password: str = USERS["demo"]
    separator: str = "/"
    prefix: str = ""
    exec_command: str | None = None

    def for_user(self, user: str) -> Server:
        """The same server with the credentials of another of USERS; without `exec_command`, which has one user."""
        return self._replace(user=user, password=USERS[user], exec_command=None)


class Missing(Exception):
    """The server cannot run here; the message says why."""


def absent(why: str) -> NoReturn:
    """Something that tests need is missing: a failure in CI, a skip elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(f"this must run in CI: {why}")
    pytest.skip(f"{why} (tests/run as root installs it)")


def package(name: str) -> None:
    """Let a test that needs a package of an extra fail in CI without it, and be skipped elsewhere."""
    if find_spec(name) is None:
        absent(f"the package {name} is not installed")


def program(name: str, *folders: str | Path) -> str:
    """The full path of a program, looked for in `folders` and then in the usual ones; Missing if there is none."""
    for folder in (*folders, *os.get_exec_path(), "/usr/sbin", "/sbin"):
        path = Path(folder, name)
        if os.access(path, os.X_OK):
            return str(path)
    raise Missing(f"{name} is not installed")


def is_root() -> bool:
    return os.geteuid() == 0


def give_to_nobody(*folders: Path) -> None:
    """As root, hand the folders and all in them to the user who reads the mail."""
    if is_root():
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)


def free_ports(count: int = 2) -> list[int]:
    """Loopback ports that nobody listened on a moment ago.

    They are below those that the system gives to whoever connects, or listens on any: none of these comes in between.
    """
    found: list[int] = []
    with contextlib.ExitStack() as stack:
        while len(found) < count:
            port = _CHANCE.randrange(12_000, 32_000)
            with contextlib.suppress(OSError):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
                found.append(port)
    return found


@contextlib.contextmanager
def process(
    command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a daemon in the foreground with its output in `log`; end it, and only it, afterwards."""
    with (
        log.open("ab") as output,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=log.parent,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        ) as daemon,
    ):
        try:
            yield daemon
        finally:
            daemon.terminate()
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()


@contextlib.contextmanager
def serving(
    server: Server, command: Sequence[str | Path], output: Path, environment: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[Server]:  # fmt: skip
    """Run a server, and yield it when both ports answer.  It logs to `log`, or to `output` like all that it writes."""
    with process(command, output, environment) as daemon:
        wait_until_ready(daemon, server, log or output)
        yield server


def attempts(daemon: subprocess.Popen[bytes]) -> Iterator[None]:
    """Yield again and again, with pauses, until the daemon ends or has had as long as a test waits."""
    for _ in range(round(PATIENCE / _PAUSE)):
        yield
        with contextlib.suppress(subprocess.TimeoutExpired):
            daemon.wait(_PAUSE)
            return


def wait_until_ready(daemon: subprocess.Popen[bytes], server: Server, log: Path) -> None:
    """Return once both ports answer; raise with the end of the log if the daemon ends first or never answers."""
    for _ in attempts(daemon):
        try:
            with socket.create_connection((server.host, server.port), timeout=5) as connection:
                greeted = connection.recv(1) == b"*"
            with socket.create_connection((server.host, server.tls_port), timeout=5):
                pass
        except OSError:
            greeted = False
        if greeted:
            return
    lines = log.read_text(errors="replace").splitlines()[-10:] if log.exists() else []
    raise RuntimeError("\n".join([f"{server.name} did not start; its log ends:", *lines]))
