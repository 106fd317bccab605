"""Each real server runs here: it greets, logs in over each kind of connection, and holds the seeded mail.

The seeded mail is that of a user whom no other test knows, so these tests may run before or after any other.
"""

from __future__ import annotations

import imaplib
import ssl

import pytest

from tests.patience import PATIENCE

from .base import UNTOUCHED, Server
from .certs import Certs
from .seed import MAILBOXES, MESSAGES, PLAIN, mailbox_name


@pytest.fixture
def untouched(real_server: Server) -> Server:
    """Each server, for the user whose mail no test changes."""
    return real_server.for_user(UNTOUCHED)


def check_mail(client: imaplib.IMAP4, server: Server) -> None:
    assert client.select("INBOX", readonly=True) == ("OK", [str(len(MESSAGES)).encode()])
    for number, mail in enumerate(MESSAGES, 1):
        status, data = client.fetch(str(number), "(BODY.PEEK[])")
        assert status == "OK"
        assert isinstance(data[0], tuple)
        assert data[0][1] == mail.octets
    for name in MAILBOXES:
        quoted = f'"{mailbox_name(server, name)}"'
        status, lines = client.list('""', quoted)
        assert status == "OK"
        assert lines[0] is not None, f"{server.name} does not list {quoted}"


def test_plain(untouched: Server) -> None:
    with imaplib.IMAP4(untouched.host, untouched.port, timeout=PATIENCE) as client:
        assert client.welcome.startswith(b"* OK")
        assert client.login(untouched.user, untouched.password)[0] == "OK"
        check_mail(client, untouched)


def test_starttls(real_server: Server) -> None:
    with imaplib.IMAP4(real_server.host, real_server.port, timeout=PATIENCE) as client:
        assert client.starttls(ssl.create_default_context(cafile=real_server.cafile))[0] == "OK"
        assert client.login("other", "other-pw")[0] == "OK"


def test_tls(untouched: Server) -> None:
    context = ssl.create_default_context(cafile=untouched.cafile)
    with imaplib.IMAP4_SSL(untouched.host, untouched.tls_port, ssl_context=context, timeout=PATIENCE) as client:
        assert client.login(untouched.user, untouched.password)[0] == "OK"
        check_mail(client, untouched)


def test_wrong_password(dovecot: Server) -> None:  # the others make the caller wait for the answer
    with imaplib.IMAP4(dovecot.host, dovecot.port, timeout=PATIENCE) as client:
        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            client.login(dovecot.user, "not the password")
        assert client.login(dovecot.user, dovecot.password)[0] == "OK"


def test_another_ca(real_server: Server, certs: Certs) -> None:
    context = ssl.create_default_context(cafile=certs.other_ca)
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL(real_server.host, real_server.tls_port, ssl_context=context, timeout=PATIENCE)


def test_exec_is_on_the_same_mail(dovecot: Server) -> None:
    assert dovecot.exec_command is not None
    with imaplib.IMAP4(dovecot.host, dovecot.port, timeout=PATIENCE) as client:
        client.login(dovecot.user, dovecot.password)
        assert client.create("Delivered")[0] == "OK"
        assert client.append("Delivered", "", "", PLAIN)[0] == "OK"
    client = imaplib.IMAP4_stream("exec " + dovecot.exec_command)
    try:
        assert client.welcome.startswith(b"* PREAUTH")
        assert client.select("Delivered", readonly=True) == ("OK", [b"1"])
        data = client.fetch("1", "(BODY.PEEK[])")[1]
        assert isinstance(data[0], tuple)
        assert data[0][1] == PLAIN
    finally:
        client.logout()
