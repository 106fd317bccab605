"""Each mechanism against a real server that offers it, and what a person reads when it refuses."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from imapsh.client.blocking import BlockingClient
from imapsh.errors import LoginError
from imapsh.sasl.table import AUTO
from imapsh.session.core import Session
from imapsh.session.events import Event, Sent
from imapsh.session.opening import Opening, steps
from imapsh.transport import tls as transport_tls
from imapsh.transport.address import parse_address
from imapsh.transport.blocking import connect
from imapsh.transport.tls import TLSOptions
from tests.servers.base import ADMIN, ADMIN_PASSWORD, USERS, Server
from tests.servers.certs import Certs
from tests.servers.dovecot import token

PASSWORDS = ("PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")
TOKENS = ("XOAUTH2", "OAUTHBEARER")
WRONG = "not-the-password"


class Login:
    """Logged in over TLS; `used` is the mechanism that did it."""

    def __init__(self, server: Server, mechanism: str, secret: str | None = None, **wanted: Any) -> None:
        self.events: list[Event] = []
        tls = wanted.pop("tls", TLSOptions(cafile=str(server.cafile)))
        scheme = wanted.pop("scheme", "imaps")
        port = server.tls_port if scheme == "imaps" else server.port
        stream = connect(parse_address(f"{scheme}://{server.host}:{port}"), tls=tls, idle_timeout=20)
        self.session = Session(secure=scheme == "imaps")
        client = BlockingClient(stream, self.session, self.events.append, tls=tls, server_name="localhost")
        password = server.password if secret is None else secret
        opening = Opening(server.name, user=server.user, password=lambda: password, mechanism=mechanism)
        try:
            client.greet()
            binding = wanted.pop("binding", lambda: stream.info.binding)
            client.follow(steps(self.session, opening._replace(host="localhost", port=port, binding=binding, **wanted)))
            self.tls = stream.info.tls
        finally:
            client.close()

    @property
    def used(self) -> list[str]:
        """The names of the mechanisms, and nothing that came behind them."""
        lines = [event.frame.raw for event in self.events if isinstance(event, Sent)]
        return [line.split()[2].decode() for line in lines if b" AUTHENTICATE " in line]

    @property
    def state(self) -> str:
        return self.session.state


@pytest.fixture
def tls12(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing beyond TLS 1.2, the last with tls-unique."""
    make = transport_tls.make_context

    def older(options: TLSOptions, *, server_side: bool = False) -> ssl.SSLContext:
        context = make(options, server_side=server_side)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context

    monkeypatch.setattr(transport_tls, "make_context", older)


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
@pytest.mark.parametrize("name", PASSWORDS)
def test_a_password(dovecot: Server, name: str, scheme: str) -> None:
    login = Login(dovecot, name, scheme=scheme)
    assert (login.state, login.used) == ("authenticated", [name])


@pytest.mark.parametrize("name", PASSWORDS)
def test_a_wrong_password(dovecot: Server, name: str) -> None:
    with pytest.raises(LoginError, match=r"refused the login of demo: NO \[AUTHENTICATIONFAILED\]") as raised:
        Login(dovecot, name, WRONG)
    assert WRONG not in str(raised.value)


@pytest.mark.parametrize("name", TOKENS)
def test_a_token(dovecot: Server, name: str) -> None:
    assert Login(dovecot, name, token("demo")).state == "authenticated"


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("secret", ["no-token-of-ours", token("demo", scope="calendar")])
def test_a_wrong_token_and_why(dovecot: Server, name: str, secret: str) -> None:
    with pytest.raises(LoginError, match=r"NO .*\(status (401|invalid_token)") as raised:
        Login(dovecot, name, secret)
    assert secret not in str(raised.value)


def test_nobody(dovecot: Server) -> None:
    login = Login(dovecot, "ANONYMOUS", user="someone@example.com", password=None)
    assert login.state == "authenticated"


@pytest.mark.parametrize("name", ["EXTERNAL", AUTO])
def test_a_certificate(dovecot: Server, certs: Certs, name: str) -> None:
    tls = TLSOptions(cafile=str(certs.ca), cert=str(certs.client_pem))
    login = Login(dovecot, name, tls=tls, user="", password=None, certificate=True)
    assert (login.state, login.used) == ("authenticated", ["EXTERNAL"])


