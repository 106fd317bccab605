"""Everything that writes, on a disk that is full, in a folder that is read-only, or at a quota.

Each row of the table in `docs/disk.rst` is a case here: a sentence with the file's name, the session lives, the counts
are those of the disk, and nothing half-written takes the place of something whole.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import resource
import subprocess
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.shell.commands import editor
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.prompt.history import MaskedHistory
from imapsh.shell.settings import crash
from tests.shell.disks import FailingOnce, full_disk
from tests.shell.hosting import FakeApp, answering
from tests.shell.running import command, environment

BIG = "x" * ((1 << 20) + 1)
READ_ONLY = {"XDG_STATE_HOME": "/proc/nowhere", "HOME": "/proc/nowhere"}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def imapsh(*words: str, octets: int, out: str = "", stdin: bytes = b"") -> tuple[int, str]:
    """The exit status, and what stderr says, where no file may have more octets; stdout may go to a device."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))

    with open(out or "/dev/null", "wb") as file:
        done = subprocess.run(
            command(*words), input=stdin, stdout=file, stderr=subprocess.PIPE, timeout=60, env=environment(),
            check=False, preexec_fn=limit,
        )  # fmt: skip
    err = done.stderr.decode()
    assert "Traceback" not in err, err
    assert "Exception ignored" not in err, err
    return done.returncode, err


def inbox() -> FakeApp:
    return FakeApp(connected=True).does("SELECT INBOX")


def lives(host: FakeApp) -> bool:
    return host.does("CAPABILITY").connection.results.status == "OK"


def files(here: Path) -> dict[str, bytes]:
    return {str(path.relative_to(here)): path.read_bytes() for path in here.rglob("*") if path.is_file()}


# -- commands: the session lives


@pytest.mark.parametrize(
    ("line", "before", "told"),
    [
        ("FETCH 1:* BODY.PEEK[] > out", {"out": b"as it was"}, "cannot write out: File too large; out is unchanged"),
        ("FETCH 1:* BODY.PEEK[] > out", {}, "cannot write out: File too large; out was not created"),
        ("FETCH 1:* BODY.PEEK[] >> out", {"out": b"as it was"}, "cannot write out: File too large; out is unchanged"),
        ("FETCH 1 BODY.PEEK[] > out", {"out": b"as it was"}, "cannot write out: File too large; out is unchanged"),
        ("\\save 1:* kept", {}, "cannot write kept/index.jsonl: File too large"),
        ("\\save 1:* kept.mbox", {"kept.mbox": b""}, "cannot write kept.mbox.index.jsonl: File too large"),
    ],
)
def test_where_nothing_fits_nothing_is_written(here: Path, line: str, before: dict[str, bytes], told: str) -> None:
    for name, octets in before.items():
        (here / name).write_bytes(octets)
    host = inbox()
    with full_disk(12), pytest.raises(UsageError, match=told):
        host.does(line)
    assert {name: octets for name, octets in files(here).items() if octets} == before or before == {"kept.mbox": b""}
    assert lives(host)


@pytest.mark.parametrize("where", ["kept", "kept.mbox", "maildir:kept"])
@pytest.mark.parametrize("octets", [200, 700, 1000, 1500])
def test_a_save_counts_what_is_on_the_disk_and_goes_on_later(here: Path, where: str, octets: int) -> None:
    host = inbox()
    with full_disk(octets), pytest.raises(UsageError, match=r"cannot save into kept(\.mbox)?: File too large"):
        host.does(f"\\save 1:* {where}")
    saved = int(host.said[-1].split()[1])
    [index] = here.rglob("*index.jsonl")
    assert len(index.read_bytes().splitlines()) == saved + 1
    assert not list(here.rglob("*.part"))
    assert lives(host)
    host.does(f"\\save 1:* {where}")
    assert host.said[-1].startswith(f"saved {11 - saved} messages") or saved == 0
    messages = [one for one in here.rglob("*") if one.is_file() and "index" not in one.name]
    assert len(messages) == (1 if where.endswith("mbox") else 11)
    back = host.does("CREATE Back").does(f"\\load -m Back {where.removeprefix('maildir:')}").said[-1]
    assert back.startswith("loaded 11 of 11 messages")


@pytest.mark.parametrize("where", ["kept", "kept.mbox", "maildir:kept"])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a12_whatever_fails_in_a_save_no_message_is_lost_or_kept_twice(
    here: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: int
) -> None:
    for number in itertools.count(1):
        (here / str(number)).mkdir()
        monkeypatch.chdir(here / str(number))
        host = inbox()
        disk = FailingOnce(number, error)
        with monkeypatch.context() as patch, contextlib.suppress(UsageError):
            disk.install(patch)
            host.does(f"\\save 1:3 {where}")
        if not disk.happened:
            break
        [index] = Path().rglob("*index.jsonl")
        saved = int(host.said[-1].split()[1]) if host.said[-1].startswith("saved ") else 0
        assert len(index.read_bytes().splitlines()) in (saved + 1, 0), number
        assert not [path for path in Path().rglob("*") if path.suffix == ".part" or path.parent.name == "tmp"]
        host.does(f"\\save 1:3 {where}").does("CREATE Back")
        back = host.does(f"\\load -m Back {where.removeprefix('maildir:')}").said[-1]
        assert back.startswith("loaded 3 of 3 messages"), number
    assert number > 6


