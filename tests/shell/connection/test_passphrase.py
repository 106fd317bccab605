"""The passphrase of the client's key: from the person or a command, asked for once, and shown nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from imapsh.errors import ImapshError, TLSError
from imapsh.shell.connection.dial import Plan, make_plan
from imapsh.shell.connection.passphrase import Unlocked, is_locked, unlocked
from imapsh.shell.connection.steps import Ask, Away
from imapsh.shell.settings.options import parse
from tests.servers.base import Server
from tests.servers.certs import Certs
from tests.shell.acting import acting, play
from tests.shell.running import Done, imapsh

PASSPHRASE = "correct horse battery"


@pytest.fixture(scope="module", params=[PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL], ids=["pkcs8", "old"])
def locked(request: pytest.FixtureRequest, certs: Certs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client's certificate and its key, protected by PASSPHRASE, in one file."""
    return write_locked(certs.client_pem, tmp_path_factory.mktemp("locked") / "client.pem", request.param)


def write_locked(source: Path, file: Path, form: PrivateFormat = PrivateFormat.PKCS8) -> Path:
    pem = source.read_bytes()
    key = load_pem_private_key(pem, None)
    secret = BestAvailableEncryption(PASSPHRASE.encode())
    certificate = pem[pem.index(b"-----BEGIN CERTIFICATE") :]
    file.write_bytes(key.private_bytes(Encoding.PEM, form, secret) + certificate)
    return file


def plan(cert: Path, *words: str) -> Plan:
    return make_plan(parse(["imaps://h", "--cert", str(cert), *words]))


def answered(plan: Plan, kept: Unlocked, answer: str | None = None) -> tuple[Plan, list[str]]:
    """Walk the steps as a driver does; return the plan, and what the person was asked."""
    steps, questions = unlocked(plan, kept), list[str]()
    try:
        step = next(steps)
        while True:
            if isinstance(step, Away):
                try:
                    found = step.work()
                except ImapshError as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(found)
                continue
            assert isinstance(step, Ask)
            assert step.secret
            questions.append(step.question)
            step = steps.send(answer)
    except StopIteration as end:
        return end.value, questions


def test_it_is_asked_for_once(locked: Path) -> None:
    kept: Unlocked = {}
    made, questions = answered(plan(locked), kept, PASSPHRASE)
    assert questions == [f"Passphrase for {locked}: "]
    assert made.tls.key_password is not None
    assert made.tls.key_password() == PASSPHRASE
    assert not is_locked(made)
    assert answered(made, kept) == (made, [])
    assert answered(plan(locked), kept)[1] == []
    assert PASSPHRASE not in repr(made) + repr(kept)


def test_a_command_gives_it(locked: Path) -> None:
    made, questions = answered(plan(locked, "--key-password-command", f"echo '{PASSPHRASE}'"), {})
    assert questions == []
    assert made.tls.key_password is not None
    assert made.tls.key_password() == PASSPHRASE


@pytest.mark.parametrize(
    ("words", "answer", "message"),
    [
        ((), "wrong", "the passphrase does not unlock the private key in .*client.pem; check TLSOptions.key_password"),
        ((), "x" * 2000, "a passphrase has 1,024 octets at most"),
        (
            (),
            None,
            "is protected by a passphrase, and none was given: run imapsh at a terminal and type it, or give --key",
        ),
        ((), "", "and none was given"),
        (("--key-password-command", "exit 3"), None, "--key-password-command failed with exit status 3"),
        (("--key-password-command", "echo"), None, "--key-password-command printed no password"),
    ],
)
def test_what_does_not_fit_is_not_kept(
    locked: Path, words: tuple[str, ...], answer: str | None, message: str
) -> None:  # fmt: skip
    kept: Unlocked = {}
    with pytest.raises(TLSError, match=message) as raised:
        answered(plan(locked, *words), kept, answer)
    assert kept == {}
    assert answer is None or len(answer) < 3 or answer not in str(raised.value).replace("x", "")


def test_keys_without_a_passphrase_and_files_that_are_none(certs: Certs, tmp_path: Path) -> None:
    for cert in (certs.client_pem, tmp_path, tmp_path / "none"):
        same = plan(cert)
        assert answered(same, {}) == (same, [])


# -- a batch, and the prompt


def log_in(server: Server, cert: Path, *words: str) -> Done:
    place = f"imaps://;AUTH=EXTERNAL@{server.host}:{server.tls_port}"
    done = imapsh(place, "--cafile", str(server.cafile), "--cert", str(cert), *words, "-c", "NOOP")
    assert PASSPHRASE not in done.out.decode() + done.err
    return done


def test_in_a_batch(dovecot: Server, locked: Path, tmp_path: Path) -> None:
    secret, trace = tmp_path / "secret", tmp_path / "trace"
    secret.write_text(f"{PASSPHRASE}\n")
    done = log_in(dovecot, locked, "--key-password-command", f'["cat", "{secret}"]', "--trace", str(trace))
    assert done.status == 0, done.err
    assert PASSPHRASE not in trace.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "is protected by a passphrase, and none was given: run imapsh at a terminal and type it"),
        (("--key-password-command", "echo wrong"), "does not unlock the private key in"),
    ],
)
def test_in_a_batch_without_one(dovecot: Server, locked: Path, words: tuple[str, ...], said: str) -> None:
    done = log_in(dovecot, locked, *words)
    assert done.status == 5
    assert said in done.err
    assert "TLSOptions" not in done.err


def test_at_the_prompt_it_is_asked_for_without_echo_and_once(dovecot: Server, locked: Path, tmp_path: Path) -> None:
    async def scene() -> None:
        place = f"imaps://;AUTH=EXTERNAL@{dovecot.host}:{dovecot.tls_port}"
        async with acting(tmp_path, url=place, cafile=str(dovecot.cafile), cert=str(locked)) as person:
            await person.screen.until(lambda: "Passphrase for" in person.screen.text)
            person.types(f"{PASSPHRASE}\r")
            await person.prompted(f"127.0.0.1:{dovecot.tls_port}>")
            assert person.screen.text.count("Logged in") == 1
            person.types("\\connect\r")
            await person.screen.until(lambda: person.screen.text.count("Logged in") == 2)
            assert person.screen.text.count("Passphrase for") == 1
            assert PASSPHRASE not in person.screen.text

    play(scene)
    assert PASSPHRASE.encode() not in b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
