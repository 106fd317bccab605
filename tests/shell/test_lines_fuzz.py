"""No line that is typed, and no script, raises anything but what `imapsh.errors` has, and shows nothing unsafe."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imapsh import table
from imapsh.errors import ImapshError
from imapsh.render.visible import is_safe
from imapsh.shell.batch.batch import Batch
from imapsh.shell.batch.script import from_commands
from imapsh.shell.command_table import COMMANDS
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.settings.options import FORMATS, Options
from tests.shell.hosting import FakeApp

_WORDS = [
    "FETCH", "UID", "4", "4:", "1:*", "0", "(", ")", "[", "]", "BODY[", "2.", "<0", '"', '"a b"', '""', "\\", "\\Seen",
    "{3}", "{3}\r\nabc", "{@", "{@a.eml}", "{@d}", "{@no}", "{}", "~{3+}\r\nabc", "\n", "\r\n", "\\\n", " ", "SEARCH",
    "OR", "SELECT", "INBOX", "Reis", "&", "&-", "ü", "\udcff", "STORE", "$", "${", "${uids}", "${x}", "${1}", "}",
    "+FLAGS", "LOGIN", "me", "pw", "%", "LIST", "\t", "\x00", "\x1b]0;x\x07", "\x7f", "\u202e", "\u2028", "\x85", "|",
    ">", ">>", "out", "d", "-n", "-m", "-s", "-q", "on", "off", *FORMATS, "9" * 5000, "-1", "1e400", "nan", "0x1", "OK",
    "NO", "untagged", "EXISTS", ">=", "==", "~", "/[", "=", "mbox:x", "maildir:y", "x.mbox", "APPEND", "EXPUNGE",
    "CLOSE", "IDLE", "DONE", "LOGOUT", "COMPRESS", "DEFLATE", "STARTTLS", "AUTHENTICATE", "PLAIN", "SAVE", "RETURN",
    "(SAVE)", "ENABLE", "UTF8=ACCEPT", "DELETE", "RENAME", "a1", "*", "+", "imap://[", "imap://h:99999", "unix:",
    "\\x4", "\\xzz", "\\r\\n", "A1 NOOP\\r\\n", "'",
]  # fmt: skip
_OWN = [name for name in COMMANDS if name not in ("\\watch", "\\repeat")]  # those may last
_EXAMPLES = sorted({row.example for row in table.commands().values()})
_GAPS = st.sampled_from(("", " "))
_EXAMPLE, _WORD = st.sampled_from(_EXAMPLES), st.sampled_from(_WORDS)  # making them takes longer than a draw
_FEW = st.lists(_WORD, max_size=7)


@st.composite
def _broken_examples(draw: st.DrawFn) -> str:
    """A right line with something put into it, or cut out."""
    text = draw(_EXAMPLE)
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(_WORD) + text[at + draw(st.integers(0, 2)) :]


_LINES = st.one_of(
    st.builds(lambda name, gap, words: f"{name} {gap.join(words)}", st.sampled_from(_OWN), _GAPS, _FEW),
    st.builds(str.__add__, st.sampled_from(("", "\\each ", "\\repeat 2 0 ", "\\alias x ", "\\edit ", "\\raw ")),
              _broken_examples()),
    st.builds(str.join, _GAPS, _FEW),
)  # fmt: skip
_SCRIPTS = st.lists(_LINES, min_size=1, max_size=8)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with a few files, and no other program that can be run."""

    def none(*words: object, **more: object) -> None:
        raise FileNotFoundError(2, "no such program")

    monkeypatch.setattr("subprocess.Popen", none)
    (tmp_path / "a.eml").write_text("Subject: a\n\nb\n")
    (tmp_path / "d").mkdir()
    with contextlib.chdir(tmp_path):
        yield


_SLOWLY = settings(max_examples=180, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_SLOWLY
@given(_SCRIPTS, st.sampled_from(FORMATS), st.lists(st.sampled_from(("y", "n", "pw", None)), min_size=1, max_size=3))
def test_at_the_prompt(script: list[str], format: str, answers: list[str | None]) -> None:
    host = FakeApp(*answers * 100, connected=True, format=format)
    for line in ("SELECT INBOX", *script):
        with contextlib.suppress(ImapshError):
            host.does(line)
    if format != "wire":
        assert unsafe(host.text) == []


@_SLOWLY
@given(_SCRIPTS, st.sampled_from(FORMATS), st.sampled_from(("", "x.tap", "x.xml")))
def test_in_a_script(script: list[str], format: str, report: str) -> None:
    lines = ["SELECT INBOX", *(line for line in script if "\\connect" not in line)]
    options = Options(demo=True, format=format, keep_going=True, timeout=1, report=report)
    out, err = io.BytesIO(), io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.suppress(ImapshError):
        Batch(make_plan(options), options, out, terminal=False).run(from_commands(lines))
    assert unsafe(err.getvalue()) == []
    if format != "wire":
        assert unsafe(out.getvalue().decode("utf-8")) == []
    if report:
        with open(report, encoding="utf-8") as file:
            assert unsafe(file.read()) == []
        os.unlink(report)


def unsafe(text: str) -> list[str]:
    """What no terminal should get."""
    return [one for one in text if one != "\n" and not is_safe(ord(one))]
