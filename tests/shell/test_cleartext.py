"""A4, E15: without TLS no password goes to another machine, however it is typed; and how to insist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from imapsh.errors import LoginError
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.main import main
from imapsh.shell.settings.options import Options
from imapsh.transport.address import Address
from tests.shell.acting import ENTER, PASTE, PASTED, Actor, Peer, acting, play
from tests.shell.hosting import FakeApp, answering
from tests.shell.running import listening, says, url

SECRET = "hunter22"
PLAIN = "AGlkYQBodW50ZXIyMg=="
GREETING = b"* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hi\r\n"

TYPED = (
    "LOGIN ida",
    f"LOGIN ida {SECRET}",
    f"a1 LOGIN ida {SECRET}",
    f"LOGN ida {SECRET}",
    f'"LOGIN" ida {SECRET}',
    f"NOOP LOGIN ida {SECRET}",
    "AUTHENTICATE PLAIN",
    f"AUTHENTICATE PLAIN {PLAIN}",
    "a1 AUTHENTICATE PLAIN",
    PLAIN,
    f"\\each LOGIN ida {SECRET}",
    f"\\repeat 2 0 LOGIN ida {SECRET}",
    f"enter {SECRET}",
    "LOGIN ida ${pw}",
    f"connect imap://ida:{SECRET}@127.0.0.1",
)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every server were on another machine."""
    monkeypatch.setattr(Address, "is_local", property(lambda address: False))


def host(line: str = "", **options: object) -> FakeApp:
    """One with a connection to another machine."""
    made = FakeApp("asked")
    made.options = Options(url="imap://mail.example.com", no_ask=True, **options)  # type: ignore[arg-type]
    made.talks_over(answering({}, "IMAP4rev1 STARTTLS", "OK"), make_plan(made.options))
    made.aliases["enter"] = "LOGIN ida"
    made.variables.set("pw", SECRET)
    return made


@pytest.mark.parametrize("line", [line for line in TYPED if line != "AUTHENTICATE PLAIN"])
def test_e15_a_typed_line_is_refused(line: str) -> None:
    person = host()
    with pytest.raises(LoginError, match="STARTTLS first, or --cleartext") as caught:
        person.does(line)
    assert person.sent == []
    assert person.answers == ["asked"]
    assert SECRET not in str(caught.value) + person.text


@pytest.mark.parametrize("line", [line for line in TYPED if line != "AUTHENTICATE PLAIN"])
def test_e15_it_is_sent_where_the_person_insists(line: str) -> None:
    assert host(cleartext=True).does(line).sent
    assert host().does("\\cleartext on").does(line).sent


def test_e15_raw_octets_insist() -> None:
    person = host()
    person.does(f"\\raw a1 LOGIN ida {SECRET}\\r\\n").connection.kick()
    assert person.session.sent_octets == len(f"a1 LOGIN ida {SECRET}\r\n")


def test_cleartext_says_and_sets() -> None:
    person = host()
    assert "cleartext: off" in person.does("\\cleartext").text
    assert "cleartext: on" in person.does("\\cleartext on").text
    with pytest.raises(LoginError):
        person.does("\\cleartext off").does("LOGIN ida x")


