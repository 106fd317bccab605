"""From the greeting to the login: each way is a dialogue, and what goes out is compared octet for octet."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

import pytest

from imapsh.errors import GreetingError, LoginError, StateError, TLSError, UsageError
from imapsh.sasl.table import AUTO
from imapsh.session.events import Upgrade
from imapsh.session.opening import Opening, Step, steps
from imapsh.session.wanted import Fetching
from imapsh.table.model import AUTHENTICATED, NOT_AUTHENTICATED

from .player import Player


def base64(text: str) -> str:
    return b64encode(text.encode()).decode()


PLAIN = base64("\0ann\0s3cret")


class Opener(Player):
    """Plays a script while the steps of an opening are run as a driver runs them."""

    def __init__(self, *, secure: bool = True, **wanted: Any) -> None:
        super().__init__()
        self.session.secure = secure
        self.opened = False
        self._steps = steps(self.session, Opening("mx", **wanted))
        self._now: Step | None = None

    def pump(self) -> None:
        super().pump()
        while self._may_go_on():
            self._now = next(self._steps, None)
            self.opened = self._now is None
            if isinstance(self._now, Upgrade):
                self.session.upgraded()
            super().pump()

    def _may_go_on(self) -> bool:
        if self.opened or not (self.session.greeting or self.session.closed):
            return False
        waits = self._now is not None and not isinstance(self._now, Upgrade) and self._now.response is None
        return self.session.closed or not waits


def ann(password: str = "s3cret", **more: Any) -> dict[str, Any]:
    """What a login with a password wants."""
    return {"user": "ann", "password": lambda: password, **more}


def check(script: str, **wanted: Any) -> Opener:
    """The script is played to its end, and the opening is through with it."""
    opener = Opener(**wanted)
    opener.play(script)
    assert opener.opened
    return opener


# -- the login


def test_plain_in_one_line_where_the_server_takes_it() -> None:
    opener = check(
        f"""
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello
        C: A1 AUTHENTICATE PLAIN {PLAIN}
        S: A1 OK [CAPABILITY IMAP4rev1 IDLE] in
        """,
        **ann(),
    )
    assert opener.session.state == AUTHENTICATED
    assert opener.session.capabilities == {"IMAP4REV1", "IDLE"}
    assert PLAIN.encode() not in opener.trace.from_client


def test_plain_behind_a_continuation() -> None:
    check(
        f"""
        S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello
        C: A1 AUTHENTICATE PLAIN
        S: +
        C: {PLAIN}
        S: A1 OK in
        C: A2 CAPABILITY
        S: * CAPABILITY IMAP4rev1
        S: A2 OK done
        """,
        **ann(),
    )


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("s3cret", '"s3cret"'),
        ("two words", '"two words"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("", '""'),
    ],
)
def test_the_command_login_where_plain_is_not_offered(password: str, said: str) -> None:
    opener = check(
        f"""
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: A1 LOGIN ann {said}
        S: A1 OK [CAPABILITY IMAP4rev1] in
        """,
        **ann(password),
    )
    assert not password or password.encode() not in opener.trace.from_client


def test_a_password_beyond_ascii_waits_as_a_literal() -> None:
    check(
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: A1 LOGIN ann {7}
        S: + go on
        C+: gr\\xc3\\xbc\\xc3\\x9fe
        C:
        S: A1 OK [CAPABILITY IMAP4rev1] in
        """,
        **ann("grüße"),
    )


def test_capabilities_are_asked_for_where_the_greeting_has_none() -> None:
    check(
        """
        S: * OK hello
        C: A1 CAPABILITY
        S: * CAPABILITY IMAP4rev1
        S: A1 OK done
        C: A2 LOGIN ann "s3cret"
        S: * CAPABILITY IMAP4rev1 QUOTA
        S: A2 OK in
        """,
        **ann(),
    )


