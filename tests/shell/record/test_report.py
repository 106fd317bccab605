"""Reports: TAP by a small reader, JUnit by an XML parser, and where they go."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from imapsh.errors import UsageError
from imapsh.shell.record.report import JUnit, Report, Tap, target
from imapsh.shell.record.tally import Tally
from tests.shell.record.kept import Kept
from tests.shell.running import GREETING, imapsh, listening, says, url

SCRIPT = b"""\
SELECT INBOX
\\name the # inbox
\\expect untagged FLAGS ~ \\\\Seen
\\expect untagged EXISTS = 12
\\skip not yet
\\expect NO
SELECT nowhere
NOOP
\\fail
"""


class Point(NamedTuple):
    ok: bool
    number: int
    name: str
    directive: str
    about: dict[str, object]


def read_tap(text: str) -> tuple[list[Point], str]:
    """The tests and the last line of TAP 13, of what imapsh writes of it."""
    lines = text.splitlines()
    assert lines[0] == "TAP version 13"
    points: list[Point] = []
    inside = False
    for line in lines[1:-1]:
        found = re.fullmatch(r"(not )?ok (\d+) - ((?:[^\\#]|\\[\\#])*?)(?: # (.*))?", line)
        if found:
            name = re.sub(r"\\(.)", r"\1", found[3])
            points.append(Point(not found[1], int(found[2]), name, found[4] or "", {}))
        elif line in ("  ---", "  ..."):
            inside = not inside
        elif not line.startswith("# "):
            assert inside, line
            key, _, value = line.strip().partition(": ")
            points[-1].about[key] = json.loads(value)
    assert not inside
    assert [point.number for point in points] == list(range(1, len(points) + 1))
    return points, lines[-1]


# -- the forms


def test_tap_of_a_script() -> None:
    done = imapsh("--demo", "--keep-going", "--report", "tap:-", stdin=SCRIPT)
    assert done.status == 1
    points, last = read_tap(done.out.decode())
    assert last == "1..5"
    assert [(point.ok, point.name) for point in points] == [
        (True, "the # inbox: untagged FLAGS ~ \\\\Seen"),
        (False, "the # inbox: untagged EXISTS = 12"),
        (True, "the # inbox: NO"),
        (False, "the # inbox: SELECT nowhere: NO [NONEXISTENT] mailbox 'nowhere' does not exist"),
        (False, "the # inbox: \\fail was reached"),
    ]
    assert points[1].about["message"] == "expected untagged EXISTS = 12, but EXISTS was 11"
    assert points[1].about["at"] == "stdin:4"
    assert isinstance(points[1].about["duration_ms"], float)
    assert points[2].directive == "SKIP not yet"
    assert points[3].about["at"] == "stdin:7"


def test_junit_of_the_same(tmp_path: Path) -> None:
    path = tmp_path / "tests.xml"
    done = imapsh("--demo", "--keep-going", "--format", "wire", "--report", str(path), stdin=SCRIPT)
    assert done.status == 1
    assert b"* 11 EXISTS\r\n" in done.out
    suite = ElementTree.parse(path).getroot()
    assert {key: suite.get(key) for key in ("name", "tests", "failures", "errors", "skipped")} == {
        "name": "stdin", "tests": "5", "failures": "3", "errors": "0", "skipped": "1",
    }  # fmt: skip
    cases = suite.findall("testcase")
    assert [case.get("line") for case in cases] == ["3", "4", "6", "7", "9"]
    failure = cases[1].find("failure")
    assert failure is not None
    assert failure.get("message") == "expected untagged EXISTS = 12, but EXISTS was 11"
    assert cases[2].find("skipped") is not None
    times = [float(case.get("time", "")) for case in cases]
    assert all(time >= 0 for time in times)
    assert float(suite.get("time", "")) == pytest.approx(sum(times), abs=1e-4)


def test_a_run_that_stops_at_a_test_is_whole() -> None:
    done = imapsh("--demo", "--report", "tap:-", stdin=SCRIPT)
    points, last = read_tap(done.out.decode())
    assert (done.status, len(points), last) == (1, 2, "1..2")
    suite = ElementTree.fromstring(imapsh("--demo", "--report", "junit:-", stdin=SCRIPT).out)
    assert (suite.get("tests"), suite.get("errors")) == ("2", "0")


def test_a_lost_connection_and_a_wrong_line_are_no_success(tmp_path: Path) -> None:
    with listening(says(b"TAG OK done\r\n", None)) as port:
        lines = b"NOOP\n\\expect OK\nNOOP\n\\expect OK\n"
        done = imapsh(url(port), "--no-ask", "--report", "tap:-", stdin=lines)
    points, last = read_tap(done.out.decode())
    assert (done.status, len(points)) == (7, 1)
    assert re.match("Bail out! .* closed the connection", last)
    path = tmp_path / "tests.xml"
    assert imapsh("--demo", "--report", str(path), "-c", "\\expect nonsense").status == 2
    case = ElementTree.parse(path).getroot().find("testcase/error")
    assert case is not None
    assert "nonsense" in case.get("message", "")


def test_no_connection_is_no_success() -> None:
    done = imapsh("imap://127.0.0.1:1", "--report", "tap:-", "-c", "NOOP")
    points, last = read_tap(done.out.decode())
    assert (done.status, points) == (4, [])
    assert last.startswith("Bail out! ")


def test_no_octet_of_a_server_spoils_a_report() -> None:
    octets = bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") + "\u202e\ufffe]]>&<".encode()
    answer = b"TAG NO " + octets + b"\r\n"
    for kind in ("tap", "junit"):
        with listening(says(answer, greeting=GREETING)) as port:
            words = ("--no-ask", "--report", f"{kind}:-", "--keep-going")
            done = imapsh(url(port), *words, stdin=b"NOOP\n\\expect OK\nNOOP\n\\expect text = <&>\n")
        assert done.status == 1
        text = done.out.decode()
        assert all(character.isprintable() or character == "\n" for character in text)
        if kind == "tap":
            points, _ = read_tap(text)
            assert "^[" in str(points[0].about["message"])
        else:
            failure = ElementTree.fromstring(text).find("testcase/failure")
            assert failure is not None
            assert "^[" in failure.get("message", "")


@pytest.mark.parametrize("make", [Tap, JUnit])
def test_a_name_of_any_kind_can_be_read_back(make: type[Tap] | type[JUnit]) -> None:
    file = Kept()
    report: Report = make(file, "some\x00script")
    tally = Tally(report, clock=iter([0.0, 0.25]).__next__)
    tally.add(False, 'a # b \\ c \x1b \ud800 --- ]]> "', "x:y:3", "\x07 bell: no")
    tally.end("a # reason")
    text = file.getvalue()
    if make is Tap:
        points, last = read_tap(text)
        assert points[0].name == 'a # b \\ c ^[ <U+D800> --- ]]> "'
        assert points[0].about == {"message": "^G bell: no", "at": "x:y:3", "duration_ms": 250.0}
        assert last == "Bail out! a \\# reason"
    else:
        case = ElementTree.fromstring(text.split("\n", 1)[1]).find("testcase")
        assert case is not None
        assert (case.get("file"), case.get("line"), case.get("time")) == ("x:y", "3", "0.250000")


# -- where they go


@pytest.mark.parametrize(
    ("option", "kind", "path"),
    [
        ("a/b.tap", "tap", "a/b.tap"), ("b.t", "tap", "b.t"), ("c.XML", "junit", "c.XML"), ("tap:-", "tap", "-"),
        ("JUnit:-", "junit", "-"), ("tap:x.xml", "tap", "x.xml"), ("junit:c:/x", "junit", "c:/x"),
    ],
)  # fmt: skip
def test_the_ending_says_which(option: str, kind: str, path: str) -> None:
    assert target(option) == (kind, path)


@pytest.mark.parametrize("option", ["tests", "tests.txt", "tap:", "-"])
def test_another_ending_is_a_question(option: str) -> None:
    with pytest.raises(UsageError, match=r"name it .tap or .xml"):
        target(option)


def test_what_cannot_be_written_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    done = imapsh("--demo", "--report", str(tmp_path / "no" / "x.tap"), "-c", "NOOP")
    assert (done.status, done.out) == (2, b"")
    assert "cannot write the report" in done.err


def test_a_full_disk_is_a_sentence() -> None:
    done = imapsh("--demo", "--report", "tap:/dev/full", "-c", "NOOP")
    assert done.status == 2
    assert done.err.startswith("imapsh: cannot write the report /dev/full: No space left")


@pytest.mark.parametrize("kind", ["tap", "junit"])
def test_a_password_is_in_no_name_of_a_test(kind: str, tmp_path: Path) -> None:
    script = b"LOGIN me s3same-0pen\n\\expect text ~ s3same-0pen\n\\fail s3same-0pen\n"
    path = tmp_path / "report"
    done = imapsh("--demo", "--no-login", "--keep-going", "--report", f"{kind}:{path}", "-f", "-", stdin=script)
    assert "text ~ ***********" in path.read_text()
    assert "s3same" not in path.read_text() + done.err
