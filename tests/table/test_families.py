"""A family is its own modules, found by its name: nothing else in the program names QUOTA, which is the proof of it."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from imapsh import table

ROOT = Path(__file__).resolve().parents[2]

#: Who else names it, and why.
NAMED = {
    "imapsh/table/__init__.py": "the list of families",
    "imapsh/server/store.py": "the demo's store counts what is used",
    "imapsh/server/demo.py": "the demo's store says the limits",
    "imapsh/client/imap4/arguments.py": "the interface of imaplib, which has these methods by name",
    "imapsh/client/imap4/classes.py": "the interface of imaplib",
    "imapsh/client/imap4/mailboxes.py": "the interface of imaplib",
    "imapsh/client/imap4/names.py": "the interface of imaplib",
    "imapsh/client/imap4/replies.py": "the interface of imaplib",
    "imapsh/client/commands.py": "a method of the library asks for it",
    "imapsh/shell/commands/transfer/messages/appending.py": "a copy ends if the account is full, which this code says",
    "imapsh/shell/commands/account/sizes.py": "\\du shows the limits beside what is used",
    "imapsh/shell/command_table.py": "the help of \\du",
}


def test_no_file_outside_the_family_names_it() -> None:
    word = re.compile(r"(?i)quota(?!tion|ble)")
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "imapsh").rglob("*.py")
        if path.name != "quota.py" and word.search(path.read_text(encoding="utf-8"))
    }
    assert found - set(NAMED) == set()


def test_the_family_is_on_every_floor() -> None:
    for floor in ("table", "grammar", "render/view", "server/commands"):
        assert (ROOT / "imapsh" / floor / "quota.py").is_file()


@pytest.mark.parametrize("family", table.CORE + table.EXTENSIONS)
def test_a_family_has_rows(family: str) -> None:
    module = getattr(__import__(f"imapsh.table.{family}").table, family)
    assert getattr(module, "COMMANDS", ()) or module.NAMES


def test_every_module_of_rows_is_a_family() -> None:
    modules = {path.stem for path in (ROOT / "imapsh/table").glob("*.py")} - {"__init__", "model", "loading"}
    assert modules == {*table.CORE, *table.EXTENSIONS}


def test_no_name_of_a_kind_comes_twice() -> None:
    """What two rows of one name would say depends on their order; a slot and a rule stand in one place of a syntax."""
    seen: set[tuple[str, str]] = set()
    modules = [import_module(f"imapsh.table.{name}") for name in table.EXTENSIONS]
    assert len(set(table.EXTENSIONS)) == len(table.EXTENSIONS)
    for row in (row for module in modules for row in getattr(module, "NAMES", ())):
        key = ("slot" if row.kind == "syntax" else row.kind, row.name.upper())
        assert key not in seen
        seen.add(key)
