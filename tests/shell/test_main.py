"""The program end to end: exit statuses, one sentence for what goes wrong, and what it costs to start."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import shlex
import signal
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pexpect
import pytest

import imapsh as package
from imapsh import table
from imapsh.shell.batch import batch
from imapsh.shell.connection.dial import SPOOL
from imapsh.shell.main import main
from imapsh.shell.prompt import repl
from imapsh.shell.prompt import shell as interactive
from imapsh.shell.prompt.signals import Signals
from tests.patience import PATIENCE
from tests.servers.base import Server
from tests.servers.certs import Certs
from tests.shell.running import (
    GREETING,
    Answer,
    Handler,
    environment,
    imapsh,
    listening,
    running,
    says,
    url,
)
from tests.transport.conftest import closed_port

HEAVY = {"asyncio", "prompt_toolkit", "pygments"}


def test_version() -> None:
    done = imapsh("--version")
    core = " (compiled core)" if package.compiled else ""
    assert (done.status, done.out, done.err) == (0, f"imapsh {package.__version__}{core}\n".encode(), "")


def test_help_names_every_exit_status() -> None:
    done = imapsh("--help")
    assert done.status == 0
    for status in ("0", "1", "2", "3", "4", "5", "6", "7", "130"):
        assert any(line.split()[:1] == [status] for line in done.lines)


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["--no-such-option"]])
def test_starting_imports_nothing_heavy(words: list[str]) -> None:
    loaded = imported(*words)
    assert loaded & (HEAVY | {"ssl", "email", "json", "dataclasses", "argparse", "imapsh.table"}) == set()


#: What a command for the server needs none of, unless it asks, counts or fails.
UNNEEDED = (
    "grammar.dates", "grammar.encodedwords", "grammar.mailboxes", "grammar.writer", "sasl", "server",
    "session.checks.messages", "shell.screen.progress", "shell.settings.reasons",
    "session.waiting", "shell.command_table", "shell.expectation", "shell.lines.login", "shell.lines.measure",
    "shell.settings.passwords.programs", "transport.aio", "transport.tls",
)  # fmt: skip


def test_a_batch_imports_neither_the_prompt_nor_ssl() -> None:
    with listening(says()) as port:
        loaded = imported(url(port), "-c", "NOOP")
    assert "imapsh.session.core" in loaded
    unneeded = {f"imapsh.{name}" for name in UNNEEDED}
    assert all(find_spec(name) for name in unneeded)
    assert loaded & (HEAVY | {"ssl", "email", "json", "typing", "datetime", "threading"} | unneeded) == set()
    assert loaded & {f"imapsh.table.{family}" for family in (*table.CORE[2:], *table.EXTENSIONS)} == set()


def test_a_text_that_goes_to_a_file_imports_neither_tempfile_nor_threads(tmp_path: Path) -> None:
    text = b"x" * (SPOOL + 1)
    answers = (
        b"* FLAGS ()\r\nTAG OK done\r\n",
        b"* 1 FETCH (BODY[] {%d}\r\n%b)\r\nTAG OK done\r\n" % (len(text), text),
    )
    with listening(says(*answers, greeting=b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n")) as port:
        loaded = imported(url(port), "-c", "EXAMINE INBOX", "-c", f"FETCH 1 BODY.PEEK[] > {tmp_path / 'text'}")
    assert (tmp_path / "text").read_bytes() == text
    assert loaded & {"tempfile", "shutil", "typing", "threading"} == set()


def test_tls_needs_no_typing() -> None:
    code = "import sys; from imapsh.transport import tls; print('typing' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment(), input=""
    )
    assert done.stdout == "False\n"


#: Ends imapsh where it would send the first octets, and says what it has imported.
_TO_THE_FIRST_OCTET = """
import os, sys
from imapsh.transport.blocking import BlockingStream
def first(stream, data):
    print(*sys.modules, flush=True)
    os._exit(0)
