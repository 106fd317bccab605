"""What our classes do beyond imaplib, and what they do better.  test_imap4_differential holds the rest against it."""

from __future__ import annotations

import io
import re
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from imapsh.client import imap4
from imapsh.grammar.values import Count, Fetch, MailboxList
from imapsh.wire.frames import Spilled
from tests.patience import PATIENCE
from tests.transport.conftest import closed_port

from .imap4_peers import scripted

OK = b"<tag> OK done\r\n"


def selected(*replies: bytes, **attributes: Any) -> Any:
    """A client in SELECTED."""
    client = scripted(imap4, *replies)
    client.state = "SELECTED"
    for name, value in attributes.items():
        setattr(client, name, value)
    return client


def sent(client: Any) -> bytes:
    """What it sent after CAPABILITY, the prefix of the tags left out."""
    octets: bytes = client.sent.replace(client.tagpre, b"t")
    return octets.partition(b"\r\n")[2]


# -- arguments


@pytest.mark.parametrize("octet", ["\r", "\n", "\0"])
@pytest.mark.parametrize("name", ["select", "delete", "xatom", "getquota"])
def test_nothing_is_sent_where_an_argument_would_end_the_line(octet: str, name: str) -> None:
    client = selected(OK)
    before = client.sent
    with pytest.raises(ValueError, match="CR, LF and NUL"):
        getattr(client, name)("X", "a" + octet + "b") if name == "xatom" else getattr(client, name)("a" + octet + "b")
    assert (client.sent, client.tagged_commands) == (before, {})
    assert client.noop() == ("OK", [b"done"])


def test_several_literals_wait_for_their_permission() -> None:
    client = selected(b"+ go\r\n", b"* SEARCH 4\r\n+ go\r\n", OK)
    literal = imap4.LiteralArgument
    result = client.search(None, "TEXT", literal(b"\r\none", 5), "SUBJECT", literal(b"\xff", 1))
    assert result == ("OK", [b"4"])
    assert sent(client) == b"t1 SEARCH TEXT {5}\r\n\r\none SUBJECT {1}\r\n\xff\r\n"


def test_literal_plus_on_request() -> None:
    client = selected(b"", OK, literal_plus=True)
    client.append("box", None, None, b"hello")
    assert sent(client) == b"t1 APPEND box {5+}\r\nhello\r\n"


def test_refused_literal_is_not_sent() -> None:
    client = selected(b"<tag> NO too big\r\n")
    assert client.append("box", None, None, b"hello") == ("NO", [b"too big"])
    assert sent(client) == b"t1 APPEND box {5}\r\n"


def test_message_under_utf8_is_wrapped() -> None:
    client = selected(b"+ go\r\n", OK)
    client._mode_utf8()
    client.append("bøx", None, None, "ø".encode())
    assert sent(client) == 't1 APPEND "bøx" UTF8 (~{2}\r\nø)\r\n'.encode()


# -- the methods that imaplib has not


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda m: m.move("1:2", "box"), b"MOVE 1:2 box"),
        (lambda m: m.id(), b"ID NIL"),
        (lambda m: m.id({"name": 'a"b', "os": None}), b'ID ("name" "a\\"b" "os" NIL)'),
        (lambda m: m.unauthenticate(), b"UNAUTHENTICATE"),
        (lambda m: m.getmetadata('""', "/shared/comment"), b'GETMETADATA "" (/shared/comment)'),
        (lambda m: m.getmetadata("b", "/a", maxsize=9, depth="1"), b"GETMETADATA (MAXSIZE 9 DEPTH 1) b (/a)"),
        (lambda m: m.setmetadata("b", {"/a": "x", "/b": None}), b'SETMETADATA b (/a "x" /b NIL)'),
        (lambda m: m.notify("NONE"), b"NOTIFY NONE"),
        (lambda m: m.esearch(None, "ALL", returns="MIN COUNT"), b"SEARCH RETURN (MIN COUNT) ALL"),
        (lambda m: m.esearch("UTF-8", "ALL"), b"SEARCH RETURN (ALL) CHARSET UTF-8 ALL"),
    ],
)
def test_what_is_sent(call: Callable[[Any], Any], line: bytes) -> None:
    client = selected(OK)
    assert call(client)[0] == "OK"
    assert sent(client) == b"t1 " + line + b"\r\n"


