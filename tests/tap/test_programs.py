"""Clients that others wrote do the same through the tap as without it, and both sides of it get the same octets."""

from __future__ import annotations

import imaplib
import ssl
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.servers.base import Server
from tests.servers.certs import Certs
from tests.tap.jobs import CANNOT, JOBS, MAILBOX, Where, without_mark
from tests.tap.recording import PLAIN, STARTTLS, TLS, papers, recorder
from tests.tap.running import Tap, tapped

#: What a client does against a rule in its job, always and in plain text: docs/clients.rst tells of it.  curl, mbsync
#: and mutt choose a mechanism that keeps the password, and so they are accused of nothing.
BROKEN: dict[str, tuple[set[str], set[str]]] = {
    "IMAPClient": ({"login-first"}, {"clear-password"}),
    "aioimaplib": ({"login-first"}, {"clear-password"}),
    "imaplib": (set(), {"clear-password"}),
}

#: The rules that Dovecot 2.3 breaks: mutt asks for UTF8=ACCEPT, which it does not have.
DOVECOT = {"enabled-missing"}

LISTEN = {PLAIN: "imap://0", STARTTLS: "imap://0", TLS: "imaps://0"}

CASES = [
    pytest.param(
        name, security, marks=[pytest.mark.skip(reason=CANNOT[name, security])] if (name, security) in CANNOT else []
    )
    for name in JOBS
    for security in (PLAIN, STARTTLS, TLS)
]


def _connected(server: Server) -> imaplib.IMAP4:
    context = ssl.create_default_context(cafile=str(server.cafile))
    client = imaplib.IMAP4_SSL(server.host, server.tls_port, ssl_context=context, timeout=PATIENCE)
    client.login(server.user, server.password)
    return client


def done(name: str, server: Server, where: Where) -> tuple[object, list[bytes]]:
    """Let a client do its job, and return what it got, and the mail that it left in the mailbox."""
    where.folder.mkdir(exist_ok=True)
    with _connected(server) as client:
        client.create(MAILBOX)
    try:
        found = JOBS[name](where)
        with _connected(server) as client:
            client.select(MAILBOX)
            _, data = client.fetch("1:*", "(BODY.PEEK[])")
    finally:
        with _connected(server) as client:
            client.delete(MAILBOX)
    return found, [without_mark(one[1]) for one in data if isinstance(one, tuple)]


def _port(server: Server, security: str) -> int:
    return server.tls_port if security == TLS else server.port


def _url(port: int, security: str) -> str:
    return f"{'imaps' if security == TLS else 'imap'}://127.0.0.1:{port}"


def faults(tap: Tap) -> tuple[set[str], set[str]]:
    """Return the rules that the client broke, and those that the server broke."""
    broken: tuple[set[str], set[str]] = (set(), set())
    for response in tap.responses:
        found = (*response.get("violations", ()), *response.get("findings", ()))
        broken[response["kind"] != "client"].update(one["rule"] for one in found)
    return broken


@pytest.mark.slow
@pytest.mark.parametrize(("name", "security"), CASES)
def test_a_client_does_the_same_and_no_octet_is_changed(
    name: str, security: str, dovecot: Server, certs: Certs, tmp_path: Path
) -> None:
    port = _port(dovecot, security)
    authority = tmp_path / "imapsh" / "tap" / "authority.pem"
    listen, options = LISTEN[security], ("--format", "json", "--cafile", str(certs.ca))
    with (
        recorder(port, security, papers(certs)) as behind,
        tapped(_url(behind.port, security), tmp_path, *options, listen=listen) as tap,
        recorder(tap.port, security, papers(certs, authority)) as before,
    ):
        directly = done(name, dovecot, Where(port, security, certs.ca, tmp_path / "directly"))
        tapping = done(name, dovecot, Where(before.port, security, certs.ca, tmp_path / "tapped"))
    assert tapping == directly
    assert tapping[1]
    assert before.connections == behind.connections
    assert all(one.client and one.server for one in behind.connections)
    assert len(tap.responses) > 10
    client, server = faults(tap)
    always, in_plain_text = BROKEN.get(name, (set(), set()))
    assert client == always | (in_plain_text if security == PLAIN else set())
    assert server <= DOVECOT


@pytest.mark.slow
@pytest.mark.parametrize("security", [STARTTLS, TLS])
@pytest.mark.parametrize("name", JOBS)
def test_a_client_that_trusts_the_taps_authority_takes_its_certificate(
    name: str, security: str, dovecot: Server, certs: Certs, tmp_path: Path
) -> None:
    if (name, security) in CANNOT:
        pytest.skip(CANNOT[name, security])
    url = _url(_port(dovecot, security), security)
    with tapped(url, tmp_path, "--cafile", str(certs.ca), listen=LISTEN[security]) as tap:
        authority = tmp_path / "imapsh" / "tap" / "authority.pem"
        assert done(name, dovecot, Where(tap.port, security, authority, tmp_path / "tapped"))[1]
    assert "tap ends" in tap.said
