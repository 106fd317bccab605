"""The table of options, and what is made of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.shell.settings.options import OPTIONS, Options, parse

ROOT = Path(__file__).parents[3]


def test_every_row_has_a_field_of_its_own_and_every_field_a_row() -> None:
    assert {option.field for option in OPTIONS} | {"url", "password", "settings"} == set(Options._fields)
    names = [name for option in OPTIONS for name in (option.name, option.short) if name]
    assert len(names) == len(set(names))


def test_what_is_not_given_is_as_the_fields_say() -> None:
    assert parse([]) == Options()


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        (["-c", "A", "--command=B", "-cC"], "command", ("A", "B", "C")),
        (["-c", "-dash"], "command", ("-dash",)),
        (["-c", ""], "command", ("",)),
        (["-f-"], "file", "-"),
        (["--", "host"], "url", "host"),
        (["--timeout=2.5"], "timeout", 2.5),
        (["--limit", "line=1", "--limit", "literal=2"], "limit", ("line=1", "literal=2")),
        (["--format", "json"], "format", "json"),
        (["--keep-going"], "keep_going", True),
        (["--keep-going", "--no-keep-going"], "keep_going", False),
        (["--yes", "--safe"], "yes", False),
        (["--ask"], "no_ask", False),
        (["--password-fd", "0"], "password_fd", 0),
        (["--help", "-c", "A", "-f", "B"], "help", True),
    ],
)
def test_words_become_fields(words: list[str], field: str, value: object) -> None:
    assert getattr(parse(words), field) == value


@pytest.mark.parametrize(
    "words",
    [
        ["--timeout", "0"],
        ["--timeout", "nan"],
        ["--timeout", "inf"],
        ["--user", ""],
        ["-x"],
        ["--user", "a", "--no-login"],
        ["--password-fd", "0", "--netrc"],
        ["--password-fd", "-1"],
        ["--password-fd", "x"],
        ["--no-demo"],
        ["--config", "a", "--no-config"],
    ],
)
def test_mistakes_are_usage_errors(words: list[str]) -> None:
    with pytest.raises(UsageError):
        parse(words)


def test_the_pages_made_from_the_tables_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "docs/make.py", "--check"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0), "run python docs/make.py"
