"""Writes one conversation as each program would have logged it: a function for each format and variant."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from imapsh.logs.literals import Literals
from imapsh.wire.pieces import CLIENT, SERVER
from imapsh.wire.trace import Record, Trace

from . import packets
from .test_mozlog import SUPPRESSED
from .test_mozlog import Writer as MozLog


class Turn(NamedTuple):
    """What one side sent at once."""

    side: str
    octets: bytes
    time: float


class Part(NamedTuple):
    """A line, or the octets of a literal, or the rest of a line behind one; never more than there was in a turn."""

    side: str
    octets: bytes
    time: float
    literal: bool


Turns = Sequence[Turn]


def parts(turns: Turns) -> Iterator[Part]:
    """Yield the lines and the literals of both sides."""
    literals = {CLIENT: Literals(), SERVER: Literals()}
    for side, octets, time in turns:
        at, known = 0, literals[side]
        while at < len(octets):
            literal = known.left > 0
            end = at + known.left if literal else octets.index(b"\n", at) + 1
            part = octets[at:end]
            known.take(part)
            yield Part(side, part, time, literal)
            at = end


def _joined(texts: Iterable[bytes]) -> bytes:
    return b"".join(texts)


def _date(time: float, form: str = "%Y-%m-%d %H:%M:%S") -> bytes:
    return datetime.fromtimestamp(time, UTC).strftime(form).encode()


# -- with all octets


def trace(turns: Turns) -> bytes:
    written: list[bytes] = []
    made = Trace(written.append, lambda: 0.0)
    for side, octets, time in turns:
        made.copy(Record(side, time - turns[0].time, 0, octets))
    return _joined(written)


def rawlog(turns: Turns, side: str) -> bytes:
    return _joined(b"%.6f %s" % (time, line) for who, octets, time in turns if who == side for line in _lines(octets))


def rawlog_in_one(turns: Turns) -> bytes:
    letters = {CLIENT: b"I", SERVER: b"O"}
    return _joined(
        b"%.6f %s: %s" % (time, letters[who], line) for who, octets, time in turns for line in _lines(octets)
    )


def _lines(octets: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+\Z", octets)


def cyrus(turns: Turns) -> bytes:
    """It reads what has come, and writes what it has to say before it reads; both at most 4,096 octets at once."""
    texts = [b"---------- demo %s\n\n" % _date(turns[0].time, "%a %b %e %H:%M:%S %Y")]
    for side, group in groupby(turns, lambda turn: turn.side):
        mark = b"<%d<" if side == CLIENT else b">%d>"
        said = list(group)
        octets = _joined(turn.octets for turn in said)
        texts += (mark % said[-1].time + octets[at : at + 4096] for at in range(0, len(octets), 4096))
    return _joined(texts)


def _packets(turns: Turns) -> list[packets.Packet]:
    made = packets.Connection()
    made.opened(turns[0].time)
    for side, octets, time in turns:
        made.sent(side, octets, time)
    made.closed(turns[-1].time)
    return made.packets


def pcap(turns: Turns) -> bytes:
    return packets.pcap(_packets(turns))


def pcapng(turns: Turns) -> bytes:
    return packets.pcapng(_packets(turns))


def _follow(form: bytes, texts: Iterable[bytes]) -> bytes:
    rule = b"=" * 67 + b"\n"
    head = b"\n%sFollow: tcp,%s\nFilter: tcp.stream eq 0\nNode 0: 192.0.2.1:40000\nNode 1: 192.0.2.2:143\n"
    return head % (rule, form) + _joined(texts) + rule


def _tab(side: str) -> bytes:
    return b"\t" if side == SERVER else b""


def follow_raw(turns: Turns) -> bytes:
    return _follow(b"raw", (_tab(side) + octets.hex().encode() + b"\n" for side, octets, _ in turns))


def follow_ascii(turns: Turns) -> bytes:
    printed = (turn._replace(octets=re.sub(rb"[^\r\n -~]", b".", turn.octets)) for turn in turns)
    return _follow(b"ascii", (b"%s%d\n%s\n" % (_tab(side), len(octets), octets) for side, octets, _ in printed))


def follow_yaml(turns: Turns) -> bytes:
    texts = [b"peers:\n  - peer: 0\n    host: a\n    port: 1\n  - peer: 1\n    host: b\n    port: 143\npackets:\n"]
    for number, (side, octets, time) in enumerate(turns):
        peer = int(side == SERVER)
        texts.append(
            b"  - packet: %d\n    peer: %d\n    timestamp: %.9f\n    data: !!binary |\n" % (number, peer, time)
        )
        text = b64encode(octets)
        texts += (b"      %s\n" % text[at : at + 76] for at in range(0, len(text), 76))
    return _joined(texts)


def _pino(side: str, time: float, words: str, **more: object) -> bytes:
    fields = {"level": 20, "time": round(time * 1000), "src": side.lower(), "msg": words, "cid": "abc", **more}
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def pino_raw(turns: Turns) -> bytes:
    words = {CLIENT: "write to socket", SERVER: "read from socket"}
    return _joined(
        _pino(side, time, words[side], data=b64encode(octets).decode(), secure=True) for side, octets, time in turns
    )


def mailkit(turns: Turns) -> bytes:
    """A prefix stands before each line, also of a literal."""
    texts = [b"Connected to imap://mail.example.org:143/\r\n"]
    for side, octets, _ in turns:
        texts += (b"%s: %s" % (side.encode(), line) for line in _lines(octets))
    return _joined(texts)


def raw(turns: Turns) -> bytes:
    return _joined(turn.octets for turn in turns)


def raw_of(turns: Turns, side: str) -> bytes:
    return _joined(turn.octets for turn in turns if turn.side == side)


def imaplib2(turns: Turns) -> bytes:
    texts = [b"  42:24.00 MainThread imaplib2 version 3.06\n"]
    for side, octets, time in turns:
        if side == CLIENT:
            texts.append(b"%s mail.example.org writer > %s\n" % (_minute(time), _repr(octets)))
        else:
            texts += (b"%s mail.example.org reader < %s\n" % (_minute(time), _repr(line)) for line in _lines(octets))
    return _joined(texts)


def _minute(time: float) -> bytes:
    return b"  %02d:%05.2f" % (time // 60 % 60, time % 60)


def _repr(octets: bytes) -> bytes:
    return repr(octets).encode()


# -- with something lost


def pino(turns: Turns) -> bytes:
    """Pictures of whole lines; the rest of a command whose literal waits was in the first picture."""
    texts, words, said = [], {CLIENT: b"", SERVER: b""}, {CLIENT: False, SERVER: False}
    for side, octets, time, literal in parts(turns):
        if literal:
            if side == CLIENT:
                texts.append(_pino(side, time, f"(* {len(octets)}B continuation *)"))
            said[side] = side == CLIENT
            continue
        line, count = re.subn(rb"~?\{(\d+)\}\r\n\Z", rb'"(* \1B literal *)"', octets)
        words[side] += line.removesuffix(b"\r\n")
        if (not count or side == CLIENT) and not said[side]:
            texts.append(_pino(side, time, words[side].decode("utf-8", "replace")))
        if not count or side == CLIENT:
            words[side], said[side] = b"", False
    return _joined(texts)


def mozlog(turns: Turns) -> bytes:
    log, name = MozLog(), b"7f00aa00:mail.example.org:%s"
    state, midway = b"NA", b""
    for side, octets, _, literal in parts(turns):
        where = {"name": name % state}
        if side == CLIENT:
            log.sent(SUPPRESSED + b"\r\n" if b" LOGIN " in octets else octets, **where)
            state = b"A" if b" LOGIN " in octets else b"S-INBOX" if b" SELECT " in octets else state
        elif literal:
            whole = _lines(octets)
            midway = b"" if whole[-1].endswith(b"\n") else whole.pop()
            log.came(_joined(whole), **where)
        else:
            log.came(midway + octets, **where)
            midway = b""
    return log.octets


def imaplib(turns: Turns) -> bytes:
    return _joined((b"  42:18.00 new IMAP4 connection, tag=b'ABCD'\n", *_imaplib(turns, _minute, b"")))


def imapclient(turns: Turns) -> bytes:
    return _joined(
        re.sub(rb"(> b'\S+ LOGIN) .*", rb"\1 **REDACTED**", line)
        for line in _imaplib(turns[1:], lambda time: _date(time) + b",056 DEBUG", b"[imapclient.imaplib] ")
    )


def _imaplib(turns: Turns, stamp: Callable[[float], bytes], name: bytes) -> Iterator[bytes]:
    behind = False
    for side, octets, time, literal in parts(turns):
        word = b"write" if side == CLIENT else b"read"
        if literal:
            yield b"%s %s%s literal size %d\n" % (stamp(time), name, word, len(octets))
        elif not (side == CLIENT and behind):
            arrow = b">" if side == CLIENT else b"<"
            yield b"%s %s%s %s\n" % (stamp(time), name, arrow, _repr(octets.removesuffix(b"\r\n")))
        behind = literal and side == CLIENT


def aioimaplib(turns: Turns) -> bytes:
    texts, behind = [], False
    for side, octets, time in turns:
        stamp = _date(time) + b",313 - aioimaplib.aioimaplib - DEBUG - "
        hidden = re.sub(rb"( LOGIN \S+) .*(?=\r)", rb'\1 "*******"', octets)
        if side == SERVER:
            texts.append(b"%sReceived : %s\n" % (stamp, _repr(octets)))
        elif not behind:
            texts.append(b"%sSending : %s\n" % (stamp, _repr(hidden)))
        behind = (side == CLIENT and hidden.endswith(b"}\r\n")) or (behind and side == SERVER)
    return _joined(texts)


_CONNECTED = b"Connected to mail.example.org (192.0.2.2) port 143 (#0)"


def curl(turns: Turns) -> bytes:
    texts = [b"* %s\n" % _CONNECTED]
    for side, octets, _, literal in parts(turns):
        size = len(octets)
        if literal and side == SERVER:
            texts += (
                b"* Found %d bytes to download\n* Written %d bytes, 0 bytes are left for transfer\n" % (size, size),
            )
        elif literal:
            texts.append(b"} [%d bytes data]\n* We are completely uploaded and fine\n" % size)
        else:
            texts.append(b"%s %s" % (b">" if side == CLIENT else b"<", octets))
    return _joined(texts)


def _curl_rows(octets: bytes, width: int, shown: Callable[[bytes], bytes]) -> Iterator[bytes]:
    for at in range(0, len(octets), width):
        yield b"%04x: %s\n" % (at, shown(octets[at : at + width]))


def _hexed(row: bytes) -> bytes:
    return b"%-48s%s" % (row.hex(" ").encode() + b" ", re.sub(rb"[^ -~]", b".", row))


def _curl_blocks(turns: Turns, rows: Callable[[bytes], Iterable[bytes]]) -> bytes:
    texts = [b"== Info: %s\n" % _CONNECTED]
    for side, octets, time, literal in parts(turns):
        stamp, size = _date(time, "%H:%M:%S.000000 "), len(octets)
        if literal and side == SERVER:
            texts.append(b"%s== Info: Found %d bytes to download\n" % (stamp, size))
            texts.append(b"%s== Info: Written %d bytes, 0 bytes are left for transfer\n" % (stamp, size))
            continue
        what = b"=> Send data" if literal else b"=> Send header" if side == CLIENT else b"<= Recv header"
        texts += (b"%s%s, %d bytes (0x%x)\n" % (stamp, what, size, size), *rows(octets))
    return _joined(texts)


def curl_trace(turns: Turns) -> bytes:
    return _curl_blocks(turns, lambda octets: _curl_rows(octets, 16, _hexed))


def curl_trace_ascii(turns: Turns) -> bytes:
    """A row ends at CRLF, which is left out, or after 64 octets."""

    def rows(octets: bytes) -> Iterator[bytes]:
        at = 0
        while at < len(octets):
            end = octets.find(b"\r\n", at, at + 66)
            row = octets[at : end if end >= 0 else at + 64]
            yield b"%04x: %s\n" % (at, re.sub(rb"[^ -~]", b".", row))
            at += len(row) + 2 * (end >= 0)

    return _curl_blocks(turns, rows)


def mbsync(turns: Turns) -> bytes:
    return _mbsync(turns, whole=False)


def mbsync_whole(turns: Turns) -> bytes:
    return _mbsync(turns, whole=True)


def _mbsync(turns: Turns, *, whole: bool) -> bytes:
    """The octets of a message that waits for `+` are never there; those of one that came are as they were."""
    texts, behind = [b"Connecting to mail.example.org (192.0.2.2:143)... \n"], False
    for side, octets, _, literal in parts(turns):
        if literal and side == SERVER and whole:
            texts.append(b"=========\n%s=========\n" % octets)
        elif side == CLIENT and not literal and not behind:
            texts.append(b">>> " + re.sub(rb" LOGIN .*(?=\r)", b" LOGIN <user> <pass>", octets))
        elif side == SERVER and not literal:
            texts.append(octets.replace(b"\r\n", b"\n"))
        behind = literal and side == CLIENT
    return _joined(texts)


def mutt(turns: Turns) -> bytes:
    return _mutt(turns, b"[%s] ", b"[%s] ", b"[%s] imap_read_literal: reading %d bytes\n")


def neomutt(turns: Turns) -> bytes:
    says = b"[%s]<2> imap_read_literal() reading %d bytes\n[%s]<3> imap_read_literal() \n"
    return _mutt(turns, b"[%s]<2> mutt_socket_write_d() ", b"[%s]<5> mutt_socket_readln_d() ", says)


def _mutt(turns: Turns, writes: bytes, reads: bytes, says: bytes) -> bytes:
    texts = [b"[%s] Connected to mail.example.org:143 on fd=4\n" % _date(turns[0].time)]
    for side, octets, time, literal in parts(turns):
        date = _date(time)
        if side == CLIENT:
            texts.append((writes % date) + b"4> " + octets)
        elif literal:
            texts.append(says % ((date, len(octets)) if says.count(b"%") == 2 else (date, len(octets), date)))
            texts.append(octets.replace(b"\r\n", b"\n"))
        else:
            texts.append((reads % date) + b"4< " + octets.replace(b"\r\n", b"\n"))
    return _joined(texts)


def terminal(turns: Turns) -> bytes:
    texts = (turn.octets.replace(b"\r\n", b"\n") for turn in turns)
    return _joined((b"CONNECTED(00000003)\n---\n", *texts, b"closed\n"))


def evolution(turns: Turns) -> bytes:
    return _joined(b"[imapx:A] I/O: '%s'\n" % octets.removesuffix(b"\r\n") for _, octets, _ in turns)


def geary(turns: Turns) -> bytes:
    return _entries(turns, b"[deb] 10:00:00.0 Geary.Imap: SEND: ", b"[deb] 10:00:00.0 Geary.Imap: RECV: ")


def outlook(turns: Turns) -> bytes:
    return _entries(turns, b"IMAP: 10:00:00 [tx] ", b"IMAP: 10:00:00 [rx] ")


def arrows(turns: Turns) -> bytes:
    return _entries(turns, b"10:00:00 mail.example.org > ", b"10:00:00 mail.example.org < ")


def _entries(turns: Turns, sends: bytes, receives: bytes) -> bytes:
    texts = []
    for side, octets, _ in turns:
        lines = octets.removesuffix(b"\r\n").split(b"\n")
        texts += [(sends if side == CLIENT else receives) + line.rstrip(b"\r") + b"\n" for line in lines]
    return _joined(texts)


class Writer(NamedTuple):
    """How a log is written: in one file, or in two with `sister` for the client's side.

    `exact` is true if all octets must come back; else only the lines must, without literals.  `tag` is the form of the
    tags that such a client has.  `greeting` is false if the program does not log the greeting.  `mistaken` matches what
    the log cannot tell from its own marks, or from CRLF, if it is in a mail.
    """

    write: Callable[[Turns], bytes]
    exact: bool = False
    tag: str = "a%d"
    sister: Callable[[Turns], bytes] | None = None
    greeting: bool = True
    mistaken: bytes = b"(?!)"


#: By the name of the format, and of the variant behind a dot.
WRITERS = {
    "trace": Writer(trace, exact=True),
    "rawlog": Writer(rawlog_in_one, exact=True),
    "rawlog.pair": Writer(lambda turns: rawlog(turns, SERVER), exact=True, sister=lambda turns: rawlog(turns, CLIENT)),
    "cyrus": Writer(cyrus, exact=True),
    "pcap": Writer(pcap, exact=True),
    "pcap.ng": Writer(pcapng, exact=True),
    "follow": Writer(follow_raw, exact=True),
    "follow.ascii": Writer(follow_ascii),
    "follow.yaml": Writer(follow_yaml, exact=True),
    "pino-raw": Writer(pino_raw, exact=True),
    "pino": Writer(pino, tag="%d"),
    "cs": Writer(mailkit, exact=True, tag="A%08d"),
    "raw": Writer(raw, exact=True),
    "raw.pair": Writer(lambda turns: raw_of(turns, SERVER), exact=True, sister=lambda turns: raw_of(turns, CLIENT)),
    "imaplib2": Writer(imaplib2, exact=True, tag="KBGC%d"),
    "mozlog": Writer(mozlog, tag="%d"),
    "imaplib": Writer(imaplib, tag="ABCD%d"),
    "imapclient": Writer(imapclient, tag="ABCD%d", greeting=False),
    "aioimaplib": Writer(aioimaplib, tag="ABCD%d"),
    "curl": Writer(curl, tag="A%03d"),
    "curl-trace": Writer(curl_trace, tag="A%03d"),
    "curl-trace-ascii": Writer(curl_trace_ascii, tag="A%03d"),
    "mbsync": Writer(mbsync, tag="%d"),
    "mbsync.whole": Writer(mbsync_whole, tag="%d"),
    "mutt": Writer(mutt, tag="a%04d", mistaken=rb"\[\d{4}-\d\d-\d\d [\d:]+\]"),
    "neomutt": Writer(neomutt, tag="a%04d", mistaken=rb"\[\d{4}-\d\d-\d\d [\d:]+\]"),
    "evolution": Writer(evolution, tag="A%05d", mistaken=rb"(?<!\r)\n|\[imapx:\w\]"),
    "geary": Writer(geary, tag="a%03d", mistaken=rb"(?<!\r)\n"),
    "outlook": Writer(outlook, tag="ab%02d", mistaken=rb"(?<!\r)\n"),
    "arrows": Writer(arrows, mistaken=rb"(?<!\r)\n"),
    "terminal": Writer(terminal, mistaken=rb"(?<!\r)\n"),
}
