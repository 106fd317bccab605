"""`--explain` end to end: the corpus, recordings cut short, traces, other protocols."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from imapsh.errors import UsageError
from imapsh.grammar.responses import CLIENT
from imapsh.session.overhearing import overhear
from imapsh.shell.main import main
from imapsh.shell.modes.explain import THRESHOLD, pieces_of
from imapsh.shell.screen.output import Output
from imapsh.shell.settings.options import parse
from imapsh.wire.pieces import SERVER, Piece
from imapsh.wire.sinks import HashSink, opener
from imapsh.wire.trace import Trace
from tests.grammar.reading import lines
from tests.grammar.test_corpus import TEXTUAL, assert_holds
from tests.session.player import Player, Ticks
from tests.session.test_conduct import FINDINGS
from tests.shell.running import imapsh, listening, says, url

CORPUS = lines("quirks.jsonl")


def objects(octets: bytes, *, piece: int = 1 << 16) -> list[dict[str, Any]]:
    """The JSON objects of a recording, fed in pieces."""
    output = Output("json", json_raw=True)
    pieces = [Piece(SERVER, octets[at : at + piece], at) for at in range(0, len(octets), piece)]
    heard = overhear(pieces, opener=opener(THRESHOLD, HashSink))
    return [json.loads(output.response(found.response, found.findings)) for _, found in heard]


def check_cover(found: list[dict[str, Any]], octets: bytes) -> None:
    """In order, without a gap, and each object's octets are those of the input."""
    place = 0
    for one in found:
        assert one["offset"] == place
        place += one["length"]
        assert base64.b64decode(one["raw"]) == octets[one["offset"] : place]
    assert place == len(octets)


@pytest.mark.parametrize("line", CORPUS, ids=lambda line: str(line["id"]))
def test_each_line_of_the_corpus(line: dict[str, Any]) -> None:
    octets = line["raw"].encode("latin-1")
    found = objects(octets)
    check_cover(found, octets)
    assert objects(octets, piece=1) == found
    places = [violation["offset"] for one in found for violation in one["violations"]]
    assert bool(places) is not line["legal"]
    if not line["legal"] and line["violation"]["rule"] not in TEXTUAL:
        assert min(abs(place - line["violation"]["offset"]) for place in places) <= 16
    read = [one for one in found if one["kind"] != "garbage"]
    asked = [one for one in line["responses"] if one["kind"] != "garbage"]
    assert [(one["kind"], one["name"]) for one in read] == [(one["kind"], one["name"]) for one in asked]
    for one, wanted in zip(read, asked, strict=True):
        assert_holds(one["value"], wanted.get("value", {}))


def test_the_corpus_in_one_run(tmp_path: Path) -> None:
    legal = [line["raw"].encode("latin-1") for line in CORPUS if line["legal"] and line["raw"].endswith("\r\n")]
    octets = b"".join(legal)
    file = tmp_path / "recorded"
    file.write_bytes(octets)
    done = imapsh("--explain", str(file), "--format", "json", "--json-raw")
    assert done.status == 0, done.err
    check_cover([json.loads(line) for line in done.lines], octets)
    assert imapsh("--explain", "-", "--format", "wire", stdin=octets).out == octets


def test_pretty_has_carets_rules_and_sections() -> None:
    done = imapsh("--explain", "-", "--color", "always", stdin=b"* SEARCH 4 9 31 \r\n")
    assert done.status == 0
    assert "^" in done.out.decode()
    assert "[obsolete-search-response, RFC 9051 §9]" in done.out.decode()
    assert "\x1b[" in done.out.decode()


def test_utf8_once_enabled() -> None:
    listed = '* LIST () "/" "Zürich"\r\n'.encode()
    (_, after) = objects(b"* ENABLED UTF8=ACCEPT\r\n" + listed)
    assert (after["value"]["mailbox"], after["violations"]) == ("Zürich", [])
    assert objects(listed)[0]["violations"]


@pytest.mark.parametrize(
    "octets",
    [
        b"* OK whole\r\n* 1 FETCH (BODY[] {20}\r\nonly this",
        b"* OK whole\r\n* OK no end",
        b"* OK whole\r\n* 1 FETCH (BODY[] {20}\r\n",
    ],
)
def test_input_that_ends_within_a_response(octets: bytes) -> None:
    done = imapsh("--explain", "-", "--format", "json", stdin=octets)
    assert done.status == 1
    made = [json.loads(line) for line in done.lines]
    assert [one.get("incomplete") for one in made] == [None, True]
    assert sum(one["length"] for one in made) == len(octets)


