"""Octets to responses as `--explain` reads them, for the tests of this floor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from imapsh import table
from imapsh.grammar.responses import Parser, Response
from imapsh.grammar.writer import response as write
from imapsh.wire.frames import Frame
from imapsh.wire.offline import read_recorded

DATA = Path(__file__).parent / "data"


def parser(**options: Any) -> Parser:
    """A new parser on the table."""
    return Parser(table.readers, **options)


def parse(octets: bytes, **options: Any) -> list[Response]:
    """Every response of a recording."""
    reading = parser(**options)
    return [reading.parse(frame, greeting=index == 0) for index, frame in enumerate(read_recorded(octets))]


def one(octets: bytes, **options: Any) -> Response:
    """The only response in `octets`."""
    (response,) = parse(octets, **options)
    return response


def faultless(line: str) -> Response:
    """The response in one line, which is given without its CRLF and must be legal."""
    response = one(line.encode() + b"\r\n")
    assert response.violations == ()
    return response


def lines(name: str) -> list[dict[str, Any]]:
    """The lines of a corpus in the data folder."""
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


def joined(frames: list[Frame]) -> bytes:
    """The octets of all frames."""
    return b"".join(frame.raw for frame in frames)


def amiss(line: str) -> list[tuple[str, int]]:
    """The rule and the octet of each violation in one line of a server, which is given without its CRLF."""
    return [(violation.rule, violation.offset) for violation in one(line.encode("utf-8") + b"\r\n").violations]


def rewritten(name: str, value: Any, *, utf8: bool = False) -> Any:
    """What is read of a value that was written as the response `name`; it must be legal."""
    response = one(write(name, value, utf8=utf8), utf8=utf8)
    assert response.violations == ()
    assert response.name == name
    return response.value