@pytest.mark.parametrize("line", [line for line in TYPED if line[0] != "e" and "$" not in line])
def test_e15_a_batch_refuses_with_status_6(
    line: str, elsewhere: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    heard: list[bytes] = []
    script = tmp_path / "script"
    script.write_text(f"{line}\nNOOP\n")
    with listening(says_to(heard)) as port:
        assert main([url(port), "-c", line, "-c", PLAIN]) == 6
        assert main([url(port), "-f", str(script)]) == 6
    out, err = capsys.readouterr()
    assert heard == []
    assert err.count("was not sent: the connection to 127.0.0.1:") == 2
    assert "send STARTTLS first, or --cleartext" in err
    assert SECRET not in out + err
    assert PLAIN not in out + err


def test_e15_a_batch_that_insists(elsewhere: None, capsys: pytest.CaptureFixture[str]) -> None:
    heard: list[bytes] = []
    with listening(says_to(heard)) as port:
        assert main([url(port), "--cleartext", "-c", f"LOGIN ida {SECRET}"]) == 0
        assert main([url(port), "-c", "\\cleartext on", "-c", f"LOGIN ida {SECRET}"]) == 0
    assert heard[0] == f"A1 LOGIN ida {SECRET}\r\n".encode()


def test_e13_an_answer_too_many_is_shown_nowhere(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    for name, answer in (("PLAIN", PLAIN), ("LOGIN", "cGFzcw=="), ("X-OURS", "cHc=")):
        with listening(says(b"+ \r\n", b"A1 OK in\r\n", b"TAG BAD what\r\n", greeting=GREETING)) as port:
            words = ("-c", f"AUTHENTICATE {name}", "-c", answer, "-c", answer)
            assert main([url(port), "--trace", str(trace), *words]) == 3
        out, err = capsys.readouterr()
        for kept in (out, err, trace.read_text()):
            assert answer.upper() not in kept.upper()


def test_e23_a_known_secret_is_cited_in_no_note(capsys: pytest.CaptureFixture[str]) -> None:
    with listening(says(greeting=GREETING)) as port:
        main([url(port), "-c", f"LOGIN ida {SECRET}", "-c", SECRET, "-c", f"FECTH {SECRET}", "-c", f"\\use {SECRET}"])
    out, err = capsys.readouterr()
    assert "unknown command ********" in err
    assert SECRET not in (out + err).lower()


def says_to(heard: list[bytes]) -> Callable[..., None]:
    """A server that keeps what it hears, but for LOGOUT, and says OK to all of it."""

    def handler(sock: object) -> None:
        sock.sendall(GREETING)  # type: ignore[attr-defined]
        for line in sock.makefile("rb"):  # type: ignore[attr-defined]
            if b"LOGOUT" not in line:
                heard.append(line)
            sock.sendall(line.split(b" ")[0].strip() + b" OK done\r\n")  # type: ignore[attr-defined]

    return handler


# -- at the prompt


def at_prompt(tmp_path: Path, scene: Callable[[Actor, Peer], object]) -> None:
    async def whole() -> None:
        async with Peer(GREETING) as peer, acting(tmp_path, url=peer.url, columns=250) as person:
            await person.prompted_once()
            talk = person.shell.app.here
            assert talk is not None
            talk.plan = talk.plan._replace(address=talk.plan.address._replace(host="192.0.2.1"))  # as if it were far
            await scene(person, peer)  # type: ignore[misc]
            assert SECRET not in person.screen.written
            assert PLAIN not in person.screen.written
        assert SECRET not in (tmp_path / "history").read_text()

    play(whole)


def test_a4_login_asks_for_no_password(tmp_path: Path) -> None:
    async def scene(person: Actor, peer: Peer) -> None:
        await person.enters("LOGIN ida", "the password for ida was not sent", "send STARTTLS first", "\\cleartext on")
        await person.enters(f"LOGIN ida {SECRET}")
        await person.screen.until(lambda: person.screen.text.count("the password for ida was not sent") == 2)
        assert "Password for" not in person.screen.text
        assert peer.heard == b""
        await person.enters("\\cleartext on", "cleartext: on")
        await person.enters("LOGIN ida", "Password for ida")
        await person.enters(SECRET)
        await peer.hears(f'LOGIN ida "{SECRET}"\r\n'.encode())
        peer.says(b"A1 OK in\r\n")
        await person.screen.shows("A1 OK in")

    at_prompt(tmp_path, scene)


def test_e20_preauth_from_another_machine_closes_the_connection(elsewhere: None, tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer(b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n") as peer, acting(tmp_path, url=peer.url) as person:
            await person.screen.shows("sent PREAUTH over an unencrypted connection", "\\cleartext on")
            await person.prompted_once()
            assert person.shell.app.live is None
            await person.enters("NOOP", "not connected: \\connect opens a connection again")
            assert peer.heard == b""

    play(scene)


def test_e20_preauth_from_another_machine_ends_a_batch(elsewhere: None, capsys: pytest.CaptureFixture[str]) -> None:
    with listening(says()) as port:
        assert main([url(port), "-c", "NOOP"]) == 5
    assert "sent PREAUTH over an unencrypted connection" in capsys.readouterr().err


def test_e15_a_paste_with_its_answer_sends_neither(tmp_path: Path) -> None:
    async def scene(person: Actor, peer: Peer) -> None:
        person.types(f"{PASTE}AUTHENTICATE PLAIN\n{PLAIN}\n{PASTED}{ENTER}")
        await person.screen.shows(
            "AUTHENTICATE PLAIN was not sent", "a line of the paste was an answer to AUTHENTICATE"
        )
        await person.enters(PLAIN, "a line that seems to contain a password was not sent")
        assert peer.heard == b""

    at_prompt(tmp_path, scene)


def test_e23_what_authenticate_asks_for_is_said(tmp_path: Path) -> None:
    async def scene(person: Actor, peer: Peer) -> None:
        await person.enters("AUTHENTICATE PLAIN", "the user name and the password", "a1 AUTHENTICATE PLAIN", "User at")
        person.types(PLAIN)
        await person.screen.shows("User at 192.0.2.1:" + f"{peer.port}: {'*' * len(PLAIN)}")
        await person.enters("", "that was a base64 response")
        assert peer.heard == b""

    at_prompt(tmp_path, scene)