def test_a_trace_ends_with_a_whole_record(here: Path) -> None:
    host = inbox()
    tracing = host.tracing("1")
    tracing.begin("trace")
    host.session.set_trace(tracing)
    with full_disk(1000):
        host.does("FETCH 1:* BODY.PEEK[]")
    assert host.said[-1] == "the trace ends here, because trace cannot be written: File too large"
    assert (here / "trace").read_bytes().endswith(b"\n")
    assert lives(host)


def spilling(answer: str) -> FakeApp:
    host = FakeApp()
    host.talks_over(answering({"NOOP": f"{answer}\nTAG OK done"}), make_plan(host.options))
    return host


def test_a_literal_that_the_temporary_folder_cannot_keep_is_counted(here: Path) -> None:
    host = spilling(f"* 1 FETCH (BODY[] {{{len(BIG)}}}\n{BIG})")
    with full_disk(1000):
        host.does("NOOP")
    assert "cannot keep a literal of more than 1,048,576 octets: File too large" in "\n".join(host.said)
    assert lives(host)


def test_a_file_never_gets_a_literal_that_was_not_kept(here: Path) -> None:
    (here / "out").write_bytes(b"as it was")
    host = spilling(f"* 1 FETCH (BODY[] {{{len(BIG)}}}\n{BIG})")
    with full_disk(1000), pytest.raises(UsageError, match=r"cannot write out: a literal .* could not be kept"):
        host.does("NOOP > out")
    assert (here / "out").read_bytes() == b"as it was"
    assert lives(host)


def test_last_says_that_it_has_no_place() -> None:
    host = spilling("\n".join(f"* OK {number} {'x' * 1000}" for number in range(6000)))
    with full_disk(1000):
        host.does("NOOP")
    assert sum("\\last cannot keep this exchange in" in line for line in host.said) == 1
    assert lives(host)
    assert "octets of this exchange were not kept" not in host.does("\\last").said[-1]


def test_output_for_another_command_that_cannot_be_stored_does_not_run_it(here: Path) -> None:
    host = spilling("\n".join(f"* OK {number} {'x' * 1000}" for number in range(2000)))
    with full_disk(1000), pytest.raises(UsageError, match="the output for touch ran cannot be stored: File too large"):
        host.does("NOOP | touch ran")
    assert not (here / "ran").exists()
    assert lives(host)


def test_the_editor_gets_no_half_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")
    with full_disk(100), pytest.raises(UsageError, match=r"cannot write .*line.imap for the editor: File too large"):
        editor.edit("x" * 10_000)


# -- what is kept beside


@pytest.mark.parametrize("broken", ["full", "read-only"])
def test_the_history_goes_on_in_memory(here: Path, broken: str) -> None:
    path = here / "history" if broken == "full" else Path("/proc/nowhere/history")
    history = MaskedHistory(path, lambda text: text)
    history.append_string("NOOP")
    with full_disk(60):
        history.append_string("LIST a *")
    assert history.fault.startswith(f"the history cannot be kept in {path}: ")
    assert list(history.newest) == ["LIST a *", "NOOP"]
    if broken == "full":
        assert path.read_bytes().endswith(b"+NOOP\n")


def test_a_crash_is_told_without_its_report(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in READ_ONLY.items():
        monkeypatch.setenv(name, value)
    assert "; the report cannot be written to /proc/nowhere/" in crash.sentence(ValueError("x"))


# -- whole runs


@pytest.mark.parametrize(
    ("words", "octets", "status", "told"),
    [
        (["--demo", "-c", "NOOP", "--trace", "trace"], 5, 2, "cannot write the trace trace: File too large"),
        (["--demo", "-c", "NOOP", "--trace", "trace"], 200, 0, "the trace ends here, because trace cannot be written"),
        (["--demo", "-c", "NOOP", "-c", "\\expect OK", "--report", "r.tap"], 5, 2, "cannot write the report r.tap"),
        (["--demo", "-c", "NOOP", "-c", "\\expect OK", "--report", "r.xml"], 5, 2, "cannot write the report r.xml"),
        (["--explain", "-", "--report", "r.xml"], 5, 2, "cannot write the report r.xml: File too large"),
    ],
)
def test_a_run_says_what_cannot_be_written(here: Path, words: list[str], octets: int, status: int, told: str) -> None:
    (here / "r.xml").write_bytes(b"old")
    code, err = imapsh(*words, octets=octets)
    assert (code, told in err) == (status, True), err
    assert (here / "r.xml").read_bytes() == b"old"
    assert [path.name for path in here.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    "words",
    [
        ["--demo", "-c", "NOOP"], ["--demo", "-c", "NOOP", "--format", "json"], ["--explain", "-", "--as", "raw"],
        ["--explain", "--client", "-"], ["--completion", "bash"], ["--help"], ["--version"], ["--checkup"],
        ["--explain-name", "FETCH"],
    ],
)  # fmt: skip
def test_stdout_that_is_full_is_a_sentence(words: list[str]) -> None:
    status, err = imapsh(*words, octets=1 << 20, out="/dev/full", stdin=b"NOOP\r\n")
    said = "imapsh: stdin: octets as they were on the wire, exact, without times\n" if "raw" in words else ""
    assert (status, err) == (1, f"{said}imapsh: cannot write: No space left on device\n")
