"""A text in the person's own editor."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.shell.commands import editor


def stand_in(folder: Path, code: str) -> str:
    """A command that does as an editor: `path` is the file."""
    script = folder / "an editor.py"
    script.write_text(f"import os, sys\npath = sys.argv[-1]\n{code}\n")
    return f'{sys.executable} "{script}"'


def test_the_text_comes_back_and_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "report"
    monkeypatch.setenv("IMAPSH_PASSWORD", "hush")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    code = f"""
open({str(report)!r}, "w").write(f"{{os.stat(path).st_mode & 0o777:o}} {{'IMAPSH_PASSWORD' in os.environ}} {{path}}")
text = open(path, newline="").read()
open(path, "w", newline="").write(text.upper() + "\\\\n")
"""
    monkeypatch.setenv("VISUAL", stand_in(tmp_path, code.replace("\\\\n", "\\n")))
    assert editor.edit("fetch 1 \\\n ü") == "FETCH 1 \\\n Ü"
    mode, leaks, path = report.read_text().split()
    assert (mode, leaks) == ("600", "False")
    assert not os.path.exists(os.path.dirname(path))


def test_what_goes_wrong_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", stand_in(tmp_path, "sys.exit(3)"))
    with pytest.raises(UsageError, match="exited with status 3: the text is unchanged"):
        editor.edit("x")
    monkeypatch.setenv("VISUAL", stand_in(tmp_path, "os.remove(path)"))
    with pytest.raises(UsageError, match="left no file"):
        editor.edit("x")
    monkeypatch.setenv("VISUAL", "/no/such/editor -w")
    with pytest.raises(UsageError, match="cannot run the editor /no/such/editor: No such file"):
        editor.edit("x")
    monkeypatch.setenv("VISUAL", "a 'b")
    with pytest.raises(UsageError, match="VISUAL cannot be read"):
        editor.edit("x")


def test_which_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "code --wait")
    monkeypatch.setenv("EDITOR", "ed")
    assert editor.command() == ["code", "--wait"]
    monkeypatch.setenv("VISUAL", "")
    assert editor.command() == ["ed"]
    monkeypatch.delenv("EDITOR")
    monkeypatch.setattr("shutil.which", lambda name: name == "vi")
    assert editor.command() == ["vi"]
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(UsageError, match="set EDITOR"):
        editor.command()
