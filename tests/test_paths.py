"""What a path may name: regular files, pipes where they are streamed, and nothing that waits for ever or never ends."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from imapsh import paths
from tests.growth import peak
from tests.patience import PATIENCE


def message(path: str | Path, *, streamed: bool = False) -> str:
    """Why a path is refused."""
    with pytest.raises(OSError, match=r".") as caught:
        paths.stream(str(path), 0.01) if streamed else paths.whole(path)
    if not streamed:
        with pytest.raises(OSError, match=r".") as same:
            paths.regular(path)
        assert same.value.strerror == caught.value.strerror
    return str(caught.value.strerror)


@pytest.mark.parametrize("streamed", [False, True])
def test_e7_what_never_ends_is_refused(tmp_path: Path, streamed: bool) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        assert "such device" in message(tmp_path / "socket", streamed=streamed)
    assert message("/dev/zero", streamed=streamed) == "it is a device, not a regular file"
    assert message("/dev/full", streamed=streamed) == "it is a device, not a regular file"
    assert message(tmp_path, streamed=streamed) == "Is a directory"
    assert message(tmp_path / "missing", streamed=streamed) == "No such file or directory"


def test_e7_a_named_pipe_is_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert message(tmp_path / "pipe") == "it is a pipe, not a regular file"


def test_e7_a_named_pipe_streams_if_a_process_writes_to_it(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert message(path, streamed=True) == "it is a pipe that no process writes to: start that process first"
    writer = threading.Thread(target=path.write_bytes, args=(b"NOOP\n",))
    writer.start()
    with paths.stream(str(path), PATIENCE) as file:
        assert file.read(100) == b"NOOP\n"
    writer.join()


def test_e7_what_waited_in_vain_at_a_named_pipe_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if it came to wait only after the first try to wake it, as on a busy machine."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    tried, opens, before = threading.Event(), os.open, set(threading.enumerate())

    def late(name: str, flags: int) -> int:
        if flags == os.O_RDONLY:
            assert tried.wait(PATIENCE)
        try:
            return opens(name, flags)
        except OSError:
            tried.set()
            raise

    monkeypatch.setattr("os.open", late)
    assert message(path, streamed=True).startswith("it is a pipe that no process writes to")
    assert set(threading.enumerate()) <= before


def test_e7_a_pipe_that_is_open_already_is_read() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"x = 1\n")
    os.close(writer)
    assert paths.whole(f"/dev/fd/{reader}")[0] == b"x = 1\n"
    with paths.stream(f"/dev/fd/{reader}") as file:
        assert file.read(1) == b""
    with pytest.raises(OSError, match="it is a pipe"):
        paths.regular(f"/dev/fd/{reader}")
    os.close(reader)
    with pytest.raises(OSError, match="Bad file descriptor"):
        paths.whole(f"/dev/fd/{reader}")


def test_e7_what_is_read_whole_has_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert paths.whole(path, 100)[0] == b"x" * 100
    with pytest.raises(OSError, match="it has more than 99 octets, which is the limit for such a file"):
        paths.whole(path, 99)


def test_e6_a_short_file_takes_little_memory_whatever_its_limit_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 1000)
    assert peak(lambda: paths.whole(path, 1 << 28)) < 1 << 20


def test_the_null_device_is_an_empty_file() -> None:
    assert paths.whole("/dev/null")[0] == b""
    with paths.stream("/dev/null") as file:
        assert file.read(1) == b""


def test_c2_a_tilde_means_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "file").write_bytes(b"x")
    assert paths.whole("~/file")[0] == b"x"
    for opened in (paths.regular("~/file"), paths.stream("~/file")):
        with opened as file:
            assert file.read(2) == b"x"


def test_c1_a_byte_order_mark_is_skipped() -> None:
    assert paths.without_bom(b"\xef\xbb\xbfx") == paths.without_bom(b"x") == b"x"


def added(path: Path) -> str:
    """Why a path is not added to."""
    with pytest.raises(OSError, match=r".") as caught:
        os.close(paths.at_end(str(path), os.O_WRONLY | os.O_APPEND | os.O_CREAT))
    return str(caught.value.strerror)


def test_e7_what_is_added_to_is_a_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    assert added(tmp_path / "pipe") == added(tmp_path / "link") == "it is a pipe, not a regular file"
    assert added(Path("/dev/full")) == "it is a device, not a regular file"
    assert added(tmp_path) == "Is a directory"
    os.close(paths.at_end(os.devnull, os.O_WRONLY | os.O_APPEND))
    os.close(paths.at_end(str(tmp_path / "new"), os.O_WRONLY | os.O_APPEND | os.O_CREAT))
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
