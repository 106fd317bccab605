"""The log of Thunderbird; the entries are cut as its writer cuts them."""

from __future__ import annotations

import pytest

from imapsh.logs import mozlog
from imapsh.logs.recognising import recognised
from imapsh.wire.pieces import CLIENT, LINES, NOTE, RENDERED, SERVER

from .reading import faults, log_of, read, side

SUPPRESSED = b"Logging suppressed for this command (it probably contained authentication information)"

#: What stands before an entry: of Linux with times, of Windows without, of a build before MOZ_LOG.
HEADERS = (
    b"2026-11-26 10:00:00.000001 UTC - [Parent 42: IMAP]: I/IMAP ",
    b"[11004:Unnamed thread 24C68820]: I/IMAP ",
    b"-1716528320[95359100]: ",
)


class Writer:
    """Writes entries as the program does."""

    def __init__(self, header: bytes = HEADERS[0]) -> None:
        self.header = header
        self.octets = b""

    def entry(self, function: bytes, text: bytes, *, name: bytes = b"7f00aa00:mail.example.org:S-INBOX") -> Writer:
        """Write what was sent or received: of more than 400 octets the first lines, and then the rest in pieces."""
        start = name + b":" + function + b": "
        while text or start:
            end = len(text)
            if end > 400:
                found = text.rfind(b"\n", 0, 401)
                end = found + 1 if found >= 0 else 400
            self.message(start + text[:end][:400])
            start, text = b"", text[end:]
        return self

    def message(self, text: bytes) -> Writer:
        self.octets += self.header + text + (b"" if text.endswith(b"\n") else b"\n")
        return self

    def sent(self, text: bytes, **more: bytes) -> Writer:
        return self.entry(b"SendData", text, **more)

    def came(self, text: bytes, **more: bytes) -> Writer:
        for line in text.splitlines(keepends=True):
            self.entry(b"CreateNewLineFromSocket", line, **more)
        return self


@pytest.fixture(params=HEADERS)
def log(request: pytest.FixtureRequest) -> Writer:
    return Writer(request.param)


def test_it_is_recognised_and_the_sides_are_told_by_the_functions(log: Writer) -> None:
    octets = log.sent(b"7 noop\r\n").came(b"* 6 EXISTS\r\n7 OK done\r\n").octets
    form = recognised(log_of(octets))
    assert form is not None
    assert form.name == "mozlog"
    pieces = read(octets)
    assert [(one.direction, one.octets) for one in pieces] == [
        (CLIENT, b"7 noop\r\n"),
        (SERVER, b"* 6 EXISTS\r\n"),
        (SERVER, b"7 OK done\r\n"),
    ]
    assert {(one.connection, one.exactness) for one in pieces} == {("7f00aa00", LINES)}
    assert all(octets.startswith(one.octets, one.offset) for one in pieces)


def test_times_are_those_of_the_log_if_it_has_them() -> None:
    assert [one.time for one in read(Writer().sent(b"7 noop\r\n").octets)] == [1795687200.000001]
    assert [one.time for one in read(Writer(HEADERS[1]).sent(b"7 noop\r\n").octets)] == [None]