BlockingStream.write = first
from imapsh.shell.main import main
main(sys.argv[1:])
"""


def test_a_batch_sends_its_line_before_it_imports_what_the_reply_needs() -> None:
    with listening(says()) as port:
        words = [sys.executable, "-c", _TO_THE_FIRST_OCTET, url(port), "-c", "NOOP"]
        done = subprocess.run(
            words, capture_output=True, text=True, check=True, env=environment(), stdin=subprocess.DEVNULL
        )
    loaded = set(done.stdout.split())
    assert "imapsh.session.checks.core" in loaded
    assert loaded & {"imapsh.render.amounts", "imapsh.session.mailbox"} == set()


#: What comes with the first line, key, piece of news, stall or fault.
LATER = (
    "grammar.alike", "grammar.encodedwords", "grammar.mailboxes", "paths", "sasl", "server", "session.mailbox",
    "session.transfer", "session.waiting", "shell.record.entry", "shell.screen.landing",
    "shell.settings.passwords.programs",
    "render.blocks", "render.layout", "render.outline", "render.pieces", "transport.racing", "transport.tls",
    "typed.found", "wire.sinks",
    "typed.match", "shell.command_table", "shell.commands", "shell.commands.editor", "shell.commands.help",
    "shell.connection.driver", "shell.connection.retry", "shell.connection.stall", "shell.lines.aliases",
    "shell.lines.perform", "shell.lines.redirect", "shell.lines.searchres", "shell.lines.values",
    "shell.record.mailboxes", "shell.record.messages", "shell.record.results", "shell.record.stats",
    "shell.record.tally", "shell.screen.clock", "shell.screen.alike", "shell.screen.notify",
    "shell.screen.progress", "shell.settings.reasons",
    "shell.screen.targets", "shell.screen.timing", "shell.settings.crash",
)  # fmt: skip


def test_the_first_prompt_imports_nothing_that_only_a_line_needs() -> None:
    """Its budget is a fifth over a bare prompt's time."""
    code = "import imapsh.shell.prompt.shell, imapsh.render.memory, imapsh.render.pretty, sys; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    )
    for module in ("prompt_toolkit.shortcuts", "imapsh.shell.prompt.completer", "imapsh.session.core"):
        assert module in loaded
    later = {f"imapsh.{name}" for name in LATER}
    assert all(find_spec(name) for name in later)
    assert loaded & later == set()
    assert not any(name.startswith("imapsh.shell.prompt.completing.") for name in loaded)


