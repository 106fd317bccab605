"""The work grows with the input, and not with its square (E4, E6, E18): counted, for inputs of many shapes.

Add a workload where something is read, shown or kept that a server or a file can make long.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from imapsh import table
from imapsh.grammar.encodedwords import encoded_words
from imapsh.grammar.responses import Parser, Response
from imapsh.grammar.sequence import SequenceSet
from imapsh.render.hexform import hexform
from imapsh.render.jsonform import dumps, to_json
from imapsh.render.lexer import server_line, typed_line
from imapsh.render.pretty import pretty
from imapsh.render.transcript import transcript
from imapsh.render.view import Views
from imapsh.render.view.look import Look
from imapsh.render.wireform import wire_text
from imapsh.session.core import Session
from imapsh.session.secrets import Secrets
from imapsh.shell.lines import literals
from imapsh.typed.match import match
from imapsh.wire.limits import DEFAULT
from imapsh.wire.offline import read_recorded
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader
from tests.growth import Make, growth, peak

SIZE = 250
MOST = 2.6  #: 2 is linear, 4 is quadratic


def parsed(octets: bytes) -> list[Response]:
    parser = Parser(table.readers)
    return [parser.parse(frame) for frame in read_recorded(octets)]


def _envelope(addresses: bytes) -> bytes:
    return b'* 1 FETCH (ENVELOPE (NIL "s" (%s) NIL NIL NIL NIL NIL NIL NIL))\r\n' % addresses


def _structure(params: bytes) -> bytes:
    return b'* 1 FETCH (BODYSTRUCTURE ("text" "plain" (%s) NIL NIL "7bit" 1 1))\r\n' % params


#: Responses with n of something.
RESPONSES: dict[str, Callable[[int], bytes]] = {
    "literals": lambda n: b"* 1 FETCH (%s)\r\n" % b" ".join(b"BODY[%d] {1}\r\nx" % (i + 1) for i in range(n)),
    "long literals": lambda n: b"* 1 FETCH (X (%s))\r\n" % b" ".join([b"{90}\r\n" + b"x" * 90] * n),
    "literals of an envelope": lambda n: (
        b"* 1 FETCH (ENVELOPE (NIL NIL (%s) NIL NIL NIL NIL NIL NIL NIL))\r\n" % (b'(NIL NIL {1}\r\nx "b")' * n)
    ),
    "faulty literals": lambda n: b"* 1 FETCH (%s)\r\n" % b" ".join([b"X {1}\r\ny Y"] * n),
    "literals of METADATA": lambda n: b'* METADATA "" (%s)\r\n' % b" ".join(b"/%d {1}\r\nx" % i for i in range(n)),
    "joined quotes": lambda n: b'* 1 FETCH (X ("a%s"))\r\n' % (b"\r\n b" * n),
    "joined parentheses": lambda n: b"* 1 FETCH (FLAGS (a%s))\r\n" % (b"\r\n b" * n),
    "threads": lambda n: b"* THREAD " + b"(1 (2 3)(4))" * n + b"\r\n",
    "nested threads": lambda n: b"* THREAD " + b"(" * n + b"1 2" + b")" * n + b"\r\n",
    "a long thread": lambda n: b"* THREAD (%s)\r\n" % b" ".join(b"%d" % (i + 1) for i in range(n)),
    "nested lists": lambda n: b"* X " + b"(" * n + b")" * n + b"\r\n",
    "parts": lambda n: (
        b'* 1 FETCH (BODYSTRUCTURE (%s "mixed"))\r\n' % (b'("text" "plain" NIL NIL NIL "7bit" 1 1)' * n)
    ),
    "faulty parts": lambda n: (
        b'* 1 FETCH (BODYSTRUCTURE (%s "mixed"))\r\n' % (b'("text" "plain" NIL NIL NIL "7bit" x y)' * n)
    ),
    "addresses": lambda n: _envelope(b'("a" NIL "b" "c")' * n),
    "addresses and a fault": lambda n: _envelope(b'("a" NIL "b" "c")' * n + b'("a" NIL "b" c)'),
    "escapes": lambda n: _envelope(b'("%s" NIL "b" "c")' % (b'\\"' * n)),
    "parameters": lambda n: _structure(b" ".join(b'"a%d" "b"' % i for i in range(n))),
    "parameters and a fault": lambda n: _structure(b" ".join([b'"a" "b"'] * n) + b' "c"'),
    "nested parts": lambda n: (
        b'* 1 FETCH (BODYSTRUCTURE %s("text" "plain" NIL NIL NIL "7bit" 1 1)%s)\r\n' % (b"(" * n, b' "mixed")' * n)
    ),
    "numbers": lambda n: b"* SEARCH " + b" ".join(b"%d" % (2 * i + 1) for i in range(n)) + b"\r\n",
    "no numbers": lambda n: b"* SEARCH " + b" ".join([b"x"] * n) + b"\r\n",
    "ranges": lambda n: b"* VANISHED " + b",".join(b"%d" % (2 * i + 1) for i in range(n)) + b"\r\n",
    "flags": lambda n: b"* 1 FETCH (FLAGS (%s))\r\n" % b" ".join(b"a%d" % i for i in range(n)),
    "capabilities": lambda n: b"* CAPABILITY " + b" ".join(b"A%d" % i for i in range(n)) + b"\r\n",
    "flags of a code": lambda n: b"* OK [PERMANENTFLAGS (%s)] x\r\n" % b" ".join(b"a%d" % i for i in range(n)),
    "brackets of a code": lambda n: b"* OK [FOO " + b"]" * n + b"\r\n",
    "quotes of a code": lambda n: b"* OK [BADCHARSET (" + b'"a]" ' * n + b"\r\n",
    "faulty items": lambda n: b"* 1 FETCH (%s)\r\n" % b" ".join([b"UID x"] * n),
    "items in parentheses": lambda n: b"* 1 FETCH (%s)\r\n" % b" ".join([b"(UID 1)"] * n),
    "open parentheses": lambda n: b"* 1 FETCH (%s)\r\n" % b" ".join([b"(UID 1"] * n),
    "lists behind lists": lambda n: b"* 1 FETCH (UID 1" + b") (UID 1" * n + b")\r\n",
    "lists of STATUS": lambda n: b"* STATUS x" + b" (MESSAGES 1)" * n + b"\r\n",
    "names like lists": lambda n: b"* STATUS " + b"x (A 1) " * n + b"\r\n",
    "attributes": lambda n: b'* LIST (\\a%s) "/" x\r\n* OK shown\r\n' % (b" \\a" * n),
    "attributes and a fault": lambda n: b'* LIST (\\a%s) "/" x y\r\n* OK shown\r\n' % (b" \\a" * n),
    "a long name": lambda n: b'* LIST () "/" "' + b"a " * n + b'"\r\n',
    "a long name and a fault": lambda n: b'* LIST () "/" "' + b"a " * n + b'" \r\n',
    "mailboxes": lambda n: b"".join(b'* LIST () "/" "a/%d"\r\n' % i for i in range(n)),
    "shifts in a name": lambda n: b'* LIST () "/" "' + b"&AOk-" * n + b'"\r\n',
    "names of an ACL": lambda n: b'* ACL "&AOk-" ' + b" ".join(b"&AOk-%d lr" % i for i in range(n)) + b"\r\n",
    "stray quotes": lambda n: b"* 1 FETCH (ENVELOPE (" + b'"a"b" ' * n + b"))\r\n",
    "octets beyond ASCII": lambda n: b"* OK " + "é".encode() * n + b"\r\n",
    "empty lines": lambda n: b"\r\n" * n,
    "requests to go on": lambda n: b"+ x\r\n" * n,
    "lines of garbage": lambda n: b"garbage\r\n" * n,
    "literals that never end": lambda n: b"* 1 FETCH (BODY[] {99999999}\r\nx\r\n)\r\n" * n,
}  # fmt: skip


def viewed(responses: list[Response]) -> None:
    views = Views(Look(width=80))
    for response in responses:
        views.show(response)


#: What is done with the responses, besides reading them.
SHOWN: dict[str, Callable[[list[Response]], object]] = {
    "pretty": lambda responses: [pretty(one, width=80) for one in responses],
    "view": viewed,
    "json": lambda responses: [dumps(to_json(one)) for one in responses],
    "wire": lambda responses: [wire_text(one) for one in responses],
    "hex": lambda responses: [hexform(one.frame) for one in responses],
}


@pytest.mark.parametrize("name", RESPONSES)
def test_e6_reading_a_response_takes_linear_work(name: str) -> None:
    def make(size: int) -> Callable[[], object]:
        octets = RESPONSES[name](size)
        return lambda: parsed(octets)

    assert max(growth(make, SIZE)) < MOST


@pytest.mark.parametrize("way", SHOWN)
@pytest.mark.parametrize("name", RESPONSES)
def test_e6_showing_a_response_takes_linear_work(name: str, way: str) -> None:
    def make(size: int) -> Callable[[], object]:
        responses = parsed(RESPONSES[name](size))
        return lambda: SHOWN[way](responses)

    assert growth(make, SIZE)[-1] < MOST


def typed(text: str) -> Callable[[], object]:
    def read() -> None:
        found = match(text)
        assert found.slots is not None
        assert (found.errors, found.roles, found.secrets, found.expected, found.hint, found.prefix) is not None

    return read


def continued(size: int) -> Callable[[], object]:
    text = "SEARCH " + "ALL \\\n" * size + "ALL"

    def cut() -> None:
        literals.cut.cache_clear()
        literals._tokens.cache_clear()
        (command,) = literals.cut(text)
        assert [command.place(command.offset(place)) for place in range(0, len(text), 6)]
        assert len(list(command.breaks())) == size

    return cut


def sent(size: int) -> Callable[[], object]:
    """A typed command whose n literals each wait for `+`."""
    text = "SEARCH " + " ".join(["SUBJECT {1}\r\nx"] * size)

    def send() -> None:
        session = Session()
        session.receive(b"* PREAUTH hello\r\n")
        session.line(text)
        for _ in range(size):
            session.to_send()
            session.receive(b"+ go\r\n")
            assert list(session.events())

    return send


def trickled(size: int) -> Callable[[], object]:
    """A literal, and a line, that come 2 octets at a time, and are looked at each time."""

    def feed() -> None:
        pusher = Pusher(FrameReader())
        pusher.feed(b"* 1 FETCH (BODY[] {%d}\r\n" % (2 * size))
        for piece in [b"xx"] * size + [b" x"] * size:
            pusher.feed(piece)
            assert pusher.take() is None
            assert pusher.unfinished is not None

    return feed


def sliced(size: int) -> Callable[[], object]:
    numbers = SequenceSet.of(range(1, 2 * size, 2))
    return lambda: [numbers[at : at + 10] for at in range(0, size, 10)]


def coloured(text: str) -> object:
    return server_line(text), typed_line(text)


def listed(text: str) -> object:
    return list(transcript(text))


OTHERS: dict[str, Make] = {
    "typed: literals": lambda n: typed("SEARCH " + " ".join(["SUBJECT {1}\r\nx"] * n)),
    "typed: names of headers": lambda n: typed("FETCH 1 (BODY[HEADER.FIELDS (" + " ".join(["{1}\r\nx"] * n) + ")])"),
    "typed: strings": lambda n: typed(f'LIST "" ({" ".join(["x"] * n)})'),
    "typed: items": lambda n: typed(f"FETCH 1 ({' '.join(['UID'] * n)})"),
    "typed: unknown items": lambda n: typed(f"FETCH 1 ({' '.join(['FOO'] * n)})"),
    "typed: faulty flags": lambda n: typed("STORE 1 FLAGS (" + " ".join(["\\Foo["] * n) + ")"),
    "typed: beyond ASCII": lambda n: typed("SEARCH " + " ".join(["SUBJECT é"] * n)),
    "typed: messages": lambda n: typed("APPEND INBOX " + " ".join(["{1}\r\nx"] * n)),
    "typed: unknown": lambda n: typed(f"FOO ({' '.join(['a'] * n)})"),
    "typed: OR": lambda n: typed("SEARCH " + "OR ALL " * n + "ALL"),
    "typed: nested": lambda n: typed("SEARCH " + "(" * n + "ALL" + ")" * n),
    "typed: a set": lambda n: typed(f"FETCH {','.join(map(str, range(1, 2 * n, 2)))} FLAGS"),
    "typed: continued lines": continued,
    "sent: literals": sent,
    "received: 2 octets at a time": trickled,
    "a set in slices": sliced,
    "encoded words": lambda n: partial(encoded_words, "=?utf-8?q?a?= " * n),
    "coloured lines": lambda n: partial(coloured, '* X (a "b" [c] {3} \\x ' * n),
    "a transcript": lambda n: partial(listed, "C: A1 NOOP\r\nS: * OK {3}\r\nS: abc\r\n" * n),
}


@pytest.mark.parametrize("name", OTHERS)
def test_e6_the_work_is_linear(name: str) -> None:
    assert max(growth(OTHERS[name], SIZE)) < MOST


def queued(size: int) -> Callable[[], object]:
    def run() -> None:
        session = Session(limits=DEFAULT._replace(pipelined=10))
        session.receive(b"* PREAUTH x\r\n")
        assert list(session.events())
        waiting = [session.command("STATUS", [b" box%d (MESSAGES)" % i]) for i in range(size)]
        cancelled = [one for one in waiting[size // 2 :: 2] if session.cancel(one)]
        while session.running:
            while session.to_send():
                pass
            for tag, exchange in tuple(session.running.items()):
                box = (exchange.mailbox or "").encode()
                session.receive(b"* STATUS %s (MESSAGES 1)\r\n%s OK x\r\n" % (box, tag.encode()))
                assert list(session.events())
        assert cancelled
        assert all(exchange.status == "OK" for exchange in waiting if exchange not in cancelled)

    return run


def allowed(size: int) -> Callable[[], object]:
    """Commands of a program whose state is looked at, while many wait."""

    def run() -> None:
        session = Session(strict=True)
        session.receive(b"* PREAUTH x\r\n")
        assert list(session.events())
        waiting = [session.command("NOOP") for _ in range(size)]
        assert len(session.queue) + len(session.running) == len(waiting)

    return run


def masked(size: int) -> Callable[[], object]:
    def run() -> None:
        secrets = Secrets()
        for i in range(size):
            secrets.add(b"%d secret" % i)
            assert secrets.mask(b"LOGIN ida %dsecret" % i)
            assert secrets.mask_text(b"%d secret, that is all" % i).startswith(b"*")

    return run


def test_e6_commands_that_wait_take_linear_work() -> None:
    assert max(growth(queued, SIZE)) < MOST
    assert max(growth(allowed, SIZE)) < MOST


def test_e6_secrets_take_linear_work() -> None:
    assert max(growth(masked, SIZE)) < MOST


def test_e18_a_trickled_literal_takes_the_memory_of_its_octets() -> None:
    octets = 200_000

    def receive() -> None:
        pusher = Pusher(FrameReader())
        pusher.feed(b"* 1 FETCH (BODY[] {%d}\r\n" % octets)
        for _ in range(octets // 2):
            pusher.feed(b"xx")
            assert pusher.take() is None
        pusher.feed(b")\r\n")
        frame = pusher.take()
        assert frame is not None
        assert frame.parts[1] == b"x" * octets  # type: ignore[union-attr]

    assert peak(receive) < 3 * octets


def test_e18_a_trickled_line_takes_the_memory_of_its_octets() -> None:
    octets = 200_000

    def receive() -> None:
        pusher = Pusher(FrameReader())
        for _ in range(octets // 2):
            pusher.feed(b"xx")
            assert pusher.take() is None

    assert peak(receive) < 2 * octets


def test_the_count_tells_linear_from_quadratic_work() -> None:
    def quadratic(size: int) -> Callable[[], object]:
        return lambda: [len(str(two)) for one in range(size) for two in range(one)]

    def linear(size: int) -> Callable[[], object]:
        return lambda: [len(str(one)) for one in range(size)]

    assert min(growth(quadratic, 30)) > 3.5
    assert max(growth(linear, 30)) < 2.1