def test_metadata_in_bytes_goes_as_a_literal() -> None:
    client = selected(b"+ go\r\n", OK)
    client.setmetadata("box", {"/a": b"\r\nx", "/b": "y"})
    assert sent(client) == b't1 SETMETADATA box (/a {3}\r\n\r\nx /b "y")\r\n'


def test_replace_sends_the_message() -> None:
    client = selected(b"+ go\r\n", OK)
    client.replace("4", "box", r"\Seen", None, b"\na")
    assert sent(client) == b"t1 REPLACE 4 box (\\Seen) {3}\r\n\r\na\r\n"


def test_every_method_has_its_upper_case_name() -> None:
    client = selected(OK)
    for name in dir(imap4.IMAP4):
        if name.islower() and not name.startswith("_") and callable(getattr(imap4.IMAP4, name)):
            assert getattr(client, name.upper()) == getattr(client, name)
    with pytest.raises(AttributeError, match="Unknown IMAP4 command"):
        client.NOSUCH()


# -- replies


def test_survived_replies_keep_their_octets() -> None:
    garbage = b"* 1 exists\r\n*  5 EXISTS\r\nwhat?\r\n* 2 FETCH (X (\r\n y))\r\n"
    client = selected(garbage + b"* OK take {5}\r\n<tag> ok fine\r\n")
    assert client.noop() == ("OK", [b"fine"])
    assert client.response("EXISTS") == ("EXISTS", [b"1", b"5"])
    assert client.response("FETCH") == ("FETCH", [b"2 (X (\r\n y))"])
    assert b"".join(client.survived) == garbage + client.tagpre + b"1 ok fine\r\n"


def test_tagged_reply_that_cannot_be_read_is_not_waited_for_again() -> None:
    with pytest.raises(imap4.IMAP4.abort, match="unexpected response"):
        selected(b"<tag> what\r\n").noop()


@pytest.mark.parametrize("size", [b"5000", b"9223372036854775808", b"9" * 5000])
def test_literal_beyond_the_limit_is_not_read(size: bytes) -> None:
    client = selected(b"* 1 FETCH (X {" + size + b"}\r\n" + b"x" * 9000, literal_limit=4999)
    with pytest.raises(imap4.IMAP4.abort):
        client.fetch("1", "X")


@pytest.mark.slow
def test_hostile_octets_raise_only_what_is_documented() -> None:
    pieces = [b"* ", b"1 ", b"FETCH ", b"(", b")", b'"', b"{3}\r\n", b"{3+}\r\n", b"\r\n", b"\n", b"+ ",
              b"<tag> ", b"OK ", b"[", b"]", b"BYE ", b"CAPABILITY ", b"\\", b"\xff", b"\0", b"~"]  # fmt: skip
    for seed in range(3000):
        state, stream = seed * 2654435761 + 1, b""
        for _ in range(seed % 23):
            state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
            stream += pieces[(state >> 33) % len(pieces)]
        client = selected(stream)
        try:
            client.fetch("1", "X")
            client.recent()
        except imap4.IMAP4.error:
            continue


# -- literals that go to files


def test_literals_go_to_a_file() -> None:
    client = selected(b"* 1 FETCH (A {3}\r\nabc B {2}\r\nde)\r\n" + OK)
    file = io.BytesIO()
    typ, data = client.fetch_to("1", "(A B)", file)
    assert (typ, file.getvalue()) == ("OK", b"abcde")
    assert data == [(b"1 (A {3}", Spilled(3, "", file)), (b" B {2}", Spilled(2, "", file)), b")"]