def test_an_unfilled_literal_is_read_again_as_lines() -> None:
    octets = b"* 1 FETCH (BODY[] {2000}\r\nshort\r\n)\r\n* 2 EXISTS\r\nA1 OK done\r\n"
    found = objects(octets)
    check_cover(found, octets)
    assert [one["name"] for one in found] == ["FETCH", "EXISTS", "OK"]
    assert found[0]["violations"]


def test_tls_octets_are_one_object() -> None:
    octets = b"\x16\x03\x03\x00\x7a\x02\x00\n" + bytes(range(256)) * 8
    found = objects(b"* OK hello\r\n" + octets)
    assert [(one["kind"], one["name"]) for one in found] == [("status", "OK"), ("garbage", "TLS")]
    check_cover(found, b"* OK hello\r\n" + octets)


def test_a_large_literal_is_a_number_and_a_sum() -> None:
    big = b"x" * (THRESHOLD + 1)
    (found,) = objects_of(b"* 1 FETCH (BODY[] {%d}\r\n%b)\r\n" % (len(big), big))
    assert found["value"]["BODY[]"] == {"octets": len(big), "sha256": hashlib.sha256(big).hexdigest()}


def objects_of(octets: bytes) -> list[dict[str, Any]]:
    done = imapsh("--explain", "-", "--format", "json", stdin=octets)
    assert done.status == 0, done.err
    return [json.loads(line) for line in done.lines]


def test_a_limit_may_be_set() -> None:
    done = imapsh("--explain", "-", "--limit", "line=10", stdin=b"* OK a rather long line\r\n")
    assert done.status == 7
    assert "line limit" in done.err


def test_nothing_is_nothing() -> None:
    done = imapsh("--explain", "-", stdin=b"")
    assert (done.status, done.out, done.err) == (0, b"", "")


# -- traces

OPENED = (
    b"* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted)] these\r\n* OK [UIDVALIDITY 7] valid\r\n"
    b"* OK [UIDNEXT 9] next\r\n* 0 RECENT\r\n* 3 EXISTS\r\nTAG OK opened\r\n"
)


def traced(tmp_path: Path, *answers: bytes, words: tuple[str, ...]) -> Path:
    """The trace of a batch against a server that gives these answers."""
    file = tmp_path / "trace"
    with listening(says(*answers, greeting=b"* OK [CAPABILITY IMAP4rev1] hi\r\n")) as port:
        imapsh(url(port), "--trace", str(file), *words)
    return file


def test_a_trace_shows_both_sides_masked(tmp_path: Path) -> None:
    answers = (b"TAG OK in\r\n", OPENED, b"+ go\r\n", b"A3 OK appended\r\n")
    words = ("-c", "LOGIN me hunter22", "-c", "SELECT INBOX", "-c", "APPEND INBOX {5}\nhello", "-c", "NOOP")
    file = traced(tmp_path, *answers, words=words)
    done = imapsh("--explain", str(file), "--format", "json")
    assert done.status == 0, done.err
    made = [json.loads(line) for line in done.lines]
    assert "hunter22" not in done.out.decode()
    assert not any(one.get("findings") for one in made), made
    connected, *made = made
    assert (connected["kind"], connected["value"]["text"][:23]) == ("note", "connected to 127.0.0.1:")
    named = [(one["kind"], one["name"]) for one in made]
    assert named[:4] == [("status", "OK"), ("client", "LOGIN"), ("tagged", "OK"), ("client", "SELECT")]
    octets = file.read_bytes()
    for one in made:
        start = one["value"].get("text") or one["name"]
        assert start.encode()[:8] in octets[one["offset"] : one["offset"] + one["length"]]


def test_a_trace_is_held_against_conduct(tmp_path: Path) -> None:
    answers = (
        b"TAG OK in\r\n",
        OPENED,
        b"* 9 FETCH (FLAGS ())\r\n* 1 EXISTS\r\nzz OK who\r\n+ what\r\n* 1 EXPUNGE\r\nTAG OK\r\n",
    )
    file = traced(tmp_path, *answers, words=("-c", "LOGIN a b", "-c", "SELECT INBOX", "-c", "FETCH 1 FLAGS"))
    made = [json.loads(line) for line in imapsh("--explain", str(file), "--format", "json").lines]
    rules = [finding["rule"] for one in made for finding in one.get("findings", [])]
    assert rules == ["message-number", "exists-shrinks", "tag-unknown", "continuation-unasked", "expunge-time"]


