"""The format of a log is found by its first lines, and what they are must be IMAP."""

from __future__ import annotations

import pytest

from imapsh.logs.formats import NAMED
from imapsh.logs.recognising import described, named, recognised
from imapsh.wire.pieces import CLIENT, EXACT, LINES, SERVER

from .reading import faults, log_of, read, side
from .test_formats import HEADS

#: What other programs write, which has something that logs of IMAP have.
OTHERS = {
    "HTTP of curl -v": (
        b"* Connected to localhost (::1) port 80\n> GET / HTTP/1.1\r\n> Host: localhost\r\n> \r\n< HTTP/1.1 200 OK\r\n"
    ),
    "HTTP of curl --trace-ascii": (
        b"=> Send header, 33 bytes (0x21)\n0000: GET / HTTP/1.1\n0010: Host: localhost\n"
        b"<= Recv header, 17 bytes (0x11)\n0000: HTTP/1.1 200 OK\n"
    ),
    "SMTP of curl -v": b"< 220 mx ESMTP\n> EHLO vm\n< 250 SIZE\n> MAIL FROM:<a@b>\n< 250 OK\n",
    "SMTP of openssl": b"CONNECTED(00000003)\ndepth=0 CN = x\n---\n250 HELP\nEHLO x\n250-x\n250 OK\nQUIT\nDONE\n",
    "HTTP of openssl": b"CONNECTED(00000003)\n---\nGET / HTTP/1.0\n\nHTTP/1.1 200 OK\n\n<ul>\n* item\n</ul>\n",
    "POP3 of telnet": (
        b"Trying 127.0.0.1...\nConnected to x.\nEscape character is '^]'.\n+OK ready.\nUSER fred\n+OK\nRETR 1\n+OK\n"
        b"Subject: x\n\n* hi\n.\nQUIT\n+OK bye\n"
    ),
    "SMTP with C: and S:": b"S: 220 foo.com ready\nC: EHLO bar.com\nS: 250 HELP\nC: DATA\nS: 354 go\nS: 250 OK\n",
    "POP3 with C: and S:": b"S: +OK ready\nC: USER fred\nS: +OK\nC: LIST\nS: +OK 2 messages\nS: 1 120\nS: .\n",
    "SMTP of JavaMail": b"DEBUG SMTP: useEhlo true\nDEBUG: setDebug: JavaMail version 1.6.2\n220 mx\nEHLO vm\n250 OK\n",
    "a text": b"# Title\n\n* OK this is a list\n* NO it is not\n* 1 item\n- a\n\n> quote\n",
    "a mailbox": b"From a@b Thu Nov 26 10:00:00 2026\nSubject: hi\n\nHello OK\n* a list\n+ plus\n\nFrom b@x Thu\n",
    "/etc/services": b"tcpmux\t\t1/tcp\t\t\t\t# TCP port service\ntacacs\t\t49/tcp\t\t\t\t# Login Host Protocol\n",
    "/etc/passwd": b"root:x:0:0:root:/root:/bin/sh\nlist:x:38:38:Mailing List Manager:/var/list:/bin/sh\n",
    "a manual": b"of LOGIN and AUTHENTICATE, the answers\nto a challenge, and whatever repeats them.\nUntil a login\n",
    "SQL": b"BEGIN;\nCREATE TABLE x (a int);\nINSERT INTO x VALUES (1);\n1 SELECT x\n",
    "a difference": b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n- old\n+ new\n+ x OK y\n",
    "Python": b">>> 1+1\n2\n>>> 7 IN [7]\nTrue\n>>> 12 AND\n",
    "a web server": b'127.0.0.1 - - [26/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 612 "-" "curl/8.5.0"\n',
    "a mail server": b"Nov 26 10:00:00 mx dovecot: imap-login: Login: user=<fred>, method=PLAIN, rip=127.0.0.1\n",
    "other JSON": b'{"level":20,"src":"s","msg":"250 OK","cid":"x"}\n{"level":20,"src":"c","msg":"QUIT","cid":"x"}\n',
}


@pytest.mark.parametrize("octets", OTHERS.values(), ids=OTHERS)
def test_what_is_not_imap_is_no_log(octets: bytes) -> None:
    assert recognised(log_of(octets)) is None
    assert recognised(log_of(octets.replace(b"\n", b"\r\n"))) is None


CONVERSATION = b"* OK ready\na1 NOOP\n* CAPABILITY IMAP4rev1\na1 OK done\n"
TALK = {CLIENT: b"a1 NOOP\r\n", SERVER: b"* OK ready\r\n* CAPABILITY IMAP4rev1\r\na1 OK done\r\n"}

DRESSES = {
    "syslog": b"Nov 26 10:00:00 host prog[123]: ",
    "syslog with a number": b"<30>Nov  6 10:00:00 host prog: ",
    "journalctl": b"2026-11-26T10:00:00+01:00 host prog[123]: ",
    "docker": b"2026-11-26T10:00:00.123456789Z ",
    "docker compose": b"mail-1  | ",
    "docker compose with times": b"mail-1  | 2026-11-26T10:00:00.123456789Z ",
    "colours": b"\x1b[32m",
    "colours and a time": b"\x1b[32m2026-11-26T10:00:00.123456789Z ",
    "Markdown": b"    ",
    "quotation": b"> ",
}


