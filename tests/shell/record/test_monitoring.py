"""Reports for monitoring systems: whatever a server says, a line is a line, and metrics can be read."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.shell.record.monitoring import LONGEST, MOST, About, Nagios, Prometheus, state_of
from imapsh.shell.record.result import Result
from imapsh.shell.record.tally import Tally
from tests.servers.base import Server
from tests.shell.disks import full_disk
from tests.shell.running import GREETING, imapsh, listening, says, url

LINE = re.compile(
    r"IMAPSH (OK|WARNING|CRITICAL|UNKNOWN) - ([^|\n]+) \| "
    r"time=\d+\.\d{3}s passed=(\d+) failed=(\d+) warning=(\d+) skipped=(\d+)\n"
)
_SAMPLE = re.compile(r'(\w+)\{((?:\w+="(?:[^"\\\n]|\\["\\n])*",?)*)\} (\S+)')
_LABEL = re.compile(r'(\w+)="((?:[^"\\\n]|\\["\\n])*)"')

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read_metrics(text: str) -> Samples:
    """The samples of the text format: each metric has HELP and TYPE once, before it, and no series is there twice."""
    found: Samples = {}
    seen: list[str] = []
    lines = text.split("\n")
    assert lines.pop() == ""
    while lines:
        name = lines[0].split()[2]
        assert lines.pop(0).startswith(f"# HELP {name} ")
        assert lines.pop(0) == f"# TYPE {name} gauge"
        assert name not in seen
        seen.append(name)
        while lines and not lines[0].startswith("#"):
            sample = _SAMPLE.fullmatch(lines.pop(0))
            assert sample is not None
            assert sample[1] == name
            labels = tuple((one[1], re.sub(r"\\(.)", r"\1", one[2])) for one in _LABEL.finditer(sample[2]))
            assert (name, labels) not in found
            found[name, labels] = float(sample[3])
    return found


def value(samples: Samples, name: str, **labels: str) -> float:
    [found] = [number for (one, has), number in samples.items() if one == name and labels.items() <= dict(has).items()]
    return found


def line_of(tests: list[tuple[str, bool, str]], stopped: str = "", status: int = 0) -> tuple[str, int]:
    """The line and the exit status for tests, each with what \\name said, whether it is met, and its message."""
    written: list[bytes] = []
    tally = Tally(Nagios(written.append, iter([0.0, 0.5]).__next__))
    for name, ok, message in tests:
        tally.name = name
        tally.add(ok, "EXISTS < 5", "s:1", message)
    state = tally.end(stopped, (), status)
    [line] = written
    return line.decode(), state


# -- the line


@pytest.mark.parametrize(
    ("tests", "stopped", "status", "state", "said"),
    [
        ([], "", 0, 0, "OK - done in 0.50 s | time=0.500s passed=0 failed=0 warning=0 skipped=0"),
        ([("", True, "")], "", 0, 0, "OK - 1 of 1 test passed in 0.50 s | time"),
        ([("x", True, ""), ("x", False, "expected EXISTS < 5, but it was 7")], "", 1, 2,
         "CRITICAL - 1 of 2 tests failed: x: expected EXISTS < 5, but it was 7 | time=0.500s passed=1 failed=1 w"),
        ([("Warning: full", False, "m"), ("x", True, "")], "", 0, 1,
         "WARNING - 1 of 2 tests warned: Warning: full: EXISTS < 5: m | time=0.500s passed=1 failed=0 warning=1"),
        ([("warning", False, "m"), ("x", False, "n")], "", 1, 2, "CRITICAL - 1 of 2 tests failed: x: EXISTS < 5: n |"),
        ([("warning", False, "m")], "", 3, 2, "CRITICAL - 1 of 1 test warned"),
        ([], "no\nway | out \x1b[1m", 4, 2, "CRITICAL - no^Jway / out ^[[1m | time="),
        ([("x", True, "")], "the line is wrong", 2, 3, "UNKNOWN - the line is wrong |"),
        ([], "interrupted", 130, 3, "UNKNOWN - interrupted |"),
    ],
)  # fmt: skip
def test_the_line(
    tests: list[tuple[str, bool, str]], stopped: str, status: int, state: int, said: str
) -> None:  # fmt: skip
    line, ended = line_of(tests, stopped, status)
    assert ended == state
    assert line.startswith(f"IMAPSH {said}")
    assert LINE.fullmatch(line)


@pytest.mark.parametrize(
    ("status", "state"), [(0, 0), (1, 2), (2, 3), (3, 2), (4, 2), (5, 2), (6, 2), (7, 2), (70, 3), (130, 3), (141, 3)]
)
def test_states(status: int, state: int) -> None:
    assert state_of(status) == state
    assert state_of(status, warned=True) == (state or 1)


@given(st.text(max_size=600), st.text(max_size=30), st.booleans())
def test_one_line_is_one_line(text: str, name: str, stops: bool) -> None:
    line, _ = line_of([(name, False, text)], text if stops else "", 1)
    assert line.count("\n") == 1
    assert len(line.splitlines()) == 1
    assert line.count("|") == 1
    assert len(line) < LONGEST + 150


def test_a_report_of_another_kind_knows_no_warnings() -> None:
    tally = Tally()
    tally.name = "warning: x"
    assert tally.add(False, "x", "s:1").warning is False
    assert tally.failed == 1


def test_a_warning_does_not_end_the_script() -> None:
    script = (
        b"SELECT INBOX\n\\name warning: many\n\\expect untagged EXISTS < 5\n\\name\n\\expect untagged EXISTS = 11\n"
    )
    done = imapsh("--demo", "--report", "nagios:-", stdin=script)
    assert done.status == 1
    assert done.out.startswith(b"IMAPSH WARNING - 1 of 2 tests warned: warning: many: EXISTS".replace(b": EXISTS", b""))
    assert done.err == "imapsh: stdin:3: not ok: expected untagged EXISTS < 5, but EXISTS was 11\n"
    assert imapsh("--demo", "--report", "nagios:-", stdin=script + b"\\expect NO\n").status == 2


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("imap://127.0.0.1:1", "-c", "NOOP"), 2, "127.0.0.1:1 refused the connection"),
        (("--demo", "--user", "x", "--password-command", "echo wrong", "-c", "NOOP"), 2, "refused the login of x"),
        (("--demo", "-c", "SELECT nowhere"), 2, "1 of 1 test failed: SELECT nowhere: NO [NONEXISTENT]"),
        (("--demo", "-c", "\\expect nonsense"), 3, "nonsense"),
        (("--demo", "-c", "\\nonsense"), 3, "unknown command"),
        (("--demo", "-f", "/nowhere/x"), 3, "/nowhere/x"),
    ],
)
def test_what_ends_a_run(words: tuple[str, ...], status: int, said: str) -> None:
    done = imapsh("--report", "nagios:-", *words)
    assert done.status == status, done.out
    assert LINE.fullmatch(done.out.decode())
    assert said in done.out.decode()


def test_no_octet_of_a_server_spoils_a_report(tmp_path: Path) -> None:
    octets = bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") + "\u202e\u2028]]>&<".encode()
    for kind in ("nagios:-", f"prom:{tmp_path / 'x'}"):
        with listening(says(b"TAG NO " + octets + b"\r\n", greeting=GREETING)) as port:
            done = imapsh(url(port), "--no-ask", "--report", kind, "--keep-going", "-c", "NOOP", "-c", "\\expect OK")
        assert done.status == (2 if kind == "nagios:-" else 1)
        if kind == "nagios:-":
            assert LINE.fullmatch(done.out.decode())
    samples = read_metrics((tmp_path / "x").read_text())
    assert value(samples, "imapsh_tests", result="failed") == 1


@pytest.mark.parametrize("kind", ["nagios", "prom"])
def test_a_password_is_in_no_report(kind: str, tmp_path: Path) -> None:
    script = b"LOGIN me s3same-0pen\n\\expect text ~ s3same-0pen\n\\fail s3same-0pen\n"
    path = tmp_path / "report"
    done = imapsh("--demo", "--no-login", "--keep-going", "--report", f"{kind}:{path}", "-f", "-", stdin=script)
    assert "text ~ ***********" in path.read_text()
    assert "s3same" not in path.read_text() + done.err


def test_a_certificate_that_expires_is_a_warning_before_it_is_critical(dovecot: Server) -> None:
    def state(days: int, critical: int) -> int:
        lines = (
            f"\\name warning: certificate\n\\expect tls expires > {days}\n\\name\n\\expect tls expires > {critical}\n"
        )
        words = ("--cafile", str(dovecot.cafile), "--no-login", "--report", "nagios:-")
        done = imapsh(f"imaps://{dovecot.host}:{dovecot.tls_port}", *words, stdin=lines.encode())
        assert LINE.fullmatch(done.out.decode())
        return done.status

    assert (state(0, 0), state(9_999_999, 0), state(9_999_999, 9_999_999)) == (0, 1, 2)


@pytest.mark.parametrize("greeting", [b"* BYE no | more\r\n", b"HTTP/1.1 400 Bad Request\r\n", b""])
def test_a_server_that_is_none(greeting: bytes) -> None:
    with listening(says(None, greeting=greeting)) as port:
        done = imapsh(url(port), "--timeout", "0.5", "--connect-timeout", "0.5", "--report", "nagios:-", "-c", "NOOP")
    assert done.status == 2
    assert LINE.fullmatch(done.out.decode())


# -- metrics


def test_metrics_of_a_run(tmp_path: Path) -> None:
    path = tmp_path / "imap.prom"
    script = b'SELECT INBOX\n\\name a "b" \\ c\n\\expect untagged EXISTS = 11\n\\skip it\n\\expect NO\n\\expect NO\n'
    done = imapsh("--demo", "--report", str(path), stdin=script)
    assert done.status == 1
    assert b"* 11 EXISTS" in done.out
    assert path.stat().st_mode & 0o777 == 0o644
    samples = read_metrics(path.read_text())
    assert value(samples, "imapsh_up", script="stdin", server="the demo server", user="demo") == 1
    assert value(samples, "imapsh_exit_status") == 1
    assert value(samples, "imapsh_duration_seconds") > 0
    assert value(samples, "imapsh_last_run_timestamp_seconds") > 1.7e9
    assert [value(samples, "imapsh_tests", result=one) for one in ("passed", "failed", "warning", "skipped")] == [
        1, 1, 0, 1
    ]  # fmt: skip
    assert value(samples, "imapsh_test_ok", number="1", test='a "b" \\ c: untagged EXISTS = 11') == 1
    assert value(samples, "imapsh_test_ok", number="3") == 0
    assert os.listdir(tmp_path) == ["imap.prom"]


def test_metrics_without_a_connection(tmp_path: Path) -> None:
    path = tmp_path / "imap.prom"
    path.write_text("old")
    path.chmod(0o640)
    assert imapsh("imap://me@127.0.0.1:1", "--report", f"prom:{path}", "-c", "NOOP").status == 4
    samples = read_metrics(path.read_text())
    assert value(samples, "imapsh_up", server="127.0.0.1:1", user="me") == 0
    assert value(samples, "imapsh_exit_status") == 4
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_full_disk_leaves_the_old_metrics(tmp_path: Path) -> None:
    path = tmp_path / "imap.prom"
    path.write_text("old")
    with full_disk(100):
        done = imapsh("--demo", "--report", str(path), "-c", "NOOP")
    assert done.status == 2
    assert f"cannot write the report {path}: File too large" in done.err
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["imap.prom"]


def metrics(results: list[Result], about: About, status: int = 0) -> Samples:
    written: list[bytes] = []
    made = Prometheus(written.append, about, iter([0.0, 0.25]).__next__, lambda: 1e9)
    for result in results:
        made.add(result)
    assert made.end("", (), status) == status
    return read_metrics(b"".join(written).decode())


@given(st.text(), st.text())
def test_labels_of_any_kind_can_be_read_back(name: str, server: str) -> None:
    samples = metrics([Result(True, name, "", 0.0)], About("s", server, "u"))
    assert value(samples, "imapsh_test_ok", number="1") == 1


def test_many_tests_are_counted_and_the_first_are_named() -> None:
    samples: Any = metrics([Result(False, "x", "", 0.0)] * (MOST + 5), About())
    assert value(samples, "imapsh_tests", result="failed") == MOST + 5
    assert sum(name == "imapsh_test_ok" for name, _ in samples) == MOST