def test_a_damaged_trace_is_2(tmp_path: Path) -> None:
    file = tmp_path / "trace"
    file.write_bytes(b"imapsh-trace 1\nnonsense that is no header\n")
    done = imapsh("--explain", str(file))
    assert done.status == 2
    assert "damaged" in done.err


def test_explain_takes_files_and_no_url() -> None:
    assert parse(["--explain", "x", "--strict", "y"]).explain == ("x", "y")
    with pytest.raises(UsageError, match="cannot be used together"):
        parse(["host", "--explain", "x"])


@pytest.mark.parametrize(("enabled", "rules"), [("QRESYNC", ["vanished-time"]), ("UIDONLY", [])])
def test_a3_vanished_in_a_trace_is_counted_and_judged(enabled: str, rules: list[str], tmp_path: Path) -> None:
    answers = (
        b"* ENABLED %s\r\nTAG OK done\r\n" % enabled.encode(),
        OPENED.replace(b"3 EXISTS", b"5 EXISTS\r\n* OK [HIGHESTMODSEQ 7] highest"),
        b"* VANISHED 2,4\r\n* 3 EXISTS\r\nTAG OK done\r\n",
        b"* VANISHED 7\r\n* 2 EXISTS\r\n* SEARCH\r\nTAG OK done\r\n",
    )
    words = ("-c", f"ENABLE {enabled}", "-c", "SELECT INBOX", "-c", "NOOP", "-c", "SEARCH ALL")
    done = imapsh("--explain", str(traced(tmp_path, *answers, words=words)), "--format", "json")
    found = [json.loads(line) for line in done.lines]
    told = [each for each in found if each["kind"] != CLIENT]
    assert [one["rule"] for each in told for one in each.get("findings", ())] == rules
    assert [each["value"] for each in found if each["name"] == "VANISHED"] == [
        {"earlier": False, "uids": "2,4"},
        {"earlier": False, "uids": "7"},
    ]


# -- what a live session finds, and what is found in its trace


def found_in(trace: bytes) -> list[str]:
    """The findings of the server's conduct."""
    said = [found for _, found in overhear(pieces_of(trace), both=True) if found.response.kind != CLIENT]
    return [finding.rule for found in said for finding in found.findings]


@pytest.mark.parametrize("script", [script for script, _ in FINDINGS])
def test_a_trace_has_the_findings_of_the_session_that_wrote_it(script: str) -> None:
    player, written = Player(), bytearray()
    player.session.set_trace(Trace(written.extend, Ticks()))
    player.play(script)
    live = [rule for rule in player.findings if rule != "bye-silent"]  # a trace may just end
    assert found_in(bytes(written)) == live


def recorded(*records: tuple[str, bytes]) -> bytes:
    written = bytearray()
    trace = Trace(written.extend, Ticks())
    for side, octets in records:
        (trace.sent if side == "C" else trace.received)(octets)
    return bytes(written)


@pytest.mark.parametrize(
    ("client", "server", "rules"),
    [
        (b"A1 NOOP\r\nA2 CHECK\r\n", b"A1 OK a\r\nA2 OK b\r\nA3 OK c\r\n", ["tag-unknown"]),
        (b"A1 APPEND Box {9+}\r\nA2 NOOP\r\n\r\n", b"A1 OK a\r\nA2 OK b\r\n", ["tag-unknown"]),
        (b"A1 APPEND Box {9+}\r\nA2 NOOP\r\n {2+}\r\nhi\r\nA3 NOOP\r\n", b"A1 OK a\r\nA3 OK b\r\n", []),
        (b"A1 LOGIN ann {3+}\r\n********\r\nA2 NOOP\r\n", b"A1 OK a\r\nA2 OK b\r\n", []),
        (b"A1 LOGIN {3+}\r\nann {30+}\r\n********\r\nA2 NOOP\r\n", b"A1 OK a\r\nA2 OK b\r\n", []),
        (b"A1 APPEND Box {0}\r\n", b"+ go on\r\nA1 NO full\r\n+ go on\r\n", ["continuation-unasked"]),
        (b"\xff\x00 \xfe\r\n\r\n \r\n{5}\r\n", b"* 1 EXISTS\r\n", []),
    ],
)
def test_the_commands_of_a_trace_are_found_among_literals(client: bytes, server: bytes, rules: list[str]) -> None:
    assert found_in(recorded(("S", b"* PREAUTH hi\r\n"), ("C", client), ("S", server))) == rules


