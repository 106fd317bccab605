"""The parts that IMAP4 holds, each alone: what files replies, what reads them to their end, what is shown."""

from __future__ import annotations

import io
from typing import Any

import pytest

from imapsh.client.imap4.reading import ReplyReader
from imapsh.client.imap4.replies import Replies
from imapsh.client.imap4.transcript import Transcript


class Aborted(Exception):
    """What the parts raise here."""


def filing(prefix: bytes = b"A") -> Replies:
    """Replies that expect tags with this prefix."""
    replies = Replies(Transcript(), Aborted)
    replies.expect(prefix)
    return replies


# -- filing


@pytest.mark.parametrize(
    ("line", "filed"),
    [
        (b"* 3 EXISTS", {"EXISTS": [b"3"]}),
        (b"* 2 FETCH (FLAGS ())", {"FETCH": [b"2 (FLAGS ())"]}),
        (b"* SEARCH", {"SEARCH": [b""]}),
        (b"* OK [UIDNEXT 7] next", {"OK": [b"[UIDNEXT 7] next"], "UIDNEXT": [b"7"]}),
        (b"* NO [ALERT] full", {"NO": [b"[ALERT] full"], "ALERT": [b""]}),
    ],
)
def test_an_untagged_reply_is_filed_by_its_name(line: bytes, filed: dict[str, list[Any]]) -> None:
    replies = filing()
    assert replies.file(line, replies.append) == line
    assert replies.untagged == filed
    assert not replies.survived


def test_a_tagged_reply_completes_its_command() -> None:
    replies = filing()
    replies.tagged[b"A1"] = None
    assert replies.file(b"A1 OK [READ-WRITE] done", replies.append) == b"A1 OK [READ-WRITE] done"
    assert replies.tagged == {b"A1": ("OK", [b"[READ-WRITE] done"])}
    assert replies.untagged == {"READ-WRITE": [b""]}


@pytest.mark.parametrize("line", [b"A2 OK done", b"A1 what"])
def test_a_tagged_reply_that_completes_nothing_aborts(line: bytes) -> None:
    replies = filing()
    replies.tagged[b"A1"] = None
    with pytest.raises(Aborted, match="unexpected"):
        replies.file(line, replies.append)


def test_a_continuation_request_returns_none() -> None:
    replies = filing()
    assert replies.file(b"+ go on", replies.append) is None
    assert replies.continuation == b"go on"


@pytest.mark.parametrize(
    ("line", "filed"),
    [(b"* 1 exists", {"EXISTS": [b"1"]}), (b"*  5 EXISTS", {"EXISTS": [b"5"]}), (b"what?", {})],
)
def test_what_imaplib_gives_up_on_is_survived(line: bytes, filed: dict[str, list[Any]]) -> None:
    replies = filing()
    replies.file(line, replies.append)
    assert replies.untagged == filed
    assert list(replies.survived) == [line + b"\r\n"]


def test_a_literal_is_filed_behind_the_text_before_it() -> None:
    replies = filing()
    parts = [b"* 1 FETCH (A {3}\r\n", b"abc", b" B {1}\r\n", b"d", b")\r\n"]
    replies.file_parts(parts[0][:-2], parts, False, replies.append)
    assert replies.untagged == {"FETCH": [(b"1 (A {3}", b"abc"), (b" B {1}", b"d"), b")"]}
    assert [line for _, line, _ in replies.transcript.lines] == [b" B {1}", b")"]


def test_what_is_filed_goes_through_the_function_handed_in() -> None:
    replies, seen = filing(), []
    replies.file(b"* OK [UIDNEXT 7] next", lambda typ, dat: seen.append((typ, dat)))
    assert seen == [("OK", b"[UIDNEXT 7] next"), ("UIDNEXT", b"7")]
    assert replies.untagged == {}