def test_long_lines_are_joined_again(log: Writer) -> None:
    for length in (398, 399, 400, 401, 800, 1999):
        log.sent(b"8 uid fetch " + b"1," * (length // 2) + b"9" * (length % 2) + b" (UID)\r\n")
        log.came(b"* SEARCH" + b" 12345678" * (length // 9) + b" " * (length % 9) + b"\r\n")
    pieces = read(log.octets)
    assert side(pieces, CLIENT, "7f00aa00").count(b"\n") == 6
    assert [len(line) for line in side(pieces, SERVER, "7f00aa00").splitlines()] == [
        8 + length // 9 * 9 + length % 9 for length in (398, 399, 400, 401, 800, 1999)
    ]


def test_the_mail_of_both_sides_has_the_length_that_was_announced(log: Writer) -> None:
    mail = b"".join(b"line %d of the mail\r\n" % number for number in range(60)) + b"7 OK\n\r\n" + b"x" * 1000 + b"\r\n"
    log.sent(b'5 append "Sent" (\\Seen) {%d}\r\n' % len(mail)).came(b"+ OK\r\n")
    for at in range(0, len(mail), 700):
        log.sent(mail[at : at + 700])
    log.sent(b"\r\n").came(b"5 OK done\r\n").sent(b"6 UID fetch 1 (BODY.PEEK[])\r\n")
    log.came(b"* 1 FETCH (BODY[] {%d}\r\n%s)\r\n6 OK done\r\n" % (len(mail), mail))
    pieces = read(log.octets)
    assert b"BODY[] {%d}\r\n%s)\r\n" % (len(mail), mail) in side(pieces, SERVER, "7f00aa00")
    sent = side(pieces, CLIENT, "7f00aa00")
    assert sent.startswith(b'5 append "Sent" (\\Seen) {%d}\r\nline 0' % len(mail))
    assert sent.endswith(b"\r\n6 UID fetch 1 (BODY.PEEK[])\r\n")


def test_connections_are_told_by_their_address(log: Writer) -> None:
    other = b"7f00bb00:imap.example.net:S-[Gmail]/All: Mail"
    log.sent(b"7 noop\r\n").sent(b"3 IDLE\r\n", name=other).came(b"7 OK\r\n").came(b"+ idling\r\n", name=other)
    pieces = read(log.octets)
    assert [one.connection for one in pieces] == ["7f00aa00", "7f00bb00", "7f00aa00", "7f00bb00"]
    assert [one.octets for one in pieces][3] == b"+ idling\r\n"


def test_a_connection_that_is_not_logged_in_any_more_is_another() -> None:
    log = Writer().came(b"* OK ready\r\n", name=b"7f00:h:NA").sent(b"2 noop\r\n", name=b"7f00:h:A")
    log.message(b"7f00:h:A:SendData: clearing IMAP_CONNECTION_IS_OPEN").came(b"* OK ready\r\n", name=b"7f00:h:NA")
    pieces = read(log.octets)
    assert [one.connection for one in pieces] == ["7f00", "7f00", "7f00", "7f00-2"]
    assert pieces[2].direction == NOTE


def test_what_was_suppressed_is_an_answer_or_a_login(log: Writer) -> None:
    log.sent(b"1 authenticate PLAIN\r\n").came(b"+ \r\n").sent(SUPPRESSED).came(b"1 NO no\r\n").sent(SUPPRESSED)
    rendered = [one.octets for one in read(log.octets) if one.exactness == RENDERED]
    assert rendered == [b"********\r\n", b"2 LOGIN ******** ********\r\n"]


def test_other_entries_and_other_programs_lines_are_skipped(log: Writer) -> None:
    expected = read(log.sent(b"7 noop\r\n").came(b"7 OK done\r\n").octets)
    noisy = Writer(log.header).message(b"check for auth'd:imap://fred@mail.example.org:993/select>.INBOX")
    noisy.message(b"7f00aa00:mail.example.org:S-INBOX:ProcessCurrentURL: entering")
    noisy.sent(b"7 noop\r\n").message(b"ReadNextLine [rv=0x0 stream=7fcf nb=11 needmore=0]")
    noisy.octets += b"[Parent 42: Main Thread]: D/IMAPAutoSync * 1 EXISTS\r\n\r\n* 2 EXISTS\nGtk-WARNING: x\n"
    noisy.came(b"7 OK done\r\n").message(b"7f00aa00:mail.example.org:S-INBOX:STREAM:OPEN Size: 3: Begin\r\n* 3 EXISTS")
    assert [one[:2] for one in read(noisy.octets)] == [one[:2] for one in expected]


@pytest.mark.parametrize("end", [b"\n", b"\r\r\n", b"\r\n\r\n", b"\n\n"])
def test_the_line_ends_of_an_editor_or_of_windows_are_put_right(log: Writer, end: bytes) -> None:
    response = b"* 1 FETCH (BODY[] {6}\r\na\r\nbcd)\r\n7 OK done\r\n"
    octets = log.sent(b"7 UID fetch 1 (BODY.PEEK[])\r\n").came(response).octets
    assert side(read(octets.replace(b"\r\n", end)), SERVER, "7f00aa00") == response


def test_the_oldest_builds_name_no_address() -> None:
    pieces = read(b"0[1a2b]: mail.example.org:A:SendData: 3 noop\r\n0[1a2b]: m:A:CreateNewLineFromSocket: 3 OK\r\n")
    assert [(one.direction, one.connection) for one in pieces] == [(CLIENT, ""), (SERVER, "")]


def test_a_body_that_lost_octets_is_left_out() -> None:
    log = Writer().sent(b"7 UID fetch 1 (BODY.PEEK[])\r\n").came(b"* 1 FETCH (BODY[] {90}\r\nab\r\n)\r\n7 OK done\r\n")
    pieces = read(log.octets)
    assert [(one.octets, one.exactness) for one in pieces][1:] == [
        (b"* 1 FETCH (BODY[] {90}\r\n", "elided"),
        (b")\r\n", LINES),
        (b"7 OK done\r\n", LINES),
    ]


def test_a_session_breaks_no_rule(log: Writer) -> None:
    new, known = b"7f00:h:NA", b"7f00:h:A"
    log.came(b"* OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN] ready.\r\n", name=new)
    log.sent(b"1 authenticate PLAIN\r\n", name=new).came(b"+ \r\n", name=new).sent(SUPPRESSED, name=new)
    log.came(b"1 NO no\r\n", name=new).sent(SUPPRESSED, name=new).came(b"2 OK Logged in\r\n", name=new)
    log.sent(b'3 select "INBOX"\r\n', name=known)
    log.came(b"* FLAGS (\\Seen)\r\n* 1 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] x\r\n", name=known)
    log.came(b"* OK [UIDNEXT 2] x\r\n* OK [PERMANENTFLAGS ()] x\r\n3 OK [READ-WRITE] done\r\n", name=known)
    log.sent(b"4 IDLE\r\n", name=known).came(b"+ idling\r\n", name=known).sent(b"DONE\r\n", name=known)
    log.came(b"4 OK done\r\n", name=known).sent(b"5 UID fetch 1 (UID BODY.PEEK[])\r\n", name=known)
    log.came(b"* 1 FETCH (UID 1 BODY[] {5}\r\nabc\r\n)\r\n5 OK done\r\n", name=known)
    pieces = read(log.octets)
    assert len(pieces) == 24
    assert faults(pieces) == []


def test_of_very_many_connections_the_one_that_was_silent_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mozlog, "_MOST_CONNECTIONS", 2)
    line = b"[Parent 42: IMAP]: I/IMAP 7f00aa0%d:mail.example.org:NA:CreateNewLineFromSocket: * OK {9}\r\n"
    octets = b"".join(line % number for number in (1, 2, 1, 3, 1, 4))
    names = [f"7f00aa0{number}" for number in (1, 2, 1, 3, 1, 4)]
    assert [one.connection for one in read(octets)] == names
