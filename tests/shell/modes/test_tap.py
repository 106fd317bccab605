"""`--tap` as a process, and between real programs and Dovecot."""

from __future__ import annotations

import asyncio
import imaplib
import io
import json
import re
import signal
import ssl
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from imapsh.session.overheard import Conversation
from imapsh.shell.screen import heard
from imapsh.shell.screen.output import Output
from imapsh.shell.settings.options import read
from imapsh.transport import aio
from imapsh.transport.address import Address
from imapsh.transport.aio import AioStream
from imapsh.transport.listening import listen
from imapsh.transport.relay import Relay, Way
from imapsh.transport.tls import TLSFilter, TLSOptions
from imapsh.wire.pieces import SERVER, Piece
from tests.patience import PATIENCE
from tests.servers.base import Server
from tests.servers.certs import Certs
from tests.shell.running import command, environment, imapsh
from tests.shell.tapping import Tapping, run

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "imapsh" / "tap"


# -- as a process


class Process:
    """imapsh with `--tap` on the demo; `port` is where it listens."""

    def __init__(self, *words: str, stdout: int = subprocess.PIPE) -> None:
        self.child = subprocess.Popen(
            command("--tap", "0", "--demo", *words),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=environment(),
            start_new_session=True,
        )
        assert self.child.stderr is not None
        self.first = self.child.stderr.readline().decode()
        self.port = int(self.first.partition("127.0.0.1:")[2].split()[0])

    def end(self, signum: int) -> tuple[int, str, str]:
        self.child.send_signal(signum)
        out, err = self.child.communicate(timeout=PATIENCE)
        assert b"Traceback" not in err
        return self.child.returncode, (out or b"").decode(), err.decode()


def talk(port: int, password: str = "demo") -> None:
    client = imaplib.IMAP4("127.0.0.1", port)
    client.login("demo", password)
    client.select("INBOX")
    client.logout()


def test_ctrl_c_ends_with_a_summary() -> None:
    process = Process()
    talk(process.port)
    status, out, err = process.end(signal.SIGINT)
    assert status == 130
    assert "LOGIN demo ***" in out
    assert err.endswith("imapsh: the tap has ended: 1 connection, 0 faults\n")


def test_a_trace_that_cannot_be_written_is_told_before_the_tap_listens(tmp_path: Path) -> None:
    done = imapsh("--no-config", "--tap", "0", "--demo", "--trace", str(tmp_path / "none" / "trace"))
    assert done.status == 2
    assert done.err.startswith("imapsh: cannot write the trace ")
    assert "listens" not in done.err


def test_lines_fit_beside_time_and_name_on_a_terminal() -> None:
    many = b" ".join(b"AUTH=X%d" % number for number in range(30))
    (found,) = Conversation().hear(Piece(SERVER, b"* OK [CAPABILITY " + many + b"] hi\r\n", 0, 1.5e9))
    shown = "".join(heard.texts(Output("view", width=50), found, "1")).splitlines()
    assert len(shown) > 3
    assert max(map(len, shown)) <= 50


def test_a_signal_ends_it_in_order() -> None:
    process = Process()
    status, _, err = process.end(signal.SIGTERM)
    assert status == -signal.SIGTERM
    assert err == "imapsh: the tap has ended: 0 connections, 0 faults\n"


def test_strict_has_a_status_of_its_own() -> None:
    process = Process("--strict")
    talk(process.port)
    assert process.end(signal.SIGINT)[0] == 0
    process = Process("--strict")
    client = imaplib.IMAP4("127.0.0.1", process.port)
    client.send(b"a SELECT\r\n")
    client.readline()
    client.shutdown()
    assert process.end(signal.SIGINT)[0] == 1


def test_a_report_has_the_faults(tmp_path: Path) -> None:
    report = tmp_path / "report.tap"
    process = Process("--report", str(report), "--format", "json")
    client = imaplib.IMAP4("127.0.0.1", process.port)
    client.send(b"a SELECT\r\n")
    client.readline()
    client.shutdown()
    _, out, _ = process.end(signal.SIGINT)
    assert "not ok" in report.read_text()
    shown = [json.loads(line) for line in out.splitlines()]
    assert {one["connection"] for one in shown} == {"1"}
    assert all(one["time"].endswith("Z") for one in shown)


