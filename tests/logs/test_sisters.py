"""The two files of one log are found beside each other."""

from __future__ import annotations

from io import BytesIO

import pytest

from imapsh.errors import UsageError
from imapsh.logs.sisters import logs_of

IN = b"1795880514.104629 A2 NOOP\r\n"
OUT = b"1795880514.105491 A2 OK done\r\n"
TRACE = b"imapsh-trace 1\n"


class Folder(dict[str, bytes]):
    """Files in memory; `opened` holds those that were opened."""

    def __init__(self, **files: bytes) -> None:
        super().__init__({name.replace("_", "."): octets for name, octets in files.items()})
        self.opened: dict[str, BytesIO] = {}

    def open(self, path: str) -> BytesIO:
        if path not in self:
            raise UsageError(f"cannot read {path}")
        self.opened[path] = BytesIO(self[path])
        return self.opened[path]

    def logs(self, *paths: str) -> list[tuple[str, str | None]]:
        return [(log.path, log.sister.path if log.sister else None) for log in logs_of(paths, self.open)]


@pytest.mark.parametrize("paths", [("x.in",), ("x.in", "x.out"), ("x.in", "./x.out")])
def test_two_files_are_one_log_if_one_or_both_are_named(paths: tuple[str, ...]) -> None:
    assert Folder(x_in=IN, x_out=OUT).logs(*paths) == [("x.in", "x.out")]


def test_the_file_that_was_named_first_is_the_log() -> None:
    folder = Folder(x_in=IN, x_out=OUT, y_in=IN, z_trace=TRACE)
    assert folder.logs("x.out", "z.trace", "x.in", "y.in") == [("x.out", "x.in"), ("z.trace", None), ("y.in", None)]


def test_a_file_of_another_format_is_left_alone_and_closed() -> None:
    folder = Folder(x_in=IN, x_out=TRACE)
    assert folder.logs("x.in") == [("x.in", None)]
    assert folder.opened["x.out"].closed
    assert folder.logs("x.in", "x.out") == [("x.in", None), ("x.out", None)]


def test_two_files_that_are_nothing_known_are_not_joined() -> None:
    assert Folder(a_in=b"hello", a_out=b"\x7fELF").logs("a.in") == [("a.in", None)]


def test_one_of_the_two_may_be_empty() -> None:
    assert Folder(x_in=b"", x_out=OUT).logs("x.in") == [("x.in", "x.out")]
    assert Folder(x_in=IN, x_out=b"").logs("x.in") == [("x.in", "x.out")]


def test_a_stream_has_no_path() -> None:
    folder = Folder()
    folder["-"] = OUT
    assert folder.logs("-") == [("", None)]


def test_a_named_file_that_cannot_be_opened_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"cannot read y\.in"):
        Folder().logs("y.in")