@pytest.mark.parametrize("name", ["PLAIN", "SCRAM-SHA-256", AUTO, ""])
@pytest.mark.parametrize("real", ["dovecot", "cyrus"])
def test_an_administrator_acts_for_a_user(real: str, name: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(real)
    login = Login(server, name, ADMIN_PASSWORD, user=ADMIN, authorize="demo")
    assert login.state == "authenticated"
    assert login.used == [{"": "PLAIN", AUTO: "SCRAM-SHA-256"}.get(name, name)]


def test_an_administrator_acts_by_digest_md5(dovecot: Server) -> None:
    assert Login(dovecot, "DIGEST-MD5", ADMIN_PASSWORD, user=ADMIN, authorize="demo").state == "authenticated"


@pytest.mark.parametrize("name", ["PLAIN", "SCRAM-SHA-256"])
@pytest.mark.parametrize("real", ["dovecot", "cyrus"])
def test_a_user_does_not_act_for_another(real: str, name: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(LoginError, match="refused the login of other for demo: NO"):
        Login(request.getfixturevalue(real), name, USERS["other"], user="other", authorize="demo")


def test_dovecots_master_user_is_a_user_name(dovecot: Server) -> None:
    assert Login(dovecot, "PLAIN", ADMIN_PASSWORD, user=f"demo*{ADMIN}").state == "authenticated"


@pytest.mark.usefixtures("tls12")
def test_an_administrator_acts_for_a_user_bound_to_the_channel(cyrus: Server) -> None:
    login = Login(cyrus, "SCRAM-SHA-256-PLUS", ADMIN_PASSWORD, user=ADMIN, authorize="demo")
    assert (login.state, login.used) == ("authenticated", ["SCRAM-SHA-256-PLUS"])


def test_no_certificate(dovecot: Server) -> None:
    with pytest.raises(LoginError, match="refused the login of EXTERNAL"):
        Login(dovecot, "EXTERNAL", user="", password=None)


@pytest.mark.parametrize("name", ["SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"])
@pytest.mark.usefixtures("tls12")
def test_bound_to_the_channel(cyrus: Server, name: str) -> None:
    login = Login(cyrus, name)
    assert (login.state, login.used, login.tls) == ("authenticated", [name], "TLSv1.2")


@pytest.mark.usefixtures("tls12")
def test_bound_to_another_channel(cyrus: Server) -> None:
    """Somebody stands between: the server must notice."""
    with pytest.raises(LoginError, match="refused"):
        Login(cyrus, "SCRAM-SHA-256-PLUS", binding=lambda: ("tls-unique", b"another connection's"))


@pytest.mark.usefixtures("tls12")
def test_a_wrong_password_bound_to_the_channel(cyrus: Server) -> None:
    with pytest.raises(LoginError, match="refused the login of demo: NO"):
        Login(cyrus, "SCRAM-SHA-256-PLUS", WRONG)


@pytest.mark.usefixtures("tls12")
def test_the_strongest_with_a_channel(cyrus: Server) -> None:
    assert Login(cyrus, AUTO).used == ["SCRAM-SHA-256-PLUS"]
    assert Login(cyrus, AUTO, scheme="imap").used == ["SCRAM-SHA-256-PLUS"]


def test_the_strongest_without_tls_unique(cyrus: Server) -> None:
    """Cyrus offers -PLUS under TLS 1.3 too, where it knows no type of binding that is allowed there."""
    login = Login(cyrus, AUTO)
    assert (login.state, login.tls, login.used) == ("authenticated", "TLSv1.3", ["SCRAM-SHA-256"])
    with pytest.raises(LoginError):
        Login(cyrus, "SCRAM-SHA-256-PLUS")


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_the_strongest(dovecot: Server, scheme: str) -> None:
    assert Login(dovecot, AUTO, scheme=scheme).used == ["SCRAM-SHA-256"]


def test_a_wrong_password_is_tried_once(dovecot: Server) -> None:
    with pytest.raises(LoginError, match="AUTHENTICATIONFAILED"):
        Login(dovecot, AUTO, WRONG)
