"""A large text that is asked for alone comes to the disk once, into the file that takes the name in the end."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.session.events import Received
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.screen.beside import Beside
from imapsh.shell.screen.landing import Replacement, placed
from imapsh.wire.sinks import Spool
from tests.shell.disks import full_disk
from tests.shell.hosting import FakeApp, answering

BIG = "a line of a large mail\r\n" * 50_000
TEXT = BIG.encode()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "place"
    path.write_bytes(b"as it was")
    path.chmod(0o640)
    return path


@pytest.fixture
def spools(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The temporary files without a name that are made."""
    made: list[object] = []
    usual = Spool.__init__

    def noting(self: Spool, file: object = None) -> None:
        if file is None:
            made.append(self)
        usual(self, file)  # type: ignore[arg-type]

    monkeypatch.setattr(Spool, "__init__", noting)
    return made


def fetching(*answers: str, reply: str = "TAG OK done") -> FakeApp:
    host = FakeApp()
    host.talks_over(answering({"FETCH": "\n".join([*answers, reply])}), make_plan(host.options))
    return host


def body(number: int = 1, text: str = BIG) -> str:
    return f"* {number} FETCH (BODY[] {{{len(text)}}}\n{text.replace(chr(13), '')})"


@pytest.fixture
def host() -> Iterator[FakeApp]:
    host = fetching(body())
    yield host
    host.connection.last.begin()


def only(place: Path) -> bool:
    """Whether nothing is left beside it."""
    return list(place.parent.iterdir()) == [place]


def test_it_takes_the_place_with_its_permissions_and_last_shows_it(
    host: FakeApp, place: Path, spools: list[object]
) -> None:
    host.does(f"FETCH 1 BODY[] > {place}")
    assert (place.read_bytes(), place.stat().st_mode & 0o777, only(place)) == (TEXT, 0o640, True)
    assert host.said[-1] == f"wrote {len(TEXT):,} octets to {place}"
    assert not spools
    host.does(f"\\last wire > {place}.last")
    assert TEXT in place.with_name("place.last").read_bytes()


@pytest.mark.parametrize("changed", [TEXT + b"more", b"x" + TEXT[1:]])
def test_what_somebody_changed_is_not_what_came(host: FakeApp, place: Path, changed: bytes) -> None:
    host.does(f"FETCH 1 BODY[] > {place}")
    with place.open("r+b") as file:
        file.write(changed)
    host.said.clear()
    host.does("\\last wire")
    assert "a line of a large mail" not in host.text
    assert f"{len(TEXT):,} octets" in host.text
    with pytest.raises(UsageError, match="1,200,000 octets of this exchange were not kept, or their file was changed"):
        host.does(f"\\last wire > {place}.last")
    assert only(place)


def test_one_that_is_gone_can_be_read(host: FakeApp, place: Path) -> None:
    host.does(f"FETCH 1 BODY[] > {place}")
    place.unlink()
    host.does(f"\\last wire > {place}")
    assert TEXT in place.read_bytes()


def test_the_next_exchange_leaves_the_file(host: FakeApp, place: Path) -> None:
    host.does(f"FETCH 1 BODY[] > {place}").does("NOOP")
    assert place.read_bytes() == TEXT


@pytest.mark.parametrize("answers", [(body(2),), (body(2), body(3))])
def test_a_text_of_another_message_is_no_text(place: Path, answers: tuple[str, ...]) -> None:
    host = fetching(*answers)
    host.does(f"FETCH 1 BODY[] > {place}")
    assert place.read_bytes() == b"as it was"
    assert len([event for event in host.events if isinstance(event, Received)]) == 1 + len(answers)  # PREAUTH
    host.does(f"\\last wire > {place}")
    assert place.read_bytes().count(TEXT) == len(answers)
    host.connection.last.begin()
    assert only(place)


def test_of_two_the_last_is_taken(place: Path) -> None:
    host = fetching(body(), body(1, BIG.upper()))
    host.does(f"FETCH 1 BODY[] > {place}")
    assert place.read_bytes() == TEXT.upper()
    host.connection.last.begin()
    assert only(place)


