"""The folder of attachments: nothing is replaced, nothing leads out of it, and what is there already is known."""

from __future__ import annotations

import base64
import errno
import fcntl
import json
import os
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.errors import UsageError
from imapsh.grammar.values import BodyPart, Envelope
from imapsh.shell.commands.mail.attached import BESIDE, INDEX, Due, Folder, Kept, due_of
from tests.shell.disks import full_disk


def due(uid: int = 7, number: str = "2", name: str = "plan.pdf", encoding: str = "") -> Due:
    return Due(uid, number, name, "application/pdf", encoding, 10)


def keep(folder: Folder, one: Due, *pieces: bytes) -> Kept:
    writing = folder.writing(one.encoding)
    for piece in pieces:
        writing.write(piece)
    return folder.keep(one, writing)


Opening = Callable[..., Folder]


@pytest.fixture
def opened() -> Iterator[Opening]:
    """Opens folders, and closes them in the end."""
    folders: list[Folder] = []

    def open_(where: Path, mailbox: str = "INBOX", uidvalidity: int = 5) -> Folder:
        folders.append(Folder(where, mailbox, uidvalidity))
        return folders[-1]

    yield open_
    for folder in folders:
        folder.close()


def names(where: Path) -> list[str]:
    return sorted(name for name in os.listdir(where) if name != INDEX)


def test_a_part_is_decoded_in_pieces_and_listed(tmp_path: Path, opened: Opening) -> None:
    folder = opened(tmp_path / "new")
    octets = bytes(range(256)) * 100
    coded = base64.encodebytes(octets)
    kept = keep(folder, due(encoding="Base64"), *(coded[at : at + 7] for at in range(0, len(coded), 7)))
    folder.close()
    assert kept == Kept("plan.pdf", 25_600, 0, fresh=True)
    file = tmp_path / "new" / "plan.pdf"
    assert file.read_bytes() == octets
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    [line] = (tmp_path / "new" / INDEX).read_text().splitlines()
    assert json.loads(line) == {
        "mailbox": "INBOX", "uidvalidity": 5, "uid": 7, "part": "2", "file": "plan.pdf", "name": "plan.pdf",
        "type": "application/pdf", "size": 25_600,
        "sha256": sha256(octets).hexdigest(),
    }  # fmt: skip
    assert names(tmp_path / "new") == ["plan.pdf"]


def test_a_taken_name_gets_a_number_and_the_same_octets_get_none(tmp_path: Path, opened: Opening) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"mine")
    folder = opened(tmp_path)
    assert keep(folder, due(1), b"one").file == "plan-2.pdf"
    assert keep(folder, due(2), b"two").file == "plan-3.pdf"
    assert keep(folder, due(3), b"one") == Kept("plan-2.pdf", 3, 0, fresh=False)
    assert keep(folder, due(4), b"mine") == Kept("plan.pdf", 4, 0, fresh=False)
    assert keep(folder, due(5, name="PLAN.pdf"), b"upper").file == "PLAN-4.pdf"
    assert (tmp_path / "plan.pdf").read_bytes() == b"mine"
    assert names(tmp_path) == ["PLAN-4.pdf", "plan-2.pdf", "plan-3.pdf", "plan.pdf"]


def test_another_run_knows_what_is_there(tmp_path: Path, opened: Opening) -> None:
    first = opened(tmp_path)
    keep(first, due(1), b"one")
    keep(first, due(2), b"two")
    first.close()
    (tmp_path / "plan-2.pdf").write_bytes(b"changed!")
    again = opened(tmp_path)
    assert again.has(due(1))
    assert not again.has(due(2))  # its file is another one now
    assert not again.has(due(1, "3"))
    assert keep(again, due(9), b"one").fresh is False
    assert keep(again, due(2), b"two").file == "plan-3.pdf"
    again.close()
    other = opened(tmp_path, "Archive")
    assert not other.has(due(1))
    assert keep(other, due(1), b"one") == Kept("plan.pdf", 3, 0, fresh=False)
    other.close()
    assert not opened(tmp_path, uidvalidity=6).has(due(1))


