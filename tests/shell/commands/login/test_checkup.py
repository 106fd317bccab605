"""`--checkup URL`: each step of the way to a server told, one login at the most, and what can still be shown."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from imapsh.errors import ConnectError
from imapsh.render.styles import paint
from imapsh.render.visible import width
from imapsh.shell.batch import checking
from imapsh.shell.commands.login import checkup
from imapsh.shell.commands.login.checkup import ROUNDS, Checked
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.screen.sheet import sheet
from imapsh.shell.settings.options import Options
from imapsh.shell.settings.passwords import tokens
from imapsh.shell.settings.passwords.password import Kept
from imapsh.transport import probing, resolving
from tests.sasl.test_jwt import token
from tests.servers.base import Server
from tests.servers.certs import Certs
from tests.shell.running import Handler, command, environment, imapsh, listening, says, url
from tests.transport.conftest import closed_port
from tests.transport.papers import made

SECRET = "hunter22"
OFFERS = b"* OK [CAPABILITY IMAP4rev1 SASL-IR ID AUTH=PLAIN AUTH=XOAUTH2] hello\r\n"


def checked(where: str, **given: Any) -> Checked:
    options = Options(url=where, **{"password": Kept(SECRET), "connect_timeout": 10.0, **given})
    return checking.run(make_plan(options), options)


def rows(found: Checked) -> dict[str, str]:
    """Return the rows by their labels; the last of those that are alike."""
    return {row.label: row.text for section in found.sections.values() for row in section}


def text(found: Checked, columns: int | None = None) -> str:
    return paint(sheet(found.sections, columns), None)


def under_tls(path: str, handler: Handler) -> Handler:
    """Return a server that speaks TLS from the first octet; a client may leave in the middle."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def serve(sock: socket.socket) -> None:
        with context.wrap_socket(sock, server_side=True) as secure:
            handler(secure)

    return serve


# -- a server that works


def test_a_login_that_works() -> None:
    heard: list[bytes] = []
    answers = (
        b"TAG OK [CAPABILITY IMAP4rev1 ID IDLE] welcome\r\n",
        b'* ID ("name" "Kelp" "version" NIL)\r\nTAG OK\r\n',
    )
    with listening(says(*answers, greeting=OFFERS, heard=heard)) as port:
        found = checked(url(port, user="ida"))
    seen = rows(found)
    assert found.status == 0
    assert seen["name"].startswith("127.0.0.1, 1 address, ")
    assert seen["address"].startswith(f"127.0.0.1, port {port}: reached in ")
    assert seen["greeting"].startswith("OK hello (")
    assert seen["ID"] == "name Kelp"
    assert seen["without TLS"] == "IMAP4rev1 SASL-IR ID AUTH=PLAIN AUTH=XOAUTH2"
    assert seen["after login"] == "+IDLE -SASL-IR -AUTH=PLAIN -AUTH=XOAUTH2"
    assert seen["STARTTLS"] == "not offered"
    assert (seen["PLAIN"], seen["XOAUTH2"]) == ("taken", "no: no token: give --oauth or --token-command")
    assert seen["password"].startswith("password: in a profile")
    assert seen["answer"] == "OK welcome"
    assert seen["NOOP"].endswith("at best")
    assert seen["result"] == "the login works"
    commands = [line.split()[1] for line in heard]
    assert commands == [b"AUTHENTICATE", b"ID", *[b"NOOP"] * ROUNDS, b"LOGOUT"]
    assert SECRET not in text(found)


def test_without_a_login() -> None:
    heard: list[bytes] = []
    with listening(says(greeting=OFFERS.replace(b" ID", b""), heard=heard)) as port:
        found = checked(url(port, user="ida"), no_login=True, password=None)
    assert [line.split()[1] for line in heard] == [*[b"NOOP"] * ROUNDS, b"LOGOUT"]
    assert rows(found)["tried"] == "nothing: no login was wanted"
    assert rows(found)["result"] == "the connection works; no login was tried"
    assert (found.status, found.facts["works"]) == (0, False)


