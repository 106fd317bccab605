"""tshark is another program: it may be missing, fail, say nothing or say too much."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from imapsh.errors import ParseError
from imapsh.logs import tshark as module
from imapsh.logs.tshark import Tshark


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one tshark that is found, if it is written."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "tshark"


def write(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_its_lines_come_one_by_one(fake: Path) -> None:
    write(fake, "printf 'one\\ntwo\\nthree'; echo $1")
    assert list(Tshark(["four"]).lines()) == [b"one", b"two", b"threefour"]


def test_the_sentence_says_what_to_install_and_what_to_do_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(
        ParseError, match=r"is not installed; install it .* or save what 'tshark -r CAPTURE -q -z follow"
    ):
        list(Tshark([]).lines())


def test_its_complaint_is_kept(fake: Path) -> None:
    write(fake, "echo 'Running as user \"root\"' >&2; echo one; echo 'tshark: It is cut.' >&2; exit 2")
    tshark = Tshark([])
    assert list(tshark.lines()) == [b"one"]
    assert tshark.complaint == "It is cut."


def test_one_that_fails_silently_is_named_by_its_status(fake: Path) -> None:
    write(fake, "exit 3")
    tshark = Tshark([])
    assert list(tshark.lines()) == []
    assert tshark.complaint == "tshark ended with exit status 3"


def test_one_that_cannot_be_started_is_named(fake: Path) -> None:
    fake.write_bytes(b"\x7fELF")
    fake.chmod(0o755)
    with pytest.raises(ParseError, match="tshark could not be started: "):
        list(Tshark([]).lines())


@pytest.mark.parametrize("script", ["exec tail -f /dev/null", "mkfifo $0.f; exec >&-; read x < $0.f"])
def test_one_that_hangs_is_stopped(fake: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    write(fake, script)
    with pytest.raises(ParseError, match=r"tshark .* 0.2 seconds; it was stopped"):
        list(Tshark([]).lines())


def test_a_line_without_end_is_refused(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST", 100)
    write(fake, "exec tr '\\0' x < /dev/zero")
    with pytest.raises(ParseError, match="tshark wrote a line longer than 100 octets"):
        list(Tshark([]).lines())


def test_it_is_stopped_when_nobody_reads_on(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)  # type: ignore[call-overload]
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    write(fake, "exec yes")
    lines = Tshark([]).lines()
    assert next(lines) == b"y"
    lines.close()  # type: ignore[attr-defined]
    assert started[0].returncode is not None