def test_a_password_is_asked_for_once_and_only_when_it_is_needed() -> None:
    asked: list[str] = []

    def password() -> str:
        asked.append("asked")
        return "s3cret"

    opener = Opener(user="ann", password=password)
    opener.play("S: * OK hello\nC: A1 CAPABILITY")
    assert asked == []
    opener.play('S: * CAPABILITY IMAP4rev1\nS: A1 OK done\nC: A2 LOGIN ann "s3cret"')
    assert asked == ["asked"]


@pytest.mark.parametrize(
    ("ask", "script"),
    [
        (True, "S: * OK hello\nC: A1 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: A1 OK done"),
        (True, "S: * OK [CAPABILITY IMAP4rev1] hello"),
        (False, "S: * OK hello"),
    ],
)
def test_without_a_user_nobody_logs_in(ask: bool, script: str) -> None:
    assert check(script, ask_capabilities=ask).session.state == NOT_AUTHENTICATED


def test_the_strongest_mechanism_is_taken_when_it_is_left_to_us() -> None:
    opener = Opener(**ann(mechanism=AUTO))
    with pytest.raises(AssertionError, match="AUTHENTICATE SCRAM-SHA-256"):  # its nonce is another each time
        opener.play("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=SCRAM-SHA-256] hello")


def test_a_mechanism_by_name_needs_no_offer() -> None:
    check(
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR] hello
        C: A1 AUTHENTICATE EXTERNAL =
        S: A1 OK [CAPABILITY IMAP4rev1] in
        """,
        mechanism="EXTERNAL",
    )


def test_d17_login_is_tried_where_authenticate_plain_is_not_understood() -> None:
    check(
        f"""
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello
        C: A1 AUTHENTICATE PLAIN {PLAIN}
        S: A1 BAD what
        C: A2 LOGIN ann "s3cret"
        S: A2 OK [CAPABILITY IMAP4rev1] in
        """,
        **ann(),
    )


@pytest.mark.parametrize(
    ("offer", "mechanism", "words"),
    [
        ("AUTH=PLAIN", "PLAIN", r"BAD what; the command LOGIN may work: name no mechanism$"),
        ("AUTH=PLAIN LOGINDISABLED", "", "BAD what$"),
        ("AUTH=PLAIN LOGINDISABLED", "PLAIN", "BAD what$"),
    ],
)
def test_d17_login_is_not_tried_against_a_will(offer: str, mechanism: str, words: str) -> None:
    opener = Opener(**ann(mechanism=mechanism))
    with pytest.raises(LoginError, match=words):
        opener.play(
            f"""
            S: * OK [CAPABILITY IMAP4rev1 SASL-IR {offer}] hello
            C: A1 AUTHENTICATE PLAIN {PLAIN}
            S: A1 BAD what
            """
        )


def test_d3_an_authorization_identity_is_not_dropped() -> None:
    """The command LOGIN has no place for it, and would log in as somebody else than was asked for."""
    for caps, mechanism in (("", ""), ("AUTH=CRAM-MD5 AUTH=LOGIN", ""), ("AUTH=CRAM-MD5 AUTH=LOGIN", AUTO)):
        opener = Opener(**ann(authorize="bob", mechanism=mechanism))
        offered = caps.replace("AUTH=", "").replace(" ", ", ") or "none"
        with pytest.raises(LoginError, match=rf"offered \({offered}\) can say for whom you act, and nothing was sent"):
            opener.play(f"S: * OK [CAPABILITY IMAP4rev1 {caps}] hello")
        assert opener.out == b""


@pytest.mark.parametrize("mechanism", ["CRAM-MD5", "LOGIN", "XOAUTH2", "ANONYMOUS"])
def test_a_mechanism_that_cannot_act_is_refused_before_the_password_is_asked_for(mechanism: str) -> None:
    opener = Opener(user="ann", authorize="bob", mechanism=mechanism, password=lambda: pytest.fail("asked"))
    with pytest.raises(
        UsageError, match=rf"{mechanism} does not support .* cannot act for bob: use PLAIN, SCRAM-SHA-256, O"
    ):
        opener.play(f"S: * OK [CAPABILITY IMAP4rev1 AUTH={mechanism}] hello")
    opener = Opener(user="ann", authorize="bob", mechanism=mechanism, password=lambda: pytest.fail("asked"))
    with pytest.raises(UsageError, match=r"for bob: use PLAIN or SCRAM-SHA-1, which the server offers$"):
        opener.play("S: * OK [CAPABILITY IMAP4rev1 AUTH=LOGIN AUTH=SCRAM-SHA-1 AUTH=PLAIN AUTH=X] hello")
    assert opener.out == b""


def test_the_user_to_act_for_goes_with_plain() -> None:
    check(
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=CRAM-MD5 AUTH=SCRAM-SHA-1 AUTH=PLAIN] hello
        C: A1 AUTHENTICATE PLAIN Ym9iAGFubgBzM2NyZXQ=
        S: A1 OK [CAPABILITY IMAP4rev1] in
        """,
        **ann(authorize="bob"),
    )