def test_stdout_that_nobody_reads_ends_it() -> None:
    process = Process()
    assert process.child.stdout is not None
    process.child.stdout.close()
    with suppress(imaplib.IMAP4.error, OSError):
        talk(process.port)
        talk(process.port)
    process.child.stdout = None
    assert process.child.wait(PATIENCE) == 141
    process.child.communicate()


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("--tap", "0"), 2, "no URL was given"),
        (("--tap", "0.0.0.0:1143", "imap.example.org"), 2, "--tap-open allows that"),
        (("--tap", "0", "-c", "NOOP", "imap.example.org"), 2, "-c and --tap cannot be used together"),
        (("--tap", "70000", "imap.example.org"), 2, "cannot listen on the port 70000: ports are 1 to 65535"),
        (("--tap", "123456", "imap.example.org"), 2, "ports are 1 to 65535"),
        (("--redact", "all", "--explain", "x"), 2, "--redact must be mail "),
        (("--tap-open", "imap.example.org"), 2, "--tap-open goes with --tap"),
        (("--tap", "0", "--tap-key", "x", "imap.example.org"), 2, "--tap-key goes with --tap-cert"),
        (("--strict", "imap.example.org"), 2, "--strict goes with --explain or --tap"),
        (("--tap", "imaps://0", "--tap-cert", "/nonexistent", "imap.example.org"), 5, "cannot read /nonexistent"),
        (
            ("--tap", "192.0.2.1:1143", "--tap-open", "imap.example.org"),
            4,
            "192.0.2.1:1143: this machine does not have that address",
        ),
    ],
)
def test_a_tap_that_cannot_be_is_one_sentence(words: tuple[str, ...], status: int, sentence: str) -> None:
    done = imapsh("--no-config", *words)
    assert done.status == status
    assert sentence in done.err.splitlines()[0]


def test_a_wrong_rule_is_shown_with_its_place() -> None:
    done = imapsh("--tap", "0", "--demo", "--tap-rule", "delay x FETCH")
    assert done.status == 2
    assert done.err == (
        "imapsh: delay x FETCH\n"
        "imapsh:       ^\n"
        "imapsh: --tap-rule: expected a number of seconds here (character 7 of 'delay x FETCH') (see imapsh --help)\n"
    )


def test_the_options_are_of_one_run() -> None:
    assert read(["--tap", "1143", "--tap-open", "host"]) == {"tap": "1143", "tap_open": True, "url": "host"}


# -- between programs and a real server


class Recorder:
    """Stands behind the tap, in front of Dovecot's plain port, and keeps what passes; it speaks TLS as it is told.

    `up` and `down` are the octets in the clear, but those of STARTTLS itself.
    """

    def __init__(self, server: Server, certs: Certs, *, scheme: str) -> None:
        self.up = self.down = b""
        self._server = server
        self._papers = TLSOptions(cert=str(certs.server_pem))
        self._scheme = scheme
        self._relay: Relay

    async def open(self) -> str:
        """Listen, and return the URL."""
        self._listener = await listen(
            Address(self._scheme, "127.0.0.1", 0), self._accept, tls=self._papers if self._scheme == "imaps" else None
        )
        self.close = self._listener.close
        return f"{self._scheme}://localhost:{self._listener.address.port}"

    async def _accept(self, client: AioStream) -> None:
        upstream = await aio.connect(Address("imap", self._server.host, self._server.port))
        self._relay = Relay(client, upstream, self)
        await self._relay.run()

    async def came(self, way: Way, octets: bytes) -> None:
        if octets.endswith(b" STARTTLS\r\n"):
            way.source.put(octets.split()[0] + b" OK begin\r\n")
            await way.secure(TLSFilter(self._papers, "", "the tap", server_side=True))
            return
        if way is self._relay.up:
            self.up += octets
        else:
            self.down += octets
        await way.write(octets)

    def ended(self, way: Way) -> None:
        pass


