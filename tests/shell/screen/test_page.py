"""The file of a page: private, complete or not at all, and told about in a sentence."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.render.styles import THEMES
from imapsh.session.overhearing import overhear
from imapsh.shell.screen.landing import is_one_of
from imapsh.shell.screen.page import page_in, theme_of
from imapsh.shell.settings.options import Options
from imapsh.wire.pieces import CLIENT, SERVER, Piece
from tests.render.pages import Read


def test_a_page_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    with page_in(str(file), "x", None) as page:
        assert not file.exists()
        page.begin("x", "raw")
        for connection, found in overhear([Piece(SERVER, b"* OK hi\r\n", 0, 5.0, "1")]):
            page.add(found, connection)
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


def test_a_log_on_stdin_is_known_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").touch()
    (tmp_path / "other").touch()
    with open(tmp_path / "log", "rb") as log:
        stdin = os.fstat(log.fileno())
        monkeypatch.setattr(os, "fstat", lambda descriptor: stdin)
        assert is_one_of(str(tmp_path / "log"), ["-"])
        assert not is_one_of(str(tmp_path / "other"), ["-"])


def test_a_page_has_colours_unless_they_are_not_wanted() -> None:
    assert theme_of(Options()) is THEMES["default"]
    assert theme_of(Options(theme="light")) is THEMES["light"]
    assert theme_of(Options(color="never")) is THEMES["mono"]


def flood(*before: Piece) -> Iterator[Piece]:
    """A command whose reply comes after 10,000 faults that are alike."""
    yield from before
    yield Piece(CLIENT, b"A1 NOOP\r\n", 0)
    for _ in range(10):
        yield Piece(SERVER, b"+ what\r\n" * 500 + b"* 1 EXISTS \r\n" * 500, 0)
    yield Piece(SERVER, b"A1 OK done\r\n", 0)


def test_faults_that_are_alike_are_counted_after_the_first_hundred(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    with page_in(str(file), "x", None) as page:
        page.begin("x", "raw")
        for connection, found in overhear(flood(Piece(SERVER, b"* PREAUTH hi\r\n", 0)), both=True):
            page.add(found, connection)
    read = Read(file.read_text())
    assert "and 4,900 more" in read.text("log")
    assert len([text for text in read.each("f") if "continuation-unasked" in text]) == 100
    assert read.text("places").count("5,000 times") == 3
    assert read.text("counts").startswith("\n1line of the client\n10,002lines of the server\n")
    assert len(re.findall(r"1 EXISTS", read.text("log"))) == 5_000


def test_the_faults_of_one_response_are_bounded_and_all_counted(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    with page_in(str(file), "x", None) as page:
        page.begin("x", "raw")
        for connection, found in overhear([Piece(SERVER, b"* SEARCH" + b" x" * 300 + b"\r\n", 0)]):
            page.add(found, connection)
    read = Read(file.read_text())
    assert len([text for text in read.each("f") if "octet" in text]) <= 100
