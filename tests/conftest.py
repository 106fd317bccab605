"""Fixtures for every floor: certificates, and the real servers.  Markers that say what a test needs.

A server starts once, when the first test asks for it, and is stopped at the end.  One that cannot run here skips the
tests that ask for it; where CI is set in the environment it fails them.
"""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from .servers import certs as certificates
from .servers import courier as courier_server
from .servers import cyrus as cyrus_server
from .servers import dovecot as dovecot_server
from .servers import mailutils as mailutils_server
from .servers.base import UNTOUCHED, Missing, Server, absent
from .servers.certs import Certs
from .servers.seed import seed
from .tiers import bulk, needs

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import Scheduling

# A slow machine, or another run beside this one, must not fail a test: times are measured in tests/bench alone.
settings.register_profile("imapsh", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("imapsh")

# A shell that starts the tests in the background ignores these, and so would every process that a test sends them to.
for _signum, _usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
    if signal.getsignal(_signum) is signal.SIG_IGN:
        signal.signal(_signum, _usual)

# While tests are collected nothing is thrown away, and looking for it takes a third of the time.
gc.disable()

RUNNING = {
    "dovecot": dovecot_server.running,
    "cyrus": cyrus_server.running,
    "courier": courier_server.running,
    "mailutils": mailutils_server.running,
}


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test by what it needs.  Of several workers one has all tests of a server, and these come first."""
    found = {item: needs(item) for item in items}
    for item, need in found.items():
        for name in (name for name, needed in need._asdict().items() if needed):
            item.add_marker(getattr(pytest.mark, name))
        if need.server:
            item.add_marker(pytest.mark.xdist_group(need.server))
    for item in bulk(items):
        item.add_marker(pytest.mark.bulk)
    if hasattr(config, "workerinput"):  # in a worker: what waits longest must not come last
        files = {item.path for item, need in found.items() if need.process}
        items.sort(key=lambda item: (not found[item].server, item.path not in files))


def pytest_collection_finish() -> None:
    """Let no collection look at the tests themselves again, which stay to the end: they are most of all objects."""
    gc.freeze()
    gc.enable()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Give a worker all tests of a server, else all tests of a file, in the order they have in a single process."""
    from xdist.scheduler import LoadGroupScheduling

    class ByServerOrFile(LoadGroupScheduling):  # type: ignore[misc]  # it has no types
        def _split_scope(self, nodeid: str) -> str:
            return str(super()._split_scope(nodeid)).partition("::")[0]

    return ByServerOrFile(config, log) if config.option.dist == "loadgroup" else None


@pytest.hookimpl(wrapper=True)  # takes much less time than a fixture, which would be made for each test
def pytest_runtest_teardown() -> Iterator[None]:
    """Forget the passwords that the shell took in a test: they are masked in whatever it shows from then on."""
    try:
        yield
    finally:
        for name, kept in (("passwords.password", "_handed_out"), ("proxies", "_known")):
            if (module := sys.modules.get(f"imapsh.shell.settings.{name}")) is not None:
                getattr(module, kept).clear()


@pytest.fixture(scope="session")
def state_folder() -> Iterator[Path]:
    """A folder that servers which change their user can still enter; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="imapsh-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="session")
def certs(state_folder: Path) -> Iterator[Certs]:
    """A CA, which this process and its children trust, a server's certificate, a client's, and wrong ones.

    So STARTTLS, which a login takes where it is offered, succeeds with the real servers.
    """
    made = certificates.make(state_folder / "certs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(made.ca))
        yield made


def _started(name: str, state_folder: Path, certs: Certs) -> Iterator[Server]:
    run = state_folder / name
    run.mkdir()
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(RUNNING[name](run, certs))
        except Missing as error:
            absent(str(error))
        seed(server)
        seed(server.for_user(UNTOUCHED))
        yield server


@pytest.fixture(scope="session")
def dovecot(state_folder: Path, certs: Certs) -> Iterator[Server]:
    """Dovecot, seeded; also on stdin and stdout with `exec_command`."""
    yield from _started("dovecot", state_folder, certs)


@pytest.fixture(scope="session")
def cyrus(state_folder: Path, certs: Certs) -> Iterator[Server]:
    """Cyrus, seeded."""
    yield from _started("cyrus", state_folder, certs)


@pytest.fixture(scope="session")
def courier(state_folder: Path, certs: Certs) -> Iterator[Server]:
    """Courier, seeded."""
    yield from _started("courier", state_folder, certs)


@pytest.fixture(scope="session")
def mailutils(state_folder: Path, certs: Certs) -> Iterator[Server]:
    """GNU Mailutils' imap4d, seeded."""
    yield from _started("mailutils", state_folder, certs)


@pytest.fixture(scope="session", params=RUNNING)
def real_server(request: pytest.FixtureRequest) -> Server:
    """Each of the real servers in turn, seeded with `tests.servers.seed`."""
    server: Server = request.getfixturevalue(request.param)
    return server