def test_preauth_and_an_id_of_nothing() -> None:
    with listening(says(b"* ID NIL\r\nTAG OK\r\n", greeting=b"* PREAUTH [CAPABILITY IMAP4rev1 ID] hi\r\n")) as port:
        found = checked(url(port, user="ida"))
    assert rows(found)["ID"] == "it says nothing of itself"
    assert "PREAUTH" in rows(found)["tried"]
    assert found.status == 0


# -- a login that fails


def test_a_refused_login_is_not_tried_again() -> None:
    heard: list[bytes] = []
    with listening(says(b"TAG NO [EXPIRED] old\r\n", greeting=OFFERS, heard=heard)) as port:
        found = checked(url(port, user="ida"), retry="5:0.01")
    assert [line.split()[1] for line in heard if b"AUTH" in line or b"LOGIN" in line] == [b"AUTHENTICATE"]
    assert found.status == 6
    assert rows(found)["result"] == "the login was refused: NO [EXPIRED] old"
    assert found.facts["login"]["code"] == "EXPIRED"
    assert found.facts["login"]["try"] == "set a new password, then log in with that"
    assert found.facts["exit_status"] == 6
    assert len(found.facts["round_trips"]) == ROUNDS  # what can still be done is done


def test_one_login_also_if_the_server_does_not_know_what_it_offers() -> None:
    heard: list[bytes] = []
    with listening(says(b"TAG BAD what?\r\n", greeting=OFFERS, heard=heard)) as port:
        found = checked(url(port, user="ida"))
    assert [line.split()[1] for line in heard][:2] == [b"AUTHENTICATE", b"ID"]
    assert (found.status, rows(found)["answer"]) == (6, "BAD what?")


