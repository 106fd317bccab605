"""The test suites of IMAPClient and imap_tools, run with imaplib and with our classes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NamedTuple

from tests.programs.fetched import hook, source, surroundings
from tests.servers.base import Server
from tests.servers.certs import Certs


class Suite(NamedTuple):
    """A package, and the module of its tests that is not in its archive: its name, and ours that stands in for it."""

    package: str
    version: str
    module: str
    ours: str


SUITES = {
    "IMAPClient": Suite("imapclient", "4.1.0", "imapclient_test.py", "standing_in_imapclient.py"),
    "imap_tools": Suite("imap_tools", "1.16.0", "utils.py", "standing_in_imap_tools.py"),
}


def outcomes(suite: Suite, server: Server, certs: Certs, folder: Path, *, ours: bool) -> dict[str, str]:
    """Run a suite; return each test's outcome: passed, failure, error or skipped.  Raises Missing."""
    unpacked = source(suite.package, suite.version, folder)
    tests = unpacked / "tests"
    (tests / "__init__.py").touch()
    shutil.copy(Path(__file__).with_name(suite.ours), tests / suite.module)
    (tests / "certs").mkdir(exist_ok=True)  # IMAPClient's archive leaves them out too
    for name, path in (("ca.pem", certs.ca), ("server.pem", certs.server_cert), ("server.key", certs.server_key)):
        shutil.copy(path, tests / "certs" / name)
    paths = [unpacked, hook(folder / "hook")] if ours else [unpacked]
    login = {"host": server.host, "port": server.tls_port, "user": server.user, "password": server.password}
    environment = surroundings(*paths, IMAPSH_TESTS_SERVER=json.dumps(login))
    module = _module_named_imaplib(environment, unpacked)
    assert module == ("imapsh.client.imap4" if ours else "imaplib")
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", "."]
    subprocess.run(
        [*command, f"--junitxml={report}", "tests"], cwd=unpacked, env=environment, capture_output=True, timeout=300
    )
    return {
        f"{case.get('classname')}.{case.get('name')}": next((part.tag for part in case), "passed")
        for case in ElementTree.parse(report).iter("testcase")
    }


def _module_named_imaplib(environment: dict[str, str], folder: Path) -> str:
    command = [sys.executable, "-c", "import imaplib; print(imaplib.__name__)"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()