def test_a_command_is_found_again_behind_a_literal_that_was_refused() -> None:
    trace = recorded(
        ("S", b"* PREAUTH hi\r\n"), ("C", b"A1 APPEND Box {9}\r\n"), ("S", b"A1 NO full\r\n"),
        ("C", b"A2 NOOP\r\n"), ("S", b"A2 OK done\r\n"),
    )  # fmt: skip
    assert found_in(trace) == []


@pytest.mark.parametrize(
    ("records", "rules"),
    [
        ([("S", b"* OK [UIDNEXT 8] next\r\n"), ("S", b"* 5 EXISTS\r\n"), ("S", b"A9 OK done\r\n")], []),
        ([("S", b"* BYE LOGOUT received\r\n"), ("S", b"A4 OK Completed\r\n")], []),
        ([("S", b"* OK Still here\r\n"), ("S", b"A9 OK done\r\n"), ("S", b"* 5 EXISTS\r\n")], []),
        ([("S", b"* OK Still here\r\n"), ("C", b"DONE\r\n"), ("S", b"* 5 EXISTS\r\n"), ("S", b"A9 OK x\r\n")], []),
        ([("S", b"* OK Hm\r\n"), ("C", b"A9 FETCH 1 UID\r\n"), ("S", b"* 1 FETCH (UID 1)\r\n")], []),
        ([("S", b"* OK Hm\r\n"), ("S", b"+ go\r\n"), ("S", b"* 5 EXISTS\r\n")], []),
        ([("S", b"* OK [CAPABILITY IMAP4rev1] hi\r\n"), ("S", b"* 5 EXISTS\r\n")], ["data-state"]),
        ([("S", b"* OK hi\r\n"), ("C", b"A1 NOOP\r\n"), ("S", b"* 5 EXISTS\r\n")], ["data-state"]),
    ],
)
def test_a_trace_that_begins_in_the_middle_accuses_nobody(records: list[tuple[str, bytes]], rules: list[str]) -> None:
    assert found_in(recorded(*records)) == rules


FAULTY = b"* OK hello\r\n* SEARCH 4 9 31 \r\n* BAD\r\n* 3 EXISTS\r\n"


def test_c10_strict_makes_violations_the_exit_status() -> None:
    assert imapsh("--explain", "-", stdin=FAULTY).status == 0
    assert imapsh("--explain", "-", "--strict", stdin=FAULTY).status == 1
    assert imapsh("--explain", "-", "--strict", stdin=b"* OK hello\r\n* 3 EXISTS\r\n").status == 0


def test_c10_strict_minds_conduct_too() -> None:
    octets = bytearray()
    trace = Trace(octets.extend, lambda: 0.0)
    trace.received(b"* PREAUTH hello\r\n")
    trace.sent(b"A1 SELECT INBOX\r\n")
    trace.received(b"* 3 EXISTS\r\nA1 OK done\r\n")
    trace.sent(b"A2 NOOP\r\n")
    trace.received(b"* 2 EXISTS\r\nA2 OK done\r\n")
    assert imapsh("--explain", "-", stdin=bytes(octets)).status == 0
    done = imapsh("--explain", "-", "--strict", "--report", "tap:-", stdin=bytes(octets))
    assert done.status == 1
    assert any(line.endswith(" - exists-shrinks in EXISTS") for line in done.lines)


def test_c10_tap_holds_the_violations(tmp_path: Path) -> None:
    (tmp_path / "recorded").write_bytes(FAULTY)
    done = imapsh("--explain", str(tmp_path / "recorded"), "--report", str(tmp_path / "r.tap"))
    assert (done.status, done.lines[0]) == (0, "- * OK hello")
    lines = (tmp_path / "r.tap").read_text().splitlines()
    assert [line for line in lines if not line.startswith("  ")] == [
        "TAP version 13",
        "not ok 1 - obsolete-search-response in SEARCH",
        "not ok 2 - resp-cond-state in BAD",
        "1..2",
    ]
    assert any(line.startswith('  message: "octet 27: ') and "[RFC" in line for line in lines)
    assert f'  at: "{tmp_path}/recorded:27"' in lines


