r"""`\export`: the live session as a page."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from tests.render.pages import Read
from tests.shell.hosting import FakeApp
from tests.shell.running import imapsh


def exported(page: Path) -> Read:
    return Read(page.read_text())


def test_the_session_so_far(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    host = FakeApp(connected=True).does("SELECT INBOX").does("FETCH 1 (FLAGS BODY.PEEK[])").does(f"\\export {page}")
    assert host.said[-1] == f"the page of the session so far is in {page}; it holds mail"
    read = exported(page)
    assert "SELECT INBOX" in read.text("ours")
    assert "FETCH 1 (FLAGS BODY.PEEK[])" in read.text("ours")
    assert "ready" in read.text("log")
    assert "OK" in read.text("tagged")
    assert "missing" not in read.text("log")
    assert read.elements.count("details") == 1
    assert not read.each("f")
    assert read.each("w")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_secrets_are_masked(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    imapsh("--demo", "--no-login", "-c", "LOGIN ida hunter22", "-c", f"\\export {page}", "--keep-going")
    assert "LOGIN ida ***" in exported(page).text("ours")
    assert "hunter22" not in page.read_text()


def test_a_page_says_what_is_missing(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = [word for line in ("SELECT INBOX", "FETCH 1:* FLAGS", "NOOP", f"\\export {page}") for word in ("-c", line)]
    done = imapsh("--demo", "--limit", "recent=1000", *words)
    said = done.err + done.out.decode()
    found = re.search(
        r"of the session so far, without its first ([\d,]+) octets \(\\trace FILE keeps everything\), is in", said
    )
    assert found is not None
    read = exported(page)
    assert f"The first {found[1]} octets of the session are missing" in read.text("log")
    assert "NOOP" in read.text("ours")
    assert "SELECT" not in read.text("ours")
    assert not read.each("f")


def test_a_large_message_does_not_drive_the_session_out(tmp_path: Path) -> None:
    page, mail = tmp_path / "page.html", tmp_path / "mail.eml"
    mail.write_bytes(b"Subject: large\r\n\r\n" + b"0123456789abcdef\r\n" * 400_000)
    lines = (f"\\load -m INBOX {mail}", "SELECT INBOX", "FETCH * BODY.PEEK[]", f"\\export {page}")
    imapsh("--demo", "--format", "json", *[word for line in lines for word in ("-c", line)])
    read = exported(page)
    assert re.search("(?s)APPEND INBOX.*SELECT INBOX.*FETCH \\* BODY", read.text("ours"))
    assert "at the end of large literals were not kept" in read.text("log")
    assert not read.each("f")
    assert page.stat().st_size < 1 << 20


def test_the_end_of_the_connection_is_on_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    app = FakeApp(connected=True)
    app.session.receive(b"")
    list(app.session.events())
    app.does(f"\\export {page}")
    assert "The connection has ended." in exported(page).text("log")
    assert "bye-silent" in exported(page).text("f")


def test_a_running_trace_is_not_replaced(tmp_path: Path) -> None:
    page, trace = tmp_path / "page.html", tmp_path / "trace"
    lines = ["SELECT INBOX", "FETCH 1 FLAGS", f"\\export {page}", "NOOP", f"\\export {trace}"]
    words = [word for line in lines for word in ("-c", line)]
    done = imapsh("--demo", "--trace", str(trace), "--keep-going", *words)
    assert f"the page would replace the trace {trace}" in done.err
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
