"""An administrator acts for a user: by option, URL, profile and library; and it is said who acts for whom."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

import imapsh as library
from imapsh.errors import LoginError, UsageError
from imapsh.transport.tls import TLSOptions
from tests.servers.base import ADMIN, ADMIN_PASSWORD, USERS, Server
from tests.shell.acting import CTRL_D, Actor, Peer, acting, play
from tests.shell.running import Done, imapsh, listening, says, url


def as_admin(
    server: Server, *words: str, user: str = f"{ADMIN}@", line: str = 'LIST "" *', secret: str = ADMIN_PASSWORD
) -> Done:
    place = f"imaps://{user}{server.host}:{server.tls_port}"
    done = imapsh(place, "--cafile", str(server.cafile), *words, "-c", line, env={"IMAPSH_PASSWORD": secret})
    assert secret not in done.out.decode() + done.err
    return done


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (f"{ADMIN}@", ("--authorize", "demo")),
        (f"{ADMIN};AUTHORIZE=demo@", ()),
        (f"{ADMIN};AUTHORIZE=demo;AUTH=SCRAM-SHA-256@", ()),
        (f"{ADMIN}@", ("--authorize", "demo", "--mechanism", "auto")),
    ],
)
@pytest.mark.parametrize("real", ["dovecot", "cyrus"])
def test_in_the_mail_of_a_user(
    real: str, user: str, words: tuple[str, ...], request: pytest.FixtureRequest
) -> None:  # fmt: skip
    server: Server = request.getfixturevalue(real)
    done = as_admin(server, *words, user=user)
    assert done.status == 0, done.err
    assert f"{server.prefix}Archive" in done.out.decode()


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
def test_the_administrators_password_goes_nowhere(dovecot: Server, tmp_path: Path, mechanism: str) -> None:
    trace, page = tmp_path / "trace", tmp_path / "page.html"
    words = ("--authorize", "demo", "--mechanism", mechanism, "--trace", str(trace))
    done = as_admin(dovecot, *words, line=f"\\export {page}")
    assert done.status == 0, done.err
    sent = b64encode(f"demo\0{ADMIN}\0{ADMIN_PASSWORD}".encode()).decode()
    for text in (trace.read_text(), page.read_text(), done.out.decode()):
        assert mechanism in text
        assert ADMIN_PASSWORD not in text
        assert sent not in text


def test_json_says_who_and_for_whom(dovecot: Server) -> None:
    done = as_admin(dovecot, "--authorize", "demo", "--format", "json", line="\\sessions")
    (about,) = [one["value"] for one in map(json.loads, done.lines) if one["name"] == "session"]
    assert (about["user"], about["acting_for"]) == (ADMIN, "demo")


def test_dovecots_own_form_stays_a_user_name(dovecot: Server) -> None:
    done = as_admin(dovecot, user=f"demo*{ADMIN}@", line="\\sessions")
    assert done.status == 0
    assert f"demo*{ADMIN}@127.0.0.1" in done.out.decode()


@pytest.mark.parametrize("real", ["dovecot", "cyrus"])
def test_who_may_not_act_is_told_so(real: str, request: pytest.FixtureRequest) -> None:
    done = as_admin(request.getfixturevalue(real), "--authorize", "demo", user="other@", secret=USERS["other"])
    assert done.status == 6
    assert "refused the login of other for demo: NO" in done.err


@pytest.mark.parametrize("offer", ["", "AUTH=CRAM-MD5 AUTH=LOGIN AUTH=XOAUTH2"])
def test_nothing_is_sent_where_nothing_can_say_for_whom(offer: str) -> None:
    heard: list[bytes] = []
    with listening(says(greeting=f"* OK [CAPABILITY IMAP4rev1 {offer}] hi\r\n".encode(), heard=heard)) as port:
        done = imapsh(
            url(port), "--user", "root", "--authorize", "bob", "-c", "NOOP", env={"IMAPSH_PASSWORD": "s3cret"}
        )
    assert done.status == 6
    assert "can say for whom you act, and nothing was sent: it takes PLAIN" in done.err
    assert b"".join(heard) == b""


@pytest.mark.parametrize(("answer", "status"), [("OK done", 0), ("NO [NOPERM] not you", 6), ("BAD what", 6)])
def test_proxyauth_in_a_batch(answer: str, status: int) -> None:
    heard: list[bytes] = []
    answers = (b"TAG OK [CAPABILITY IMAP4rev1] in\r\n", f"TAG {answer}\r\n".encode())
    with listening(says(*answers, greeting=b"* OK [CAPABILITY IMAP4rev1] hi\r\n", heard=heard)) as port:
        done = imapsh(
            url(port), "--user", "root", "--proxyauth", "bob", "-c", "NOOP", env={"IMAPSH_PASSWORD": "s3cret"}
        )
    assert done.status == status, done.err
    assert b"PROXYAUTH bob" in b"".join(heard)
    assert (b"NOOP" in b"".join(heard)) is (status == 0)
    if status:
        assert f"does not let root act for bob: {answer}; the connection was closed" in done.err


async def logs_in_again(person: Actor, peer: Peer) -> None:
    """Type UNAUTHENTICATE and LOGIN, which are the second and third command."""
    person.types("UNAUTHENTICATE\r")
    await peer.hears(b"A2 UNAUTHENTICATE\r\n")
    peer.says(b"A2 OK [CAPABILITY IMAP4rev1] out\r\n")
    await person.screen.until(lambda: "(not logged in)>" in person.screen.text)
    person.types("LOGIN root s3cret\r")
    await peer.hears(b"LOGIN root s3cret\r\n")
    peer.says(b"A3 OK in\r\n")
    await person.prompted(f"root@127.0.0.1:{peer.port}>")


def test_the_prompt_says_as_whom_and_a_typed_login_does_not_hide_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n") as peer:
            place = peer.url.replace("//", "//root@")
            async with acting(tmp_path, url=place, authorize="bob") as person:
                await person.screen.until(lambda: "Password for root at 127.0.0.1" in person.screen.text)
                person.types("s3cret\r")
                await peer.hears(b"A1 AUTHENTICATE PLAIN Ym9iAHJvb3QAczNjcmV0\r\n")
                peer.says(b"A1 OK [CAPABILITY IMAP4rev1] in\r\n")
                await person.prompted(f"bob@127.0.0.1:{peer.port} (by root)>")
                await logs_in_again(person, peer)
                assert "this login acts for nobody: LOGIN did not name bob" in " ".join(person.screen.text.split())
                person.types("PROXYAUTH ann\r")
                await peer.hears(b"PROXYAUTH ann\r\n")
                peer.says(b"A4 OK done\r\n")
                await person.prompted(f"ann@127.0.0.1:{peer.port} (by root)>")
                assert "s3cret" not in person.screen.text

    play(scene)


def test_a_refused_proxyauth_leaves_nobody_connected_at_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        peer = Peer(b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n")
        async with peer, acting(tmp_path, url=peer.url, user="root", proxyauth="bob") as person:
            await peer.hears(b"A1 PROXYAUTH bob\r\n")
            peer.says(b"A1 NO not you\r\n")
            await person.prompted("not connected>")
            text = " ".join(person.screen.text.split())
            assert text.count("does not let root act for bob: NO not you") == 1
            person.types(CTRL_D)

    play(scene)


def test_a_profile_says_for_whom(dovecot: Server, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        f'[profiles.demo]\nurl = "imaps://{dovecot.host}:{dovecot.tls_port}"\nuser = "{ADMIN}"\nauthorize = "demo"\n'
    )
    done = imapsh(
        "--config", str(file), "demo", "--cafile", str(dovecot.cafile), "-c", "\\sessions",
        env={"IMAPSH_PASSWORD": ADMIN_PASSWORD},
    )  # fmt: skip
    assert f"demo@127.0.0.1:{dovecot.tls_port} (by {ADMIN})" in done.out.decode()


@pytest.mark.parametrize("in_url", [True, False])
def test_in_a_program(dovecot: Server, in_url: bool) -> None:
    async def mailboxes() -> list[str]:
        whom = ";AUTHORIZE=demo" if in_url else ""
        place = f"imaps://{ADMIN}{whom}@{dovecot.host}:{dovecot.tls_port}"
        tls = TLSOptions(cafile=str(dovecot.cafile))
        async with library.connect(
            place, password=ADMIN_PASSWORD, tls=tls, authorize="" if in_url else "demo"
        ) as c:  # fmt: skip
            return [found.mailbox for found in await c.list()]

    assert "Archive" in asyncio.run(mailboxes())


def test_in_a_program_nobody_acts_after_preauth() -> None:
    async def scene() -> None:
        async with Peer(b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n") as peer:
            with pytest.raises(LoginError, match="greets with PREAUTH, so the server has chosen the user"):
                await library.connect(peer.url.replace("//", "//ann@"), password="s3cret", authorize="bob")

    play(scene)


def test_an_ok_that_asked_for_nothing_acts_for_nobody() -> None:
    """A server that never took the authorization identity cannot have heeded it."""
    heard: list[bytes] = []
    answers = (b"TAG OK in\r\n",)
    with listening(says(*answers, greeting=b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n", heard=heard)) as port:
        done = imapsh(
            url(port), "--user", "root", "--authorize", "bob", "-c", "NOOP", env={"IMAPSH_PASSWORD": "s3cret"}
        )
    assert done.status == 6
    assert "said OK before it was told who logs in by PLAIN" in done.err
    assert heard == [b"A1 AUTHENTICATE PLAIN\r\n"]


def test_preauth_is_told_to_who_wanted_to_log_in() -> None:
    with listening(says()) as port:
        done = imapsh(url(port), "--user", "root", "-c", "NOOP")
    assert done.status == 0
    said = "greets with PREAUTH, so it has chosen the user; it was not asked to log in root"
    assert (done.out.decode() + done.err).count(said) == 1


def test_a_typed_login_is_not_yet_for_whom_proxyauth_names(tmp_path: Path) -> None:
    async def scene() -> None:
        peer = Peer(b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n")
        async with peer, acting(tmp_path, url=peer.url, user="root", proxyauth="bob") as person:
            await peer.hears(b"A1 PROXYAUTH bob\r\n")
            peer.says(b"A1 OK done\r\n")
            await person.prompted(f"bob@127.0.0.1:{peer.port} (by root)>")
            await logs_in_again(person, peer)
            assert "this login acts for nobody until you type PROXYAUTH bob" in " ".join(person.screen.text.split())
            person.types(CTRL_D)

    play(scene)


def test_a_response_of_ones_own_says_for_whom(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n") as peer:
            place = peer.url.replace("//", "//root@")
            async with acting(tmp_path, url=place, authorize="bob") as person:
                await person.screen.until(lambda: "Password for root at 127.0.0.1" in person.screen.text)
                person.types("s3cret\r")
                await peer.hears(b"A1 AUTHENTICATE PLAIN Ym9iAHJvb3QAczNjcmV0\r\n")
                peer.says(b"A1 NO [AUTHENTICATIONFAILED] no\r\n")
                await person.screen.until(lambda: "(not logged in)>" in person.screen.text)
                person.types("a7 AUTHENTICATE PLAIN Ym9iAHJvb3QAczNjcmV0\r")
                await peer.hears(b"a7 AUTHENTICATE PLAIN Ym9iAHJvb3QAczNjcmV0\r\n")
                peer.says(b"a7 OK in\r\n")
                said = "for whom this login acts was in your own response, which may not have named bob"
                await person.screen.until(lambda: said in " ".join(person.screen.text.split()))
                person.types(CTRL_D)

    play(scene)


@pytest.mark.parametrize(
    ("url", "words", "said"),
    [
        ("imaps://root@h", {"authorize": None}, "the user to act for is text, not a NoneType"),
        ("imaps://root@h", {"proxyauth": None}, "the user to act for is text, not a NoneType"),
        ("imaps://root;AUTHORIZE=bob@h", {"authorize": "ann"}, "the URL says to act for bob and the arguments say ann"),
        ("imaps://root;AUTHORIZE=bob@h", {"proxyauth": "bob"}, "or by another way: give only one"),
        ("imaps://root@h", {"authorize": "bob", "proxyauth": "ann"}, "give one of them"),
    ],
)
def test_in_a_program_a_doubt_about_whom_one_acts_for_is_an_error(url: str, words: dict[str, Any], said: str) -> None:
    """A variable that is not set would otherwise open the administrator's own mail."""
    with pytest.raises(UsageError, match=said):
        library.connect(url, password="s3cret", **words)


def test_after_unauthenticate_nobody_is_named() -> None:
    answers = (b"TAG OK in\r\n", b"TAG OK in\r\n", b"TAG OK out\r\n", b"TAG OK in\r\n")
    lines = ("UNAUTHENTICATE", "\\raw A9 LOGIN root s3cret\\r\\n", "\\sessions")
    with listening(says(*answers, greeting=b"* OK [CAPABILITY IMAP4rev1] hi\r\n")) as port:
        done = imapsh(
            url(port), "--user", "root", "--proxyauth", "bob", "--format", "json", "--no-ask",
            *(word for line in lines for word in ("-c", line)), env={"IMAPSH_PASSWORD": "s3cret"},
        )  # fmt: skip
    (about,) = [one["value"] for one in map(json.loads, done.lines) if one["name"] == "session"]
    assert (about["user"], about["acting_for"], about["state"]) == ("", "", "not-authenticated")