def test_a_file_is_chosen_for_each_literal() -> None:
    client = selected(b"* 1 FETCH (A {3}\r\nabc)\r\n* 2 FETCH (A {2}\r\nde)\r\n" + OK)
    big = io.BytesIO()
    _, data = client.fetch_to("1", "(A)", lambda line, octets: big if octets > 2 else None, uid=True)
    assert data == [(b"1 (A {3}", Spilled(3, "", big)), b")", (b"2 (A {2}", b"de"), b")"]
    assert sent(client) == b"t1 UID FETCH 1 (A)\r\n"


# -- what is shown


def test_e11_debugging_output_has_no_control(capsys: pytest.CaptureFixture[str]) -> None:
    client = selected(b"* X \x1b[2J\xc2\x9b2J \xe2\x80\xae\r\n" + OK)
    client.debug = 5
    client.noop()
    client._mesg("x\x9b2J\u202e\x1b]0;x\a\n\ty")
    shown = capsys.readouterr().err
    assert all(one.isprintable() or one in "\n\t" for one in shown)
    assert "x\\x9b2J\\u202e\\x1b]0;x\\x07\n\ty" in shown


def test_secrets_are_in_no_output(capsys: pytest.CaptureFixture[str]) -> None:
    client = scripted(imap4, b"<tag> NO you said hunter22\r\n", b"+ \r\n", b"<tag> NO aHVudGVyMjI=\r\n")
    client.state, client.debug = "NONAUTH", 5
    with pytest.raises(imap4.IMAP4.error) as refused:
        client.login("me", "hunter22")
    with pytest.raises(imap4.IMAP4.error) as again:
        client.authenticate("LOGIN", lambda challenge: b"hunter22")
    client.debug = 0
    client.print_log()
    shown = capsys.readouterr().err + str(refused.value) + str(again.value)
    assert "LOGIN me" in shown
    assert "hunter22" not in shown
    assert "aHVudGVyMjI" not in shown


# -- typed values


def test_parsed() -> None:
    client = selected(
        b"* 1 FETCH (UID 5 BODY[] {3}\r\nabc FLAGS (\\Seen))\r\n* 2 FETCH (UID 6)\r\n"
        b'* LIST () "/" {3}\r\na b\r\n* 3 EXISTS\r\n* OK [UIDNEXT 7] x\r\n' + OK
    )
    _, data = client.fetch("1:2", "X")
    one, two = client.parsed("FETCH", data)
    assert isinstance(one, Fetch)
    assert (one.seq, one.items["UID"], one.items["FLAGS"], two.items) == (1, 5, ("\\Seen",), {"UID": 6})
    (listed,) = imap4.parsed("LIST", client.response("LIST")[1])
    assert isinstance(listed, MailboxList)
    assert listed.mailbox == "a b"
    assert imap4.parsed("EXISTS", client.response("EXISTS")[1]) == [Count(3)]
    assert imap4.parsed("UIDNEXT", client.response("UIDNEXT")[1]) == [7]
    assert imap4.parsed("SEARCH", [None]) == []


def test_helpers() -> None:
    assert imap4.decode_mutf7(imap4.encode_mutf7("Entwürfe & mehr")) == "Entwürfe & mehr"
    assert imap4.Internaldate2tuple(b'INTERNALDATE "01-Foo-2024 00:00:00 +0000"') is None
    assert imap4.Internaldate2tuple(b'INTERNALDATE "01-Jan-0000 00:00:00 +0000"') is None
    assert imap4.ParseFlags(b"* FLAGS (a b)") == (b"a", b"b")
    for wrong in ("", "1 Jan", datetime(2024, 1, 1), None):  # noqa: DTZ001
        with pytest.raises(ValueError, match=r"date|tzinfo"):
            imap4.Time2Internaldate(wrong)  # type: ignore[arg-type]