@pytest.mark.parametrize("mechanism", ["", AUTO])
def test_the_strongest_that_can_act_is_taken_where_plain_is_not_there(mechanism: str) -> None:
    opener = Opener(**ann(authorize="bob", mechanism=mechanism))
    with pytest.raises(AssertionError, match=f"AUTHENTICATE SCRAM-SHA-1 {base64('n,a=bob,')[:10]}"):
        opener.play("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=CRAM-MD5 AUTH=SCRAM-SHA-1] hello")


def test_what_cannot_act_is_said_in_the_clear_too() -> None:
    opener = Opener(secure=False, **ann(authorize="bob"))
    with pytest.raises(LoginError, match="the password for ann was not sent: the connection to mx is not encrypted"):
        opener.play("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello")
    opener = Opener(secure=False, **ann(authorize="bob", mechanism="EXTERNAL"))
    opener.play("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=EXTERNAL] hello\nC: A1 AUTHENTICATE EXTERNAL Ym9i")


def test_a_refusal_says_for_whom_it_was() -> None:
    opener = Opener(**ann(authorize="bob"))
    with pytest.raises(LoginError, match=r"^mx refused the login of ann for bob: NO \[AUTHORIZATIONFAILED\] no$"):
        opener.play(
            """
            S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello
            C: A1 AUTHENTICATE PLAIN Ym9iAGFubgBzM2NyZXQ=
            S: A1 NO [AUTHORIZATIONFAILED] no
            """
        )
    assert not opener.session.closed


