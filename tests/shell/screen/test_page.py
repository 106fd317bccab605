"""The file of a page: private, complete or not at all, and told about in a sentence."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.render.styles import THEMES
from imapsh.session.overheard import overhear
from imapsh.shell.screen.page import add, is_one_of, page_in, theme_of
from imapsh.shell.settings.options import Options
from imapsh.wire.pieces import SERVER, Piece


def test_a_page_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    with page_in(str(file), "x", None) as page:
        assert not file.exists()
        page.begin("x", "raw")
        for connection, found in overhear([Piece(SERVER, b"* OK hi\r\n", 0, 5.0, "1")]):
            add(page, found, connection)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"+5.000 <b>1</b>" in file.read_bytes()
    assert os.listdir(tmp_path) == ["page.html"]


def test_an_old_page_is_as_it_was_if_the_new_one_fails(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("old")
    with pytest.raises(ValueError, match="stop"), page_in(str(file), "x", None):
        raise ValueError("stop")
    sentence = r"cannot write the page .*: No space left on device; .* is unchanged"
    with pytest.raises(UsageError, match=sentence), page_in(str(file), "x", None):
        raise OSError(28, "No space left on device")
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["page.html"]
    with page_in(str(file), "x", None):
        pass
    assert file.read_text().startswith("<!DOCTYPE html>")


def test_a_full_disk_is_a_sentence() -> None:
    sentence = "cannot write the page /dev/full: No space left on device"
    with pytest.raises(UsageError, match=sentence), page_in("/dev/full", "x", None):
        pass


def test_the_logs_are_known_by_any_name(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    (tmp_path / "link").symlink_to("log")
    assert is_one_of(str(tmp_path / "link"), [str(log)])
    assert not is_one_of(str(tmp_path / "other"), [str(log), "-"])
    assert not is_one_of("/dev/null", ["/dev/null"])


def test_a_page_has_colours_unless_they_are_not_wanted() -> None:
    assert theme_of(Options()) is THEMES["default"]
    assert theme_of(Options(theme="light")) is THEMES["light"]
    assert theme_of(Options(color="never")) is THEMES["mono"]