# -- over a socket


class Peer:
    """A server on the other end of a socket pair: `play` runs in a thread, and what it reads is in `heard`."""

    def __init__(self, play: Callable[[Peer], None]) -> None:
        ours, self.sock = socket.socketpair()
        self.lines = self.sock.makefile("rb")
        self.heard: list[bytes] = []
        self.go = threading.Event()
        peer = self

        class Client(imap4.IMAP4):
            """On the socket pair."""

            def _create_socket(self, timeout: float | None) -> socket.socket:
                ours.settimeout(timeout)
                return ours

        self.thread = threading.Thread(target=lambda: play(peer))
        self.thread.start()
        self.client = Client("peer", timeout=PATIENCE)

    def say(self, octets: bytes) -> None:
        """Send."""
        self.sock.sendall(octets)

    def hear(self) -> bytes:
        """The next line's words behind the tag, which `tag` is then."""
        line = self.lines.readline()
        self.tag, _, rest = line.strip().partition(b" ")
        self.heard.append(rest or self.tag)
        return rest

    def begin(self, capabilities: bytes = b"IDLE STARTTLS COMPRESS=DEFLATE") -> None:
        """Greet and tell the capabilities."""
        self.say(b"* PREAUTH hi\r\n")
        self.hear()
        self.say(b"* CAPABILITY IMAP4rev1 " + capabilities + b"\r\n" + self.tag + b" OK\r\n")

    def end(self) -> None:
        """Wait for the script to end, and close."""
        self.thread.join(PATIENCE)
        self.lines.close()
        self.sock.close()
        self.client.shutdown()


def test_idle() -> None:
    def play(peer: Peer) -> None:
        peer.begin()
        peer.hear()
        tag = peer.tag
        peer.say(b"* 1 EXISTS\r\n+ idling\r\n* 2 FETCH (X {2}\r\nab)\r\n* 3 FETCH (FLAGS (\r\n* 4 EX")
        peer.go.wait(PATIENCE)
        peer.say(b"ISTS\r\n* 5 RECENT\r\n* OK [ALERT] x\r\n")
        peer.hear()
        peer.say(tag + b" OK done\r\n")

    peer = Peer(play)
    client = peer.client
    with client.idle(duration=5) as idler:
        with pytest.raises(imap4.IMAP4.error, match="illegal in state IDLING"):
            client.noop()
        assert list(idler.burst(0.1)) == [
            ("EXISTS", [b"1"]), ("FETCH", [(b"2 (X {2}", b"ab"), b")"]), ("FETCH", [b"3 (FLAGS ("])
        ]  # fmt: skip
        peer.go.set()
        assert next(idler) == ("EXISTS", [b"4"])
    peer.end()
    assert client.state == "AUTH"
    assert peer.heard[1:] == [b"IDLE", b"DONE"]
    assert client.response("ALERT") == ("ALERT", [b""])
    with pytest.raises(imap4.IMAP4.error):
        next(idler)


def test_idle_ends_with_its_duration_in_the_middle_of_a_line() -> None:
    def play(peer: Peer) -> None:
        peer.begin()
        peer.hear()
        tag = peer.tag
        peer.say(b"+ idling\r\n* 1 EX")
        peer.hear()
        peer.say(b"ISTS\r\n" + tag + b" OK done\r\n")

    peer = Peer(play)
    with peer.client.idle(duration=0.1) as idler:
        assert list(idler) == []
    peer.end()
    assert peer.client.response("EXISTS") == ("EXISTS", [b"1"])


@pytest.mark.parametrize(("reply", "error"), [(b"NO no", "idle denied"), (b"BAD what", "unexpected status response")])
def test_idle_refused(reply: bytes, error: str) -> None:
    client = selected(b"<tag> " + reply + b"\r\n", OK)
    with pytest.raises(imap4.IMAP4.error, match=error), client.idle():
        pass
    assert client.noop() == ("OK", [b"done"])


