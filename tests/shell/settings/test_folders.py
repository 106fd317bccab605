"""Where things lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.shell.settings.folders import config_file, state_folder


def test_the_folders_follow_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert state_folder() == tmp_path / "state" / "imapsh"
    assert config_file() == str(tmp_path / "config" / "imapsh" / "config.toml")
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    monkeypatch.setenv("XDG_CONFIG_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_folder() == tmp_path / ".local" / "state" / "imapsh"
    assert config_file() == str(tmp_path / ".config" / "imapsh" / "config.toml")


def test_a_mac_keeps_both_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_folder() == tmp_path / "Library" / "Application Support" / "imapsh"
    assert config_file() == str(state_folder() / "config.toml")


def test_windows_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("APPDATA", str(tmp_path / "roaming"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert state_folder() == tmp_path / "local" / "imapsh"
    assert Path(config_file()) == tmp_path / "roaming" / "imapsh" / "config.toml"
