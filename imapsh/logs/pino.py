"""Reads the JSON lines that imapflow logs through pino, and those of EmailEngine.

    {"level":20,"time":1795880514104,"cid":"abc","src":"c","msg":"3 FETCH 1 (UID)"}

`src` is `c` for the client and `s` for the server, and `cid` names the connection.  The lines are pictures that
imapflow made of what it parsed: a literal is `"(* 61B literal *)"` in them, and a secret `"(* value hidden *)"`.  With
its option `logRaw` the log has the octets too, in base64, and then nobody needs the pictures.

pino-pretty writes a record in lines:

    [10:00:00.104] DEBUG (4711): 3 FETCH 1 (UID)
        src: "c"
        cid: "abc"
"""

from __future__ import annotations

import json
from binascii import a2b_base64
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from imapsh.logs.clocks import Clock, date_in
from imapsh.logs.lines import CRLF
from imapsh.patterns import lazy
from imapsh.wire.pieces import CLIENT, ELIDED, EXACT, NOTE, RENDERED, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.logs.source import Log

_SIDES = {"c": CLIENT, "s": SERVER}
_EVENTS = ("connection", "tls", "auth", "compress")  # other values of `src`, which tell something of the conversation
_RAW = ("read from socket", "write to socket")

_LITERAL = lazy(rb'"?\(\* (\d{1,18})B literal \*\)"?')
_CONTINUATION = lazy(r"\(\* \d+B continuation \*\)")
_HEADER = lazy(rb"\[([\d:. +-]{8,40})\] +[A-Z]{3,10}(?: \([^)\r\n]*\))?: ?([^\r\n]*)")
_CLOCK = lazy(rb"(\d\d):(\d\d):(\d\d(?:\.\d{1,6})?)\Z")
_KEY = lazy(rb"    (\w+): (.*)")
_ENDS = lazy(rb"[\r\n]+")


def read_pino(log: Log) -> Iterator[Piece]:
    """Yield the parts of each line, as the pictures have them."""
    for piece, record in _records(log):
        if piece.direction != NOTE and record["msg"] not in _RAW:
            yield from _picture(piece, record["msg"])
        elif record["src"] in _EVENTS:
            yield _note(piece, record)


def read_pino_raw(log: Log) -> Iterator[Piece]:
    """Yield the octets of a log that has them."""
    for piece, record in _records(log):
        if piece.direction != NOTE and record["msg"] in _RAW:
            yield from _octets(piece, record)
        elif record["src"] in _EVENTS:
            yield _note(piece, record)


def _records(log: Log) -> Iterator[tuple[Piece, dict[str, Any]]]:
    """Yield the records that have `msg` and `src`, each with a piece without octets."""
    for offset, record in _read(log):
        if isinstance(record.get("msg"), str) and isinstance(record.get("src"), str):
            side = _SIDES.get(record["src"], NOTE)
            yield Piece(side, b"", offset, _time(record.get("time")), _name(record.get("cid"))), record


def _read(log: Log) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield where each record begins, and the record."""
    clock, begun = Clock(86400), 0
    pretty: dict[str, Any] = {}
    for offset, line in log.lines():
        key = _KEY.match(line) if pretty else None
        if key is not None:
            pretty[key[1].decode()] = _value(key[2])
            continue
        if pretty:
            yield begun, pretty
            pretty = {}
        if header := _HEADER.match(line):
            begun, time = offset, header[1]
            clocked = _CLOCK.match(time)
            milliseconds = None if clocked is None else clock.at(*clocked.groups()) * 1000
            pretty = {
                "time": time.decode() if clocked is None else milliseconds,
                "msg": header[2].decode("utf-8", "replace"),
            }
        elif (begin := line.find(b"{")) >= 0 and (record := _record(line[begin:])) is not None:
            yield offset, record
    if pretty:
        yield begun, pretty


def _value(written: bytes) -> object:
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return None


def _note(piece: Piece, record: dict[str, Any]) -> Piece:
    return piece._replace(octets=str(record["msg"]).encode("utf-8", "replace"))


def _record(line: bytes) -> dict[str, Any] | None:
    record = _value(line)
    return record if isinstance(record, dict) else None


def _time(value: object) -> float | None:
    """Return a time in seconds: pino has milliseconds, or a date if it was told so."""
    if isinstance(value, str):
        return date_in(value.encode("utf-8", "replace"))
    return value / 1000 if isinstance(value, int | float) and 0 <= value < 10**15 else None


def _name(value: object) -> str:
    return value if isinstance(value, str) else ""


def _octets(piece: Piece, record: dict[str, Any]) -> Iterator[Piece]:
    """Yield the octets of a record; those that hold a secret were left out by the program."""
    try:
        octets = a2b_base64(str(record.get("data", "")))
    except ValueError:
        return
    if octets:
        yield piece._replace(octets=octets, exactness=RENDERED if record.get("hidden") else EXACT)


def _picture(piece: Piece, words: str) -> Iterator[Piece]:
    """Yield the parts of a line: up to each literal, whose octets are not there, and the rest."""
    if _CONTINUATION.match(words):
        return
    line, at = _ENDS.sub(b" ", words.encode("utf-8", "replace")), 0
    for found in _LITERAL.finditer(line):
        yield piece._replace(octets=b"%s{%s}%s" % (line[at : found.start()], found[1], CRLF), exactness=ELIDED)
        at = found.end()
    yield piece._replace(octets=line[at:] + CRLF, exactness=RENDERED)