def test_while_captured_replies_keep_their_order() -> None:
    replies = filing()
    replies.captured = []
    for typ, datum in (("EXISTS", b"1"), ("FETCH", (b"1 (A {1}", b"x")), ("FETCH", b")"), ("EXISTS", b"2")):
        replies.append(typ, datum)
    assert replies.captured == [("EXISTS", [b"1"]), ("FETCH", [(b"1 (A {1}", b"x"), b")"]), ("EXISTS", [b"2"])]
    assert replies.untagged == {}


@pytest.mark.parametrize(("octets", "error"), [(b"", "EOF"), (b"* OK", "unterminated"), (b"* OK\n", "unterminated")])
def test_a_line_needs_its_crlf(octets: bytes, error: str) -> None:
    with pytest.raises(Aborted, match=error):
        filing().line(octets)


# -- reading


def rest(octets: bytes, limit: int = 0) -> tuple[list[Any], bool, bytes]:
    """Read a reply to its end; returns its parts, whether it is broken, and what is left."""
    stream = io.BytesIO(octets)
    reader = ReplyReader(Transcript(), Aborted)
    parts, broken = reader.rest(stream.readline(), stream.readline, stream.read, limit)
    ahead = reader.pending or b""
    return list(parts), broken, ahead + stream.read()


@pytest.mark.parametrize(
    ("octets", "parts", "broken"),
    [
        (b"* 1 FETCH (A {3}\r\nabc)\r\n", [b"* 1 FETCH (A {3}\r\n", b"abc", b")\r\n"], False),
        (b'* LIST () "/" {1}\r\nx\r\n', [b'* LIST () "/" {1}\r\n', b"x", b"\r\n"], False),
        (b"* OK take {5}\r\n", [b"* OK take {5}\r\n"], False),
        (b"* 1 FETCH (X (\r\n y))\r\n", [b"* 1 FETCH (X (\r\n y))\r\n"], True),
        (b"* 1 FETCH (X (\r\n", [b"* 1 FETCH (X (\r\n"], False),
    ],
)
def test_a_reply_is_read_to_its_end_and_no_further(octets: bytes, parts: list[bytes], broken: bool) -> None:
    assert rest(octets + b"* 2 EXISTS\r\n") == (parts, broken, b"* 2 EXISTS\r\n")


@pytest.mark.parametrize("size", [b"4", b"9" * 30])
def test_a_literal_beyond_the_limit_aborts(size: bytes) -> None:
    with pytest.raises(Aborted):
        rest(b"* 1 FETCH (A {" + size + b"}\r\nabcd)\r\n", limit=3)


def test_memory_that_does_not_suffice_aborts() -> None:
    def read(size: int) -> bytes:
        raise MemoryError

    reader = ReplyReader(Transcript(), Aborted)
    with pytest.raises(Aborted, match="does not fit in memory"):
        reader.rest(b"* 1 FETCH (A {9}\r\n", bytes, read, 0)


# -- showing


def test_the_last_ten_lines_are_kept() -> None:
    transcript = Transcript()
    for number in range(12):
        transcript.went(b"A%d NOOP" % number)
    transcript.keep("a line of the program's")
    lines = [line for line, _ in transcript.last()]
    assert (len(lines), lines[0], lines[-1]) == (10, "> b'A3 NOOP'", "a line of the program's")


@pytest.mark.parametrize(("level", "told"), [(0, []), (1, ["one"]), (4, ["one", "> b'A1 LOGIN me ********'"])])
def test_messages_wait_until_they_are_told(level: int, told: list[str]) -> None:
    transcript = Transcript()
    transcript.level = level
    transcript.secrets.add(b"hunter22")
    transcript.note("one")
    transcript.note("five", 5)
    transcript.went(b"A1 LOGIN me hunter22")
    assert transcript.untold == told


def test_what_is_written_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    transcript = Transcript()
    transcript.secrets.add(b"hunter22")
    transcript.write("the server said hunter22", 0)
    shown = capsys.readouterr().err
    assert "the server said ********" in shown