def test_a_token_is_sent_once_and_told_by_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    one = token(exp=1_600_000_000, aud="imap")
    monkeypatch.setattr(tokens, "current", lambda command: one)
    monkeypatch.setattr(tokens, "another", lambda command: pytest.fail("a second token was asked for"))
    heard: list[bytes] = []
    answers = (b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n", b"A1 NO [AUTHENTICATIONFAILED] no\r\n")
    with listening(says(*answers, greeting=OFFERS, heard=heard)) as port:
        found = checked(url(port, user="ida"), password=None, token_command="get")
    assert [line.split()[1] for line in heard if b"AUTH" in line] == [b"AUTHENTICATE"]
    assert rows(found)["fault"].startswith("the token expired at 2020-09-13")
    assert found.facts["login"]["token"]["fault"] == "expired"
    assert one not in text(found) + json.dumps(found.facts)


def test_no_password_and_nobody_to_ask() -> None:
    with listening(says(greeting=OFFERS)) as port:
        done = imapsh("--checkup", url(port, user="ida"))
    assert done.status == 6
    assert "tried     nothing: no password for ida was given: give --password-command" in done.out.decode()


def test_login_is_disabled() -> None:
    with listening(says(greeting=b"* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hello\r\n")) as port:
        found = checked(url(port, user="ida"))
    assert rows(found)["LOGIN"] == "disabled without TLS (LOGINDISABLED)"
    assert "disables LOGIN" in rows(found)["tried"]
    assert found.status == 6


def test_a_connection_that_ends_in_the_login() -> None:
    with listening(says(None, greeting=OFFERS)) as port:
        found = checked(url(port, user="ida"))
    assert rows(found)["answer"] == "the connection ended"
    assert "ended the connection in place of an answer" in rows(found)["meaning"]
    assert found.status == 7


def test_a_login_that_is_not_answered() -> None:
    with listening(says(b"", greeting=OFFERS)) as port:
        found = checked(url(port, user="ida"), timeout=0.2)
    assert (rows(found)["tried"], rows(found)["answer"]) == ("AUTHENTICATE PLAIN as ida", "none came")
    assert "did not answer it in time" in rows(found)["meaning"]
    assert rows(found)["result"].startswith(f"nothing came from 127.0.0.1:{port} within 0.2 s")
    assert (found.status, found.facts["login"]["status"]) == (7, None)


def test_a_login_to_a_server_that_says_this_and_that_for_ever() -> None:
    def talks(sock: socket.socket) -> None:
        sock.sendall(OFFERS)
        sock.recv(1000)
        sock.settimeout(None)
        while True:  # until the other side is gone
            sock.sendall(b"* OK still here\r\n" * 10)

    with listening(talks) as port:
        found = checked(url(port, user="ida"), timeout=0.2)
    assert (rows(found)["tried"], rows(found)["answer"]) == ("AUTHENTICATE PLAIN as ida", "none came")
    assert rows(found)["result"].startswith(f"127.0.0.1:{port} said this and that, and gave no reply within 0.2 s")
    assert (found.status, found.facts["login"]["status"]) == (7, None)


def test_ctrl_c_while_the_login_is_not_answered() -> None:
    def interrupts(sock: socket.socket) -> None:
        sock.sendall(OFFERS)
        if sock.recv(1000):
            process.send_signal(signal.SIGINT)
            sock.recv(1000)

    with listening(interrupts) as port:
        process = subprocess.Popen(
            command("--checkup", url(port, user="ida")), stdout=subprocess.PIPE,
            env=environment(IMAPSH_PASSWORD=SECRET), start_new_session=True,
        )  # fmt: skip
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"  answer    none came\n" in out
    assert b"  result  interrupted\n" in out


def test_acting_for_another_by_a_command_that_is_not_there() -> None:
    answers = (b"TAG OK [CAPABILITY IMAP4rev1] in\r\n", b"TAG BAD what?\r\n")
    with listening(says(*answers, greeting=OFFERS)) as port:
        found = checked(url(port, user="root"), proxyauth="ida")
    seen = rows(found)
    assert (seen["user"], seen["result"]) == ("root, to act for ida", "acting for ida was refused: BAD what?")
    assert (seen["try"], found.status) == ("try --authorize in its place", 6)


# -- no server, or not one of IMAP


@pytest.mark.parametrize(
    ("greeting", "status", "result"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", 4, "it greets like HTTP"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", 4, "it greets like SSH"),
        (b"220 mail.example ESMTP\r\n", 4, "it greets like SMTP"),
        (b"* BYE [UNAVAILABLE] later\r\n", 4, "BYE later"),
        (b"\x00\xff\x1b[2J\r\n", 4, "its first line is not a greeting"),
        (b"", 4, "closed the connection without a greeting"),
    ],
)
def test_a_peer_that_is_not_an_imap_server(greeting: bytes, status: int, result: str) -> None:
    with listening(lambda sock: sock.sendall(greeting)) as port:
        found = checked(url(port, user="ida"))
    assert (found.status, result in rows(found)["result"]) == (status, True), rows(found)["result"]
    assert "\x1b" not in text(found)


def test_a_silent_one() -> None:
    def wait(sock: socket.socket) -> None:
        assert sock.recv(100) == b""

    with listening(wait) as port:
        found = checked(url(port, user="ida"), connect_timeout=0.2)
    assert rows(found)["result"].startswith(f"no greeting came from 127.0.0.1:{port} within 0.2 s; if it speaks TLS")
    assert found.status == 7


def test_nothing_listens() -> None:
    port = closed_port()
    found = checked(url(port, user="ida"))
    assert "refused the connection" in rows(found)["address"]
    assert "refused the connection" in rows(found)["result"]
    assert (found.status, found.facts["addresses"][0]["reached"]) == (4, False)
    assert "Greeting and capabilities" not in text(found)


def test_a_name_that_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, port: int, seconds: float | None) -> list[resolving.Place]:
        raise socket.gaierror(socket.EAI_NONAME, "no")

    monkeypatch.setattr(resolving, "resolve", resolve)
    found = checked("imap://ida@nowhere.example")
    assert rows(found)["name"].startswith("the host nowhere.example is unknown; check its spelling; ")
    assert found.status == ConnectError.exit_code
    assert found.facts["name"]["error"] == "the host nowhere.example is unknown; check its spelling"


