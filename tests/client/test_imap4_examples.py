"""The examples of docs/examples, run on Dovecot as a reader would run them, and the page held against the classes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from imapsh.client import imap4
from tests.servers.base import Server

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("script", "more", "said"),
    [("print_all", [], "Message 1\n"), ("save", [], "octets written"), ("watch", ["0.2"], "no more")],
)
def test_examples_run(dovecot: Server, tmp_path: Path, script: str, more: list[str], said: str) -> None:
    command = [
        sys.executable,
        str(DOCS / "examples" / f"imap4_{script}.py"),
        dovecot.host,
        str(dovecot.port),
        dovecot.user,
    ]
    environment = {**os.environ, "PYTHONPATH": str(DOCS.parent), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [*command, *more],
        input=f"{dovecot.password}\n",
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env=environment,
        start_new_session=True,  # no terminal: getpass reads stdin
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
    if script == "save":
        assert (tmp_path / "1.eml").read_bytes()


def test_the_page_names_every_method() -> None:
    page = (DOCS / "imaplib.rst").read_text(encoding="utf-8")
    named = set(re.findall(r"``(\w+)[`(]", page))
    methods = {
        name
        for name in dir(imap4.IMAP4)
        if not name.startswith("_")
        and callable(getattr(imap4.IMAP4, name))
        and name not in ("error", "abort", "readonly")
    }
    assert methods - named == set()
