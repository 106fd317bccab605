"""`--convert` writes the trace of a log, complete or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from imapsh.shell.main import main
from imapsh.shell.modes.converting import _Names
from imapsh.wire.trace import TraceReader

ROOT = str(Path(__file__).parents[3])
LOG = b"1795880514.105491 * OK [CAPABILITY IMAP4rev1] hi\n1795880514.205491 A1 OK in\n1795880515.105491 * 6 EXISTS\n"
PLAIN = b"* OK hi\r\nA1 LOGIN jane hunter2-secret\r\nA1 OK in hunter2-secret\r\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.log").write_bytes(PLAIN)
    (tmp_path / "x.in").write_bytes(LOG)
    return tmp_path


def test_a_log_becomes_a_trace_without_secrets(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", "x.log", "--convert", "x.trace"]) == 0
    assert capfd.readouterr().out == ""
    octets = (here / "x.trace").read_bytes()
    assert b"hunter2" not in octets
    records = list(TraceReader(octets))
    assert [(one.direction, one.time) for one in records] == [("S", None), ("C", None), ("S", None)]
    assert stat.S_IMODE((here / "x.trace").stat().st_mode) == 0o600
    assert main(["--explain", "x.trace", "--strict"]) == 0
    assert "may lack one side" in capfd.readouterr().err


def test_the_header_has_the_date_of_the_log(here: Path) -> None:
    assert main(["--explain", "x.in", "--convert", "x.trace"]) == 0
    trace = TraceReader((here / "x.trace").read_bytes())
    assert trace.header.date == pytest.approx(1795880514.105491)
    assert [round(one.time or 0.0, 6) for one in trace] == [0.0, 0.1, 1.0]


def test_a_file_that_is_there_is_replaced_and_is_its_owners_alone(here: Path) -> None:
    (here / "x.trace").write_bytes(b"old")
    (here / "x.trace").chmod(0o644)
    assert main(["--explain", "x.log", "--convert", "x.trace"]) == 0
    assert (here / "x.trace").read_bytes().startswith(b"imapsh-trace 2\n")
    assert stat.S_IMODE((here / "x.trace").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--explain", "x.log", "--convert", "x.log"], "x.log is the log itself"),
        (["--explain", "x.log", "x.in", "--convert", "x.trace"], "--convert writes one log"),
        (["--explain", "empty", "--convert", "x.trace"], "there is nothing in the log"),
        (["--explain", "prose", "--convert", "x.trace"], "not a log that imapsh knows"),
        (["--explain", "damaged", "--convert", "x.trace"], "the trace is damaged"),
    ],
)
def test_what_cannot_be_converted_leaves_no_file(
    here: Path, words: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (here / "empty").write_bytes(b"")
    (here / "prose").write_bytes(b"To whom it may concern\n")
    (here / "damaged").write_bytes(b"imapsh-trace 1\nS +0.1 9\n* OK hi\r\n\ngarbage\nmore\n")
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    assert main(words) == 2
    assert said in capfd.readouterr().err
    assert {path.name: path.read_bytes() for path in here.iterdir()} == before


def test_names_of_connections_become_words() -> None:
    names = _Names()
    given = [names.of(name) for name in ("", "a b", "a-b", "x" * 50, "x" * 49 + "y", "-", "\xe9")]
    assert len(set(given)) == len(given)
    assert given[:3] == ["", "a-b", "a-b#2"]
    assert all(len(name) <= 40 and " " not in name for name in given)


PRIVATE = (
    b"* PREAUTH ottokar\r\nA1 SELECT Ottokar\r\n* 3 EXISTS\r\nA1 OK Ottokar is open \r\n"
    b'* 1 FETCH (BODY[] {11}\r\nHi Ottokar! ENVELOPE "Ottokar")\r\n'
)


@pytest.mark.parametrize("form", ["pretty", "view", "wire", "json", "hex"])
@pytest.mark.parametrize("more", [[], ["--json-raw"]])
def test_what_is_redacted_is_in_no_output(
    here: Path, form: str, more: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    (here / "y.log").write_bytes(PRIVATE)
    assert main(["--explain", "y.log", "--redact", "mail", "--format", form, *more]) == 0
    shown = capfd.readouterr().out
    assert "ottokar" not in shown.lower()
    assert "4f74746f6b6172" not in shown.lower().replace(" ", "")
    assert shown


def test_what_is_redacted_is_in_no_trace_and_no_report(here: Path) -> None:
    (here / "y.log").write_bytes(PRIVATE)
    words = ["--explain", "y.log", "--redact", "mail", "--convert", "y.trace", "--report", "y.tap", "--strict"]
    assert main(words) == 1
    for name in ("y.trace", "y.tap"):
        assert b"ottokar" not in (here / name).read_bytes().lower()
    assert TraceReader((here / "y.trace").read_bytes()).header.masked.endswith("are stand-ins")


def test_the_commands_of_the_page_are_run(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[3] / "docs/reporting.rst").read_text(encoding="utf-8")
    commands = [line.split()[1:] for line in page.splitlines() if line.startswith("    imapsh ")]
    assert len(commands) == 4
    (here / "mail.log").write_bytes(PRIVATE)
    for words in commands:
        assert main(words) == 0, words
        assert "ottokar" not in capfd.readouterr().out.lower()


def test_with_stand_ins_no_file_has_the_name_of_a_log(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "jane.doe.log").write_bytes(PLAIN.replace(b"* OK hi", b"* OK"))
    assert main(["--explain", "jane.doe.log", "x.in", "--redact", "mail", "--html", "x.html", "--report", "x.tap"]) == 0
    assert main(["--explain", "jane.doe.log", "--redact", "mail", "--report", "x.xml"]) == 0
    capfd.readouterr()
    for name in ("x.html", "x.tap", "x.xml"):
        assert "jane" not in (here / name).read_text()
    assert '<h2 id="log2">log 2</h2>' in (here / "x.html").read_text()


def test_a_dash_is_stdout(here: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["--explain", "x.log", "--convert", "-"]) == 0
    assert capfdbinary.readouterr().out.startswith(b"imapsh-trace 2\n")
    assert not (here / "-").exists()


def test_the_log_on_stdin_is_not_replaced(here: Path) -> None:
    command = [sys.executable, "-m", "imapsh", "--explain", "-", "--convert", "x.log"]
    with open(here / "x.log", "rb") as log:
        done = subprocess.run(command, stdin=log, capture_output=True, cwd=here, env={**os.environ, "PYTHONPATH": ROOT})
    assert done.returncode == 2
    assert b"x.log is the log itself" in done.stderr
    assert (here / "x.log").read_bytes() == PLAIN
