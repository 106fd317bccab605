r"""What `\last` keeps, and where that ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.shell.connection.dial import make_plan
from tests.shell.hosting import FakeApp, answering

LINES = "\n".join(f"* OK line {number}" for number in range(100))
BIG = "x" * ((1 << 20) + 1)


def host(answer: str, *limits: str) -> FakeApp:
    made = FakeApp(limit=limits)
    made.talks_over(answering({"XYZZY": f"{answer}\nTAG OK done"}), make_plan(made.options))
    return made.does("XYZZY")


def test_e21_what_last_keeps_has_a_limit_that_is_named() -> None:
    said = host(LINES, "kept=500").does("\\last pretty").said
    assert said[-1] == "896 octets of this exchange were not kept; --limit kept=N keeps more"
    assert any("OK line 20" in line for line in said)
    assert any("OK done" in line for line in said)


def test_e21_without_a_limit_all_is_kept() -> None:
    for limit in (["kept=0"], ["kept=100000"], []):
        said = host(LINES, *limit).does("\\last pretty").said
        assert any("OK line 99" in line for line in said)
        assert not any("not kept" in line for line in said)


def test_e21_the_next_command_is_kept_again() -> None:
    assert "not kept" not in host(LINES, "kept=500").does("NOOP").does("\\last pretty").said[-1]


def test_e21_an_expectation_does_not_judge_by_half() -> None:
    made = host(LINES, "kept=500")
    made.does("\\expect OK")
    with pytest.raises(UsageError, match="896 octets of the last exchange were not kept"):
        made.does("\\expect count OK = 100")


def test_e21_a_file_does_not_get_half(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("as it was")
    with pytest.raises(UsageError, match="896 octets of this exchange were not kept"):
        host(LINES, "kept=500").does(f"\\last wire > {tmp_path}/file")
    assert (tmp_path / "file").read_text() == "as it was"


def test_e21_literals_in_files_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.shell.record.last._FILES", 2)
    made = host("\n".join([f"* 1 FETCH (BODY[] {{{len(BIG)}}}\n{BIG})"] * 4))
    assert made.last is not None
    assert made.last.left_out > 2 * len(BIG)
    assert len(list(made.last.events())) == 4  # what was sent, two literals and the reply
