"""A4, E15: what would carry a password in the clear to another machine is refused, before an octet goes out."""

from __future__ import annotations

from base64 import b64encode

import pytest

from imapsh.errors import LoginError
from imapsh.session import clear
from imapsh.session.opening import Opening
from imapsh.typed.match import match

from .player import Player

PASSWORD = "sesame-77"
PLAIN = b64encode(f"\0joe\0{PASSWORD}".encode()).decode()
TOKEN = b64encode(f"user=joe\x01auth=Bearer {PASSWORD}\x01\x01".encode()).decode()

REVEALING = (
    f"LOGIN joe {PASSWORD}",
    f'a1 login joe "{PASSWORD}"',
    f"LOGIN joe {{{len(PASSWORD)}}}\r\n{PASSWORD}",
    f"LOGIN {{3+}}\r\njoe {{{len(PASSWORD)}+}}\r\n{PASSWORD}",
    "LOGIN joe {@password}",
    "LOGIN joe",
    f"UID LOGIN joe {PASSWORD}",
    f"LOGN joe {PASSWORD}",
    f"a1 LOGIN joe {PASSWORD} and more",
    "AUTHENTICATE PLAIN",
    f"AUTHENTICATE PLAIN {PLAIN}",
    f"x AUTHENTICATE plain {PLAIN}",
    "AUTHENTICATE LOGIN",
    f"AUTHENTICATE XOAUTH2 {TOKEN}",
    f"AUTHENTICATE OAUTHBEARER {TOKEN}",
    f"AUTHENTICATE X-OURS {PLAIN}",
    f"AUTHENTICATE {PLAIN}",
    f"AUTENTICATE PLAIN {PLAIN}",
    PLAIN,
    f"a1 {TOKEN}",
    f"connect imap://joe:{PASSWORD}@mail.example.com",
)

DISCREET = (
    "NOOP", "LOGIN", "AUTHENTICATE", "STARTTLS", "LOGOUT", "AUTHENTICATE SCRAM-SHA-256", "AUTHENTICATE SCRAM-SHA-512",
    "AUTHENTICATE CRAM-MD5", "a1 AUTHENTICATE DIGEST-MD5", "AUTHENTICATE GSSAPI", "AUTHENTICATE EXTERNAL =",
    "AUTHENTICATE ANONYMOUS", 'SEARCH TEXT "http://a:b@c"', "FROBNICATE 1:3 joe@example.com",
)  # fmt: skip


def far(capabilities: str = "IMAP4rev1", *, local: bool = False, cleartext: bool = False) -> Player:
    player = Player()
    opening = Opening("mail.example.com:143", local=local, cleartext=cleartext)
    player.session.guard = clear.guard(player.session, lambda: opening)
    return player.play(f"S: * OK [CAPABILITY {capabilities}] ready")


def test_a_typed_password_goes_to_no_pinned_server_that_showed_no_certificate() -> None:
    player = Player()
    opening = Opening("localhost:143", local=True, cleartext=True, pinned=True)
    player.session.guard = clear.guard(player.session, lambda: opening)
    player.play("S: * OK [CAPABILITY IMAP4rev1] ready")
    with pytest.raises(LoginError, match=r"no certificate to compare with the pin; .* or leave out the pin"):
        player.session.line(f"LOGIN joe {PASSWORD}")


@pytest.mark.parametrize("line", REVEALING)
def test_e15_what_reveals_a_password_is_refused(line: str) -> None:
    player = far()
    with pytest.raises(LoginError, match=r"was not sent: the connection to mail.example.com:143 is not en") as caught:
        player.session.line(line)
    player.pump()
    assert player.out == b""
    assert not player.session.running
    assert not player.session.queue
    assert PASSWORD not in str(caught.value)
    assert PLAIN not in str(caught.value)


@pytest.mark.parametrize("line", DISCREET)
def test_e15_what_reveals_none_is_sent(line: str) -> None:
    player = far()
    player.session.line(line)
    player.pump()
    assert player.out.endswith(line.removeprefix("a1 ").encode() + b"\r\n")


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize("line", [f"LOGIN joe {PASSWORD}", "AUTHENTICATE PLAIN", f"LOGN joe {PASSWORD}", PLAIN])
def test_e15_it_is_sent_where_nobody_listens_or_the_person_insists(line: str, local: bool) -> None:
    player = far(local=local, cleartext=not local)
    player.session.line(line)
    player.pump()
    assert player.out == f"A1 {line}\r\n".encode()


def test_e15_it_is_sent_under_tls() -> None:
    player = far("IMAP4rev1 STARTTLS")
    with pytest.raises(LoginError):
        player.session.line(f"LOGIN joe {PASSWORD}")
    player.play(">>> STARTTLS\nC: A1 STARTTLS\nS: A1 OK go\n!! tls\n>>> LOGIN joe secret\nC: A2 LOGIN joe secret")


@pytest.mark.parametrize(
    ("capabilities", "better"),
    [("IMAP4rev1 STARTTLS", "send STARTTLS first"), ("IMAP4rev1", "use imaps://")],
)
def test_e15_the_better_way_is_named_and_the_way_to_insist(capabilities: str, better: str) -> None:
    with pytest.raises(LoginError, match=f"; {better}, or cleartext=True if you mean it$"):
        far(capabilities).session.line("LOGIN joe x")


def test_e15_what_was_refused_is_known_as_a_secret() -> None:
    player = far()
    for line in (f"LOGIN joe {PASSWORD}", f"AUTHENTICATE PLAIN {PLAIN}"):
        with pytest.raises(LoginError):
            player.session.line(line)
    assert player.session.secrets.mask(f"{PASSWORD} {PLAIN}".encode()).strip(b"* ") == b""


def test_a_match_is_not_named_by_a_secret() -> None:
    assert [match(line).name for line in (PLAIN, f"imap://joe:{PASSWORD}@host")] == ["********"] * 2
    for line in (PLAIN, f"imap://joe:{PASSWORD}@host", f"x{PLAIN} NOOP"):
        assert all(PLAIN not in problem.message and PASSWORD not in problem.message for problem in match(line).errors)
