"""Floods and bombs against programs, with the asyncio client and the classes of imapsh.client.imap4, in a process."""

from __future__ import annotations

from itertools import repeat

import pytest

from tests.shell.running import Handler

from .floods import PEAK, Ran, at, flooding, inflating, ran

pytestmark = pytest.mark.slow
MIB = 1 << 20
FETCHED = b"* 1 FETCH (FLAGS (\\Seen))\r\n"
LISTED = b"".join(b'* LIST () "/" "Folder number %d"\r\n' % number for number in range(5000))
FOUND = b"* SEARCH " + b" ".join(b"%d" % (2 * number + 1) for number in range(100_000)) + b"\r\n"
LITERAL = [b"* 1 FETCH (BODY[] {%d}\r\n" % (300 * MIB), *repeat(bytes(MIB), 300), b")\r\n"]

_ASYNCIO = """
import asyncio, sys, imapsh
from imapsh.errors import ImapshError

async def main():
    try:
        async with imapsh.connect(sys.argv[1]) as c:
            {}
            print("done")
    except ImapshError as error:
        print(type(error).__name__, error)

asyncio.run(main())
"""
_CLASSES = """
import sys
from urllib.parse import urlsplit
from imapsh.client import imap4

where = urlsplit(sys.argv[1])
try:
    c = imap4.IMAP4(where.hostname, where.port)
    {}
    print("done")
except (imap4.IMAP4.error, OSError) as error:
    print(type(error).__name__, error)
"""


def program(template: str, body: str, handler: Handler) -> Ran:
    with at(handler) as url:
        done = ran(url, program=template.format(body))
    assert done.status == 0
    return done


@pytest.mark.parametrize(
    ("template", "body", "error"),
    [(_ASYNCIO, "await c.compress(); await c.noop()", b"LimitError"), (_CLASSES, "c.compress(); c.noop()", b"abort")],
    ids=["asyncio", "imap4"],
)
def test_e1_a_bomb_under_compress(template: str, body: str, error: bytes) -> None:
    done = program(template, body, inflating(FETCHED, 128 * MIB))
    assert done.out.startswith(error)
    assert b"the inflated limit is 4194304" in done.out
    assert done.peak < PEAK


def test_e2_a_literal_beyond_the_memory_is_refused_by_the_asyncio_client() -> None:
    done = program(_ASYNCIO, "await c.noop()", flooding(LITERAL))
    assert done.out.startswith(b"LimitError the memory limit is 134217728 and the server sent 314572800")
    assert done.peak < PEAK


@pytest.mark.parametrize(("setting", "limit"), [("", 128 * MIB), ("c.literal_limit = 1 << 20; ", MIB)])
def test_e2_a_literal_beyond_its_limit_is_refused_by_the_classes(setting: str, limit: int) -> None:
    done = program(_CLASSES, f"{setting}c.noop()", flooding(LITERAL))
    assert done.out.startswith(b"abort")
    assert b"the memory limit is %d and the server sent 314572800" % limit in done.out
    assert done.peak < PEAK


@pytest.mark.parametrize(("template", "body"), [(_ASYNCIO, "await c.list()"), (_CLASSES, "c.list()")])
def test_e3_a_flood_of_names(template: str, body: str) -> None:
    done = program(template, body, flooding(repeat(LISTED, 12)))
    assert done.out.strip() == b"done"
    assert done.peak < PEAK


@pytest.mark.parametrize(("template", "body"), [(_ASYNCIO, "await c.noop()"), (_CLASSES, "c.noop()")])
def test_e3_a_flood_of_numbers(template: str, body: str) -> None:
    done = program(template, body, flooding(repeat(FOUND, 30)))
    assert done.out.strip() == b"done"
    assert done.peak < PEAK


@pytest.mark.parametrize("line", [b"\r\n", b"+\r\n", b"+ x\r\n", b"what?\r\n"], ids=repr)
@pytest.mark.parametrize(("template", "body"), [(_ASYNCIO, "await c.noop()"), (_CLASSES, "c.noop()")])
def test_e4_lines_that_say_nothing(template: str, body: str, line: bytes) -> None:
    done = program(template, body, flooding([line * 50_000]))
    assert done.out.strip().startswith((b"done", b"abort"))
    assert done.peak < PEAK


@pytest.mark.parametrize(
    ("template", "body", "error"), [(_ASYNCIO, "await c.noop()", b"LimitError"), (_CLASSES, "c.noop()", b"error")]
)
def test_a_line_without_an_end(template: str, body: str, error: bytes) -> None:
    done = program(template, body, flooding(repeat(b"x" * MIB, 100)))
    assert done.out.startswith(error)
    assert done.peak < PEAK
