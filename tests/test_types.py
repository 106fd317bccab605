"""Types check something: mypy, with the project's own settings, refuses programs that are wrong.

A type parameter that everybody gives as `Any` passes for typed and checks nothing.  Each row here has a line that must
be an error, and one that must be none.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from .graph import ROOT


class Snippet(NamedTuple):
    """Parameters of a function, a line in it that is right, one that is wrong, and the end of what mypy says of it."""

    parameters: str
    imports: str
    right: str
    wrong: str
    error: str


SNIPPETS = {
    "app": Snippet(
        "app: App",
        "from imapsh.shell.app import App",
        "app.connection.session.line('NOOP')",
        "app.connection.no_such_thing(1)",
        '"Connection" has no attribute "no_such_thing"  [attr-defined]',
    ),
    "record": Snippet(
        "app: App",
        "from imapsh.shell.app import App",
        "app.connection.results.found",
        "app.connection.record.no_such_thing",
        '"Recorder" has no attribute "no_such_thing"  [attr-defined]',
    ),
    "driver": Snippet(
        "app: App",
        "from imapsh.shell.app import App",
        "app.driver.attended",
        "app.driver.no_such_thing()",
        '"Driver" has no attribute "no_such_thing"  [attr-defined]',
    ),
    "session": Snippet(
        "session: Session",
        "from imapsh.session.core import Session",
        "session.line('NOOP').status",
        "session.no_such_thing(1)",
        '"Session" has no attribute "no_such_thing"  [attr-defined]',
    ),
    "exchange": Snippet(
        "session: Session",
        "from imapsh.session.core import Session",
        "session.line('NOOP').response",
        "session.line('NOOP').no_such_thing",
        '"Exchange" has no attribute "no_such_thing"  [attr-defined]',
    ),
    "command": Snippet(
        "client: BlockingClient",
        "from imapsh.client.blocking import BlockingClient",
        "client.session.command('NOOP')",
        "client.session.command(1)",
        'has incompatible type "int"; expected "str"  [arg-type]',
    ),
}

PROGRAM = (
    "{imports}\n\n\ndef right({parameters}) -> None:\n    {right}\n\n\ndef wrong({parameters}) -> None:\n    {wrong}\n"
)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What mypy says of all snippets, in one run.  It keeps what it knows of imapsh where the project's runs do."""
    folder = tmp_path_factory.mktemp("snippets")
    for name, snippet in SNIPPETS.items():
        (folder / f"{name}_snippet.py").write_text(PROGRAM.format(**snippet._asdict()))
    files = sorted(map(str, folder.glob("*.py")))
    words = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "setup.cfg"), "--no-pretty", *files]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return [Path(line).name for line in done.stdout.splitlines() if "error:" in line]


@pytest.mark.parametrize("name", SNIPPETS)
def test_mypy_finds_what_is_wrong_and_nothing_else(said: list[str], name: str) -> None:
    snippet = SNIPPETS[name]
    line = PROGRAM.format(**snippet._asdict()).count("\n")
    (error,) = [one for one in said if one.startswith(f"{name}_snippet.py:")]
    assert error.startswith(f"{name}_snippet.py:{line}: error: ")
    assert error.endswith(snippet.error)
