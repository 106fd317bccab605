"""Mbox files of many programs: where a message begins, and what is said of the lines where that is doubtful."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.shell.commands.mail.loading import Message, messages
from tests.shell.hosting import FakeApp

FIRST = b"From ida@example.org Thu Jun  4 08:52:00 2026\nSubject: one\n\nHello.\n\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def boxed(here: Path, octets: bytes) -> tuple[list[Message], list[str]]:
    """The messages of an mbox, and what is said of it."""
    (here / "old.mbox").write_bytes(octets)
    said: list[str] = []
    return messages(["old.mbox"], said.append), said


def text(message: Message) -> bytes:
    return b"".join(message.literal().data())


@pytest.mark.parametrize("octets", [b"", b"\n\n", b"\r\n", b"\xef\xbb\xbf"])
def test_a11_a_file_without_a_message_is_refused(here: Path, octets: bytes) -> None:
    with pytest.raises(UsageError, match=r"^old.mbox is empty: it holds no message$"):
        boxed(here, octets)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("more", [-2, -1, 0, 1, 2, 400])
def test_a11_a_content_length_that_means_other_octets_is_said(here: Path, more: int, end: bytes) -> None:
    body = b"From the start.\n\nAll the rest.\n".replace(b"\n", end)
    length = b"content-length: %d" % (len(body) + more)
    head = b"\n".join([b"From i@x Thu Jun  4 08:52:00 2026", b"X: y", length, b"", b""]).replace(b"\n", end)
    found, said = boxed(here, head + body + end + b"From i@x Thu Jun  4 08:52:00 2026" + end + b"X: z" + end)
    assert len(found) == 2
    assert any("the Content-Length of one message says that it ends elsewhere" in one for one in said) == (
        not -len(end) * 2 <= more <= len(end)
    )


def test_a11_a_content_length_takes_no_message_away(here: Path) -> None:
    first = FIRST.replace(b"\n\n", b"\nContent-Length: %d\n\n" % len(b"Hello.\n\n" + FIRST), 1)
    found, said = boxed(here, first + FIRST)
    assert len(found) == 2
    (one,) = said
    assert one.startswith("old.mbox: the Content-Length of one message says that it ends elsewhere, but lines that")
    assert one.endswith("decide; message 1")
    found, said = boxed(here, first + first + FIRST)
    assert "of 2 messages says that they end elsewhere" in said[0]
    assert said[0].endswith("decide; the first is message 1")


@pytest.mark.parametrize(
    "line",
    [
        b"From next week on the office is closed.",
        b"From Mon Jan 5 on, 10:00:00 is too late in 2026",
        b"From what I heard Mon Jan  5 10:00:00 2026",
        b"From ida Mon Jan  5 10:00:00 2026 she wrote",
        b"From ida Mon Jan 32 10:00:00 2026",
        b"From ida Mon Jan  5 25:00:00 2026",
        b"From ida Mon Foo  5 10:00:00 2026",
        b"From ida@example.org",
        b"From ",
    ],
)
def test_a11_a_line_without_a_date_is_text(here: Path, line: bytes) -> None:
    found, said = boxed(here, FIRST + line + b"\nBye.\n")
    assert [text(one) for one in found] == [b"Subject: one\r\n\r\nHello.\r\n\r\n" + line + b"\r\nBye.\r\n"]
    assert "".join(said) == (
        "old.mbox: one line that may begin a message is taken for text, because it has no date at the end or no empty "
        f"line before; line 6: {line.decode()}"
    )


@pytest.mark.parametrize(
    ("line", "date"),
    [
        (b"From ida Mon Jan  5 10:00:00 2026", " 5-Jan-2026 10:00:00 +0000"),
        (b"From - Mon Jan 05 10:00:00 2026", " 5-Jan-2026 10:00:00 +0000"),
        (b"From root Mon Jan  5 10:00 2026", " 5-Jan-2026 10:00:00 +0000"),
        (b"From  Mon Jan  5 10:00:00 2026", " 5-Jan-2026 10:00:00 +0000"),
        (b"From MAILER-DAEMON Mon Jan  5 10:00:00 2026\r", " 5-Jan-2026 10:00:00 +0000"),
        (b'From "Ida B."@example.org Mon Jan  5 10:00:00 2026', " 5-Jan-2026 10:00:00 +0000"),
        (b"From ida Mon Jan  5 10:00:00 2026 +0130", " 5-Jan-2026 10:00:00 +0130"),
        (b"From ida Mon Jan  5 10:00:00 EST 2026", " 5-Jan-2026 10:00:00 -0500"),
        (b"From ida Mon Jan  5 10:00:00 CEST 2026  ", " 5-Jan-2026 10:00:00 +0000"),
        (b"From uucp!ida Mon Jan  5 10:00:00 2026 remote from uucp", " 5-Jan-2026 10:00:00 +0000"),
    ],
)
def test_a11_a_date_as_asctime_writes_it_begins_a_message(here: Path, line: bytes, date: str) -> None:
    found, said = boxed(here, FIRST + line + b"\nSubject: two\n\nBye.\n\n")
    assert [text(one) for one in found] == [
        b"Subject: one\r\n\r\nHello.\r\n", b"Subject: two\r\n\r\nBye.\r\n"
    ]  # fmt: skip
    assert (said, [one.date for one in found]) == ([], [" 4-Jun-2026 08:52:00 +0000", date])


def test_a11_a_separator_without_an_empty_line_before_it_is_text_and_counted(here: Path) -> None:
    more = b"From ida Mon Jan  5 10:00:00 2026\nSubject: two\n\nFrom here on\n\nFrom there on\n"
    found, said = boxed(here, FIRST.removesuffix(b"\n") + more)
    assert len(found) == 1
    assert "".join(said) == (
        "old.mbox: 3 lines that may begin a message are taken for text, because they have no date at the end or no "
        "empty line before; the first is line 5: From ida Mon Jan  5 10:00:00 2026"
    )


def test_a11_load_says_what_was_doubtful(here: Path) -> None:
    (here / "old.mbox").write_bytes(FIRST + b"From next week on the office is closed.\n\n" + FIRST)
    host = FakeApp(connected=True).does("CREATE Old").does("\\load -m Old old.mbox")
    assert [line.split(":")[0] for line in host.said[-2:]] == ["old.mbox", "loaded 2 of 2 messages into Old, UID 1"]
    assert "line 6: From next week on" in host.said[-2]


def test_a11_a_first_line_without_a_date_begins_a_message_and_that_is_said(here: Path) -> None:
    found, said = boxed(here, b"From ida@example.org\nSubject: one\n\nHello.\n")
    assert [text(one) for one in found] == [b"Subject: one\r\n\r\nHello.\r\n"]
    assert said == ["old.mbox: its first line is taken to begin a message, though it has no date"]
    assert found[0].date == ""


def test_c3_blank_lines_before_the_first_message(here: Path) -> None:
    found, said = boxed(here, b"\n \r\n" + FIRST + FIRST)
    assert ([text(one) for one in found], said) == ([b"Subject: one\r\n\r\nHello.\r\n"] * 2, [])


def test_c1_a_byte_order_mark_before_the_first_message(here: Path) -> None:
    found, said = boxed(here, b"\xef\xbb\xbf" + FIRST + FIRST)
    assert ([text(one) for one in found], said) == ([b"Subject: one\r\n\r\nHello.\r\n"] * 2, [])


def test_lines_of_any_length_are_read_in_pieces(here: Path) -> None:
    long = b"x" * ((1 << 16) - 6) + b"From y" + b"z" * (1 << 17)
    found, _ = boxed(here, FIRST + b">From here\n" + long + b"\n>>From there\n")
    assert text(found[0]).split(b"\r\n")[4:] == [b"From here", long, b">From there", b""]


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n"])
def test_a11_line_ends_of_cr_alone_are_refused_and_not_lost(here: Path, before: bytes) -> None:
    with pytest.raises(UsageError, match=r"old.mbox: its lines end in CR alone, .* make LF of each CR first"):
        boxed(here, before + FIRST.replace(b"\n", b"\r"))


def test_a11_so_are_those_of_a_message(here: Path) -> None:
    (here / "one.eml").write_bytes(b"Subject: one\r\rHello.\r")
    [one] = messages(["one.eml"])
    with pytest.raises(UsageError, match=r"one.eml: its lines end in CR alone"):
        one.literal()


def test_a11_status_fields_of_the_message_itself_stay(here: Path) -> None:
    found, _ = boxed(here, FIRST.replace(b"Subject", b"Status: RO\nX-Status: F\nStatus: O\nX-Status: A\nSubject"))
    assert text(found[0]) == b"Status: O\r\nX-Status: A\r\nSubject: one\r\n\r\nHello.\r\n"
    assert found[0].flags == ("\\Flagged", "\\Seen")


def test_a11_a_zone_of_two_words_belongs_to_the_date(here: Path) -> None:
    found, said = boxed(here, FIRST.replace(b" 2026", b" MET DST 2026"))
    assert (found[0].date, said) == (" 4-Jun-2026 08:52:00 +0000", [])


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n", b"\r\n", b"\r\n\r\n", b"\n\r\n"])
def test_a11_a_message_is_saved_behind_an_mbox_of_any_end(here: Path, end: bytes) -> None:
    (here / "old.mbox").write_bytes(FIRST.rstrip(b"\n") + end)
    host = FakeApp(connected=True).does("SELECT INBOX").does("\\save 1:2 old.mbox")
    assert host.does("CREATE Back").does("\\load -m Back old.mbox").said[-1].startswith("loaded 3 of 3 messages")
    assert b"\n\n\n" not in (here / "old.mbox").read_bytes().replace(b"\r\n", b"\n")[: len(FIRST) + 10]


@pytest.mark.parametrize("where", ["notes.txt", "mbox:notes.txt", "notes.mbox"])
def test_c5_a_file_that_is_no_mbox_is_not_spoiled(here: Path, where: str) -> None:
    path = here / where.removeprefix("mbox:")
    path.write_bytes(b"Buy milk.\n")
    with pytest.raises(UsageError, match=r"cannot save into notes.*: it is there already, and is not an mbox"):
        FakeApp(connected=True).does("SELECT INBOX").does(f"\\save 1 {where}")
    assert path.read_bytes() == b"Buy milk.\n"
    assert [one.name for one in here.iterdir()] == [path.name]


@pytest.mark.parametrize("word", ["no*.eml", "[z", "no?"])
def test_c5_a_pattern_that_fits_no_file_is_said_before_anything_is_loaded(here: Path, word: str) -> None:
    (here / "one.eml").write_bytes(b"Subject: one\n\nHello.\n")
    host = FakeApp(connected=True)
    with pytest.raises(UsageError, match="there is no file " + re.escape(word)):
        host.does(f"\\load -m INBOX one.eml {word}")
    assert "loaded" not in host.text


def test_e7_the_file_of_a_folder_that_cannot_be_read_is_named(here: Path) -> None:
    os.mkfifo(here / "2.eml")
    with pytest.raises(UsageError, match=r"cannot read 2.eml: it is a pipe, not a regular file"):
        messages(["."])
    (here / "1.eml").symlink_to("nowhere")
    with pytest.raises(UsageError, match=r"cannot read 1.eml: No such file or directory"):
        messages(["."])