def test_through_a_proxy_no_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = resolving.resolve

    def of_the_proxy(host: str, port: int, seconds: float | None) -> list[resolving.Place]:
        assert host == "127.0.0.1"
        return resolve(host, port, seconds)

    import imapsh.transport.tunnel  # noqa: F401 - which would else keep what is put there now

    monkeypatch.setattr(resolving, "resolve", of_the_proxy)
    port = closed_port()
    found = checked("imap://ida@mail.example", proxy=f"http://127.0.0.1:{port}")
    assert rows(found)["proxy"] == f"http://127.0.0.1:{port}, from --proxy; the server's own address is not tried"
    assert found.facts["proxy"] == f"http://127.0.0.1:{port}"
    assert (found.facts["addresses"], found.status) == ([], 4)


def test_several_addresses_and_the_other_port(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [resolving.literal(host, 993)[0] for host in ("192.0.2.1", "2001:db8::1")]
    monkeypatch.setattr(resolving, "resolve", lambda host, port, seconds: places)

    def probe(places: list[resolving.Place], seconds: float) -> list[probing.Probe]:
        error = OSError(101, "Network is unreachable")
        return [
            probing.Probe(place[4][0], place[4][1], 0.01, None if place[4][1] == 143 else error) for place in places
        ]

    monkeypatch.setattr(probing, "probe", probe)
    way = checkup._way(make_plan(Options(url="imaps://ida@mail.example")))
    assert [one.host for one in way.probes] == ["192.0.2.1", "2001:db8::1"]
    said = [row.text for row in checkup._way_rows(make_plan(Options(url="imaps://ida@mail.example")), way)]
    assert said[1].startswith("mail.example, 2 addresses, ")
    assert said[3].startswith("2001:db8::1, port 993: there is no route to [2001:db8::1]:993")
    assert said[-1] == "port 143 accepts connections: try imap://mail.example"


# -- TLS


def test_a_certificate_that_is_not_trusted_is_shown(tmp_path: Path) -> None:
    heard: list[bytes] = []
    one = made(tmp_path, "127.0.0.1", common="a\x1b[31mb")
    with listening(under_tls(one.path, says(heard=heard))) as port:
        found = checked(url(port, "imaps", "ida"))
    seen = rows(found)
    assert (found.status, heard) == (5, [])
    assert seen["verified"] == "no: it was refused"
    assert seen["certificate"] == "CN=a\x1b[31mb"
    assert seen["further"].startswith("--insecure --no-login")
    assert "is not trusted" in seen["result"]
    assert "CN=a^[[31mb" in text(found)
    assert "\x1b" not in text(found)
    assert found.facts["tls"]["verified"] is False
    assert len(found.facts["tls"]["chain"][0]["sha256"]) == 64


@pytest.mark.parametrize(("days", "result"), [(-2.0, "has expired"), (90.0, "is for other.example, not for 127.0.0.1")])
def test_an_expired_one_and_one_for_another_name(tmp_path: Path, days: float, result: str) -> None:
    one = made(tmp_path, "other.example", days=days)
    with listening(under_tls(one.path, says())) as port:
        found = checked(url(port, "imaps", "ida"), cafile=one.path, tls_name="other.example" if days < 0 else "")
    assert (found.status, result in rows(found)["result"]) == (5, True), rows(found)["result"]
    assert rows(found)["names"] == "other.example"


def test_tls_that_is_not_verified_has_all_the_rest(tmp_path: Path) -> None:
    one = made(tmp_path, "other.example")
    with listening(under_tls(one.path, says(greeting=OFFERS))) as port:
        found = checked(url(port, "imaps", "ida"), insecure=True, no_login=True, password=None)
    seen = rows(found)
    assert seen["TLS"].startswith("TLSv1.3, ")
    assert seen["verified"] == "no: somebody else may have sent it"
    assert (seen["with TLS"], found.status) == ("IMAP4rev1 SASL-IR ID AUTH=PLAIN AUTH=XOAUTH2", 0)
    assert "without TLS" not in seen


def test_tls_on_a_plain_port_and_plain_on_a_tls_port(tmp_path: Path) -> None:
    with listening(says(greeting=OFFERS)) as port:
        found = checked(url(port, "imaps", "ida"))
    assert (found.status, "does not speak TLS from the start" in rows(found)["result"]) == (5, True)
    with listening(under_tls(made(tmp_path, "h").path, says())) as port:
        found = checked(url(port, "imap", "ida"), connect_timeout=0.2)
    assert (found.status, "if it speaks TLS from the first octet" in rows(found)["result"]) == (7, True)


def test_starttls_is_begun_even_without_a_login(certs: Certs) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(certs.server_pem))

    def serve(sock: socket.socket) -> None:
        sock.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hello\r\n")
        if line := sock.recv(1000):
            sock.sendall(line.split()[0] + b" OK begin\r\n")
            with context.wrap_socket(sock, server_side=True) as secure:
                line = secure.recv(1000)
                secure.sendall(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + line.split()[0] + b" OK\r\n")
                says(greeting=b"")(secure)

    with listening(serve) as port:
        found = checked(url(port, "imap", "ida"), cafile=str(certs.ca), no_login=True, password=None)
    seen = rows(found)
    assert seen["STARTTLS"] == "offered, and answered OK begin"
    assert seen["with TLS"] == "+AUTH=PLAIN -STARTTLS -LOGINDISABLED"
    assert seen["verified"] == f"for 127.0.0.1, against {certs.ca}"
    assert (seen["PLAIN"], seen["LOGIN command"]) == ("possible", "possible")
    assert found.facts["capabilities"]["tls"] == ["IMAP4rev1", "AUTH=PLAIN"]


