"""The history: private, bounded, without secrets."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from imapsh.shell.connection.dial import history
from imapsh.shell.prompt.history import MaskedHistory
from imapsh.shell.settings.config import load
from tests.shell.acting import Peer, acting, play


def mask(text: str) -> str:
    return text.replace("secret", "")


def loaded(history: MaskedHistory) -> list[str]:
    async def load() -> list[str]:
        return [entry async for entry in history.load()]

    return asyncio.run(load())


def test_what_is_written_is_read_back_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history"
    first = MaskedHistory(path, mask)
    for line in ("NOOP", "APPEND x {4}\na\nb", "+plus", "# no comment", "Grüße 灯"):
        first.append_string(line)
    assert loaded(MaskedHistory(path, mask)) == ["Grüße 灯", "# no comment", "+plus", "APPEND x {4}\na\nb", "NOOP"]


def test_only_the_owner_may_read_it_even_where_it_was_open(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history"
    MaskedHistory(path, mask).append_string("NOOP")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    MaskedHistory(path, mask).append_string("CHECK")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_secrets_are_out_of_the_file_and_out_of_reach(tmp_path: Path) -> None:
    history = MaskedHistory(tmp_path / "history", mask)
    history.append_string("LOGIN me secret")
    assert history.get_strings() == ["LOGIN me "]
    assert "secret" not in (tmp_path / "history").read_text()


def test_blanks_and_repetitions_are_not_kept(tmp_path: Path) -> None:
    history = MaskedHistory(tmp_path / "history", mask)
    for line in ("NOOP", "NOOP", " ", "CHECK", "NOOP"):
        history.append_string(line)
    assert history.get_strings() == ["NOOP", "CHECK", "NOOP"]


def test_the_file_does_not_grow_without_bound(tmp_path: Path) -> None:
    path = tmp_path / "history"
    writer = MaskedHistory(path, mask)
    for number in range(2050):
        writer.append_string(f"FETCH {number} FLAGS")
    reader = MaskedHistory(path, mask, cap=40)
    assert len(loaded(reader)) == 40
    assert path.read_text().count("\n+") == 40
    assert loaded(reader)[0] == "FETCH 2049 FLAGS"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_where_it_cannot_be_written_it_lives_in_memory_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = MaskedHistory(tmp_path / "file" / "history", mask)
    history.append_string("NOOP")
    assert history.get_strings() == ["NOOP"]
    assert "the history cannot be kept" in history.fault


def test_damage_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_bytes(b"+one\n\xff\xfe garbage\n+two\n+\xff\n")
    assert loaded(MaskedHistory(path, mask)) == ["two\n\udcff", "one"]


def test_entries_have_their_times_and_what_turned_out_to_be_secret_is_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "history"
    hidden = ["secret"]
    history = MaskedHistory(path, lambda text: text.replace(hidden[0], "***"))
    for line in ("NOOP", "\\set x hunter2", "a\nb"):
        history.append_string(line)
    assert [entry.text for entry in history.entries()] == ["NOOP", "\\set x hunter2", "a\nb"]
    assert all(entry.when[4:5] == "-" for entry in history.entries())
    before = [entry.when for entry in history.entries()]
    hidden[0] = "hunter2"
    assert [entry.text for entry in history.entries()][1] == "\\set x ***"
    history.mask_again()
    assert b"hunter2" not in path.read_bytes()
    assert [entry.when for entry in history.entries()] == before
    assert "\\set x ***" in loaded(history)
    unkept = MaskedHistory(None, mask)
    unkept.append_string("CHECK")
    assert [(entry.text, entry.when) for entry in unkept.entries()] == [("CHECK", "")]


def test_e7_a_history_that_is_linked_to_the_null_device_leaves_the_device_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "history").symlink_to(os.devnull)
    changed: list[Path] = []
    monkeypatch.setattr(Path, "chmod", lambda path, mode: changed.append(path))
    history = MaskedHistory(tmp_path / "history", str)
    history.append_string("NOOP")
    assert (history.fault, list(history.newest), changed) == ("", ["NOOP"], [])


def test_e7_a_history_that_is_a_pipe_is_kept_in_memory(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "history")
    history = MaskedHistory(tmp_path / "history", str)
    history.append_string("NOOP")
    assert history.fault.endswith("/history: it is a pipe, not a regular file")
    assert list(history.newest) == ["NOOP"]


def test_a_history_that_is_a_link_stays_one_when_it_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "history").symlink_to("elsewhere")
    secrets: list[str] = []
    history = MaskedHistory(tmp_path / "history", lambda text: text.replace("".join(secrets) or "***", "***"))
    history.append_string("LOGIN ida hush")
    secrets.append("hush")
    history.mask_again()
    assert (tmp_path / "history").is_symlink()
    assert "+LOGIN ida ***\n" in (tmp_path / "elsewhere").read_text()


def test_the_file_may_change_and_be_none_and_a_secret_goes_out_of_all(tmp_path: Path) -> None:
    secret = "nothing"
    place: Path | None = tmp_path / "first"
    history = MaskedHistory(lambda: place, lambda text: text.replace(secret, ""))
    history.append_string("ID first hunter2")
    place = None
    history.append_string("ID nowhere hunter2")
    place = tmp_path / "second" / "history"
    history.append_string("ID second hunter2")
    assert "hunter2" in (tmp_path / "first").read_text()
    assert "nowhere" not in (tmp_path / "first").read_text() + place.read_text()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert history.get_strings() == [f"ID {word} hunter2" for word in ("first", "nowhere", "second")]
    place, secret = None, "hunter2"
    history.mask_again()
    files = (tmp_path / "first", tmp_path / "second" / "history")
    assert [file.read_text().count("\n+ID ") for file in files] == [1, 1]
    assert "hunter2" not in "".join(file.read_text() for file in files) + "".join(history.get_strings())


def test_a_file_that_cannot_be_used_does_not_take_another_along(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    place = tmp_path / "file" / "history"
    history = MaskedHistory(lambda: place, mask)
    history.append_string("NOOP")
    assert (history.path, f"cannot be kept in {place}" in history.fault) == (None, True)
    place = tmp_path / "good"
    history.append_string("CHECK")
    assert "+CHECK" in place.read_text()


def typed(folder: Path, *lines: str, **options: Any) -> str:
    """Type lines at a prompt, and return what its usual history has then."""

    async def scene() -> None:
        async with acting(folder, demo=True, **options) as person:
            for line in lines:
                await person.enters(line, "OK")

    play(scene)
    usual = folder / "history"
    return usual.read_text() if usual.exists() else ""


def test_no_history_writes_nothing(tmp_path: Path) -> None:
    assert "+NOOP" in typed(tmp_path / "a", "NOOP")
    assert typed(tmp_path / "b", "NOOP", no_history=True) == ""
    assert not (tmp_path / "b").exists() or not list((tmp_path / "b").iterdir())


def test_a_history_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own" / "lines"
    assert typed(tmp_path / "a", "NOOP", history_file=str(own)) == ""
    assert "+NOOP" in own.read_text()
    assert stat.S_IMODE(own.stat().st_mode) == 0o600


def test_a_profile_has_a_history_of_its_own_or_none(tmp_path: Path) -> None:
    file, own = tmp_path / "config.toml", tmp_path / "own"
    file.write_text(
        f'[profiles.kept]\nurl = "exec:false"\nhistory-file = "{own}"\n'
        '[profiles.none]\nurl = "exec:false"\nno-history = true\n'
    )
    file.chmod(0o600)
    settings = load(str(file), {"url": "none"}).settings
    assert settings is not None
    assert history(settings.connecting("none")) is None
    assert history(settings.connecting("kept")) == str(own)
    assert history(settings.connecting("imaps://h")) == ""
    assert history(load(str(file), {"url": "none", "history_file": "x"})) == "x"


def test_the_history_follows_the_connection(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as one, Peer() as two:
            file = tmp_path / "config.toml"
            file.write_text(
                f'[profiles.one]\nurl = "{one.url}"\nuser = "me"\n'
                f'[profiles.two]\nurl = "{two.url}"\nuser = "me"\nno-history = true\n'
            )
            file.chmod(0o600)
            chosen = load(str(file), {"url": "one", "no_ask": True})
            async with acting(tmp_path / "state", **chosen._asdict()) as person:
                await person.prompted(f"me@127.0.0.1:{one.port}>")
                await person.enters("\\format", "format: pretty")
                await person.enters("\\connect -n second two", f"second me@127.0.0.1:{two.port}>")
                await person.enters("\\keys", "keys: emacs")
                await person.enters("\\use 1", f"1 me@127.0.0.1:{one.port}>")
                await person.enters("\\notify", "new mail is shown")

    play(scene)
    kept = (tmp_path / "state" / "history").read_text()
    assert [line[1:] for line in kept.splitlines() if line.startswith("+")] == [
        "\\format", "\\connect -n second two", "\\notify",
    ]  # fmt: skip