def test_what_was_written_and_not_listed_any_more_is_not_there_twice(tmp_path: Path, opened: Opening) -> None:
    folder = opened(tmp_path)
    keep(folder, due(1), b"one")
    keep(folder, due(2), b"two")
    folder.close()
    index = tmp_path / INDEX
    index.write_bytes(index.read_bytes()[:-20])
    again = opened(tmp_path)
    assert not again.has(due(2))
    assert keep(again, due(2), b"two") == Kept("plan-2.pdf", 3, 0, fresh=False)
    again.close()
    assert len(index.read_text().splitlines()) == 2


def test_links_in_the_folder_are_not_followed(tmp_path: Path, opened: Opening) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "kept" / "plan.pdf").symlink_to(tmp_path / "mine")
    (tmp_path / "kept" / "plan-2.pdf").symlink_to(tmp_path / "nothing")
    (tmp_path / "kept" / BESIDE).symlink_to(tmp_path / "mine")
    os.mkfifo(tmp_path / "kept" / "plan-3.pdf")
    folder = opened(tmp_path / "kept")
    assert keep(folder, due(), b"mine").file == "plan-4.pdf"
    folder.close()
    assert (tmp_path / "mine").read_bytes() == b"mine"
    assert sorted(os.listdir(tmp_path)) == ["kept", "mine"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / INDEX).symlink_to(tmp_path / "mine")
    with pytest.raises(UsageError, match=r"cannot save into .*other: parts.jsonl in it is a symbolic link"):
        opened(tmp_path / "other")


def test_a_file_system_without_links(tmp_path: Path, opened: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*words: Any, **named: Any) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    folder = opened(tmp_path)
    assert keep(folder, due(1), b"one").file == "plan.pdf"
    (tmp_path / "plan-2.pdf").write_bytes(b"came meanwhile")
    assert keep(folder, due(2), b"two").file == "plan-3.pdf"
    assert names(tmp_path) == ["plan-2.pdf", "plan-3.pdf", "plan.pdf"]
    assert (tmp_path / "plan-3.pdf").read_bytes() == b"two"


def test_a_file_system_of_short_names(tmp_path: Path, opened: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def short(source: Any, target: Path) -> None:
        if len(target.name.encode()) > 143:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        link(source, target)

    def refused(path: Any, *words: Any, **named: Any) -> Any:
        if len(os.path.basename(path).encode()) > 143:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        return open_(path, *words, **named)

    open_ = os.open
    monkeypatch.setattr(os, "link", short)
    monkeypatch.setattr(os, "open", refused)
    folder = opened(tmp_path)
    for uid, octets in enumerate((b"one", b"two", b"one"), 1):
        keep(folder, due(uid, name="é" * 98 + ".pdf"), octets)
    assert names(tmp_path) == ["é" * 48 + "-2.pdf", "é" * 48 + ".pdf"]


def test_a_system_that_does_not_write_utf8(tmp_path: Path, opened: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "iso8859-1")
    folder = opened(tmp_path)
    assert keep(folder, due(1, name="é 灯台.eml"), b"x").file == "é __.eml"
    assert keep(folder, due(2, name="é 灯台.eml"), b"x").fresh is False


def test_what_a_killed_imapsh_left_is_taken_away(tmp_path: Path, opened: Opening) -> None:
    (tmp_path / BESIDE).write_bytes(b"half")
    opened(tmp_path)
    assert names(tmp_path) == []


def test_a_full_disk_leaves_nothing_half(tmp_path: Path, opened: Opening) -> None:
    folder = opened(tmp_path)
    keep(folder, due(1), b"one")
    before = (tmp_path / INDEX).read_bytes()
    with full_disk(400):
        with pytest.raises(OSError, match="File too large"):
            keep(folder, due(2), b"x" * 100_000, b"y")
        (tmp_path / INDEX).write_bytes(before + b"\n" * (399 - len(before)))
        with pytest.raises(OSError, match="File too large"):
            keep(folder, due(2), b"two")
    assert names(tmp_path) == ["plan.pdf"]


def test_a_file_that_is_dropped_is_gone_and_takes_nothing_more(tmp_path: Path, opened: Opening) -> None:
    folder = opened(tmp_path)
    first = folder.writing("")
    first.write(b"x")
    second = folder.writing("")
    first.write(b"late")
    with pytest.raises(OSError, match=r"two files were written at once for UID 7 part 2 .plan.pdf."):
        folder.keep(due(), first)
    second.write(b"two")
    folder.close()
    second.write(b"late")
    assert second.finish().octets == 7
    assert names(tmp_path) == []


def test_two_programs_do_not_save_into_one_folder_at_once(tmp_path: Path, opened: Opening) -> None:
    opened(tmp_path).close()
    with (tmp_path / INDEX).open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another imapsh is saving into"):
            opened(tmp_path)


@pytest.mark.parametrize("index", ["5\n", "{}\n", '{"file": "x", "size": "y"}\n', "[" * 100_000 + "\n"])
def test_a_list_that_is_none_is_a_sentence(tmp_path: Path, opened: Opening, index: str) -> None:
    (tmp_path / INDEX).write_text(index)
    with pytest.raises(UsageError, match="is not a list of saved parts"):
        opened(tmp_path)


def test_a_list_that_names_files_elsewhere_is_not_believed(tmp_path: Path, opened: Opening) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "mine").write_bytes(b"mine")
    line = {"mailbox": "INBOX", "uidvalidity": 5, "uid": 7, "part": "2", "file": "../mine", "name": "plan.pdf"}
    (tmp_path / "kept" / INDEX).write_text(json.dumps(line | {"size": 4, "sha256": "x"}) + "\n")
    assert not opened(tmp_path / "kept").has(due())