def test_idle_not_offered() -> None:
    client = selected(capabilities=())
    with pytest.raises(imap4.IMAP4.error, match="does not support IMAP4 IDLE"):
        client.idle()


def test_compress() -> None:
    def play(peer: Peer) -> None:
        peer.begin()
        peer.hear()
        out, back = zlib.compressobj(wbits=-15), zlib.decompressobj(wbits=-15)
        later = b"* 3 EXISTS\r\n* FLAGS (" + b"x" * 300_000 + b")\r\n"
        peer.say(peer.tag + b" OK\r\n" + out.compress(later) + out.flush(zlib.Z_SYNC_FLUSH))
        line = back.decompress(peer.sock.recv(4096))
        reply = line.split()[0] + b" OK inflated\r\n"
        peer.say(out.compress(reply) + out.flush(zlib.Z_SYNC_FLUSH))
        peer.heard.append(line)

    peer = Peer(play)
    assert peer.client.compress()[0] == "OK"
    assert peer.client.noop() == ("OK", [b"inflated"])
    peer.end()
    assert peer.client.response("EXISTS") == ("EXISTS", [b"3"])
    assert len(peer.client.response("FLAGS")[1][0]) == 300_002
    assert peer.heard[-1].endswith(b" NOOP\r\n")


def test_octets_behind_starttls_are_refused() -> None:
    def play(peer: Peer) -> None:
        peer.begin()
        peer.hear()
        peer.say(peer.tag + b" OK begin\r\n* OK injected\r\n")

    peer = Peer(play)
    peer.client.state = "NONAUTH"
    with pytest.raises(imap4.IMAP4.abort, match="possible injection"):
        peer.client.starttls()
    peer.end()


@pytest.mark.parametrize("kind", [imap4.IMAP4.abort, ConnectionResetError])
def test_d17_a_reset_says_so_and_is_caught_as_in_every_python(kind: type[Exception]) -> None:
    """`abort` is 3.14's, ConnectionResetError what came through before."""

    class Reset:
        """A socket whose peer is gone."""

        def recv_into(self, buffer: Any) -> int:
            raise ConnectionResetError(104, "Connection reset by peer")

        def sendall(self, data: bytes) -> None:
            pass

    client = imap4.IMAP4.__new__(imap4.IMAP4)
    client._prepare(0)
    client.sock = Reset()
    client.state = "AUTH"
    for call in (client._get_response, client.noop):
        with pytest.raises(kind, match=r"^\[Errno 104\] Connection reset by peer$") as raised:
            call()
        assert isinstance(raised.value, OSError)
        assert raised.value.errno == 104


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="timeout=0"):
        imap4.IMAP4("127.0.0.1", 1, timeout=0)
    with pytest.raises(ConnectionRefusedError):
        imap4.IMAP4("127.0.0.1", closed_port())


def test_our_file_is_not_to_be_read_past_the_methods() -> None:
    """As in Python 3.14."""
    client = imap4.IMAP4.__new__(imap4.IMAP4)
    with socket.socket() as client.sock, pytest.warns(RuntimeWarning, match="read"):
        _ = client.file


def test_a_subclass_may_bring_its_own_file() -> None:
    """As proxies' subclasses do: `open` sets sock and file."""
    ours, theirs = socket.socketpair()

    class Own(imap4.IMAP4):
        """Connected already."""

        def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
            self.host, self.port, self.sock = host, port, ours
            self.file = ours.makefile("rb")

        def _new_tag(self) -> bytes:
            self.tagpre, self.tagnum = b"", 7
            self._set_tags(b"A")
            return super()._new_tag()

    with theirs:
        theirs.sendall(b"* PREAUTH hi\r\n* CAPABILITY IMAP4rev1\r\nA7 OK\r\n")
        client = Own()
        assert client.PROTOCOL_VERSION == "IMAP4REV1"
        client.shutdown()


