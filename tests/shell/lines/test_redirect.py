r"""`|`, `>` and `>>`: where they are operators, and where they are data."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from imapsh.errors import ConnectionLost, ImapshError, UsageError
from imapsh.grammar.values import Fetch
from imapsh.session.events import Completed, Received
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.connection.steps import Room
from imapsh.shell.lines.redirect import file_name, split
from imapsh.table.model import SELECTED, Context
from tests.shell.disks import full_disk
from tests.shell.hosting import FakeApp, answering
from tests.shell.running import imapsh

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


def selected(**options: str) -> FakeApp:
    return FakeApp(connected=True, **options).does("LOGIN demo demo").does("SELECT INBOX")


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
    assert not host.connection.diverted


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
    assert host.said[-1] == f"wrote 88 octets to {path}, still encoded as base64; BINARY.PEEK[2] fetches them decoded"
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
        host.does("FETCH 1:* BODY.PEEK[] | true").does("FETCH 1:* BODY.PEEK[] | exec head -c 10 > /dev/null")
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


# -- what was there stays until all of the new is there

PART = "FETCH 1 BINARY.PEEK[2]"
OK = "TAG OK done"


def scripted(answers: dict[str, str]) -> FakeApp:
    """A host with a mailbox selected on a server that says this."""
    host = FakeApp()
    select = {"SELECT": f"* 9 EXISTS\n* OK [UIDVALIDITY 7] valid\n{OK}"}
    host.talks_over(answering({**select, **answers}, "IMAP4rev1 BINARY UIDPLUS"), make_plan(host.options))
    return host.does("SELECT INBOX")


def shown(host: FakeApp) -> list[str]:
    """What went to the screen of the last command: replies and untagged responses, as they came."""
    events = [event for event in host.events if isinstance(event, Received | Completed)]
    return [event.response.frame.raw.decode().strip() for event in events]


@pytest.fixture
def part(tmp_path: Path) -> Path:
    path = tmp_path / "part"
    path.write_text("as it was")
    path.chmod(0o640)
    return path


def is_as_it_was(path: Path) -> bool:
    names = [one.name for one in path.parent.iterdir()]
    return path.read_text() == "as it was" and stat.S_IMODE(path.stat().st_mode) == 0o640 and names == [path.name]


@pytest.mark.parametrize("operator", [">", ">>"])
@pytest.mark.parametrize("reply", ["NO [UNKNOWN-CTE] what is that", "BAD no such section"])
@pytest.mark.parametrize("line", [PART, "FETCH 1:9 (FLAGS)", "STATUS x (MESSAGES)"])
def test_a8_a_reply_that_is_not_ok_leaves_the_file_and_is_shown(
    part: Path, operator: str, reply: str, line: str
) -> None:
    host = scripted({line: f"* 1 FETCH (FLAGS ())\nTAG {reply}"}).does(f"{line} {operator} {part}")
    assert is_as_it_was(part)
    assert shown(host)[-1].endswith(reply)
    assert host.said[-1] == f"the reply is not OK: {part} is unchanged"
    assert host.connection.results.status == reply.split()[0]
    assert host.target is None
    new = part.with_name("new")
    assert host.does(f"{line} {operator} {new}").said[-1] == f"the reply is not OK: {new} was not created"
    assert is_as_it_was(part)


@pytest.mark.parametrize("operator", [">", ">>"])
@pytest.mark.parametrize(
    "came",
    [
        "",
        "* 1 FETCH (BINARY[2] NIL)\n",
        "* 1 FETCH (FLAGS (\\Seen))\n",
        "* 1 FETCH (BINARY[3] {3}\nxyz)\n",
        "* 2 FETCH (BINARY[2] {3}\nxyz)\n",
        "* 1 FETCH (BODY[2] {3}\nxyz)\n",  # encoded, and decoded is what was asked for
    ],
)
def test_a8_ok_without_the_text_leaves_the_file_and_says_so(part: Path, operator: str, came: str) -> None:
    host = scripted({"FETCH": came + OK}).does(f"{PART} {operator} {part}")
    assert is_as_it_was(part)
    assert shown(host)[-1].endswith("OK done")
    assert not came or shown(host)[-2].startswith(came[:9])
    assert host.said[-1] == f"the reply is OK, but has no BINARY.PEEK[2]: {part} is unchanged"


def test_a8_all_of_it_takes_the_place_and_the_permissions(part: Path) -> None:
    link = part.with_name("link")
    link.symlink_to(part.name)
    host = scripted({"FETCH": f"* 2 FETCH (FLAGS ())\n* 1 FETCH (UID 3 BINARY[2] ~{{3}}\nxyz FLAGS ())\n{OK}"})
    host.does(f"{PART} > {link}")
    assert (part.read_text(), link.is_symlink(), stat.S_IMODE(part.stat().st_mode)) == ("xyz", True, 0o640)
    assert host.said[-1] == f"wrote 3 octets to {link}"
    assert shown(host)[-1] == "* 2 FETCH (FLAGS ())"  # not what was asked for: it is not lost
    host.does(f"{PART} >> {link}")
    assert part.read_text() == "xyzxyz"
    assert sorted(one.name for one in part.parent.iterdir()) == ["link", "part"]


@pytest.mark.parametrize(
    ("item", "answer"), [("BODY[]", "RFC822"), ("RFC822.TEXT", "BODY[TEXT]"), ("BODY[1]", "BODY[1]<0>")]
)
def test_a8_an_empty_text_empties_no_file(part: Path, item: str, answer: str) -> None:
    """Dovecot sends a part that is not there as an empty one."""
    host = scripted({"FETCH": f'* 1 FETCH ({answer} "")\n{OK}'}).does(f"FETCH 1 {item} > {part}")
    assert is_as_it_was(part)
    assert host.said[-1] == f"{item} is empty; the part may not exist: {part} is unchanged"
    assert shown(host)[-2:] == [f'* 1 FETCH ({answer} "")', "A2 OK done"]
    new = part.with_name("new")
    host.does(f"FETCH 1 {item} > {new}").does(f"FETCH 1 {item} >> {new}")
    assert (new.read_text(), host.said[-1]) == ("", f"wrote 0 octets to {new}")


def test_a8_several_texts_in_one_reply_are_all_there(part: Path) -> None:
    host = scripted({"FETCH": f"* 1 FETCH (BODY[1] {{3}}\nabc BODY[2] {{3}}\nxyz)\n{OK}"})
    host.does(f"FETCH 1 (BODY.PEEK[1] BODY.PEEK[2]) > {part}")
    assert "abc" in part.read_text()
    assert "xyz" in part.read_text()
    host.does(f"FETCH 1 BODY.PEEK[2] > {part}")
    assert part.read_text() == "xyz"


def test_a8_a_lost_connection_leaves_the_file(part: Path) -> None:
    host = scripted({"FETCH": "* 1 FETCH (BINARY[2] ~{9}\nxyz"})
    with pytest.raises(ConnectionLost):
        host.does(f"{PART} > {part}")
    assert is_as_it_was(part)
    assert host.said[-1] == f"{part} is unchanged"


def test_a8_a_command_that_was_not_sent_leaves_the_file(part: Path) -> None:
    host = scripted({"SEARCH": f"* SEARCH\n{OK}"})
    host.does("SEARCH ALL").does(f"FETCH $ FLAGS > {part}").does(f"\\set x y > {part}")
    assert is_as_it_was(part)
    assert host.said[-1] == f"there was no output: {part} is unchanged"


@pytest.mark.parametrize("operator", [">", ">>"])
def test_a8_a_full_disk_leaves_the_file_and_the_session(part: Path, operator: str) -> None:
    host = scripted({"FETCH": f"* 1 FETCH (BINARY[2] ~{{9000}}\n{'x' * 9000})\n{OK}"})
    with full_disk():
        with pytest.raises(UsageError, match=f"cannot write {part}: File too large; {part} is unchanged"):
            host.does(f"{PART} {operator} {part}")
        with pytest.raises(UsageError, match=f"{part}.new: File too large; .*new was not created"):
            host.does(f"{PART} {operator} {part}.new")
    assert is_as_it_was(part)
    assert host.does("NOOP").connection.results.status == "OK"


def test_a8_devices_and_pipes_are_written_through(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    host = scripted({"FETCH": f"* 1 FETCH (BINARY[2] ~{{3}}\nxyz)\n{OK}"})
    host.does(f"{PART} > /dev/null").does(f"{PART} > /dev/stdout")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert capfd.readouterr().out == "xyz"
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(UsageError, match=r"cannot write .*fifo: no process reads from this pipe; nothing was sent"):
        host.does(f"{PART} > {fifo}")
    with open(os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)) as reader:
        host.does(f"{PART} > {fifo}")
        assert reader.read() == "xyz"
    assert fifo.is_fifo()


@pytest.mark.parametrize("operator", [">", ">>"])
def test_a8_what_cannot_be_written_is_said_before_anything_is_sent(tmp_path: Path, operator: str) -> None:
    host = scripted({})
    count = len(host.sent)
    (tmp_path / "dir").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    for name in ("dir", "no/where", "loop", "new/", "a\0b"):
        with pytest.raises(UsageError, match=r"cannot write .*; nothing was sent"):
            host.does(f"NOOP {operator} {tmp_path}/{name}")
    assert len(host.sent) == count
    assert sorted(one.name for one in tmp_path.iterdir()) == ["dir", "loop"]


def test_a8_a_link_to_what_is_not_there_makes_it(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    scripted({}).does(f"NOOP > {tmp_path}/link").does(f"NOOP >> {tmp_path}/link")
    assert (tmp_path / "target").read_text().count("OK done") == 2


def test_a8_a_pipe_gets_no_reply_that_is_not_ok(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    host = scripted({"FETCH 1 ": "TAG NO not now", "FETCH 2": "* 2 FETCH (FLAGS ())\nTAG NO [EXPUNGEISSUED] some"})
    host.does(f"FETCH 1 FLAGS | tee {ran}")
    assert shown(host)[-1].endswith("NO not now")
    assert host.said[-1] == f"the reply is not OK: tee {ran} was not run"
    assert not ran.exists()
    host.does(f"FETCH 2 FLAGS | cat > {ran}")
    assert "2 FETCH" in ran.read_text()
    assert "EXPUNGEISSUED" not in ran.read_text()
    assert "EXPUNGEISSUED" in shown(host)[-1]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("false", "^false failed with exit status 1$"),
        ("exit 3", "^exit 3 failed with exit status 3$"),
        ("no-such-command 2> /dev/null", "^no-such-command 2> /dev/null failed with exit status 127$"),
        ("kill -9 $$", r"^kill -9 \$\$ was ended by signal 9$"),
    ],
)
def test_a8_a_command_that_fails_is_told(command: str, words: str) -> None:
    with pytest.raises(ImapshError, match=words) as told:
        scripted({}).does(f"NOOP | {command}")
    assert told.value.exit_code == 1


@pytest.mark.parametrize("command", ["true", "exec head -c 1 > /dev/null", "kill -INT $$", "kill -PIPE $$", "exit 141"])
def test_a8_a_command_that_stops_reading_is_no_error(command: str) -> None:
    scripted({}).does(f"NOOP | {command}")


def test_a8_a_script_ends_where_a_command_fails() -> None:
    done = imapsh("--demo", "-c", "NOOP | false", "-c", "CAPABILITY | cat")
    assert (done.status, b"CAPABILITY" in done.out.split(b"logged in")[-1]) == (1, False)
    assert "false failed with exit status 1" in done.err


BIG = "Subject: big\r\n\r\n" + "a line of a large mail\r\n" * 100_000  # more than is kept in memory


@pytest.fixture
def large() -> Iterator[FakeApp]:
    """A message of more than 2 MiB was fetched, with its flags."""
    literal = BIG.replace("\r\n", "\n")
    host = scripted({"FETCH": f"* 1 FETCH (FLAGS () BODY[] {{{len(BIG)}}}\n{literal})\n{OK}"})
    yield host.does("FETCH 1 (FLAGS BODY[])")
    host.connection.last.begin()


def test_a16_last_wire_goes_to_a_file_exactly(large: FakeApp, tmp_path: Path) -> None:
    large.does(f"\\last wire > {tmp_path / 'exact'}")
    octets = (tmp_path / "exact").read_bytes()
    assert octets.startswith(b"* 1 FETCH (FLAGS () BODY[] {%d}\r\n%b)\r\n" % (len(BIG), BIG.encode()))
    assert f"wrote {len(octets):,} octets" in large.text


@pytest.mark.parametrize("form", ["wire", "hex"])
def test_a16_last_shows_all_in_pieces_from_where_it_is_kept(large: FakeApp, form: str) -> None:
    large.done.clear()
    large.said.clear()
    large.does(f"\\last {form}")
    assert sum(isinstance(step, Room) for step in large.done) > 20
    assert max(map(len, large.said)) < 1 << 20
    shown = "\n".join(large.said)
    assert shown.count("a line of a large mail") == 100_000 if form == "wire" else shown.count("\n") > len(BIG) / 16
    assert "_io." not in shown


def test_a16_last_pretty_shows_the_first_lines_and_the_way_to_the_rest(large: FakeApp) -> None:
    large.said.clear()
    large.does("\\last pretty")
    assert large.text.count("  | a line of a large mail") == 18
    assert f"  | ... {len(BIG):,} octets in all: \\last wire shows all" in large.text
    assert "_io." not in large.text


@pytest.mark.parametrize("form", ["pretty", "wire", "hex", "json", "view"])
def test_a16_a_file_gets_a_large_literal_whole(form: str, tmp_path: Path) -> None:
    literal = BIG.replace("\r\n", "\n")
    host = scripted({"FETCH": f"* 1 FETCH (FLAGS () BODY[] {{{len(BIG)}}}\n{literal})\n{OK}"})
    host.does(f"\\format {form}").does(f"FETCH 1 (FLAGS BODY[]) > {tmp_path / 'out'}")
    written = (tmp_path / "out").read_text()
    assert "_io." not in written
    if form in ("pretty", "wire"):
        assert written.count("a line of a large mail") == 100_000
    elif form == "hex":
        assert written.count("\n") > len(BIG) / 16
    host.connection.last.begin()