# -- the whole


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    offers = b"* OK [CAPABILITY " + b"X" * 300 + b" " + b" ".join(b"CAP%d" % n for n in range(300)) + b"] hello\r\n"
    with listening(says(b"TAG NO " + b"long " * 600 + b"\r\n", greeting=offers)) as port:
        found = checked(url(port, user="ida"))
    lines = text(found, columns).splitlines()
    assert max(map(width, lines)) <= columns
    assert len(lines) < 120


def test_notes_and_a_mailbox_that_is_missing() -> None:
    answers = (b"TAG OK in\r\n", b"* CAPABILITY IMAP4rev1\r\nTAG OK\r\n", b"TAG NO [NONEXISTENT] none\r\n")
    heard: list[bytes] = []
    with listening(says(*answers, greeting=OFFERS, heard=heard)) as port:
        found = checked(f"{url(port, user='ida')}/Lost")
    assert heard[2].split()[1:] == [b"EXAMINE", b"Lost"]
    assert found.status == 1
    assert "refused to open Lost: NO [NONEXISTENT] none" in rows(found)["result"]
    assert rows(found)["answer"] == "OK in"


def test_dovecot(dovecot: Server, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    where = f"imap://{dovecot.user}@localhost:{dovecot.port}"
    words = ("--checkup", where, "--cafile", str(dovecot.cafile))
    done = imapsh(*words, "--trace", str(trace), env={"IMAPSH_PASSWORD": dovecot.password})
    assert (done.status, done.err) == (0, "")
    seen = done.out.decode()
    assert f"for localhost, against {dovecot.cafile}" in seen
    assert "  with TLS     -STARTTLS\n" in seen
    assert "  result  the login works\n" in seen
    assert dovecot.password not in seen + trace.read_text()
    wrong = imapsh(*words, "--format", "json", env={"IMAPSH_PASSWORD": SECRET})
    value = json.loads(wrong.out)["value"]
    assert (wrong.status, value["login"]["code"], value["exit_status"]) == (6, "AUTHENTICATIONFAILED", 6)
    assert value["tls"]["chain"][0]["names"] == ["localhost", "127.0.0.1", "::1"]
    assert {way["name"] for way in value["mechanisms"] if way["taken"]} == {"PLAIN"}
    assert SECRET not in wrong.out.decode() + wrong.err
