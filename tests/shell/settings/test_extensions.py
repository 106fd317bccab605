"""A user's own rows: what they teach, and what is said of a mistake in the file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from imapsh import table
from imapsh.errors import UsageError
from imapsh.shell.settings import extensions
from imapsh.shell.settings.extensions import KINDS

OWN = """
[[capability]]
name = "X-SCORE"

[[command]]
name = "XRESCORE"
syntax = "<sequence-set> [<flag-list>]"
state = "selected"
needs = ["X-SCORE"]
responses = ["XRESCORED"]

[[command]]
name = "XLOOK"
changes = false

[[response]]
name = "XRESCORED"
like = "SEARCH"

[[fetch-item]]
name = "X-SCORE"
like = "RFC822.SIZE"

[[code]]
name = "XFULL"
like = "UIDNEXT"

[[search-key]]
name = "XSCORE"
syntax = "<number>"
"""


def imapsh(folder: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """imapsh with the folder's configuration, in a process of its own: rows are added for good."""
    command = [sys.executable, "-m", "imapsh", "--config", str(folder / "config.toml"), *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text("")
    (tmp_path / "extensions.toml").write_text(OWN)
    return tmp_path


def test_responses_are_read_in_the_shape_they_are_said_to_have(folder: Path) -> None:
    said = (
        "* XRESCORED 1 2\r\n* 1 FETCH (X-SCORE 7)\r\n* OK [XFULL 3] x\r\n* XRESCORED x\r\n* 1 FETCH (X-SCORE NIL)\r\n"
    )
    done = imapsh(folder, "--format", "json", "--explain", "-", stdin=said)
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["value"] for one in made[:3]] == [
        {"ids": [1, 2]}, {"seq": 1, "x-score": 7}, {"code": "XFULL", "arg": 3, "text": "x"},
    ]  # fmt: skip
    assert [len(one["violations"]) for one in made] == [0, 0, 0, 1, 1]


def test_commands_are_checked_and_explained(folder: Path) -> None:
    said = "a XRESCORE 1:3 (\\Seen)\r\nb XRESCORE x\r\nc SEARCH XSCORE 5\r\nd FETCH 1 X-SCORE\r\n"
    done = imapsh(folder, "--explain", "--client", "-", stdin=said)
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert [len(one["violations"]) for one in made] == [0, 1, 0, 0]
    page = imapsh(folder, "--explain-name", "XRESCORE").stdout
    assert "refused in read-only mode" in page
    assert "of your own extensions.toml" in page


def test_a_command_changes_mail_unless_it_says_otherwise(folder: Path) -> None:
    done = imapsh(folder, "--demo", "--read-only", "-c", "EXAMINE INBOX", "-c", "XRESCORE 1")
    assert "XRESCORE changes mail or mailboxes, and read-only mode is on" in done.stderr
    assert "> A2 XLOOK" in imapsh(folder, "--demo", "--read-only", "-c", "XLOOK").stdout


MISTAKES = [
    ("[[comand]]\nname = 'X'", 1, "unknown key comand; did you mean command?"),
    ("[command]\nname = 'X'", 1, "write each command as a table of its own: [[command]]"),
    ("[[command]]\nstate = 'any'", 1, "each command needs a name"),
    ("[[command]]\nname = 'X Y'", 2, "each command needs a name"),
    ("[[command]]\nname = 'fetch'", 2, "fetch is built in"),
    ("[[command]]\nname = 'X'\n\n[[command]]\nname = 'GETQUOTA'", 5, "GETQUOTA is built in"),
    ("[[command]]\nname = 'X'\nsyntax = '[<mailbox>'", 3, "is not in the notation of hints"),
    ("[[command]]\nname = 'X'\nsyntax = '<sequence-st>'", 3, "there is no <sequence-st>"),
    ("[[command]]\nname = 'X'\nsyntax = '(<mailbox>'", 3, "its parentheses are not in pairs"),
    ("[[command]]\nname = 'X'\n\n[[code]]\nname = 'Y'\n\n[[command]]\nname = 'x'", 8, "X comes twice"),
    ("[[command]]\nname = 'X'\nstate = 'idle'", 3, "state must be one of"),
    ("[[command]]\nname = 'X'\nchanges = 'no'", 3, "command.changes must be true or false"),
    ("[[command]]\nname = 'X'\nresponses = ['XNONE']", 3, "there is no response XNONE"),
    ("[[command]]\nname = 'X'\nlike = 'FETCH'", 3, "unknown key command.like"),
    ("[[response]]\nname = 'X'\nlike = 'NONE'", 3, "there is no response NONE whose shape it could have"),
    ("[[response]]\nname = 'X'\nlike = 'EXISTS'", 3, "EXISTS has a number in front"),
    ("[[code]]\nname = 5", 2, "code.name must be text in quotes"),
    ("[[code]]\nname = 'X", 2, "is not valid TOML"),
]


@pytest.mark.parametrize(("text", "line", "says"), MISTAKES)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    before = {kind: len(table.names(kind)) for kind in table.kinds()}
    (tmp_path / "extensions.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        extensions.load(str(tmp_path / "config.toml"))
    assert str(caught.value).startswith(f"{tmp_path / 'extensions.toml'}, line {line}")
    assert says in str(caught.value)
    assert before == {kind: len(table.names(kind)) for kind in table.kinds()}


def test_without_the_file_nothing_is_read(tmp_path: Path) -> None:
    extensions.load(str(tmp_path / "config.toml"))


def test_the_table_does_not_let_a_row_be_replaced() -> None:
    with pytest.raises(ValueError, match="in the table already"):
        table.add([table.commands()["FETCH"]])


def test_the_page_has_every_kind() -> None:
    page = (Path(extensions.__file__).parents[3] / "docs/configuration.rst").read_text("utf-8")
    assert all(f"``{kind}``" in page for kind in KINDS)
