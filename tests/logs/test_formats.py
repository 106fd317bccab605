"""The table of formats: each is found by its first lines, and its reader is there."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh import table
from imapsh.logs.formats import FORMATS, NAMED, reader_of
from imapsh.logs.model import Format
from imapsh.logs.recognising import recognised
from imapsh.wire.pieces import is_date

from .packets import Connection, pcap, tshark
from .reading import DATA, faults, log_of, read

_CONNECTION = Connection()
_CONNECTION.opened()
_CONNECTION.sent("S", b"* OK ready\r\n")
CAPTURE = pcap(_CONNECTION.packets)

#: The first lines of a log of each format.
HEADS = {
    "trace": b"imapsh-trace 1\nS +0.001234 7\n* OK x\r\n",
    "trace-part": b'imapsh-trace 2\n{"writer": "imapsh", "sides": "one or both"}\nS - 7\n* OK x\r\n',
    "rawlog": b"1795880514.105491 * 6 EXISTS\r\n",
    "pcap": CAPTURE,
    "follow": b"Follow: tcp,raw\nFilter: tcp.stream eq 0\nNode 0: a:1\nNode 1: b:143\n\t2a204f4b2072656164790d0a\n",
    "pino": b'{"level":20,"time":1795880514104,"src":"c","msg":"3 FETCH 1 (UID)","cid":"abc"}\n',
    "pino-raw": b'{"level":10,"src":"s","msg":"read from socket","data":"KiBPSyB4DQo=","cid":"abc"}\n',
    "cyrus": b"---------- fred Thu Nov 26 10:00:00 2026\n\n<1795880514<A2 SELECT INBOX\r\n",
    "imaplib": b"  42:18.49 > b'IIPP2 EXAMINE INBOX'\n  42:18.49 < b'* 6 EXISTS'\n",
    "imaplib2": b"[imap]:   42:24.05 127.0.0.1 writer > b'BMDC1 CAPABILITY\\r\\n'\n",
    "imapclient": b"DEBUG:imapclient.imaplib:> b'EJFE1 LOGIN **REDACTED**\nDEBUG:imapclient.imaplib:< b'* 6 EXISTS'\n",
    "aioimaplib": b"Sending : b'KJLE0 CAPABILITY\\r\\n'\n",
    "curl": b"*   Trying 127.0.0.1:143...\n< * OK ready\r\n> A001 CAPABILITY\r\n",
    "curl-trace": b"<= Recv header, 6 bytes (0x6)\n0000: 2a 20 4f 4b 0d 0a                               * OK..\n",
    "curl-trace-ascii": b"<= Recv header, 6 bytes (0x6)\n0000: * OK\n",
    "cs": b"Connected to imaps://mail.example.org:993/\r\nS: * OK ready\r\nC: A00000001 CAPABILITY\r\n",
    "evolution": b"[imapx:A] I/O: '* OK ready'\n[imapx:A] I/O: 'A00001 CAPABILITY'\n",
    "node-imap": b"=> 'A4 SELECT \"INBOX\"'\n<= '* 1 FETCH (UID 8 BODY[] {27}'\n<= '* 1 FETCH (UID 8 )'\n",
    "k9": b"V/k9      (23954): conn11<<<#null# [OK, Dovecot ready.]\nV/k9      (23954): conn11>>> 1 STARTTLS\n",
    "geary": b"[deb] 10:00:00.0000 Geary.Imap: [a] SEND: a001 CAPABILITY\n",
    "outlook": b"IMAP: 10:00:00 [tx] ab12 NOOP\nIMAP: 10:00:00 [rx] ab12 OK done\n",
    "arrows": b"10:00:00 mail.example.org:993 > A1 NOOP\n10:00:01 mail.example.org:993 < A1 OK done\n",
    "terminal": b"Trying 127.0.0.1...\nConnected to localhost.\nEscape character is '^]'.\n* OK x\na1 noop\na1 OK\n",
    "mozlog": b"[Parent 42: IMAP]: I/IMAP 7f00aa00:mail.example.org:S-INBOX:SendData: 7 noop\r\n",
    "mbsync": b"Opening far side store r...\n* OK ready\n>>> 1 CAPABILITY\r\n* CAPABILITY IMAP4rev1\n1 OK done\n",
    "mutt": b"[2026-11-26 10:00:00] Mutt/2.2.12\n[2026-11-26 10:00:00] 4< * OK ready\n",
    "neomutt": b"[2026-11-26 10:00:00]<2> mutt_socket_write_d() 4> a0006 NOOP\r\n",
    "raw": b"* OK ready\r\nA1 OK done\r\n",
}


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_it_is_recognised_by_its_first_lines(form: Format) -> None:
    assert recognised(log_of(HEADS[form.name])) is form


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_its_reader_reads_its_first_lines(form: Format) -> None:
    if form.name == "pcap":
        tshark()
    assert list(reader_of(form)(log_of(HEADS[form.name])))


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_what_programs_wrote_is_recognised_and_breaks_no_rule(path: Path) -> None:
    octets = path.read_bytes()
    assert recognised(log_of(octets)) is NAMED[path.name.partition(".")[0]]
    missing = {"enabled-missing"}  # Dovecot answers ENABLE with OK alone if it knows none of the capabilities
    assert set(faults(read(octets))) <= (missing if b"ENABLE UTF8=ACCEPT" in octets else set())


_LINES = {path.name.partition(".")[0]: path.read_bytes().splitlines(keepends=True) for path in DATA}


@pytest.mark.parametrize("name", [form.name for form in FORMATS if form.name in _LINES])
@given(data=st.data())
def test_a_damaged_log_is_read_all_the_same(name: str, data: st.DataObject) -> None:
    lines = list(_LINES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(lines)))
        lines[place : place + data.draw(st.integers(0, 3))] = data.draw(st.lists(_foreign(), max_size=2))
    octets = b"".join(lines)
    read(octets[: data.draw(st.integers(0, len(octets)))], name)


def _foreign() -> st.SearchStrategy[bytes]:
    """Lines of other programs, and octets of nobody."""
    return st.one_of(st.binary(max_size=40), st.sampled_from([line for lines in _LINES.values() for line in lines]))


@pytest.mark.parametrize(
    "octets", [b"", b"Dear Sir or Madam,\n\nplease find enclosed\n", b"* milk\n* two lemons\n", bytes(range(256)) * 8]
)
def test_what_is_no_log_is_none_of_them(octets: bytes) -> None:
    assert recognised(log_of(octets)) is None


def test_a_file_of_a_client_is_recognised_by_the_commands_of_the_revisions() -> None:
    rows = [
        row.name for family in table.CORE for row in getattr(import_module(f"imapsh.table.{family}"), "COMMANDS", ())
    ]
    assert "UID FETCH" in rows
    for name in rows:
        assert recognised(log_of(f"a1 {name}\r\n".encode())) is NAMED["raw"]


@pytest.mark.parametrize("octets", [b"Please check the list.\n", b"a list of three\n", b"I SELECTED it\n"])
def test_prose_is_no_log(octets: bytes) -> None:
    assert recognised(log_of(octets)) is None


def test_a_time_of_a_log_with_dates_counts_from_1970() -> None:
    assert is_date(1795880514.1)
    assert not is_date(86399.9)


@pytest.mark.parametrize("octet", [b"1", b"a", b" ", b"{", b'"', b"[", b":", b"=", b"\t", b"< ", b"a1 ", b"0:"])
def test_a_long_line_is_none_of_them(octet: bytes) -> None:
    """A pattern that tries each part of a line with each other part would take minutes for it."""
    assert recognised(log_of(octet * (60_000 // len(octet)))) is None
