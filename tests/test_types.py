"""Types check something: mypy, with the project's own settings, refuses programs that are wrong.

A type parameter that everybody gives as `Any` passes for typed and checks nothing.  Each row here has a line that must
be an error, and one that must be none.
"""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from imapsh.client.connect import Connection, Options
from imapsh.client.messages import Message
from imapsh.client.results import Reply
from imapsh.client.routing import Update
from imapsh.client.storing import NewMessage
from imapsh.client.syncing import QResync, Resynced

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
    "d10_options": Snippet(
        "url: str",
        "from imapsh.client.connect import connect",
        "connect(url, timeout=5, spool=1 << 20, on_event=None)",
        "connect(url, timout=5)",
        'Unexpected keyword argument "timout" for "connect"; did you mean "timeout"?  [call-arg]',
    ),
    "d10_asked": Snippet(
        "client: Connection",
        "from imapsh.client.connect import Connection\nfrom imapsh.client.items import body",
        "client.fetch(1, ['UID', 'FLAGS', body('1.2')])",
        "client.fetch(1, ['UID', 'FALGS'])",
        "'X-GM-MSGID', 'X-GM-THRID'] | BodyItem\"  [list-item]",
    ),
    "d10_items": Snippet(
        "message: Message",
        "from imapsh.client.messages import Message",
        "str(message.items['ENVELOPE'].subject).join(message.items['FLAGS'])",
        "message.items['ENVELOPE'].subjct",
        '"Envelope" has no attribute "subjct"  [attr-defined]',
    ),
    "d10_names": Snippet(
        "message: Message",
        "from imapsh.client.messages import Message",
        "message.items['RFC822.SIZE'].bit_length()",
        "message.items['RFC822.SIZ'].bit_length()",
        '"object" has no attribute "bit_length"  [attr-defined]',
    ),
    "d10_spilled": Snippet(
        "literal: Spilled",
        "from imapsh.wire.frames import Spilled",
        "literal.where.read() if literal.where is not None else b''",
        "literal.where.raed() if literal.where is not None else b''",
        '"IO[bytes]" has no attribute "raed"  [attr-defined]',
    ),
    "d10_updates": Snippet(
        "update: Update",
        "from imapsh.client.routing import Update",
        "update.number == 5",
        "update.value.number",
        '"object" has no attribute "number"  [attr-defined]',
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


def test_d10_no_method_of_a_connection_takes_or_returns_any() -> None:
    for name, method in inspect.getmembers(Connection, inspect.isfunction):
        if not name.startswith("_"):
            for what, annotation in inspect.get_annotations(method).items():
                assert not re.search(r"\bAny\b", str(annotation)), f"{name}: {what} is {annotation}"
    for value in (Message, Update, Reply, NewMessage, QResync, Resynced, Options):
        for what, annotation in inspect.get_annotations(value).items():
            assert not re.search(r"\bAny\b", str(annotation)), f"{value.__name__}.{what} is {annotation}"