@pytest.mark.parametrize("before", DRESSES.values(), ids=DRESSES)
@pytest.mark.parametrize("name", ["", "raw"])
def test_what_another_program_put_before_each_line_is_taken_off(before: bytes, name: str) -> None:
    octets = b"".join(before + line + b"\n" for line in CONVERSATION.splitlines())
    log = log_of(octets)
    form = named(log, name) if name else recognised(log)
    assert form is NAMED["raw"]
    assert log.dressed
    assert "without what another program put before the lines" in described(log, form)
    pieces = read(octets)
    assert {one: side(pieces, one) for one in TALK} == TALK
    assert all(octets[one.offset :].startswith(one.octets.rstrip()) for one in pieces)


@pytest.mark.parametrize("name", ["mutt", "curl", "mbsync", "k9", "imaplib", "cs", "outlook", "evolution", "neomutt"])
def test_a_log_of_a_program_in_a_log_of_another_is_read(name: str) -> None:
    octets = b"".join(DRESSES["syslog"] + line for line in HEADS[name].splitlines(keepends=True))
    log = log_of(octets)
    assert recognised(log) is NAMED[name]
    texts = [(one.direction, one.octets) for one in read(octets)]
    assert texts == [(one.direction, one.octets) for one in read(HEADS[name])]


@pytest.mark.parametrize("name", ["pino", "pino-raw"])
def test_json_may_have_spaces(name: str) -> None:
    octets = HEADS[name].replace(b'":', b'": ').replace(b',"', b', "')
    assert recognised(log_of(octets)) is NAMED[name]
    assert [one.octets for one in read(octets)] == [one.octets for one in read(HEADS[name])]


def test_a_line_that_has_no_colour_or_time_stays_as_it_is() -> None:
    octets = b"".join(DRESSES["docker"] + line + b"\n" for line in CONVERSATION.splitlines()) + b"a2 NOOP\n"
    assert side(read(octets), CLIENT) == TALK[CLIENT] + b"a2 NOOP\r\n"


@pytest.mark.parametrize("name", ["raw", "rawlog", "cyrus"])
def test_a_log_that_lost_its_cr_says_so(name: str) -> None:
    octets = HEADS[name] + {"rawlog": b"1795880514.2 * 7 EXISTS\r\n"}.get(name, b"")
    log = log_of(octets.replace(b"\r\n", b"\n"))
    assert described(log, NAMED[name]).partition(", ")[2].startswith("line by line, ")
    assert described(log, NAMED[name]).endswith("with the CR put back that every line has lost")
    assert "lost" not in described(log_of(octets), NAMED[name])
    for whose in (CLIENT, SERVER):
        assert side(read(octets.replace(b"\r\n", b"\n"), name), whose) == side(read(octets, name), whose)


def test_of_one_side_no_line_is_accused_of_a_cr_that_an_editor_took() -> None:
    octets = b"* OK ready\n* 1 FETCH (BODY[] {6}\nx\ny\n)\n* 2 EXISTS\n"
    pieces = read(octets)
    assert side(pieces, SERVER) == octets.replace(b"\n", b"\r\n")
    assert {one.exactness for one in pieces} == {LINES}
    assert faults(pieces) == faults(read(octets.replace(b"\n", b"\r\n")))


@pytest.mark.parametrize("name", ["raw", "cs", "imaplib", "mutt", "rawlog"])
def test_a_log_whose_cr_was_doubled_is_read_as_before(name: str) -> None:
    octets = HEADS[name].replace(b"\r\n", b"\n")
    doubled = read(octets.replace(b"\n", b"\r\r\n"))
    assert b"".join(one.octets for one in doubled) == b"".join(
        one.octets for one in read(octets.replace(b"\n", b"\r\n"))
    )


def test_a_log_is_told_with_what_it_was_kept_in() -> None:
    log = log_of(b"\xff\xfe" + "* OK x\r\n".encode("utf-16-le"))
    form = recognised(log)
    assert form is NAMED["raw"]
    assert form.exactness == EXACT
    assert described(log, form) == "octets as they were on the wire, exact, without times, kept in UTF-16"


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_conversation_among_other_lines_is_one_of_a_terminal(end: bytes) -> None:
    prose = b"user@host:~$ something that I typed\n" * 9
    octets = prose + b"* OK hello\na1 noop\na1 OK done\n" + prose + b"a2 noop\na2 OK done\n" + prose
    octets = octets.replace(b"\n", end)
    assert recognised(log_of(octets)) is NAMED["terminal"]
    assert side(read(octets), CLIENT) == b"a1 noop\r\na2 noop\r\n"
    assert recognised(log_of(octets.replace(b"a2 OK", b"a3 OK"))) is None


def test_of_a_conversation_that_was_pasted_the_text_before_it_is_nobodys() -> None:
    pieces = read(b"Hello,\nI see this:\n\n" + CONVERSATION + b"a2 LOGOUT\n* BYE x\na2 OK x\n")
    assert side(pieces, SERVER).startswith(TALK[SERVER])
    assert faults(pieces) == []


def test_what_a_server_says_behind_its_greeting_may_be_anything() -> None:
    form = recognised(log_of(b"* OK hi\r\n" + b"\r\n" * 100))
    assert form is not None
    assert form.name == "raw"
    assert recognised(log_of(b"* OK hi\r\n" + b"neither this\r\nnor that\r\n" * 40)) is form
