"""The octets that each target of the fuzzing begins with: recordings, corpora, and an example of each kind of file."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from imapsh import table
from imapsh.wire.trace import Trace
from tests.grammar.reading import DATA
from tests.wire.streams import STREAMS


def streams() -> Iterator[bytes]:
    """The recordings of real servers in pieces of a few responses, and the lines of the corpora."""
    for stream in STREAMS:
        yield stream if len(stream) < 4000 else stream[: stream.index(b"\r\n", 3000) + 2]
    for line in (DATA / "examples.txt").read_text(encoding="utf-8").splitlines():
        yield line.split("\t")[1].encode() + b"\r\n"
    yield from found()


def found() -> Iterator[bytes]:
    """Responses that once broke a promise."""
    yield b'* LIS# @ () "3" "R&D"\r\n'
    yield b"* X ({18446744073709}\r\n"
    yield b"* 9 X (BINARY[1] ~{6}\r\n\0\1\xffM\n\0)\r\n"


def conversations() -> Iterator[bytes]:
    """What a server says to the commands of the target `session`."""
    yield b"* OK [CAPABILITY IMAP4rev1] hi\r\nA1 OK\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\nA2 OK [READ-WRITE]\r\n"
    yield b"* OK hi\r\nA1 OK\r\nA2 OK\r\n* 1 FETCH (UID 5 FLAGS (\\Seen))\r\n* 1 EXPUNGE\r\nA3 OK\r\n* SEARCH 5\r\n"
    yield b"* OK hi\r\nA1 OK\r\nA2 OK\r\nA3 OK\r\nA4 OK\r\n+ idling\r\n* 4 EXISTS\r\n"
    yield b"* OK hi\r\n* BYE gone\r\nA1 NO [ALERT] x\r\n"
    yield from islice(streams(), 40)


def examples() -> Iterator[bytes]:
    """The example of each command, and what clients sent."""
    for row in table.commands().values():
        yield row.example.encode()
    for name in ("examples.txt", "examples_extensions.txt"):
        sent = (DATA.parents[1] / "typed" / name).read_bytes().splitlines()
        yield from (line.split(b"\t")[1] for line in sent if not line.startswith(b"#"))
    yield b'a1 LOGIN "ida" {3+}\r\npen'
    yield b'a1 LOGIN "ida '  # once a secret of no length


def deflated() -> Iterator[bytes]:
    """Recordings, deflated."""
    for stream in islice(streams(), 20):
        press = zlib.compressobj(9, zlib.DEFLATED, -15)
        yield press.compress(stream) + press.flush(zlib.Z_SYNC_FLUSH)


def challenges() -> Iterator[bytes]:
    """The challenges of several mechanisms, a line each."""
    yield b"\nr=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096\nv=rmF9pqV8S7suAoZWja4dJRkFsKQ="
    yield b'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8\nrspauth=ea'
    yield b"<1896.697170952@postoffice.example.net>"
    yield b"User Name\0\nPassword\0"
    yield b'{"status":"invalid_token","scope":"mail","schemes":"bearer"}\n'


def traces() -> Iterator[bytes]:
    """A trace, whole and cut."""
    file = io.BytesIO()
    trace = Trace(file.write, iter(range(1000)).__next__)
    trace.note("connected")
    trace.received(b"* OK hi\r\n")
    trace.sent(b"A1 FETCH 1 BODY[]\r\n")
    trace.received(b"* 1 FETCH (BODY[] {3}\r\na\r\n)\r\nA1 OK\r\n")
    yield file.getvalue()
    yield file.getvalue()[:-9]


def configurations() -> Iterator[bytes]:
    """Configuration files."""
    yield (
        b'url = "imaps://ida@example.com/INBOX"\nformat = "view"\ntimeout = 5\n[limits]\nline = 1000\n[aliases]\n'
        b'new = "UID SEARCH UNSEEN"\n[profiles.work]\nurl = "imap://w"\npassword-command = ["pass", "w"]\n[theme]\n'
        b'base = "dark"\ntagged = "bold #ff0000"\n'
    )
    yield b"[[profiles]]\n"


def netrc() -> Iterator[bytes]:
    """Files of netrc."""
    yield b'machine example.com login ida password "a b"\nmacdef init\ncd /\n\ndefault login x password y\n# z\n'
    yield b"machine m port 993 account a\n"


def scripts() -> Iterator[bytes]:
    """Scripts of batch."""
    yield b"# a comment\nSELECT INBOX\nFETCH 1 \\\n  (FLAGS)\nAPPEND INBOX {5}\r\nhello\r\n\\expect OK\n"
    yield b"a1 LOGIN {3}\nida {2}\npw\nLOGOUT\n"


def dialogues() -> Iterator[bytes]:
    """Commands of a client to the demo server."""
    for row in table.commands().values():
        yield b"x " + row.example.encode() + b"\r\n"
    yield b"a LOGIN {4+}\r\ndemo demo\r\nb SELECT INBOX\r\nc FETCH 1:3 (FLAGS BODY[1])\r\nd IDLE\r\nDONE\r\n"
    yield b"e APPEND Drafts {3+}\r\nabc\r\nf AUTHENTICATE PLAIN\r\nAGRlbW8AZGVtbw==\r\ng LOGOUT\r\n"


def words(*words: bytes) -> Callable[[], Iterable[bytes]]:
    """A few words."""
    return lambda: words