def test_c10_junit_holds_the_violations_and_stdout_nothing_else() -> None:
    done = imapsh("--explain", "-", "--strict", "--report", "junit:-", stdin=FAULTY)
    suite = ElementTree.fromstring(done.out)
    assert (done.status, suite.get("failures"), suite.get("tests")) == (1, "2", "2")
    assert next(case.get("name") for case in suite.iter("testcase")) == "obsolete-search-response in SEARCH"


def test_c10_a_report_of_what_is_right_has_one_test() -> None:
    done = imapsh("--explain", "-", "--strict", "--report", "tap:-", stdin=b"* OK hello\r\n")
    assert (done.status, done.lines) == (
        0,
        ["TAP version 13", "ok 1 - nothing is wrong with 1 line", "  ---", "  duration_ms: 0.000", "  ...", "1..1"],
    )


def test_c10_many_faults_are_counted() -> None:
    done = imapsh("--explain", "-", "--report", "tap:-", stdin=b"* SEARCH 4 \r\n" * 1200)
    assert done.lines[-1] == "1..1001"
    assert '  message: "and 200 more"' in done.lines


def test_c10_the_commands_of_a_client() -> None:
    done = imapsh("--explain", "--client", "-", "--strict", "--report", "tap:-", stdin=b"A1 NOOP x\r\n")
    assert (done.status, done.lines[1][:8]) == (1, "not ok 1")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/full", "."])
@pytest.mark.parametrize("client", [[], ["--client"]])
def test_e7_what_never_ends_is_not_explained(path: str, client: list[str]) -> None:
    done = imapsh("--explain", path, *client)
    assert (done.status, done.err.startswith(f"imapsh: cannot read {path}: ")) == (2, True)


