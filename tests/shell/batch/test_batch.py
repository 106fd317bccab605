"""Commands without a terminal: scripts, literals, IDLE, passwords, read-only mode."""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from imapsh.errors import ImapshError, UsageError
from imapsh.shell.batch.batch import Batch
from imapsh.shell.batch.script import Script, from_commands
from imapsh.shell.connection import opening
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.settings.options import parse
from tests.patience import PATIENCE
from tests.shell.running import GREETING, Handler, command, environment, imapsh, listening, says, url

SECRET = "hunter22"


def demo(script: bytes, *words: str) -> tuple[int, list[str]]:
    """The status and the lines of a script on the demo server, in this process."""
    options = parse(["--demo", "--format", "wire", "--color", "never", *words])
    out = io.BytesIO()
    status = Batch(make_plan(options), options, out, terminal=True).run(Script(script))
    return status, out.getvalue().decode().splitlines()


# -- scripts


def test_lines_and_literals_of_a_script() -> None:
    script = Script(b"NOOP\r\n\nAPPEND x {5}\na\r\nb\n {3+}\nxyz z\n\\raw {9}\nlast")
    found = []
    while (text := script.command()) is not None:
        found.append(text)
    assert found == ["NOOP", "", "APPEND x {5}\r\na\r\nb\n {3+}\r\nxyz z", "\\raw {9}", "last"]


def test_a_script_from_a_pipe_is_read_as_it_comes() -> None:
    reading, writing = os.pipe()
    script = Script(descriptor=reading)
    os.write(writing, b"NOOP\nAPPEND x {6}\nabc")
    assert script.command() == "NOOP"
    os.write(writing, b"def (rest)\nhalf")
    assert script.command() == "APPEND x {6}\r\nabcdef (rest)"
    assert script.ready_line() is None
    os.close(writing)
    assert script.line() == b"half"
    assert (script.command(), script.descriptor) == (None, -1)


def test_a_script_that_ends_within_a_literal() -> None:
    with pytest.raises(UsageError, match="3 of its 5 octets are missing"):
        Script(b"APPEND x {5}\nab").command()


def test_a_literal_of_c_goes_on_in_the_next() -> None:
    script = from_commands(["APPEND x {5}", "hello", "NOOP"])
    assert [script.command(), script.command()] == ["APPEND x {5}\r\nhello", "NOOP"]


# -- runs


def test_a_script_on_the_demo() -> None:
    status, lines = demo(b"SELECT Drafts\n\na7 APPEND Drafts {7}\na: b\n\nc\nNOOP\n")
    assert status == 0
    assert "a7 APPEND Drafts {7}" in lines
    assert any(line.startswith("a7 OK [APPENDUID ") for line in lines)
    assert not any("LOGOUT" in line for line in lines)


def test_a_literal_holds_any_octets() -> None:
    octets = bytes(range(256)).replace(b"\0", b"")
    status, _ = demo(b"APPEND Drafts {%d+}\n%b\nSELECT Drafts\n" % (len(octets), octets))
    assert status == 0


def test_it_stops_at_the_first_no_or_bad() -> None:
    status, lines = demo(b"SELECT nowhere\nNOOP\n")
    assert status == 1
    assert not any("NOOP" in line for line in lines)
    status, _ = demo(b"NOSUCH\nNOOP\n")
    assert status == 3


@pytest.mark.parametrize(
    ("script", "status"), [(b"SELECT nowhere\nNOOP", 1), (b"SELECT x\nNOSUCH\nSELECT x\nNOOP", 3), (b"NOOP\nNOOP", 0)]
)
def test_keep_going(script: bytes, status: int) -> None:
    found, lines = demo(script, "--keep-going")
    assert found == status
    assert any("NOOP" in line for line in lines)


def test_a_typed_logout_ends_it_well() -> None:
    status, lines = demo(b"LOGOUT\n")
    assert status == 0
    assert sum("LOGOUT" in line for line in lines) == 1
    assert any(line.startswith("* BYE") for line in lines)
    with pytest.raises(UsageError, match="the old one is closed"):
        demo(b"LOGOUT\nNOOP\n")