def test_proxyauth_comes_behind_the_login() -> None:
    opener = check(
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: A1 LOGIN ann "s3cret"
        S: A1 OK [CAPABILITY IMAP4rev1] in
        C: A2 PROXYAUTH bob
        S: A2 OK done
        """,
        **ann(proxyauth="bob"),
    )
    assert not opener.session.closed


def test_proxyauth_needs_no_login_after_preauth() -> None:
    check(
        """
        S: * PREAUTH [CAPABILITY IMAP4rev1] hello
        C: A1 PROXYAUTH "bob two"
        S: A1 OK done
        """,
        proxyauth="bob two",
    )


@pytest.mark.parametrize("refusal", ["NO [NOPERM] no such user", "BAD unknown command"])
def test_after_a_refused_proxyauth_nobody_acts_as_the_administrator(refusal: str) -> None:
    opener = Opener(**ann(proxyauth="bob"))
    words = re.escape(f"mx does not let ann act for bob: {refusal}; the connection was closed")
    with pytest.raises(LoginError, match=f"^{words}$"):
        opener.play(
            f"""
            S: * OK [CAPABILITY IMAP4rev1] hello
            C: A1 LOGIN ann "s3cret"
            S: A1 OK [CAPABILITY IMAP4rev1] in
            C: A2 PROXYAUTH bob
            S: A2 {refusal}
            """
        )
    assert opener.session.closed
    with pytest.raises(StateError, match="does not let ann act for bob"):
        opener.session.command("NOOP")


def test_nobody_acts_after_preauth_without_a_word_to_the_server() -> None:
    opener = Opener(**ann(authorize="bob"))
    with pytest.raises(LoginError, match="greets with PREAUTH, so the server has chosen the user"):
        opener.play("S: * PREAUTH [CAPABILITY IMAP4rev1] hello")
    assert opener.session.closed
    assert opener.out == b""


def test_d3_a_plain_that_is_not_understood_is_not_followed_by_a_login_as_somebody_else() -> None:
    opener = Opener(**ann(authorize="bob", mechanism=""))
    with pytest.raises(LoginError, match=r"BAD what$"):
        opener.play(
            """
            S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello
            C: A1 AUTHENTICATE PLAIN Ym9iAGFubgBzM2NyZXQ=
            S: A1 BAD what
            """
        )


async def a_coroutine() -> str:
    raise AssertionError("nobody awaits this")


@pytest.mark.parametrize("offer", ["", "AUTH=PLAIN", "AUTH=CRAM-MD5", "AUTH=SCRAM-SHA-256"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"password": lambda: "a\ud800"},
        {"password": lambda: "a\0b"},
        {"password": lambda: None},
        {"password": lambda: b"s3cret"},
        {"password": a_coroutine},
        {"user": "ann\ud800"},
        {"user": "ann\0"},
    ],
)
def test_d6_what_is_no_name_and_no_password_is_not_sent(offer: str, wrong: dict[str, Any]) -> None:
    opener = Opener(**{**ann(), **wrong})
    with pytest.raises(UsageError) as raised:
        opener.play(f"S: * OK [CAPABILITY IMAP4rev1 {offer}] hello")
    assert opener.out == b""
    assert "s3cret" not in str(raised.value)


# -- refusals


def test_a_refusal_says_what_the_server_said() -> None:
    opener = Opener(**ann())
    with pytest.raises(LoginError, match=r"^mx refused the login of ann: NO \[AUTHENTICATIONFAILED\] bad password$"):
        opener.play(
            """
            S: * OK [CAPABILITY IMAP4rev1] hello
            C: A1 LOGIN ann "s3cret"
            S: A1 NO [AUTHENTICATIONFAILED] bad password
            """
        )


def test_the_end_during_the_login() -> None:
    opener = Opener(**ann())
    with pytest.raises(LoginError, match="the connection ended"):
        opener.play('S: * OK [CAPABILITY IMAP4rev1] hello\nC: A1 LOGIN ann "s3cret"\n!! eof')


BEARER = {"mechanism": "XOAUTH2", "token": True}
OFFER = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hello"


def bearer(token: str) -> str:
    return base64(f"user=ann\x01auth=Bearer {token}\x01\x01")


def fetching(secret: str) -> Fetching:
    """The steps of a driver that needs none for a secret."""
    yield from ()
    return secret


def test_a_secret_that_a_driver_fetches_is_sent() -> None:
    check(
        f"""
        {OFFER}
        C: A1 AUTHENTICATE XOAUTH2 {bearer("new")}
        S: A1 OK [CAPABILITY IMAP4rev1] in
        """,
        **ann("old", fetch=lambda: fetching("new"), **BEARER),
    )


@pytest.mark.parametrize("status", ["OK", "NO"])
def test_a_fresh_token_is_tried_once(status: str) -> None:
    opener = Opener(**ann("old", another=lambda: fetching("new"), **BEARER))
    script = f"""
        {OFFER}
        C: A1 AUTHENTICATE XOAUTH2 {bearer("old")}
        S: A1 NO over
        C: A2 AUTHENTICATE XOAUTH2 {bearer("new")}
        S: A2 {status} [CAPABILITY IMAP4rev1] so
        """.strip()
    if status == "OK":
        opener.play(script)
        assert opener.opened
    else:
        with pytest.raises(LoginError, match="refused the login of ann: NO"):
            opener.play(script)


@pytest.mark.parametrize(
    ("another", "status"), [(None, "NO"), (lambda: fetching(""), "NO"), (lambda: fetching("new"), "BAD")]
)
def test_no_second_try_without_a_fresh_token_or_after_bad(another: Any, status: str) -> None:
    opener = Opener(**ann("old", another=another, **BEARER))
    with pytest.raises(LoginError, match=f"{status} over"):
        opener.play(f"{OFFER}\nC: A1 AUTHENTICATE XOAUTH2 {bearer('old')}\nS: A1 {status} over")


@pytest.mark.parametrize(
    ("wanted", "capabilities", "message"),
    [
        (ann(), "IMAP4rev1 AUTH=PLAIN", "password for ann was not sent: the connection to mx is not encrypted"),
        (ann(mechanism="PLAIN"), "IMAP4rev1 AUTH=PLAIN", "was not sent: the connection to mx is not encrypted"),
        (
            ann(secure=True),
            "IMAP4rev1 LOGINDISABLED",
            "LOGIN on this connection and does not offer AUTH=PLAIN: it may require TLS",
        ),
        ({"user": "ann", "secure": True}, "IMAP4rev1 AUTH=XOAUTH2", "XOAUTH2"),
    ],
)
def test_where_no_way_is_safe_nothing_is_sent(wanted: dict[str, Any], capabilities: str, message: str) -> None:
    opener = Opener(**{"secure": False, **wanted})
    with pytest.raises(LoginError, match=message):
        opener.play(f"S: * OK [CAPABILITY {capabilities}] hello")
    assert opener.out == b""
    assert opener.session.sent_octets == 0


@pytest.mark.parametrize("wanted", [{"cleartext": True}, {"local": True}])
def test_in_the_clear_where_it_is_meant_or_nobody_listens(wanted: dict[str, Any]) -> None:
    check(
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: A1 LOGIN ann "s3cret"
        S: A1 OK [CAPABILITY IMAP4rev1] in
        """,
        secure=False,
        **ann(**wanted),
    )


