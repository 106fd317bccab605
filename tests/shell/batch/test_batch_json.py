"""JSON lines for pipes: each line of stdout is one object, whatever a script does."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

from tests.shell.hosting import FakeApp
from tests.shell.running import imapsh, listening, says, url

SCRIPT = b"""\
# a comment
\\sessions
SELECT INBOX
\\set box INBOX
\\set
\\alias n NOOP
n
\\name x
\\expect OK
\\expect NO
\\stats
\\help FETCH
\\help
\\format
\\timing on
\\safe
\\connect -n two
NOOP
\\sessions
\\each NOOP
\\repeat 2 0 NOOP
\\last
\\last json
\\trace
\\use 1
SELECT nowhere
\\history
"""


def objects(out: bytes) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in out.decode().splitlines()]
    assert all(isinstance(one, dict) for one in found)
    return found


def test_every_line_is_an_object(tmp_path: Path) -> None:
    script = SCRIPT.replace(b"\\history", f"SELECT INBOX\n\\save 1:2 {tmp_path / 'kept'}\n\\history".encode())
    done = imapsh("--demo", "--format", "json", "--keep-going", stdin=script)
    found = objects(done.out)
    assert {"status", "untagged", "tagged", "imapsh"} == {one["kind"] for one in found}
    assert done.status == 2, done.err  # \history is for the prompt
    for text in (
        "box  ",
        "FETCH <sequence-set>",
        "format: json",
        "timing: on",
        "2 times: ",
        "not ok",
        "saved 2 messages",
    ):
        assert text in done.err, text


def test_what_imapsh_has_to_say_in_objects() -> None:
    done = imapsh("--demo", "--format", "json", "-c", "NOOP", "-c", "\\stats", "-c", "\\sessions")
    ours = [one for one in objects(done.out) if one["kind"] == "imapsh"]
    assert done.err == ""
    assert [one["name"] for one in ours] == ["stats", "stats", "session"]
    noop = ours[1]["value"]
    assert (noop["command"], noop["OK"], noop["NO"], set(noop["end"])) == (
        "NOOP", 1, 0, {"median", "p90", "p99", "max"},
    )  # fmt: skip
    assert ours[2]["value"] == {
        "connection": "1", "current": True, "where": "the demo server", "user": "demo", "acting_for": "",
        "state": "authenticated",
    }  # fmt: skip


def test_raw_octets_beside_them_are_the_whole_stream() -> None:
    answer = b"* 3 EXISTS\r\n* 1 FETCH (X {3}\r\na\xff\x00)\r\nTAG OK done\r\n"
    with listening(says(answer, answer)) as port:
        words = ("--no-ask", "--format", "json", "-c", "NOOP", "-c", "\\sessions", "-c", "NOOP")
        raw = objects(imapsh(url(port), "--json-raw", *words).out)
    with listening(says(answer, answer)) as port:
        plain = objects(imapsh(url(port), *words).out)
    octets = b"".join(b64decode(one.pop("raw")) for one in raw if one["kind"] != "imapsh")
    assert octets.count(answer.replace(b"TAG", b"A1")) == 1
    assert octets.endswith(answer.replace(b"TAG", b"A2"))
    for one in (*raw, *plain):
        one.pop("elapsed", None)
        if one["kind"] == "imapsh":
            one.pop("value")
    assert raw == plain


def test_a_report_on_stdout_is_alone_there() -> None:
    done = imapsh("--demo", "--report", "tap:-", "-c", "\\sessions", "-c", "NOOP", "-c", "\\expect OK")
    assert done.lines[0] == "TAP version 13"
    assert all(line.startswith(("TAP", "ok ", "  ", "1..")) for line in done.lines)
    assert "demo@demo authenticated" in done.err


def test_at_the_prompt_too() -> None:
    host = FakeApp(connected=True)
    host.does("\\format json").does("\\sessions")
    assert json.loads(host.said[-1])["name"] == "session"
    host.does("\\format pretty").does("\\sessions")
    assert "demo@demo authenticated" in host.said[-1]