def test_bye_to_logout_without_a_reply_is_0() -> None:
    def handler(sock: socket.socket) -> None:
        sock.sendall(GREETING)
        sock.recv(100)
        sock.sendall(b"* BYE so long\r\n")

    with listening(handler) as port:
        with_bye = imapsh(url(port), "-c", "LOGOUT")
    assert with_bye.status == 0, with_bye.err


def test_a_file_is_sent_as_a_literal(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    mail.write_bytes(b"Subject: from a file\r\n\r\nhello\r\n")
    status, lines = demo(f"APPEND Drafts {{@{mail}}}\nSELECT Drafts\nFETCH * BODY[]\n".encode())
    assert status == 0
    assert any("Subject: from a file" in line for line in lines)
    with pytest.raises(UsageError, match="cannot read"):
        demo(b"APPEND Drafts {@/no/such/file}\n")


def test_backslash_commands_stand_in_scripts() -> None:
    _, lines = demo(b"SELECT INBOX\n\\last json\n")
    assert any(line.startswith("{") and '"name":"EXISTS"' in line for line in lines)
    status, lines = demo(b"\\raw r1 NO\\x4fP\\r\\n\nNOOP\n")
    assert status == 0
    assert any(line.startswith("r1 OK") for line in lines)
    status, _ = demo(b"\\raw r1 NOSUCH\\r\\n\n")
    assert status == 3


@pytest.mark.parametrize("line", ["DELETE Junk", "UID STORE 1 FLAGS ()", "a1 EXPUNGE", "\\raw x NOOP\\r\\n"])
def test_read_only_sends_nothing_that_changes(line: str) -> None:
    with pytest.raises(UsageError, match="read-only"):
        demo(line.encode(), "--read-only")


def test_a_mailbox_in_the_url_is_opened() -> None:
    for words, name in ((["--read-only"], "EXAMINE"), ([], "SELECT")):
        with listening(says()) as port:
            done = imapsh(url(port) + "/Entw%C3%BCrfe", "-c", "NOOP", *words)
        assert done.status == 0
        assert f"{name} Entw&APw-rfe" in done.out.decode()
    with listening(says(b"TAG NO none\r\n")) as port:
        done = imapsh(url(port) + "/x", "-c", "NOOP")
    assert (done.status, "refused to open x" in done.err) == (1, True)
    with listening(says(greeting=b"* OK [CAPABILITY IMAP4rev1] hi\r\n")) as port:
        assert imapsh(url(port) + "/x", "-c", "NOOP").status == 2


def test_nothing_is_asked_on_our_own_where_told() -> None:
    with listening(says(greeting=b"* PREAUTH hi\r\n")) as port:
        assert "CAPABILITY" in imapsh(url(port), "-c", "NOOP").out.decode()
        assert "CAPABILITY" not in imapsh(url(port), "-c", "NOOP", "--no-ask").out.decode()


# -- passwords


def test_login_without_a_password_takes_it_from_the_sources() -> None:
    with listening(says(greeting=b"* OK [CAPABILITY IMAP4rev1] hi\r\n")) as port:
        done = imapsh(url(port), "-c", "LOGIN me", "--password-command", f"echo {SECRET}")
        assert done.status == 0, done.err
        assert "LOGIN me ***" in done.out.decode()
        none = imapsh(url(port), "-c", "LOGIN me")
        assert none.status == 6
        assert "IMAPSH_PASSWORD" in none.err
    assert SECRET not in done.out.decode()


def test_answers_to_a_hand_typed_authenticate_are_the_next_lines(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    greeting = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n"
    with listening(says(b"+ \r\n", b"A1 OK in\r\n", greeting=greeting)) as port:
        script = b"AUTHENTICATE PLAIN\nc2VjcmV0IHdvcmRz\nNOOP\n"
        done = imapsh(url(port), "-f", "-", "--trace", str(trace), stdin=script)
    assert done.status == 0, done.err
    assert "NOOP" in done.out.decode()
    assert b"c2VjcmV0" not in done.out + trace.read_bytes()
    assert trace.stat().st_mode & 0o077 == 0


def test_a_script_that_ends_in_an_authenticate_cancels_it() -> None:
    with listening(says(b"+ \r\n", b"A1 BAD cancelled\r\n", greeting=b"* OK [CAPABILITY IMAP4rev1] hi\r\n")) as port:
        done = imapsh(url(port), "-c", "AUTHENTICATE PLAIN", "--format", "wire")
    assert done.status == 3


# -- IDLE


def test_idle_lasts_until_done() -> None:
    status, lines = demo(b"SELECT INBOX\nIDLE\nDONE\nNOOP\n")
    assert status == 0
    assert lines.index("DONE") < next(index for index, line in enumerate(lines) if "NOOP" in line)


def test_idle_lasts_until_the_time_is_over() -> None:
    with listening(says(b"+ idling\r\n* 4 EXISTS\r\n", b"A1 OK idled\r\n")) as port:
        done = imapsh(url(port), "-c", "IDLE", "-c", "NOOP", "--timeout", "1", "--format", "json")
    assert done.status == 0, done.err
    assert [json.loads(line)["name"] for line in done.lines] == ["PREAUTH", "+", "EXISTS", "OK", "OK"]


def test_idle_shows_what_comes_at_once_and_reads_done_from_a_pipe() -> None:
    with (
        listening(says(b"+ idling\r\n* 4 EXISTS\r\n", b"A1 OK idled\r\n")) as port,
        subprocess.Popen(
            command(url(port), "-f", "-", "--format", "wire"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
        ) as child,
    ):
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b"IDLE\n")
        child.stdin.flush()
        assert [child.stdout.readline() for _ in range(3)] == [GREETING, b"+ idling\r\n", b"* 4 EXISTS\r\n"]
        child.stdin.write(b"done\n")
        child.stdin.close()
        assert child.stdout.read() == b"A1 OK idled\r\n"
        assert child.wait(PATIENCE) == 0


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(("reply", "status"), [(b"OK enough", 0), (b"NO not any more", 1)])
def test_a18_an_idle_that_the_server_ends_is_over(reply: bytes, status: int, together: bool) -> None:
    def handler(sock: socket.socket) -> None:
        sock.sendall(GREETING)
        sock.recv(100)
        sock.sendall(b"+ idling\r\n" + (b"A1 " + reply + b"\r\n") * together)
        if not together:
            sock.sendall(b"* 4 EXISTS\r\nA1 " + reply + b"\r\n")
        with sock.makefile("rb") as lines:  # DONE and NOOP may come in one piece
            for line in lines:
                heard.append(line)
                sock.sendall(line.split()[0] + b" OK done\r\n")

    heard: list[bytes] = []
    with listening(handler) as port:
        done = imapsh(url(port), "-c", "IDLE", "-c", "DONE", "-c", "NOOP", "--format", "wire")
    assert done.status == status, done.err
    if not together and heard[:1] == [b"DONE\r\n"]:  # the reply to IDLE may come after the script went on
        del heard[0]
    assert heard[: 1 - status] == [b"A2 NOOP\r\n"][: 1 - status]
    assert b"DONE\r\n" not in heard


def test_idle_refused_is_a_no() -> None:
    with listening(says(b"TAG NO not here\r\n")) as port:
        assert imapsh(url(port), "-c", "IDLE").status == 1


def test_a_server_that_goes_in_idle_is_7() -> None:
    def handler(sock: socket.socket) -> None:
        sock.sendall(GREETING)
        sock.recv(100)
        sock.sendall(b"+ idling\r\n* BYE timeout\r\n")

    with listening(handler) as port:
        done = imapsh(url(port), "-c", "IDLE", "--timeout", "5")
    assert done.status == 7


# -- the conversation


def test_many_lines_are_shown_whole() -> None:
    many = b"".join(b"* %d FETCH (FLAGS (\\Seen))\r\n" % number for number in range(1, 20001))
    with listening(says(many + b"TAG OK done\r\n")) as port:
        done = imapsh(url(port), "-c", "FETCH 1:* FLAGS", "--format", "wire")
    assert done.out == GREETING + many + b"A1 OK done\r\n"


def test_a_large_literal_passes_through_and_is_a_sum_in_json() -> None:
    big = b"x" * (3 << 20)
    answer = b"* 1 FETCH (BODY[] {%d}\r\n%b)\r\nTAG OK done\r\n" % (len(big), big)
    with listening(says(answer)) as port:
        wire = imapsh(url(port), "-c", "FETCH 1 BODY[]", "--format", "wire")
        made = imapsh(url(port), "-c", "FETCH 1 BODY[]", "--format", "json")
    assert wire.out == GREETING + answer.replace(b"TAG", b"A1")
    (fetch,) = [value for line in made.lines if (value := json.loads(line))["name"] == "FETCH"]
    assert fetch["value"]["BODY[]"]["octets"] == len(big)


def test_errors_of_the_connection_come_out_as_they_are() -> None:
    options = parse(["imap://127.0.0.1:1"])
    with pytest.raises(ImapshError, match="refused"):
        Batch(make_plan(options), options, io.BytesIO(), terminal=False).run(Script(b"NOOP\n"))


def test_a_server_that_drips_does_not_stretch_the_farewell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = threading.Event()

    def drips(sock: socket.socket) -> None:
        sock.sendall(GREETING)
        with contextlib.suppress(OSError):
            while not gone.wait(0.01):
                sock.sendall(b"* OK still here\r\n")

    monkeypatch.setattr(opening, "FAREWELL", 0.2)
    with listening(drips) as port:
        options = parse([url(port)])
        assert Batch(make_plan(options), options, io.BytesIO(), terminal=False).run(Script(b"\\sessions\n")) == 0
        gone.set()
    assert "the server does not answer; the connection is closed" in capsys.readouterr().err


def test_views_of_the_demo() -> None:
    words = ("-c", 'LIST "" %', "-c", "SELECT INBOX", "-c", "FETCH 1:2 (UID FLAGS)", "-c", "FETCH 4 BODYSTRUCTURE")
    done = imapsh("--demo", "--format", "view", *words)
    assert (done.status, done.err) == (0, "")
    lines = done.lines
    listed = lines.index('> A2 LIST "" %')
    assert lines[listed + 1 : listed + 4] == [
        "- 10 mailboxes  delimiter /",
        "  INBOX",
        "  Archive   \\Archive  has children",
    ]
    table = lines.index("> A4 FETCH 1:2 (UID FLAGS)")
    assert lines[table + 1 : table + 6] == [
        "- #  UID  flags",
        "  1    1  S",
        "  2    3  SA $Important",
        "  S seen  A answered",
        "< A4 OK fetched",
    ]
    assert "    |  `- 1.2  text/html  312 octets, 10 lines  us-ascii 7bit" in lines
    assert "\x1b" not in done.out.decode()


def test_what_views_hold_back_is_shown_when_the_connection_ends_within_the_command() -> None:
    def handler(sock: socket.socket) -> None:
        sock.sendall(GREETING)
        sock.recv(100)
        sock.sendall(b'* LIST () "/" a\r\n* LIST () "/" a/b\r\n')

    with listening(handler) as port:
        done = imapsh(url(port), "--no-login", "--format", "view", "-c", 'LIST "" *')
    assert done.status == 7
    assert done.lines[-3:] == ["- 2 mailboxes  delimiter /", "  a", "  `- b"]


def test_an_error_says_where_in_the_script_and_what_had_no_reply(tmp_path: Path) -> None:
    path = tmp_path / "some.imapsh"
    path.write_text("NOOP\n\nCHECK\n")
    with listening(says(b"TAG OK done\r\n", b"* 1 FETCH (X {9}\r\nabc")) as port:
        done = imapsh(url(port), "--no-ask", "--timeout", "1", "-f", str(path))
    assert done.status == 7
    assert done.err.splitlines()[-1] == (
        f"imapsh: {path}:3: nothing came from 127.0.0.1:{port} within 1 s; connect again, or allow more time "
        "(waiting for 9 octets, 3 received) (no reply to A2 CHECK; not sent again)"
    )
    path.write_text("NOOP\n\\nonsense\n")
    done = imapsh("--demo", "-f", str(path))
    assert (done.status, done.err.startswith(f"imapsh: {path}:2: ")) == (2, True)


def test_a_server_that_takes_nothing_is_given_up_too(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(b"x" * 16_000_000)
    ended = threading.Event()

    def deaf(sock: socket.socket) -> None:
        sock.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hello\r\n")
        sock.recv(100)
        sock.sendall(b"+ go on\r\n")
        ended.wait(PATIENCE)

    with listening(deaf) as port:
        done = imapsh(url(port), "--no-ask", "--timeout", "1", "-c", f"APPEND Box {{@{path}}}")
        ended.set()
    assert done.status == 7
    assert "(no reply to A1 APPEND; not sent again)" in done.err


# -- C4: a BYE beside a proper reply

REPAIRS = b"* BYE going down for repairs\r\nTAG OK done\r\n"


def replies_and_hangs_up(sock: socket.socket) -> None:
    sock.sendall(GREETING)
    with sock.makefile("rb") as lines:
        sock.sendall(REPAIRS.replace(b"TAG", lines.readline().split(b" ", 1)[0]))


@pytest.mark.parametrize("server", [says(REPAIRS, None), replies_and_hangs_up])
@pytest.mark.parametrize("way", ["-c", "-f", "stdin"])
@pytest.mark.parametrize("between", ["", "\\sessions", "\\last"])
def test_c4_a_command_behind_a_bye_ends_with_its_text_and_7(
    server: Handler, way: str, between: str, tmp_path: Path
) -> None:
    lines = [line for line in ("NOOP", between, "STATUS x (MESSAGES)") if line]
    (tmp_path / "script").write_text("\n".join(lines))
    words = [word for line in lines for word in ("-c", line)] if way == "-c" else []
    words += ["-f", str(tmp_path / "script")] if way == "-f" else []
    with listening(server) as port:
        done = imapsh(*words, url(port), stdin="\n".join(lines).encode() if way == "stdin" else b"")
    assert done.status == 7
    assert done.err.rstrip().endswith("the server said BYE: going down for repairs")
    assert "not allowed" not in done.err
    assert b"OK done" in done.out
    assert (b"logout" in done.out) is (between == "\\sessions")


@pytest.mark.parametrize("server", [says(REPAIRS, None), replies_and_hangs_up])
def test_c4_a_bye_behind_which_nothing_is_sent_is_no_error(server: Handler) -> None:
    with listening(server) as port:
        done = imapsh("-c", "NOOP", "-c", "\\last", url(port))
    assert (done.status, done.err) == (0, "")
    assert done.out.count(b"BYE going down") == 2


# -- A20, A21: a batch is as the prompt is


@pytest.mark.parametrize("form", ["pretty", "view"])
def test_a20_last_view_decodes_what_a_structure_before_tells(form: str) -> None:
    structure = (
        b'* 7 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "BASE64" 12 1))\r\nTAG OK done\r\n'
    )
    part = b"* 7 FETCH (BODY[1] {8}\r\na2VscA==)\r\nTAG OK done\r\n"
    script = ("-c", "FETCH 7 BODYSTRUCTURE", "-c", "FETCH 7 BODY.PEEK[1]", "-c", "\\last view")
    with listening(says(structure, part)) as port:
        done = imapsh(*script, "--format", form, url(port))
    assert done.status == 0, done.err
    shown = done.out.decode()
    assert shown.count("decoded from base64") == (2 if form == "view" else 1)
    assert "    | kelp" in shown
    assert "FETCH 7 BODYSTRUCTURE tells" not in shown


@pytest.mark.parametrize("form", ["json", "view", "hex", "wire"])
@pytest.mark.parametrize("way", ["-c", "-f"])
def test_a21_a_format_changes_no_reply_that_came_before(form: str, way: str, tmp_path: Path) -> None:
    lines = ("STATUS INBOX (MESSAGES)", f"\\format {form}", "NOOP")
    (tmp_path / "script").write_text("\n".join(lines))
    words = [w for line in lines for w in ("-c", line)] if way == "-c" else ["-f", str(tmp_path / "script")]
    with listening(says(b"* STATUS INBOX (MESSAGES 3)\r\nTAG OK done\r\n")) as port:
        done = imapsh(*words, url(port))
    assert done.lines[1:4] == ["> A1 STATUS INBOX (MESSAGES)", "- * STATUS INBOX (MESSAGES 3)", "< A1 OK done"]
    assert done.lines[4:] != ["> A2 NOOP", "< A2 OK done"]