#: Runs imapsh, and says in the terminal when Python first looks for `ssl`.
_TELLS = """
import sys
class Teller:
    def find_spec(self, name, path=None, target=None):
        if name == "ssl":
            print("ssl is looked for", flush=True)
sys.meta_path.insert(0, Teller())
from imapsh.shell.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_prompt_has_no_ssl_until_a_connection_needs_it(certs: Certs, tmp_path: Path) -> None:
    home = environment(
        HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path), TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1", NO_COLOR="1"
    )
    with listening(says()) as plain, listening(over_tls(certs.server_pem, says())) as secure:
        words = ["-c", _TELLS, "--cafile", str(certs.ca), url(plain)]
        shell = pexpect.spawn(sys.executable, words, env=home, encoding="utf-8", timeout=PATIENCE, dimensions=(40, 150))
        shell.expect(f"127.0.0.1:{plain}")
        assert "looked for" not in str(shell.before)
        shell.sendline(f"\\connect imaps://localhost:{secure}")
        shell.expect("ssl is looked for")
        shell.expect(f"localhost:{secure}>")
        shell.sendcontrol("d")
        shell.expect(pexpect.EOF)
        shell.close()
    assert shell.exitstatus == 0


def test_explaining_imports_no_network(tmp_path: Path) -> None:
    file = tmp_path / "recorded"
    file.write_bytes(b"* OK hello\r\n")
    assert imported("--explain", str(file)) & (HEAVY | {"ssl", "email", "json"}) == set()


class Waiting:
    """A prompt that stands for a while."""

    def __init__(self, options: object) -> None:
        self.signals = Signals(tuple, lambda: None, plain=False)
        self.collected = gc.isenabled()

    async def run(self, dialling: object) -> int:
        for _ in range(1000):
            await asyncio.sleep(0)
        return int(self.collected or not gc.isenabled())


def test_garbage_is_collected_again_when_a_start_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactive, "Shell", Waiting)
    monkeypatch.setattr(repl, "_BEGUN", 0)
    monkeypatch.setattr(batch, "run", lambda plan, options: int(not gc.isenabled()))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert [main(["--demo"]), main(["--demo", "-c", "NOOP"]), main(["no such host"])] == [0, 0, 2]
    assert gc.isenabled()


def imported(*words: str) -> set[str]:
    """The modules that imapsh holds at its end."""
    code = (
        "import sys; from imapsh.shell.main import main; main(sys.argv[1:]); sys.stdout.flush(); "
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True, env=environment(), input=""
    )
    return set(done.stderr.split())


# -- usage


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "no URL"),
        (["--frmat", "json"], "--format"),
        (["--format", "yaml", "--demo"], "pretty, view, wire, json, hex"),
        (["--demo", "-c"], "needs its COMMAND"),
        (["--demo=yes"], "takes no value"),
        (["--demo", "-c", "NOOP", "-f", "x"], "cannot be used together"),
        (["--demo", "imap://localhost"], "cannot be used together"),
        (["imap://localhost", "imap://localhost"], "more than one URL"),
        (["imap://me:secret@localhost", "-c", "NOOP"], "a password does not belong"),
        (["--password", "secret"], "must not be on the command line"),
        (["--timeout", "soon", "--demo"], "seconds"),
        (["--limit", "line=x", "--demo", "-c", "NOOP"], "NAME=NUMBER"),
        (["gopher://localhost", "-c", "NOOP"], "unknown scheme"),
        (["--demo", "-f", "/no/such/file"], "No such file"),
        (["--demo", "--trace", "/no/such/folder/trace", "-c", "NOOP"], "cannot write the trace"),
        (["--explain", "/no/such/file"], "No such file"),
        (["--explain", "/"], "cannot read"),
        (["imap://a@localhost", "--user", "b", "-c", "NOOP"], "give only one"),
        (["--serve-demo", "exec:true"], "exec:"),
        (["--serve-demo", "imaps://127.0.0.1:1"], "certificate"),
    ],
)
def test_a_wrong_command_line_is_a_sentence_and_2(words: list[str], reason: str) -> None:
    done = imapsh(*words)
    assert done.status == 2
    assert reason in done.err
    assert done.err.count("\n") == 1
    assert "secret" not in done.err
    assert done.out == b""


def test_c8_a_reply_that_is_not_ok_is_told_where_somebody_may_see_it() -> None:
    done = imapsh("--demo", "-c", "SELECT nope", "--format", "json")
    assert (done.status, done.err) == (1, "imapsh: SELECT nope: NO [NONEXISTENT] mailbox 'nope' does not exist\n")
    done = imapsh("--demo", "-f", "-", "--keep-going", stdin=b"NOOP\nSELECT nope\n\\expect NO\nFROB\nDELETE gone\n")
    assert done.status == 3
    assert [line.split(":")[2:4] for line in done.err.splitlines() if "stdin" in line] == [
        ["4", " FROB"], ["5", " DELETE gone"]
    ]  # fmt: skip


# -- what a server may do to us

BIG = b"* 1 FETCH (BODY[] {18446744073709551616}\r\nTAG OK done\r\n"


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        (b"TAG OK done\r\n", 0, ""),
        (b"TAG NO not today\r\n", 1, "imapsh: NOOP: NO not today"),
        (b"TAG BAD what\r\n", 3, "imapsh: NOOP: BAD what"),
        (b"* BYE going down\r\n", 7, "BYE: going down"),
        (b"* 1 FETCH (BODY[] {100}\r\nonly this", 7, "closed the connection"),
        (b"* 1 EXI", 7, "closed the connection"),
        (None, 7, "A1 NOOP was running"),
        (BIG, 0, ""),
        (b"* 1 FETCH (BODY[] {-1}\r\nTAG OK done\r\n", 0, ""),
        (b"* OK bare\nTAG OK done\n", 0, ""),
        (b"* OK N\0L \xff\xfe\r\nTAG OK done\r\n", 0, ""),
        (b"zz OK whose tag is that\r\n+ go ahead\r\nTAG OK done\r\n", 0, ""),
        (b"* OK " + b"x" * (10 << 20) + b"\r\n", 7, "the line limit is 8388608"),
        (b"* 1 FETCH (BODY[] {99999999999}\r\n", 7, "the literal limit is"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else None,
)
def test_bad_input(answer: Answer, status: int, reason: str, tmp_path: Path) -> None:
    def handler(sock: socket.socket) -> None:
        stays = bool(answer) and b"TAG" in (answer or b"")
        says(answer, *([] if stays else [None]))(CutOff(sock) if not stays else sock)  # type: ignore[arg-type]

    trace = tmp_path / "trace"
    with listening(handler) as port:
        done = imapsh(url(port), "-c", "NOOP", "--format", "wire", "--trace", str(trace))
    assert done.status == status
    assert reason in done.err
    assert done.err.count("\n") == bool(reason)
    assert done.out.startswith(GREETING)
    if answer is not None and len(answer) < 1000:
        assert answer.replace(b"TAG", b"A1") in done.out
        for line in answer.replace(b"TAG", b"A1").splitlines(keepends=True):
            assert line in trace.read_bytes()


class CutOff:
    """A socket that closes behind what it first sends after the greeting."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._said = 0
        self.makefile = sock.makefile

    def sendall(self, data: bytes) -> None:
        self._sock.sendall(data)
        self._said += 1
        if self._said == 2:
            self._sock.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize(
    ("greeting", "status", "reason"),
    [
        (b"220 mail.example ESMTP\r\n", 4, "it greets like SMTP"),
        (b"+OK POP3 ready\r\n", 4, "it greets like POP3"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", 4, "it greets like HTTP"),
        (b"* BYE too many\r\n", 4, "BYE too many"),
        (b"\x15\x03\x03\x00\x02\x02\x46", 4, "TLS"),
        (b"\x80\x81 garbage \xff\r\n", 4, "is not an IMAP server"),
        (b"", 4, "without a greeting"),
    ],
)
def test_what_does_not_greet_like_imap_is_4(greeting: bytes, status: int, reason: str) -> None:
    def handler(sock: socket.socket) -> None:
        sock.sendall(greeting)
        sock.shutdown(socket.SHUT_WR)

    with listening(handler) as port:
        done = imapsh(url(port), "-c", "NOOP", "--format", "wire")
    assert (done.status, done.out) == (status, greeting)
    assert reason in done.err


def quiet(sock: socket.socket) -> None:
    """Say nothing until the client goes."""
    sock.recv(1)


def test_silence_is_a_time_out() -> None:
    with listening(quiet) as port:
        done = imapsh(url(port), "-c", "NOOP", "--connect-timeout", "0.2")
    assert done.status == 7
    assert "no greeting came" in done.err


def test_silence_in_a_command_is_a_time_out() -> None:
    with listening(says(b"* OK wait\r\n")) as port:
        done = imapsh(url(port), "-c", "NOOP", "--timeout", "0.2")
    assert done.status == 7
    assert "within 0.2 s" in done.err


def test_refused_port_and_unknown_host() -> None:
    refused = imapsh(url(closed_port()), "-c", "NOOP")
    assert refused.status == 4
    assert "refused" in refused.err
    assert imapsh("imap://no-such-host.invalid", "-c", "NOOP").status == 4


def test_tls_on_a_plain_port_is_5() -> None:
    with listening(says()) as port:
        done = imapsh(url(port, "imaps"), "-c", "NOOP", "--connect-timeout", "5")
    assert done.status == 5
    assert done.err.count("\n") == 1


def over_tls(pem: Path, handler: Handler) -> Handler:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    def wrapped(sock: socket.socket) -> None:
        with context.wrap_socket(sock, server_side=True) as secure:
            handler(secure)

    return wrapped


def test_plain_on_a_tls_port_is_a_time_out_that_names_imaps(certs: Certs) -> None:
    with listening(over_tls(certs.server_pem, says())) as port:
        done = imapsh(url(port), "-c", "NOOP", "--connect-timeout", "0.2")
    assert done.status == 7
    assert "imaps://" in done.err


def test_certificates(certs: Certs) -> None:
    with listening(over_tls(certs.server_pem, says())) as port:
        assert imapsh(url(port, "imaps"), "-c", "NOOP", "--cafile", str(certs.ca)).status == 0
        assert imapsh(url(port, "imaps"), "-c", "NOOP", "--insecure").status == 0
        done = imapsh(url(port, "imaps"), "-c", "NOOP", "--cafile", str(certs.other_ca))
        assert done.status == 5
        assert "Traceback" not in done.err
    with listening(over_tls(certs.wrong_host_pem, says())) as port:
        done = imapsh(url(port, "imaps"), "-c", "NOOP", "--cafile", str(certs.ca))
        assert done.status == 5
        assert "127.0.0.1" in done.err


def test_a_bare_host_falls_back_only_when_told() -> None:
    offered = b"* OK [CAPABILITY IMAP4rev1] plain\r\n"
    with listening(says(greeting=offered)) as port:
        place = f"127.0.0.1:{port}"
        assert imapsh(place, "-c", "NOOP", "--connect-timeout", "2").status == 5
        done = imapsh(place, "--fallback", "-c", "NOOP", "--connect-timeout", "2")
    assert done.status == 5  # what it falls back to must do STARTTLS
    assert "does not offer STARTTLS" in done.err


# -- logins


def test_a_refused_login_is_6_and_a_typed_one_1() -> None:
    greeting = b"* OK [CAPABILITY IMAP4rev1] hello\r\n"
    with listening(says(b"TAG NO [AUTHENTICATIONFAILED] no\r\n", greeting=greeting)) as port:
        done = imapsh(url(port, user="me"), "-c", "NOOP", env={"IMAPSH_PASSWORD": "hunter22"})
        assert done.status == 6
        assert "AUTHENTICATIONFAILED" in done.err
        typed = imapsh(url(port), "-c", "LOGIN me hunter22", "-c", "NOOP")
        assert typed.status == 1
    for text in (done.out.decode(), done.err, typed.out.decode(), typed.err):
        assert "hunter22" not in text


def test_logindisabled_stops_the_automatic_login() -> None:
    with listening(says(greeting=b"* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hello\r\n")) as port:
        done = imapsh(url(port, user="me"), "-c", "NOOP", env={"IMAPSH_PASSWORD": "hunter22"})
    assert done.status == 6
    assert "LOGIN me" not in done.out.decode()


# -- the demo


def test_the_issue_s_show() -> None:
    words = ["-c", "SELECT INBOX", "-c", "FETCH 1:* (UID FLAGS ENVELOPE BODYSTRUCTURE)"]
    done = imapsh("--demo", *words, "--format", "json")
    assert done.status == 0, done.err
    objects = [json.loads(line) for line in done.lines]
    fetched = [one["value"] for one in objects if one["name"] == "FETCH"]
    assert len(fetched) > 5
    assert all({"seq", "uid", "flags", "envelope", "structure"} <= set(value) for value in fetched)
    tagged = [one for one in objects if one["kind"] == "tagged"]
    assert [one["command"] for one in tagged[-2:]] == [words[1], words[3]]
    assert all(one["elapsed"] >= 0 and one["tag"] == one["value"]["tag"] for one in tagged)
    assert not any(one["violations"] for one in objects)


def test_ctrl_c_is_130() -> None:
    words = ["-c", "IDLE", "--format", "wire"]
    with listening(says(b"+ idling\r\n")) as port, running(url(port), *words) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == GREETING
        assert child.stdout.readline() == b"+ idling\r\n"
        child.send_signal(signal.SIGINT)
        assert child.wait(PATIENCE) == 130
        assert child.stderr.read() == b""


def test_a_reader_of_stdout_may_go() -> None:
    with running("--demo", "-c", "SELECT Archive", "-c", "FETCH 1:* FULL") as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.wait(PATIENCE) == 141
        assert child.stderr.read() == b""


def test_d16_serve_demo_lets_a_batch_in_and_an_append_without_a_date_gets_now(tmp_path: Path) -> None:
    place = f"unix:{tmp_path / 'socket'}"
    with running("--serve-demo", place) as child:
        assert child.stderr is not None
        try:
            assert b"listening on" in child.stderr.readline()
            lines = ("SELECT INBOX", "APPEND INBOX {2}\r\nhi", "FETCH * INTERNALDATE")
            words = [word for line in lines for word in ("-c", line)]
            before = datetime.now(UTC)
            done = imapsh(place, "--user", "demo", *words, env={"IMAPSH_PASSWORD": "demo"})
            assert done.status == 0, done.err
            found = re.search(rb'INTERNALDATE "([^"]+)"', done.out)
            assert found is not None
            arrived = datetime.strptime(found[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z")
            assert before.replace(microsecond=0) <= arrived <= datetime.now(UTC)  # D16
        finally:
            child.send_signal(signal.SIGINT)
        assert child.wait(PATIENCE) == 130


# -- a real server


def test_dovecot(dovecot: Server) -> None:
    env = {"IMAPSH_PASSWORD": dovecot.password}
    secure = [f"imaps://{dovecot.user}@{dovecot.host}:{dovecot.tls_port}/INBOX", "--cafile", str(dovecot.cafile)]
    plain = [f"imap://{dovecot.user}@{dovecot.host}:{dovecot.port}/INBOX", "--read-only"]
    for words in (secure, plain):
        done = imapsh(*words, "-c", "UID FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE)", "--format", "json", env=env)
        assert done.status == 0, done.err
        objects = [json.loads(line) for line in done.lines]
        assert sum(one["name"] == "FETCH" for one in objects) > 1
        assert objects[-1]["name"] == "OK"


def test_a_command_is_a_server_that_sees_no_password() -> None:
    greeting = r"""printf '* PREAUTH %s\r\n' "${IMAPSH_PASSWORD-nothing}";"""
    server = greeting + r"""while read t c; do printf '%s OK done\r\n' "$t"; done"""
    done = imapsh(f"exec:{shlex.join(['sh', '-c', server])}", "-c", "NOOP", env={"IMAPSH_PASSWORD": "hunter22"})
    assert done.status == 0, done.err
    assert "PREAUTH nothing" in done.lines[0]


def test_dovecot_starttls(dovecot: Server) -> None:
    place = f"imap://{dovecot.host}:{dovecot.port}"
    words = ["-c", "STARTTLS", "-c", f"LOGIN {dovecot.user}", "-c", "SELECT INBOX", "--cafile", str(dovecot.cafile)]
    done = imapsh(place, *words, env={"IMAPSH_PASSWORD": dovecot.password})
    assert done.status == 0, done.err
    assert dovecot.password not in done.out.decode()


def test_dovecot_by_a_descriptor(dovecot: Server) -> None:
    place = f"imaps://{dovecot.user}@{dovecot.host}:{dovecot.tls_port}/INBOX"
    script = dovecot.password.encode() + b"\nNOOP\nUID SEARCH ALL\n"
    done = imapsh(place, "--cafile", str(dovecot.cafile), "--password-fd", "0", "--format", "wire", stdin=script)
    assert done.status == 0, done.err
    assert b"* SEARCH " in done.out
    assert b" NOOP completed" in done.out