@pytest.mark.parametrize("client", [["--as", "raw"], ["--client"]])
def test_e7_a_line_that_does_not_end_has_a_limit(client: list[str], tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(20 << 30)
    done = imapsh("--explain", str(path), *client)
    assert (done.status, done.err.count("line limit"), "Traceback" in done.err) == (7, 1, False), done.err


def test_e7_so_has_a_clients_line_in_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    path.write_bytes(b"imapsh-trace 1\n" + b"C +1.0 6\nabcdef\n" * 3)
    done = imapsh("--explain", str(path), "--limit", "line=10")
    assert (done.status, "line limit" in done.err) == (7, True), done.err


def test_notes_of_a_log_are_shown_in_their_place_without_secrets(tmp_path: Path) -> None:
    octets = bytearray()
    trace = Trace(octets.extend, lambda: 0.0)
    trace.note("connected to imap://ann:hunter22@mail.example.org")
    trace.received(b"* OK hi\r\n")
    trace.record("C", b"A1 LOGIN ann hunter22\r\n")
    trace.note("hunter22 is wrong")
    pretty = imapsh("--explain", "-", stdin=bytes(octets))
    assert [line.split("| ", 1)[1] for line in pretty.lines] == [
        "  connected to imap://ann:********@mail.example.org",
        "- * OK hi",
        "> A1 LOGIN ann ***",
        "  ******** is wrong",
    ]
    done = imapsh("--explain", "-", "--format", "json", stdin=bytes(octets))
    kinds = [(one["kind"], one["value"].get("text")) for one in map(json.loads, done.lines)]
    assert kinds[3] == ("note", "******** is wrong")
    assert "hunter22" not in done.out.decode() + pretty.out.decode()


LOG = b"* OK hi\r\na1 LOGIN ida hunter22\r\na1 OK in\r\n* 1 FETCH (FLAGS \\Seen)\r\n"


def test_a_page_in_place_of_stdout(tmp_path: Path) -> None:
    log, page = tmp_path / "log", tmp_path / "page.html"
    log.write_bytes(LOG)
    done = imapsh("--explain", str(log), "--html", str(page), "--strict")
    assert (done.status, done.out) == (1, b"")
    assert f"the page is in {page}; it holds mail" in done.err
    html = page.read_text()
    assert "<h1>log</h1>" in html
    assert "octets as they were on the wire" in html
    assert "flag-list" in html
    assert "hunter22" not in html
    assert str(tmp_path) not in html


def test_a_page_on_stdout() -> None:
    done = imapsh("--explain", "-", "--html", "-", stdin=LOG)
    assert done.status == 0
    assert done.out.startswith(b"<!DOCTYPE html>")
    assert done.out.endswith(b"</html>\n")
    assert b"<h1>stdin</h1>" in done.out


def test_a_page_never_replaces_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(LOG)
    done = imapsh("--explain", str(log), "--html", str(log))
    assert (done.status, done.err) == (2, f"imapsh: the page would replace the log {log}: give it another name\n")
    assert log.read_bytes() == LOG


def test_there_is_no_page_of_a_damaged_trace(tmp_path: Path) -> None:
    log, page = tmp_path / "log", tmp_path / "page.html"
    log.write_bytes(b"imapsh-trace 1\nS +0.000000 9\n* OK hi\r\n\nnonsense\n")
    done = imapsh("--explain", str(log), "--html", str(page))
    assert done.status == 2
    assert not page.exists()


@pytest.mark.parametrize("form", ["pretty", "view"])
def test_what_shows_all_of_a_long_literal_is_an_option(form: str, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    body = "S: line\n" * 30
    log.write_text(f"C: a1 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {{{6 * 30}}}\n{body}S: )\nS: a1 OK done\n")
    out = imapsh("--explain", str(log), "--format", form).out
    assert b"10 more lines, 180 octets in all: --format wire shows all" in out
    assert b"\\last" not in out
    assert imapsh("--explain", str(log), "--format", "wire").out.count(b"line\r\n") == 30


def test_each_log_of_several_is_behind_what_is_told_of_it(tmp_path: Path) -> None:
    logs = [tmp_path / name for name in ("one.log", "two.log")]
    for log in logs:
        log.write_text(f"S: * OK {log.name}\nC: a1 NOOP\nS: a1 OK done\n")
    words = [sys.executable, "-m", "imapsh", "--no-config", "--explain", *map(str, logs)]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    assert [line.partition(":")[0] for line in done.stdout.splitlines() if "one.log" in line or "two.log" in line] == [
        "imapsh", "- * OK one.log", "imapsh", "- * OK two.log",
    ]  # fmt: skip


def test_a_client_is_not_told_what_can_be_typed_at_the_prompt_alone(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text("C: a1 APPEND Sent hello\nS: a1 BAD no\n")
    out = imapsh("--explain", str(log)).out
    assert b"a literal: {octets}, an extension's name and its value or an append-extension, not this" in out
    assert b"{@path}" not in out
    assert b"hello" not in out  # before a login it may be a password


def test_each_connection_of_a_log_has_views_of_its_own(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    head = "2026-11-26 10:00:00.000001 UTC - [Parent 42: IMAP]: I/IMAP "
    came = "mail.example.org:S-INBOX:CreateNewLineFromSocket: "
    log.write_text("".join(f"{head}7f00{name}00:{came}{line}\n" for name, line in (
        ("aa", "* CAPABILITY IMAP4rev1 IDLE"), ("bb", "* CAPABILITY IMAP4rev1 MOVE"), ("aa", "* 1 FETCH (UID 7)"),
        ("bb", "* 2 FETCH (UID 8)"), ("aa", "* CAPABILITY IMAP4rev1 MOVE"), ("bb", "* 3 FETCH (UID 9)"),
    )))  # fmt: skip
    shown = imapsh("--explain", str(log), "--format", "view").out.decode()
    assert shown.count("1 new, 1 gone") == 1
    rows = [line.split("|")[1].split() for line in shown.splitlines() if "UID" in line or line.endswith(("8", "9"))]
    assert rows == [["-", "message", "1", "UID", "7"], ["-", "#", "UID"], ["2", "8"], ["3", "9"]]
    assert shown.splitlines()[-3].startswith("7f00bb00| - #")


def test_views_of_very_many_connections_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    log = tmp_path / "mail.log"
    log.write_text("Connected to a\nS: * 1 FETCH (UID 7)\nConnected to b\nS: * OK hi\n")

    def shown() -> str:
        assert main(["--no-config", "--explain", str(log), "--as", "cs", "--format", "view"]) == 0
        return str(capfd.readouterr().out)

    assert shown().index("OK hi") < shown().index("UID 7")
    monkeypatch.setattr("imapsh.shell.modes.explain._VIEWERS", 1)
    assert shown().index("UID 7") < shown().index("OK hi")


def test_json_of_several_logs_says_which_one_each_line_is_of(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(b"* OK " + name.encode() + b"\r\n")
    both = imapsh("--explain", str(tmp_path / "one"), str(tmp_path / "two"), "--format", "json")
    assert [(one["file"], one["value"]["text"]) for one in map(json.loads, both.lines)] == [
        (str(tmp_path / "one"), "one"),
        (str(tmp_path / "two"), "two"),
    ]
    assert "file" not in json.loads(imapsh("--explain", str(tmp_path / "one"), "--format", "json").out)