class Recording(imaplib.IMAP4):
    """imaplib's client, which keeps what it sends and receives; `kept` is set before it connects."""

    def __init__(self, port: int) -> None:
        self.up = self.down = b""
        super().__init__("127.0.0.1", port, 30)

    def read(self, size: int) -> bytes:
        data = super().read(size)
        self.down += data
        return data

    def readline(self) -> bytes:
        data = super().readline()
        self.down += data
        return data

    def send(self, data: bytes) -> None:  # type: ignore[override]
        self.up += data
        super().send(data)


class RecordingTLS(Recording, imaplib.IMAP4_SSL):
    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        self.up = self.down = b""
        imaplib.IMAP4_SSL.__init__(self, "localhost", port, ssl_context=context, timeout=PATIENCE)


_STARTTLS = re.compile(rb"\w+ (STARTTLS|OK begin)\r\n")

MESSAGE = b"Subject: octets\r\n\r\n" + bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") * 4000 + b"\r\n"


def work(client: Recording, server: Server) -> None:
    client.login(server.user, server.password)
    client.create("Tapped")
    client.append("Tapped", "", "", MESSAGE)
    client.select("Tapped")
    _, data = client.fetch("1:*", "(UID FLAGS ENVELOPE BODY.PEEK[])")
    assert isinstance(data[0], tuple)
    assert data[0][1] == MESSAGE
    client.close()
    client.delete("Tapped")
    client.logout()


@pytest.mark.parametrize("tls", ["plain", "STARTTLS", "TLS"])
def test_octets_are_the_same_on_both_sides(
    tls: str, dovecot: Server, certs: Certs, state: Path, capsys: Capture
) -> None:
    recorder = Recorder(dovecot, certs, scheme="imaps" if tls == "TLS" else "imap")
    seen = io.BytesIO()
    client: Recording

    def program(port: int) -> None:
        nonlocal client
        context = ssl.create_default_context(cafile=str(state / "authority.pem")) if tls != "plain" else None
        client = Recording(port) if tls != "TLS" or context is None else RecordingTLS(port, context)
        if tls == "STARTTLS":
            client.starttls(context)
        work(client, dovecot)

    async def main() -> None:
        url = await recorder.open()
        async with Tapping(
            url=url, cafile=str(certs.ca), format="wire", tap="imaps://0" if tls == "TLS" else "0"
        ) as tap:
            await asyncio.to_thread(program, tap.mode.tap.address.port)
            await tap.quiet()
            assert tap.mode.faults == 0
            seen.write(tap.out.getvalue())
        await recorder.close()

    run(main)
    sent, shown = client.up, seen.getvalue()
    if tls == "STARTTLS":  # the recorder answers that itself
        lines = client.up.splitlines(keepends=True), shown.splitlines(keepends=True)
        sent, shown = (b"".join(line for line in side if not _STARTTLS.fullmatch(line)) for side in lines)
    assert sent == recorder.up
    assert shown == recorder.down
    assert seen.getvalue().startswith(client.down)  # imaplib reads nothing behind BYE
    assert MESSAGE in recorder.up
    assert MESSAGE in recorder.down
    capsys.readouterr()


def test_dovecot_is_reached_by_tls_and_its_certificate_is_verified(
    dovecot: Server, certs: Certs, capsys: Capture
) -> None:
    async def main() -> None:
        async with Tapping(url=f"imaps://localhost:{dovecot.tls_port}", cafile=str(certs.ca)) as tap:
            await asyncio.to_thread(lambda: work(Recording(tap.mode.tap.address.port), dovecot))
            await tap.quiet()
            assert any("LOGIN demo ***" in line for line in tap.lines)
            assert tap.mode.faults == 0

    run(main)
    said = capsys.readouterr().err
    assert f"TLSv1.3 with localhost:{dovecot.tls_port}, whose certificate is of" in said
    assert dovecot.password not in said