def test_folders_that_cannot_be_used_are_sentences(tmp_path: Path, opened: Opening) -> None:
    (tmp_path / "file").write_bytes(b"")
    for where, words in (("file", "File exists"), ("file/below", "Not a directory"), ("a\0b", "null")):
        with pytest.raises(UsageError, match=rf"cannot save into .*: .*{words}"):
            opened(tmp_path / where)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (BodyPart("a", "b", params={"name": "../x.txt"}), "x.txt"),
        (BodyPart("image", "png"), "message-7-part-2.png"),
        (BodyPart("text", "calendar"), "message-7-part-2.ics"),
        (BodyPart("text", "x-odd"), "message-7-part-2.txt"),
        (BodyPart(None, None), "message-7-part-2.bin"),
        (BodyPart("message", "rfc822", envelope=Envelope(subject="Re: a/b")), "Re_ a_b.eml"),
        (BodyPart("message", "rfc822", envelope=Envelope(subject="=?utf-8?q?=C3=A9?=")), "é.eml"),
        (BodyPart("message", "rfc822", envelope=Envelope()), "message-7-part-2.eml"),
        (BodyPart("message", "rfc822", params={"name": "fwd"}), "fwd.eml"),
        (BodyPart("message", "rfc822", params={"name": "fwd.EML"}), "fwd.EML"),
        (BodyPart("application", "ms-tnef", params={"name": "winmail.dat"}), "winmail.dat"),
    ],
)
def test_names(part: BodyPart, name: str) -> None:
    assert due_of(7, "2", part).name == name


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.binary(max_size=3)), max_size=8))
def test_whatever_parts_are_called_each_has_a_file_in_the_folder(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[str, bytes]]
) -> None:
    where = tmp_path_factory.mktemp("kept")
    folder = Folder(where, "INBOX", 5)
    for uid, (name, octets) in enumerate(parts, 1):
        one = due_of(uid, "1", BodyPart("a", "b", params={"name": name}))
        kept = keep(folder, one, octets)
        assert (where / kept.file).read_bytes() == octets
        assert (where / kept.file).parent == where
    folder.close()
    files = names(where)
    assert len(files) <= len(parts)
    assert len({name.casefold() for name in files}) == len(files)
    again = Folder(where, "INBOX", 5)
    assert all(again.has(due(uid, "1")) for uid in range(1, len(parts) + 1))
    again.close()
