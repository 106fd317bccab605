r"""`|`, `>` and `>>`: where they are operators, and where they are data."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.grammar.values import Fetch
from imapsh.session.events import Received
from imapsh.shell.carrying.redirect import file_name, split
from imapsh.spec.model import SELECTED, Context
from tests.shell.hosting import FakeHost

HERE = Context(SELECTED)


@pytest.mark.parametrize(
    ("line", "command", "operator", "rest"),
    [
        ("NOOP | less", "NOOP", "|", "less"),
        ("FETCH 1 BODY[] > a.eml", "FETCH 1 BODY[]", ">", "a.eml"),
        ('FETCH 1 ALL >> "a b"', "FETCH 1 ALL", ">>", '"a b"'),
        ("FETCH 1 ALL  |  grep -v '>' > x | wc", "FETCH 1 ALL", "|", "grep -v '>' > x | wc"),
        ("SEARCH SUBJECT a > b", "SEARCH SUBJECT a", ">", "b"),
        ("SEARCH SUBJECT > SUBJECT | > b", "SEARCH SUBJECT > SUBJECT |", ">", "b"),
        ("UID FETCH ${uids} FLAGS > x", "UID FETCH ${uids} FLAGS", ">", "x"),
        ("FETCH ${uids} ${i} > x", "FETCH ${uids} ${i}", ">", "x"),
        ("FETCH ${uids} ${items} > x", "FETCH ${uids} ${items}", ">", "x"),
        ("STORE 1 +FLAGS (\\Seen ${a} \\${b}) > x", "STORE 1 +FLAGS (\\Seen ${a} \\${b})", ">", "x"),
        ("SELECT ${box} | wc", "SELECT ${box}", "|", "wc"),
        ("\\help | less", "\\help", "|", "less"),
        ("\\last json > f", "\\last json", ">", "f"),
    ],
)
def test_an_operator(line: str, command: str, operator: str, rest: str) -> None:
    cut = split(line, HERE)
    assert cut is not None
    assert (cut.command, cut.operator, cut.rest) == (command, operator, rest)
    assert line[cut.start :].startswith(operator)


@pytest.mark.parametrize(
    "line",
    [
        "SEARCH SUBJECT > b",  # the command is not whole before it
        "SEARCH SUBJECT a >",  # nothing behind it
        "SEARCH SUBJECT a >b",  # no word of its own
        "SEARCH SUBJECT a>b FROM x",
        'SEARCH SUBJECT "a > b"',
        "STORE 1 FLAGS (a > b)",
        "SEARCH (SUBJECT a | SUBJECT b)",
        "FETCH 1 BODY[HEADER.FIELDS (a > b)]",
        "SEARCH SUBJECT {5}\r\na > b",
        "APPEND a {5}\r\na > b",
        "NOOP > {3}\r\nabc",
        "a1 NOOP | less",  # a tag in front
        "XFROB | less",  # nobody knows where it ends
        "LOGIN joe secret > x",  # a password may hold anything
        "AUTHENTICATE PLAIN > x",
        "\\raw A1 NOOP > x",
        "\\alias big SEARCH LARGER 1 | less",
        "\\set x a > b",
        "\\nonsense > x",
        "| less",
    ],
)
def test_no_operator(line: str) -> None:
    assert split(line, HERE) is None


def test_a_file_has_one_word_or_quotes() -> None:
    assert file_name("a", ">") == "a"
    assert file_name('"a b"', ">") == "a b"
    with pytest.raises(UsageError, match="in quotes"):
        file_name("a b", ">")


def selected(**options: str) -> FakeHost:
    return FakeHost(connected=True, **options).does("LOGIN demo demo").does("SELECT INBOX")


def test_output_goes_to_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "out"
    host = selected()
    shown = len(host.events)
    host.does(f"NOOP > {path}")
    assert len(host.events) == shown
    assert "OK" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert host.said[-1] == f"wrote {path.stat().st_size:,} octets to {path}"
    before = path.read_bytes()
    host.does(f"CHECK >> {path}")
    assert path.read_bytes().startswith(before)
    assert b"CHECK" in path.read_bytes()[len(before) :]
    host.does(f"NOOP > {path}")
    assert b"CHECK" not in path.read_bytes()
    assert host.target is None
    assert not host.conversation.diverted


def test_in_the_present_format_whole_and_without_colours(tmp_path: Path) -> None:
    path = tmp_path / "out"
    host = selected(format="json").does("\\format json").does(f"FETCH 1:2 (FLAGS BODY.PEEK[]) > {path}")
    assert path.read_text().startswith('{"')
    host.does("\\format wire").does(f"FETCH 1:2 (FLAGS BODY.PEEK[]) > {path}")
    assert path.read_bytes().startswith(b"* 1 FETCH (")
    assert path.read_bytes().endswith(b"\r\n")
    host.does("\\format pretty").does(f"FETCH 1:* BODY.PEEK[] > {path}")
    assert "\x1b[" not in path.read_text()
    assert "\\last" not in path.read_text()  # nothing is left out


@pytest.mark.parametrize("item", ["BODY.PEEK[]", "(BODY[])", "BODY.PEEK[TEXT]", "RFC822.HEADER", "BINARY.PEEK[1]"])
def test_one_text_of_one_message_is_written_alone(item: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    host = selected().does(f"FETCH 1 {item}")
    fetched = [event.response.value for event in host.events if isinstance(event, Received)]
    items = next(value.items for value in fetched[::-1] if isinstance(value, Fetch) and value.items.keys() - {"FLAGS"})
    wanted = next(value for value in items.values() if isinstance(value, bytes))
    host.does(f"FETCH 1 {item} > {path}")
    assert path.read_bytes() == wanted
    host.does(f"FETCH 1 {item} >> {path}")
    assert path.read_bytes() == wanted * 2
    assert host.said[-1] == f"wrote {len(wanted):,} octets to {path}"


def test_that_a_text_is_written_encoded_is_said_where_it_is_known(tmp_path: Path) -> None:
    path = tmp_path / "out"
    host = selected().does(f"FETCH 4 BODY.PEEK[2] > {path}")
    assert host.said[-1] == f"wrote 88 octets to {path}"
    host.does("FETCH 4 BODYSTRUCTURE").does(f"FETCH 4 BODY.PEEK[2] > {path}")
    assert host.said[-1] == f"wrote 88 octets to {path}, in base64 as they came; BINARY.PEEK[2] has them decoded"
    host.does(f"FETCH 4 BINARY.PEEK[2] > {path}")
    assert host.said[-1] == f"wrote {path.stat().st_size} octets to {path}"
    assert b"item,planned" in path.read_bytes()


def test_ours_go_to_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "out"
    host = selected().does(f"\\last json > {path}")
    assert path.read_text().startswith('{"')
    host.does(f"\\help > {path}")
    assert "\\connect" in path.read_text()
    host.does(f"\\each NOOP > {path}")
    assert "NOOP" in path.read_text()


def test_a_file_that_cannot_be_written_sends_nothing(tmp_path: Path) -> None:
    host = selected()
    count = len(host.done)
    with pytest.raises(UsageError, match=r"cannot write .*no/where: No such file or directory; nothing was sent"):
        host.does(f"NOOP > {tmp_path}/no/where")
    assert len(host.done) == count
    with pytest.raises(UsageError, match="No space left"):
        host.does("NOOP > /dev/full")
    assert host.target is None


def test_a_command_that_fails_leaves_no_file_open(tmp_path: Path) -> None:
    host = selected()
    host.session.read_only = True
    with pytest.raises(UsageError, match="read-only"):
        host.does(f"EXPUNGE > {tmp_path}/out")
    assert host.target is None


def test_a_command_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAPSH_PASSWORD", "hunter2")
    monkeypatch.chdir(tmp_path)
    selected().does("NOOP | cat > out; env > env")
    assert "NOOP" in (tmp_path / "out").read_text()
    assert "hunter2" not in (tmp_path / "env").read_text()


def test_one_that_reads_no_more_is_no_error(tmp_path: Path) -> None:
    host = selected()
    host.said.clear()
    for _ in range(3):
        host.does("FETCH 1:* BODY.PEEK[] | true").does("FETCH 1:* BODY.PEEK[] | no-such-command-at-all 2>/dev/null")
    assert host.text == ""
    assert host.session.state == "selected"


def test_the_pager_gets_colours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from imapsh.render.styles import THEMES

    less = tmp_path / "less"
    less.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/options\ncat > {tmp_path}/out\n')
    less.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    host = selected()
    host.screen.theme = THEMES["default"]
    host.does("NOOP | less")
    assert (tmp_path / "options").read_text() == "-R\n"
    assert "\x1b[" in (tmp_path / "out").read_text()
    host.does(f"NOOP | cat > {tmp_path}/plain")
    assert "\x1b[" not in (tmp_path / "plain").read_text()


def test_a_paste_knows_no_operators(tmp_path: Path) -> None:
    host = selected()
    host.operators = False
    host.does(f"NOOP > {tmp_path}/out")
    assert not (tmp_path / "out").exists()
    assert host.sent[-1] == f"NOOP > {tmp_path}/out"


def test_what_a_value_stands_for_decides_whether_a_command_is_whole(tmp_path: Path) -> None:
    assert split("STATUS INBOX ${what} > x", HERE) is None
    assert split("STATUS INBOX ${what} > x", HERE, {"what": "(MESSAGES)"}) is not None
    host = selected().does("\\set what (MESSAGES)").does(f"STATUS Archive ${{what}} > {tmp_path}/out")
    assert "MESSAGES" in (tmp_path / "out").read_text()
    host.does("\\set what SUBJECT").does("SEARCH ${what} > SEEN")
    assert host.sent[-1] == "SEARCH SUBJECT > SEEN"
