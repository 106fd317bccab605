"""imapsh's own commands: the table, and what each asks of the shell."""

from __future__ import annotations

import asyncio

import pytest

from imapsh.errors import UsageError
from imapsh.shell import commands
from imapsh.shell.commands import COMMANDS


class Fake:
    """Keeps what was asked of it."""

    def __init__(self) -> None:
        self.done: list[tuple[object, ...]] = []
        self.format = "pretty"
        self.trace_path = ""

    def say(self, text: str, style: str = "") -> None:
        self.done.append(("say", text))

    async def connect(self, url: str) -> None:
        self.done.append(("connect", url))

    async def show_last(self, form: str) -> None:
        self.done.append(("last", form))

    def set_format(self, form: str) -> None:
        self.format = form

    def send_raw(self, octets: bytes) -> None:
        self.done.append(("raw", octets))

    def set_trace(self, path: str) -> str:
        self.trace_path = path
        return f"trace {path}"

    async def quit(self) -> None:
        self.done.append(("quit",))


def run(line: str) -> Fake:
    shell = Fake()
    asyncio.run(commands.run(shell, line))
    return shell


def said(line: str) -> str:
    return str(run(line).done[0][1])


def test_help_lists_every_command_with_its_syntax() -> None:
    text = said("\\help")
    for row in COMMANDS.values():
        assert f"{row.name} {row.syntax}".rstrip() in text
        assert row.summary in text


def test_help_for_one_of_each() -> None:
    assert "\\raw TEXT" in said("\\help raw")
    assert "\\raw TEXT" in said("\\help \\RAW")
    assert said("\\help uid  fetch").startswith("UID FETCH ")
    assert "Loses " in said("\\help delete")


def test_each_does_its_work() -> None:
    assert run("\\connect imaps://x").done == [("connect", "imaps://x")]
    assert run("\\connect").done == [("connect", "")]
    assert run("\\last").done == [("last", "")]
    assert run("\\LAST Hex ").done == [("last", "hex")]
    assert run("\\raw A1 \\x00\\r\\n").done == [("raw", b"A1 \0\r\n")]
    assert run("\\trace file name").trace_path == "file name"
    assert run("\\trace off").done == [("say", "trace ")]
    assert run("\\quit").done == [("quit",)]
    assert run("\\format wire").format == "wire"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("\\hlep", "did you mean \\help?"),
        ("\\zzz", "\\help lists them all"),
        ("\\", "\\help lists them all"),
        ("\\help zzz", "is no command"),
        ("\\last yaml", "one of pretty, wire"),
        ("\\format yaml", "one of"),
        ("\\raw", "needs the text"),
        ("\\raw \\q", "backslash"),
        ("\\quit now", "no argument"),
    ],
)
def test_mistakes_are_sentences(line: str, words: str) -> None:
    with pytest.raises(UsageError) as found:
        run(line)
    assert words in str(found.value)
