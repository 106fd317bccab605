"""Files and folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.document import Document

from tests.shell.knowing import IN_A_MAILBOX, after, completer, menu, world


def test_a_path_that_is_one_word_of_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept it.mbox").touch()
    (tmp_path / "old mail").mkdir()
    (tmp_path / "old mail" / "m.eml").touch()
    assert list(after("\\load kep")) == ['\\load "kept it.mbox"']
    assert list(after('\\load -m "A b" "kept')) == ['\\load -m "A b" "kept it.mbox"']
    assert list(after("\\load x ol")) == ['\\load x "old mail/']
    assert list(after('\\load "old mail/')) == ['\\load "old mail/m.eml"']
    assert list(after("\\save UID 7:9 mbox:kep")) == ['\\save UID 7:9 mbox:"kept it.mbox"']
    assert list(after("\\save --parts --type image/* 7:9 kep")) == ['\\save --parts --type image/* 7:9 "kept it.mbox"']
    assert list(after("NOOP > kep")) == ['NOOP > "kept it.mbox"']
    assert list(after("\\trace kep")) == ["\\trace kept it.mbox"]
    for no_path in ("\\load -m ", "\\save ", "\\save UID ", "\\save --parts ", "\\save --parts --named *.pdf UID "):
        assert not after(no_path)


def test_paths_behind_an_open_brace(tmp_path: Path) -> None:
    (tmp_path / "letter one.eml").touch()
    (tmp_path / "letters").mkdir()
    (tmp_path / "a}b").touch()
    (tmp_path / ".hidden").touch()
    typed = f"APPEND INBOX {{@{tmp_path}/"
    assert set(after(typed)) == {f"{typed}letter one.eml}}", f"{typed}letters/"}
    assert list(after(typed + "one")) == [f"{typed}letter one.eml}}"]
    assert [line.text for line in menu(typed + "letter o|}")] == [f"{typed}letter one.eml}}"]
    assert after(typed + "nothing/at/all") == {}
    assert list(after(f"\\trace {tmp_path}/.h")) == [f"\\trace {tmp_path}/.hidden"]
    assert completer(world(), IN_A_MAILBOX).takes_long(Document(typed))
    assert after(f'SEARCH SUBJECT "{{@{tmp_path}/') == {}
