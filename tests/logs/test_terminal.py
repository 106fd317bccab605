"""What was on a terminal: the session by the grammar, and nothing of what the programs say."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.wire.pieces import CLIENT, LINES, NOTE, RENDERED, SERVER

from .reading import DATA, faults, read, side

TELNET = b"""\
Trying 127.0.0.1...
Connected to localhost.
Escape character is '^]'.
* OK ready
a1 noop
a1 OK done
a2 fetch 1 body[]
* 1 FETCH (BODY[] {18}
Trying x
DONE

)
a2 OK done
a3 idle
+ idling
DONE
a3 OK done
Connection closed by foreign host.
"""

JAVAMAIL = b"""\
DEBUG: setDebug: JavaMail version 1.6.2
DEBUG: getProvider() returning javax.mail.Provider[STORE,imaps,com.sun.mail.imap.IMAPSSLStore,Oracle]
DEBUG IMAPS: mail.imap.fetchsize: 16384
DEBUG IMAPS: trying to connect to host "mail.example.org", port 993, isSSL true
* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready.\r
DEBUG IMAPS: AUTH: PLAIN
DEBUG IMAPS: protocolConnect login, host=mail.example.org, user=fred, password=<non-null>
DEBUG IMAPS: AUTHENTICATE PLAIN command trace suppressed
DEBUG IMAPS: AUTHENTICATE PLAIN command result: A1 OK Logged in
A2 CAPABILITY\r
* CAPABILITY IMAP4rev1\r
A2 OK done\r
DEBUG IMAPS: connection available -- size: 1
A3 FETCH 1 (BODY[])\r
* 1 FETCH (BODY[] {4}\r
a\r
\n)\r
A3 OK done\r
"""


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_session_with_telnet(end: bytes) -> None:
    pieces = read(TELNET.replace(b"\n", end))
    assert side(pieces, CLIENT) == b"a1 noop\r\na2 fetch 1 body[]\r\na3 idle\r\nDONE\r\n"
    assert b"BODY[] {18}\r\nTrying x\r\nDONE\r\n\r\n)\r\na2 OK done\r\n+ idling\r\n" in side(pieces, SERVER)
    assert [one.octets for one in pieces if one.direction == NOTE] == [
        b"Trying 127.0.0.1...",
        b"Connected to localhost.",
        b"Connection closed by foreign host.",
    ]
    assert {one.exactness for one in pieces} == {LINES}
    assert all(TELNET.replace(b"\n", end).startswith(one.octets.rstrip(), one.offset) for one in pieces)


def test_a_second_session_is_another_connection() -> None:
    pieces = read(TELNET + TELNET)
    assert side(pieces, CLIENT, "2") == side(pieces, CLIENT)


@pytest.mark.parametrize(
    "path", [path for path in DATA if path.name.startswith("terminal")], ids=lambda path: path.name
)
def test_a_session_with_openssl_has_nothing_of_the_handshake(path: Path) -> None:
    pieces = read(path.read_bytes())
    assert side(pieces, CLIENT).splitlines() == [
        b"a1 login demo demo-pw",
        b"a2 select inbox",
        b"a3 idle",
        b"done",
        b"a4 append inbox {24}",
        b"Subject: hi",
        b"",
        b"A9 NOOP",
        b"",
        b"a5 uid fetch 1:* (body.peek[])",
        b"a6 logout",
    ]
    lines = side(pieces, SERVER).splitlines()
    assert lines[-1].startswith(b"a6 OK ")
    assert all(line[:2] in (b"* ", b"+ ", b". ", b"a1", b"a2", b"a3", b"a4", b"a5", b"a6") for line in lines[:9])


def test_a_command_that_nobody_knows_is_the_clients_if_the_server_answers_it() -> None:
    octets = TELNET.replace(b"a3 idle", b"$ ls\nx y\na2b bogus 1\na2b BAD no\na2c\na2c BAD no\na3 idle")
    pieces = read(octets)
    assert side(pieces, CLIENT) == side(read(TELNET), CLIENT).replace(b"a3", b"a2b bogus 1\r\na2c\r\na3")
    assert all(octets.startswith(one.octets.rstrip(), one.offset) for one in pieces)
    assert "tag-unknown" not in faults(pieces)


def test_javamail_tells_of_a_login_that_it_does_not_show() -> None:
    pieces = read(JAVAMAIL)
    assert side(pieces, CLIENT) == b"A1 AUTHENTICATE PLAIN\r\nA2 CAPABILITY\r\nA3 FETCH 1 (BODY[])\r\n"
    assert b"A1 OK Logged in\r\n" in side(pieces, SERVER)
    assert [one.octets[:2] for one in pieces if one.exactness == RENDERED] == [b"A1"]
    assert b"{4}\r\na\r\n\n)\r\n" in side(pieces, SERVER)
    assert faults(read(JAVAMAIL.replace(b"A3 FETCH 1 (BODY[])", b"A3 NOOP"))) == ["data-state"]


def test_a_login_with_the_command_login_is_told_too() -> None:
    told = b"* OK x\r\nDEBUG IMAP: LOGIN command trace suppressed\nDEBUG IMAP: LOGIN command result: A0 NO no\n"
    pieces = read(told)
    assert [(one.direction, one.octets) for one in pieces][1:] == [
        (CLIENT, b"A0 LOGIN ******** ********\r\n"),
        (SERVER, b"A0 NO no\r\n"),
    ]
