"""A monitoring system gets its line and its exit status also if imapsh never begins."""

from __future__ import annotations

import pytest

from imapsh.shell import main as program
from imapsh.shell.main import main
from tests.shell.record.test_monitoring import LINE
from tests.shell.running import imapsh


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--nosuch",), 3, "unknown option '--nosuch'"),
        (("--config", "/nowhere", "-c", "NOOP"), 3, "/nowhere"),
        (("ftp://x", "-c", "NOOP"), 3, "ftp"),
        (("--explain", "x"), 3, "--report nagios: is for a script"),
        (("--demo", "--netrc", "-c", "NOOP", "--retry", "x"), 3, "retry"),
    ],
)
def test_a_wrong_command_line(words: tuple[str, ...], status: int, said: str) -> None:
    for option in (("--report", "nagios:-"), ("--report=Nagios:-",)):
        done = imapsh(*option, *words)
        assert done.status == status
        assert LINE.fullmatch(done.out.decode())
        assert said in done.out.decode()
        assert said in done.err


def test_help_is_help() -> None:
    done = imapsh("--report", "nagios:-", "--help")
    assert done.status == 0
    assert b"IMAPSH" not in done.out


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyboardInterrupt(), "interrupted"),
        (RuntimeError("s3same"), "internal error in imapsh"),
        (OSError(28, "No space left on device"), "cannot write: No space left on device"),
    ],
)
def test_any_other_end(
    error: BaseException, said: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(given: object) -> int:
        raise error

    monkeypatch.setattr(program, "_run", fails)
    status = main(["--report", "nagios:-", "-c", "NOOP"])
    out, _ = capfd.readouterr()
    assert status == (2 if isinstance(error, OSError) else 3)
    assert LINE.fullmatch(out)
    assert f"- {said} |" in out
    assert "s3same" not in out
