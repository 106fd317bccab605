"""Our classes on real servers: over a pipe, TLS and STARTTLS."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Iterator

import imapclient
import pytest

from imapsh.client import imap4
from tests.patience import PATIENCE
from tests.servers.base import Server, absent


def context(server: Server) -> ssl.SSLContext:
    """Trusts the server's authority."""
    return ssl.create_default_context(cafile=str(server.cafile))


@pytest.fixture(params=["dovecot", "cyrus"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each of two."""
    found: Server = request.getfixturevalue(request.param)
    return found


def work(connection: imap4.IMAP4, server: Server) -> None:
    """A mailbox made, filled, read and removed."""
    name = f"{server.prefix}T{uuid.uuid4().hex[:8]}"
    assert connection.create(name)[0] == "OK"
    try:
        assert connection.append(name, r"\Seen", None, b"Subject: tides\n\nbody\n")[0] == "OK"
        assert connection.select(name) == ("OK", [b"1"])
        typ, data = connection.fetch("1", "(FLAGS BODY[])")
        assert typ == "OK"
        assert data[0][1] == b"Subject: tides\r\n\r\nbody\r\n"
        (message,) = imap4.parsed("FETCH", data)
        assert message.seq == 1
        assert "\\Seen" in message.items["FLAGS"]
        assert connection.search(None, "SUBJECT", imap4.LiteralArgument(b"tides", 5)) == ("OK", [b"1"])
        assert connection.esearch(None, "ALL", returns="COUNT")[1][0].endswith(b"COUNT 1")
        with connection.idle(duration=0.2) as idler:
            assert [typ for typ, _ in idler if typ not in ("OK", "RECENT")] == []
        assert connection.store("1", "+FLAGS", r"\Deleted")[0] == "OK"
        assert connection.expunge() == ("OK", [b"1"])
        assert connection.close()[0] == "OK"
    finally:
        assert connection.delete(name)[0] == "OK"
    assert not connection.survived


@pytest.fixture
def stream(dovecot: Server) -> Iterator[imap4.IMAP4]:
    """Dovecot's imap on stdin and stdout."""
    if dovecot.exec_command is None:
        absent("no command that speaks IMAP")
    with imap4.IMAP4_stream(dovecot.exec_command) as connection:
        yield connection


def test_stream(stream: imap4.IMAP4, dovecot: Server) -> None:
    assert stream.state == "AUTH"
    assert stream.create("Piped")[0] == "OK"
    assert stream.select("Piped") == ("OK", [b"0"])
    assert stream.close()[0] == "OK"
    assert stream.delete("Piped")[0] == "OK"
    with pytest.raises(imap4.IMAP4.error, match="socket"):
        stream.idle(duration=1)


def test_tls(server: Server) -> None:
    with imap4.IMAP4_SSL(server.host, server.tls_port, ssl_context=context(server), timeout=PATIENCE) as connection:
        assert connection.login(server.user, server.password)[0] == "OK"
        connection._get_capabilities()
        work(connection, server)
        if "COMPRESS=DEFLATE" in connection.capabilities:
            assert connection.compress()[0] == "OK"
            work(connection, server)


def test_starttls_and_cram_md5(server: Server) -> None:
    with imap4.IMAP4(server.host, server.port, timeout=PATIENCE) as connection:
        assert connection.starttls(context(server))[0] == "OK"
        if "AUTH=CRAM-MD5" in connection.capabilities:
            assert connection.login_cram_md5(server.user, server.password)[0] == "OK"
        else:
            assert connection.login(server.user, server.password)[0] == "OK"
        connection._get_capabilities()
        work(connection, server)


class Carried(imapclient.IMAPClient):  # type: ignore[misc]
    """IMAPClient, whose ways into imaplib lead to our classes."""

    def _create_IMAP4(self) -> imap4.IMAP4:  # noqa: N802 - IMAPClient's name
        return imap4.IMAP4(self.host, self.port)


def test_imapclient_works_on_our_classes(dovecot: Server) -> None:
    with Carried(dovecot.host, port=dovecot.port, ssl=False) as client:
        client.starttls(context(dovecot))
        client.login(dovecot.user, dovecot.password)
        client.create_folder("Über")
        try:
            client.append("Über", b"Subject: tides\r\n\r\nbody\r\n", flags=[b"\\Seen"])
            client.select_folder("Über")
            (uid,) = client.search(["SUBJECT", "tides"])
            fetched = client.fetch([uid], ["FLAGS", "BODY[]", "ENVELOPE"])[uid]
            assert fetched[b"BODY[]"] == b"Subject: tides\r\n\r\nbody\r\n"
            assert b"\\Seen" in fetched[b"FLAGS"]
            client.idle()
            assert client.idle_check(timeout=0) == []
            client.idle_done()
            client.unselect_folder()
        finally:
            client.delete_folder("Über")


def test_certificate_of_nobody_is_refused(dovecot: Server) -> None:
    with pytest.raises(ssl.SSLError):
        imap4.IMAP4_SSL(dovecot.host, dovecot.tls_port, ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def test_wrong_password(dovecot: Server) -> None:
    with imap4.IMAP4_SSL(dovecot.host, dovecot.tls_port) as connection:
        with pytest.raises(imap4.IMAP4.error):
            connection.login(dovecot.user, "wrong")
        assert connection.state == "NONAUTH"
