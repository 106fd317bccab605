"""Scripts: where they come from, and how long their commands may be."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.grammar import tokens
from imapsh.shell.batch.script import Script, from_file
from imapsh.wire.limits import Limits


def commands(script: Script) -> list[str]:
    found = []
    while (text := script.command()) is not None:
        found.append(text)
    return found


def test_c1_a_byte_order_mark_before_a_script_is_skipped() -> None:
    script = Script(b"\xef\xbb\xbfNOOP\n\xef\xbb\xbfNOOP\n")
    assert [script.command(), script.command()] == ["NOOP", "\ufeffNOOP"]
    assert Script(b"\xef\xbb\xbf\n").ready_line() == b"\n"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_c1_a_script_in_utf_16_is_refused(codec: str) -> None:
    with pytest.raises(UsageError, match="is written in UTF-16: save it as UTF-8"):
        Script("\ufeffNOOP\r\n".encode(codec)).command()


@pytest.mark.parametrize("n", [100, 200])
def test_e6_work_grows_with_the_length_of_a_command_alone(monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    read: list[int] = []

    def counted(text: str) -> list[tokens.Token]:
        read.append(len(text))
        return tokens.tokenize(text)

    monkeypatch.setattr("imapsh.shell.batch.script.tokenize", counted)
    octets = b"X" + b" {1}\r\na" * n + b"\r\n"
    assert Script(octets).command() == octets.decode().removesuffix("\r\n")
    assert sum(read) <= len(octets)


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (
            b"NOOP " + b"x" * 100,
            "line 1: the lines of a command are longer than 100 octets",
        ),
        (b"NOOP\n" + b"x" * 101 + b"\n", "line 2: the lines of a command are longer than 100 octets"),
        (b"X" + b" {1}\r\na" * 30 + b"\n", "line 1: the lines of a command are longer than 100 octets"),
        (
            b"X {1001}\r\n",
            "line 1: a command with its literals is longer than 1,000",
        ),
        (
            b"X {500}\r\n" + b"a" * 500 + b" {500}\r\n",
            "line 1: a command with its literals is longer than 1,000",
        ),
    ],
)
def test_e10_a_command_of_a_script_has_limits(octets: bytes, message: str) -> None:
    script = Script(octets, limits=Limits(typed=100, command=1000))
    with pytest.raises(UsageError, match=f"{message}.*, at least .*: --limit (typed|command)=N changes that"):
        commands(script)
    script = Script(octets, limits=Limits(typed=0, command=0))
    with contextlib.suppress(UsageError):  # inside a literal
        commands(script)


def test_e10_a_line_that_never_ends_is_not_read_to_its_end() -> None:
    with open("/dev/zero", "rb", buffering=0) as endless:
        script = Script(descriptor=os.dup(endless.fileno()), name="stdin", limits=Limits(typed=1 << 20))
        with pytest.raises(UsageError, match="stdin, line 1: the lines of a command are longer than 1,048,576 octets"):
            script.command()
        script.close()


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/full", ".", "a\0b"])
def test_e7_what_is_no_file_is_no_script(path: str) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*: (it is a|Is a directory|embedded null)"):
        from_file(path)


def test_c2_a_tilde_means_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "script").write_bytes(b"NOOP\n")
    script = from_file("~/script")
    assert (script.command(), script.command()) == ("NOOP", None)