# -- STARTTLS and PREAUTH


def test_starttls_comes_first_and_what_was_said_before_it_counts_no_more() -> None:
    opener = check(
        """
        S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hello
        C: A1 STARTTLS
        S: A1 OK begin
        C: A2 CAPABILITY
        S: * CAPABILITY IMAP4rev1
        S: A2 OK done
        C: A3 LOGIN ann "s3cret"
        S: A3 OK [CAPABILITY IMAP4rev1] in
        """,
        secure=False,
        **ann(),
    )
    assert [event.to for event in opener.upgrades] == ["tls"]
    assert opener.session.secure


@pytest.mark.parametrize("disabled", ["", " LOGINDISABLED"])
@pytest.mark.parametrize("local", [False, True])
def test_a10_starttls_is_taken_where_it_is_offered_on_this_machine_too(local: bool, disabled: str) -> None:
    opener = check(
        f"""
        S: * OK [CAPABILITY IMAP4rev1 STARTTLS{disabled}] hello
        C: A1 STARTTLS
        S: A1 OK begin
        C: A2 CAPABILITY
        S: * CAPABILITY IMAP4rev1
        S: A2 OK done
        C: A3 LOGIN ann "s3cret"
        S: A3 OK [CAPABILITY IMAP4rev1] in
        """,
        secure=False,
        **ann(local=local),
    )
    assert opener.session.secure


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (ann(starttls=False, local=True), "it was switched off, and nobody listens in"),
        (ann(starttls=False, cleartext=True), "it was switched off, and the person insists"),
        ({}, "nothing secret is to be sent"),
    ],
)
def test_starttls_is_left_out(wanted: dict[str, Any], why: str) -> None:
    opener = Opener(secure=False, **wanted)
    opener.play("S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hello" + ('\nC: A1 LOGIN ann "s3cret"' if wanted else ""))
    assert opener.opened or wanted, why


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("S: * OK [CAPABILITY IMAP4rev1] hello", "mx does not offer STARTTLS"),
        (
            "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hello\nC: A1 STARTTLS\nS: A1 NO not today",
            "mx refused STARTTLS: NO not today",
        ),
        (
            "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hello\nC: A1 STARTTLS\nS: A1 BAD [CLIENTBUG] what",
            r"mx refused STARTTLS: BAD \[CLIENTBUG\] what",
        ),
    ],
)
def test_without_tls_that_must_be_nothing_goes_on(script: str, message: str) -> None:
    opener = Opener(secure=False, **ann(must_starttls=True, cleartext=True))
    with pytest.raises(TLSError, match=message):
        opener.play(script)
    assert opener.out == b""


