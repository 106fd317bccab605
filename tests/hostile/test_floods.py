"""Floods and bombs against imapsh in a process of its own: memory stays flat, output and work are bounded."""

from __future__ import annotations

import json
from itertools import repeat

import pytest

from imapsh.grammar.names import MailboxName
from imapsh.grammar.responses import Response
from imapsh.session.core import Session
from imapsh.session.knowledge import make_parser
from imapsh.shell.record.mailboxes import MailboxNames
from imapsh.wire.offline import read_recorded

from .floods import PEAK, at, flooding, inflating, ran

pytestmark = pytest.mark.slow
MIB = 1 << 20


@pytest.mark.parametrize(
    ("format", "limit", "line"),
    [
        ("wire", 4 * MIB, b"* OK " + b"x" * 200 + b"\r\n"),
        ("pretty", MIB // 8, b"* X\r\n"),
        ("json", MIB // 8, b"* 1 EXISTS\r\n"),
        ("view", MIB // 8, b"* 1 FETCH (FLAGS (\\Seen))\r\n"),
    ],
    ids=["wire", "pretty", "json", "view"],
)
def test_e1_a_bomb_under_compress(format: str, limit: int, line: bytes) -> None:
    more = () if limit == 4 * MIB else ("--limit", f"inflated={limit}")
    with at(inflating(line, 128 * MIB)) as url:
        done = ran(url, "--format", format, *more, "-c", "COMPRESS DEFLATE", "-c", "NOOP")
    assert done.status == 7
    assert f"the inflated limit is {limit} " in done.err
    assert "times as much" in done.err
    assert done.peak < PEAK


def test_e1_a_bomb_of_one_literal_under_compress() -> None:
    literal = b"* 1 FETCH (BODY[] {%d}\r\n" % (128 * MIB)
    with at(inflating(literal + b"\0" * (MIB - len(literal)), 128 * MIB)) as url:
        done = ran(url, "--limit", f"inflated={MIB}", "-c", "COMPRESS DEFLATE", "-c", "NOOP")
    assert done.status == 7
    assert "the inflated limit is 1048576" in done.err
    assert done.peak < PEAK


def test_e1_the_limit_can_be_set() -> None:
    with at(inflating(b"* 1 FETCH (FLAGS (\\Seen))\r\n", 8 * MIB)) as url:
        done = ran(url, "--format", "wire", "--limit", "inflated=100000", "-c", "COMPRESS DEFLATE", "-c", "NOOP")
    assert "the inflated limit is 100000" in done.err
    assert done.octets < MIB


def test_e2_a_literal_is_refused_before_it_is_sent() -> None:
    announced = b"* 1 FETCH (BODY[] {5000000000}\r\n"
    with at(flooding([announced, *repeat(bytes(MIB), 300)])) as url:
        done = ran(url, "-c", "NOOP")
    assert done.status == 7
    assert "the literal limit is 4294967296 and the server sent 5000000000" in done.err
    assert done.peak < PEAK


def test_e2_a_large_literal_is_shown_from_a_file() -> None:
    announced = b"* 1 FETCH (BODY[] {%d}\r\n" % (200 * MIB)
    with at(flooding([announced, *repeat(bytes(MIB), 200), b")\r\n"])) as url:
        done = ran(url, "--format", "json", "-c", "NOOP")
    assert done.status == 0
    assert done.peak < PEAK
    values = [json.loads(line)["value"] for line in done.out.splitlines()]
    assert {"octets": 200 * MIB} in [{"octets": value["BODY[]"]["octets"]} for value in values if "BODY[]" in value]


@pytest.mark.parametrize("line", [b"+\r\n", b"\r\n", b"\n", b"\r\r\n"], ids=repr)
@pytest.mark.parametrize("format", ["pretty", "json", "view"])
def test_e4_lines_that_say_nothing(line: bytes, format: str) -> None:
    count = 20_000
    with at(flooding([line * count])) as url:
        done = ran(url, "--format", format, "-c", "NOOP")
    assert done.status == 0
    assert done.octets < 60_000
    assert done.peak < PEAK
    assert f"{count - 100:,}" in done.out.decode() or f'"count":{count - 100}' in done.out.decode()


def test_e4_wire_has_every_octet() -> None:
    with at(flooding([b"+\r\n" * 40_000])) as url:
        done = ran(url, "--format", "wire", "-c", "NOOP")
    assert done.out.count(b"+\r\n") == 40_000
    assert done.peak < PEAK


def test_e4_a_recording_is_explained_in_the_same_way(tmp_path: pytest.TempPathFactory) -> None:
    path = tmp_path / "recording"  # type: ignore[operator]
    path.write_bytes(b"* OK hi\r\n" + b"\r\n" * 40_000)
    done = ran("--explain", str(path))
    assert done.octets < 60_000
    assert "and 39,900 more: " in done.out.decode()


def test_e4_lint_counts_what_was_not_shown() -> None:
    with at(flooding([b"+ x\r\n" * 5000])) as url:
        done = ran(url, "-c", "NOOP", "-c", r"\lint")
    assert "5,000" in done.out.decode()


WORDS = b" ".join(b"X%d" % number for number in range(100_000))


@pytest.mark.parametrize("format", ["pretty", "view"])
@pytest.mark.parametrize(
    "line", [b"* CAPABILITY IMAP4rev1 " + WORDS, b"* ENABLED " + WORDS, b"* FLAGS (" + WORDS + b")",
             b"* LIST (" + WORDS + b') "/" a', b"* OK [CAPABILITY " + WORDS + b"] hello"],
    ids=lambda line: line[:14].decode(),
)  # fmt: skip
def test_e5_a_list_of_very_many_words_is_cut(line: bytes, format: str) -> None:
    with at(flooding([line + b"\r\n"])) as url:
        done = ran(url, "--format", format, "-c", "NOOP")
    assert done.octets < 100_000
    assert done.peak < 2 * PEAK
    assert " more" in done.out.decode()


def test_e5_numbers_are_whole_in_json() -> None:
    numbers = [2 * number + 1 for number in range(100_000)]
    line = b"* SEARCH " + " ".join(map(str, numbers)).encode() + b"\r\n"
    with at(flooding([line])) as url:
        done = ran(url, "--format", "json", "-c", "NOOP")
    assert json.loads(done.out.splitlines()[1])["value"]["ids"] == numbers if done.octets < MIB else done.octets > MIB
    assert done.peak < PEAK


def test_a_line_without_an_end() -> None:
    with at(flooding(repeat(b"x" * MIB, 300))) as url:
        done = ran(url, "-c", "NOOP")
    assert done.status == 7
    assert "the line limit is 8388608" in done.err
    assert done.peak < PEAK


def test_a_greeting_without_an_end() -> None:
    with at(flooding([], greeting=b"* OK " + b"x" * (20 * MIB))) as url:
        done = ran(url, "-c", "NOOP")
    assert done.status in (4, 7)
    assert "the line limit is 8388608" in done.err
    assert done.peak < PEAK


def test_responses_are_counted() -> None:
    with at(flooding([b"* 1 FETCH (FLAGS ())\r\n" * 5000])) as url:
        done = ran(url, "--limit", "responses=1000", "-c", "NOOP")
    assert done.status == 7
    assert "the responses limit is 1000" in done.err


def test_what_is_remembered_of_a_server_is_bounded() -> None:
    names = MailboxNames()
    (listed,) = read_recorded([b'* LIST () "/" name\r\n'])
    response = make_parser().parse(listed)
    for number in range(3):
        name = MailboxName(f"{number}" + "x" * (15 << 20), f"{number}")
        names.learn(Response(response.kind, response.name, response.value._replace(mailbox=name), listed))
    assert len(names) == 2
    names.clear()
    assert len(names) == 0


def test_what_a_server_enables_or_changes_for_ever_is_bounded() -> None:
    session = Session()
    session.receive(b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n")
    exchange = session.line("NOOP")
    list(session.events())
    session.to_send()
    words = b"".join(b"* ENABLED X%d\r\n* CAPABILITY IMAP4rev1 X%d\r\n" % (one, one) for one in range(5000))
    session.receive(words + b"* ENABLED " + b" ".join(b"Y%d" % one for one in range(5000)) + b"\r\nA1 OK done\r\n")
    assert sum(1 for _ in session.events()) == 10_002
    assert exchange.status == "OK"
    assert len(exchange.changes) == 100
    assert len(session.enabled) == 1000