# -- the module


def test_import_is_cheap() -> None:
    code = "import imapsh.client.imap4, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert {"asyncio", "prompt_toolkit", "pygments", "ssl", "imapsh.table", "imapsh.shell"} & set(loaded) == set()


def test_session_on_a_command(tmp_path: Path) -> None:
    """`python -m imapsh.client.imap4 -s COMMAND`, the command being a server of ten lines."""
    server = tmp_path / "server.py"
    server.write_text(
        "import sys, re\n"
        "o = sys.stdout\n"
        "def say(*lines):\n"
        "    o.write(''.join(line + '\\r\\n' for line in lines)); o.flush()\n"
        "say('* PREAUTH hi')\n"
        "for line in sys.stdin:\n"
        "    tag, name, *rest = line.split(None, 2)\n"
        "    if name == 'CAPABILITY': say('* CAPABILITY IMAP4rev1')\n"
        "    found = re.search(r'{(\\d+)}', line)\n"
        "    if found: say('+'); [sys.stdin.readline() for _ in range(5)]\n"
        "    if name == 'LOGOUT': say('* BYE'); break\n"
        "    say(tag + ' OK done')\n"
    )
    command = [sys.executable, "-m", "imapsh.client.imap4", "-d", "1", "-s", f"{sys.executable} {server}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, "All tests OK." in done.stdout) == (0, True), done
    assert re.search(r"^append OK", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(("arguments", "status"), [(["-x"], 2), (["-d", "x"], 2), (["-s", "echo what"], 1)])
def test_session_that_fails_says_so_in_a_sentence(arguments: list[str], status: int) -> None:
    command = [sys.executable, "-m", "imapsh.client.imap4", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == status
    assert done.stderr
    assert "Traceback" not in done.stderr


# -- errors of the program


class Full:
    """A file that raises an error which the connection might raise, too."""

    def write(self, data: bytes) -> int:
        raise BrokenPipeError("the program's pipe")


def chosen_badly(line: bytes, octets: int) -> io.BytesIO:
    raise BrokenPipeError("the program's pipe")


@pytest.mark.parametrize("sink", [Full(), chosen_badly])
def test_an_error_of_a_file_is_the_programs_and_the_connection_is_closed(sink: Any) -> None:
    client = selected(b"* 1 FETCH (A {13}\r\nt2 OK forged\r\n)\r\n" + OK)
    with pytest.raises(BrokenPipeError, match="the program's pipe") as raised:
        client.fetch_to("1", "(A)", sink)
    assert type(raised.value) is BrokenPipeError
    with pytest.raises(imap4.IMAP4.error, match="illegal in state LOGOUT"):
        client.fetch("1", "A")


def test_an_error_of_an_authobject_is_the_programs_and_the_command_is_cancelled() -> None:
    client = scripted(imap4, b"+ \r\n", b"<tag> BAD cancelled\r\n", OK, greeting=b"* OK hello\r\n")

    def fails(challenge: bytes) -> bytes:
        raise KeyError("no password")

    with pytest.raises(KeyError, match="no password"):
        client.authenticate("PLAIN", fails)
    assert sent(client) == b"t1 AUTHENTICATE PLAIN\r\n*\r\n"
    assert client.noop() == ("OK", [b"done"])


@pytest.mark.parametrize("reply", [b"", b"+ go on\r\n"])
def test_a_connection_on_which_nothing_cancels_the_command_is_closed(reply: bytes) -> None:
    client = scripted(imap4, b"+ \r\n", reply, greeting=b"* OK hello\r\n")

    def fails(challenge: bytes) -> bytes:
        raise KeyError("no password")

    with pytest.raises(KeyError):
        client.authenticate("PLAIN", fails)
    with pytest.raises(imap4.IMAP4.error, match="illegal in state LOGOUT"):
        client.select()
