r"""`\export`: the live session as a page."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from tests.render.pages import Read
from tests.shell.hosting import FakeApp
from tests.shell.running import imapsh


def exported(page: Path) -> Read:
    return Read(page.read_text())


def test_the_last_exchange(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    host = FakeApp(connected=True).does("SELECT INBOX").does("FETCH 1 (FLAGS BODY.PEEK[])").does(f"\\export {page}")
    assert host.said[-1] == (
        f"the page is in {page}; it holds mail, of the last exchange; \\trace FILE keeps a whole session"
    )
    read = exported(page)
    assert "FETCH 1 (FLAGS BODY.PEEK[])" in read.text("ours")
    assert "OK" in read.text("tagged")
    assert "SELECT" not in read.text("log")
    assert read.elements.count("details") == 1
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_secrets_are_masked(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    imapsh("--demo", "--no-login", "-c", "LOGIN ida hunter22", "-c", f"\\export {page}", "--keep-going")
    assert "LOGIN ida ***" in exported(page).text("ours")
    assert "hunter22" not in page.read_text()


def test_a_running_trace_has_the_session(tmp_path: Path) -> None:
    page, trace = tmp_path / "page.html", tmp_path / "trace"
    lines = ["SELECT INBOX", "FETCH 1 FLAGS", f"\\export {page}", "NOOP", f"\\export {trace}"]
    words = [word for line in lines for word in ("-c", line)]
    done = imapsh("--demo", "--trace", str(trace), "--keep-going", *words)
    assert f"the page would replace the trace {trace}" in done.err
    assert f"the page is in {page}; it holds mail, of what {trace} has so far" in done.err + done.out.decode()
    ours = exported(page).text("ours")
    assert "SELECT INBOX" in ours
    assert "FETCH 1 FLAGS" in ours
    assert "NOOP" not in ours
    assert not exported(page).each("f")
    assert trace.read_bytes().startswith(b"imapsh-trace ")


@pytest.mark.parametrize(
    ("line", "said"),
    [("\\export", "needs the file for the page"), ("\\export page.html", "there is no exchange to export yet")],
)
def test_what_cannot_be_exported(line: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        FakeApp().does(line)