def test_a_reply_that_is_not_ok_leaves_the_file(place: Path) -> None:
    host = fetching(body(), reply="TAG NO some of it")
    host.does(f"FETCH 1 BODY[] > {place}")
    assert place.read_bytes() == b"as it was"
    host.connection.last.begin()
    assert only(place)


def test_several_commands_write_one_after_another(place: Path) -> None:
    host = fetching(body())
    host.does("\\alias two FETCH 1 BODY[]; FETCH 1 BODY[]")
    host.does(f"FETCH 1 BODY[] >> {place}").does(f"FETCH 1 BODY[] >> {place}")
    assert place.read_bytes() == b"as it was" + TEXT * 2
    host.connection.last.begin()


def test_a_command_that_is_repeated_writes_each_text(place: Path) -> None:
    host = fetching(body())
    host.does(f"\\repeat 2 0 FETCH 1 BODY[] > {place}")
    assert place.read_bytes().startswith(TEXT)
    assert place.read_bytes().endswith(TEXT)
    assert place.stat().st_size >= 2 * len(TEXT)  # there is a line with the time between them
    assert (place.stat().st_mode & 0o777, only(place)) == (0o640, True)
    host.connection.last.begin()


@pytest.mark.parametrize(("answers", "reply"), [((body(),), "NO some of it"), ((body(), body(2)), "OK done")])
def test_what_takes_no_name_is_out_of_the_folder_at_once_and_last_shows_it(
    place: Path, answers: tuple[str, ...], reply: str
) -> None:
    host = fetching(*answers, reply=f"TAG {reply}")
    host.does(f"FETCH 1 BODY[] > {place}")
    assert only(place)
    host.does(f"\\last wire > {place}")
    assert place.read_bytes().count(TEXT) == len(answers)
    host.connection.last.begin()


def open_in(folder: Path) -> int:
    """Return how many files of a folder are open, also those without a name."""
    paths = [os.path.realpath(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")]
    return sum(path.startswith(f"{folder}/") for path in paths)


def test_of_files_that_nobody_needs_one_stays_open(place: Path) -> None:
    landing = placed(str(place), append=False)
    assert isinstance(landing, Replacement)
    before = open_in(place.parent)
    for _ in range(50):
        landing.beside().append(TEXT)
    assert open_in(place.parent) == before + 1
    landing.drop()
    assert (place.read_bytes(), only(place)) == (b"as it was", True)


def test_a_full_disk_is_told_in_one_sentence(place: Path) -> None:
    host = fetching(body())
    with full_disk(9000), pytest.raises(UsageError, match=f"cannot write {place}: File too large; .* is unchanged"):
        host.does(f"FETCH 1 BODY[] > {place}")
    assert place.read_bytes() == b"as it was"
    assert only(place)
    assert host.does("NOOP").connection.results.status == "OK"


def test_a_connection_that_ends_midway_leaves_nothing(place: Path) -> None:
    host = FakeApp()
    cut = body().removesuffix(")")[:-100]
    host.talks_over(answering({"FETCH": cut}), make_plan(host.options))
    host.does("LOGOUT")
    assert only(place)


def test_a_file_that_took_no_name_is_gone(place: Path) -> None:
    file = Beside(str(place))
    file.append(b"abc")
    assert not only(place)
    file.close()
    file.close()
    assert only(place)


def test_a_name_that_cannot_be_taken_is_as_it_was(place: Path) -> None:
    folder = place.with_name("folder")
    folder.mkdir()
    (folder / "full").touch()
    file = Beside(str(place))
    with pytest.raises(OSError, match="directory"):
        file.take(str(folder), stay=True)
    file.close()
    assert sorted(place.parent.iterdir()) == [folder, place]


def test_a_name_that_is_taken_is_not_used(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    names = iter((b"1111", b"1111", b"2222"))
    monkeypatch.setattr(os, "urandom", lambda octets: next(names))
    first, second = Beside(str(place)), Beside(str(place))
    found = sorted(one.name for one in place.parent.iterdir())
    assert found == [".place.31313131.part", ".place.32323232.part", "place"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in place.parent.glob(".*")} == {0o600}
    first.close()
    second.close()
    assert only(place)


def test_where_every_name_is_taken_that_is_said(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setattr(os, "urandom", lambda octets: b"1111")
    with Beside(str(place)), pytest.raises(FileExistsError):
        Beside(str(place))
    assert only(place)
