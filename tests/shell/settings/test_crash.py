"""What is seen of a mistake of ours, and that it shows nothing of the person's."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from imapsh.shell.connection import dial
from imapsh.shell.main import main
from imapsh.shell.settings import crash
from imapsh.shell.settings.usage import EXITS
from tests.shell.acting import acting, play

SECRET = "hunter22"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "imapsh"


def broken(*given: object) -> None:
    password = SECRET
    try:
        raise KeyError(password)
    except KeyError as error:
        raise ExceptionGroup(f"with {password}", [ValueError(f"LOGIN me {password}")]) from error


def test_the_program_says_a_sentence_and_70(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dial, "make_plan", broken)
    assert main(["--demo", "-c", f"LOGIN me {SECRET}"]) == 70
    assert 70 in dict(EXITS)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "internal error in imapsh (ExceptionGroup at test_crash.py, line" in err
    assert str(folder / "crash.txt") in err
    report = (folder / "crash.txt").read_text()
    for word in ("builtins.KeyError", "builtins.ExceptionGroup", "builtins.ValueError", "in broken", "_work"):
        assert word in report
    assert report.index("KeyError\n") < report.index("ExceptionGroup\n")
    assert SECRET not in err + report
    assert stat.S_IMODE((folder / "crash.txt").stat().st_mode) == 0o600


def test_where_no_report_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imapsh").write_text("no folder")
    said = crash.sentence(ValueError(SECRET))
    assert "the report cannot be written to" in said
    assert SECRET not in said


def test_a_chain_that_bites_its_tail() -> None:
    first, second = ValueError(SECRET), TypeError(SECRET)
    first.__cause__, second.__cause__ = second, first
    assert crash.report(first).count("Error\n") == 2


def test_in_a_callback_at_the_prompt_it_is_a_line_and_the_prompt_stays(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, columns=300, demo=True) as actor:
            await actor.prompted("demo@demo>")
            asyncio.get_running_loop().call_soon(broken)
            await actor.screen.shows("internal error in imapsh (ExceptionGroup at test_crash.py")
            await actor.enters("NOOP", "A2 OK")
            assert SECRET not in actor.screen.written
            assert "Traceback" not in actor.screen.written

    play(scene)