def test_a_starttls_that_was_offered_and_fails_never_falls_back() -> None:
    opener = Opener(secure=False, **ann(cleartext=True))
    with pytest.raises(TLSError, match="mx refused STARTTLS"):
        opener.play("S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hello\nC: A1 STARTTLS\nS: A1 NO later")
    assert opener.out == b""


def test_preauth_in_the_clear_is_refused() -> None:
    opener = Opener(secure=False, **ann())
    with pytest.raises(TLSError, match="PREAUTH over an unencrypted connection"):
        opener.play("S: * PREAUTH [CAPABILITY IMAP4rev1] hello")
    assert opener.session.sent_octets == 0


@pytest.mark.parametrize("wanted", [{"secure": True}, {"local": True}, {"cleartext": True}])
def test_preauth_needs_no_login(wanted: dict[str, Any]) -> None:
    opener = check("S: * PREAUTH [CAPABILITY IMAP4rev1] hello", **{"secure": False, **ann(), **wanted})
    assert opener.session.state == AUTHENTICATED


# -- the greeting


@pytest.mark.parametrize(
    ("greeting", "message"),
    [
        ("S: * BYE too busy", "^mx refused the connection: BYE too busy$"),
        ("S: 220 mx ESMTP ready", "it greets like SMTP"),
        ("S: +OK POP3 ready", "it greets like POP3"),
        ("S: -ERR no more connections", "it greets like POP3"),
        ("S: 200 news.example ready", "it greets like NNTP"),
        ("S: 220 ftp.example FTP server", "it greets like FTP"),
        ("S: HTTP/1.1 400 Bad Request", "it greets like HTTP"),
        ("S: <!DOCTYPE html>", "it greets like HTTP"),
        ("S: SSH-2.0-OpenSSH_9.2", "it greets like SSH"),
        ("S: hello there", "its first line is not a greeting"),
        ("!! eof", "^mx closed the connection without a greeting$"),
    ],
)
def test_what_is_no_greeting(greeting: str, message: str) -> None:
    opener = Opener(**ann())
    with pytest.raises(GreetingError, match=message):
        opener.play(greeting)
    assert opener.session.sent_octets == 0


PINNED: dict[str, Any] = {"secure": False, "local": True, "cleartext": True, "must_starttls": True, "pinned": True}


@pytest.mark.parametrize(
    ("greeting", "way_out"),
    [
        ("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello", "does not offer STARTTLS.*connect without the pin"),
        ("* PREAUTH [CAPABILITY IMAP4rev1] hello", "sent PREAUTH over an unencrypted connection.*leave out the pin"),
    ],
)
def test_without_tls_a_pinned_server_gets_nothing(greeting: str, way_out: str) -> None:
    """Not on this machine either, nor by --cleartext: it showed no certificate, so it may be any other."""
    with pytest.raises(TLSError, match=way_out):
        check(f"S: {greeting}", **PINNED, **ann())
