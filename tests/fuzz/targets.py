"""The targets of the fuzzing: a function for each reader of octets that are not ours, and the octets to begin with.

A target is given any octets and returns nothing.  It raises AssertionError if what it promises does not hold, and lets
every other exception through that is not documented.  `python -m tests.fuzz` runs them guided by coverage, and
`tests/fuzz/test_fuzz.py` for a fixed number of inputs.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple, TypeVar

from imapsh.errors import ConnectionLost, ImapshError, LimitError, LoginError, ParseError, UsageError
from imapsh.findings import RULES
from imapsh.grammar import mutf7
from imapsh.grammar.encodedwords import encoded_words
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.tokens import tokenize, unquote
from imapsh.grammar.writer import response as written
from imapsh.render.jsonform import dumps, to_json
from imapsh.sasl import table as sasl
from imapsh.server.core import ServerSession
from imapsh.server.demo import demo_store
from imapsh.server.store import Store
from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Received
from imapsh.shell.settings import configfile
from imapsh.shell.settings.passwords import netrcfile
from imapsh.table import Context
from imapsh.transport.address import parse_address
from imapsh.typed.match import match
from imapsh.wire.limits import Limits
from imapsh.wire.offline import read_recorded
from imapsh.wire.reader import COMMAND
from imapsh.wire.trace import is_trace, read_trace
from tests.fuzz import seeds
from tests.grammar.reading import joined, one, parse, parser
from tests.grammar.test_roundtrip import meaning
from tests.wire.streams import described, pulled, pushed

E = TypeVar("E", bound=ImapshError)
_SMALL = Limits(line=4096, literal=1 << 16, responses=10_000)
_CONTEXT = Context("selected", frozenset(("IMAP4rev1", "LITERAL+", "UIDPLUS", "CONDSTORE", "ESEARCH", "SORT")))


class Target(NamedTuple):
    """A function to be given octets, and the octets to begin with."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]


@contextlib.contextmanager
def told(kind: type[E], holds: Callable[[E], bool]) -> Iterator[None]:
    """Let an error of this kind pass if it says what it should."""
    try:
        yield
    except kind as error:
        if not holds(error):
            raise AssertionError(f"not said well: {error!r}") from error


# -- octets of a server


def frames(data: bytes) -> None:
    """Whatever the pieces, the frames are the same, and joined they are the input."""
    cut = data[0] + 1 if data else 1
    with contextlib.suppress(LimitError):
        whole = pushed([data])
        assert described(pushed(data[at : at + cut] for at in range(0, len(data), cut))) == described(whole)
        assert described(pulled(data)) == described(whole)
        assert b"".join(part for frame in whole for part in getattr(frame, "parts", ())) == data
    with contextlib.suppress(LimitError):
        pushed([data], limits=_SMALL)
    with contextlib.suppress(LimitError):
        pushed([data], COMMAND)


def responses(data: bytes) -> None:
    """Nothing is lost, each violation is of the catalogue and in its response, and JSON can hold it all."""
    for utf8 in (False, True):
        found = parse(data, utf8=utf8)
        assert joined([response.frame for response in found]) == data
        for response in found:
            assert all(violation.rule in RULES for violation in response.violations)
            assert all(0 <= violation.offset <= response.length for violation in response.violations)
            json.loads(dumps(to_json(response)))


def writer(data: bytes) -> None:
    """A response that follows the grammar is read the same after it is written."""
    reading = parser()
    for frame in islice(read_recorded(data), 50):
        response = reading.parse(frame)
        if response.violations or frame.incomplete:
            continue
        again = one(written(response.name, response.value, tag=response.tag, utf8=reading.utf8), utf8=reading.utf8)
        assert again.violations == ()
        assert meaning(again) == meaning(response)


def session(data: bytes) -> None:
    """A session told anything says what it received, and ends with a documented error if it ends."""
    talk = Session(limits=_SMALL)
    commands = ("LOGIN ida pw", "SELECT INBOX", "FETCH 1:* (UID FLAGS ENVELOPE)", "UID SEARCH ALL", "IDLE")
    asked = [talk.line(command) for command in commands]
    cut = len(data) // 3 + 1
    replies: list[object] = []
    lost = None
    try:
        for piece in (*(data[at : at + cut] for at in range(0, len(data), cut)), b""):
            talk.receive(piece)
            for event in talk.events():
                if isinstance(event, Completed):
                    replies.append(event.exchange)
                elif isinstance(event, Received):
                    json.loads(dumps(to_json(event.response)))
                elif isinstance(event, Closed):
                    lost = event.error
            talk.to_send()
    except ImapshError as error:
        lost = error
    assert lost is None or isinstance(lost, ImapshError)
    assert len(replies) <= len(asked)


def inflated(data: bytes) -> None:
    """Octets behind COMPRESS's OK, deflated well or badly."""
    talk = Session(limits=_SMALL)
    talk.line("COMPRESS DEFLATE")
    for piece in (b"* PREAUTH hi\r\n", b"A1 OK\r\n", data, b""):
        with contextlib.suppress(ConnectionLost):
            talk.receive(piece)
            for _ in talk.events():
                pass
            talk.to_send()


# -- text of a person or a program


def tokens(data: bytes) -> None:
    """Tokens joined are the input, as text and as octets."""
    for text in (data.decode("latin-1"), data.decode("utf-8", "surrogateescape")):
        assert "".join(token.text for token in tokenize(text)) == text
        unquote(text)
    encoded_words(data.decode("utf-8", "replace"))


def typed(data: bytes) -> None:
    """All that `match` says of a line is inside the line; submitting it sends octets or raises UsageError."""
    text = data.decode("utf-8", "surrogateescape")
    found = match(text, _CONTEXT)
    size = len(text)
    assert "".join(token.text for token in found.tokens) == text
    assert all(0 <= problem.offset <= size and problem.message for problem in found.errors)
    assert all(0 <= choice.offset <= size for choice in found.expected)
    assert all(0 <= start < end <= size for start, end in found.secrets)
    talk = Session(limits=_SMALL, secure=True)
    talk.receive(b"* PREAUTH hi\r\n")
    list(talk.events())
    with contextlib.suppress(UsageError):
        talk.line(text)
        talk.to_send()


def sequence_sets(data: bytes) -> None:
    """A set that can be read is written as it is read again."""
    with contextlib.suppress(ValueError):
        found = SequenceSet.parse(data.decode("latin-1"))
        assert SequenceSet.parse(str(found)) == found
        assert sum(high - low + 1 for low, high in found.disjoint(1000)) >= 0


def names(data: bytes) -> None:
    """What is encoded is decoded to the same, and decoding raises nothing but ValueError."""
    text = data.decode("utf-8", "replace")
    assert mutf7.decode(mutf7.encode(text)) == text
    wire = data.decode("latin-1")
    mutf7.decode_leniently(wire)
    with contextlib.suppress(ValueError):
        assert mutf7.decode(mutf7.encode(mutf7.decode(wire))) == mutf7.decode(wire)


def addresses(data: bytes) -> None:
    """A URL is an address or a UsageError."""
    with contextlib.suppress(UsageError):
        parse_address(data.decode("utf-8", "surrogateescape"))


def mechanisms(data: bytes) -> None:
    """Each mechanism answers any challenges, a line each, or raises LoginError; only a proof proves the server."""
    challenges = data.split(b"\n")[:8]
    for name in ("CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-256", "LOGIN", "PLAIN", "OAUTHBEARER", "XOAUTH2", "EXTERNAL"):
        mechanism = sasl.make(name, "ida", "pencil", host="localhost")
        with contextlib.suppress(LoginError):
            for challenge in challenges:
                assert isinstance(mechanism.step(challenge), bytes)
        assert not mechanism.proven


# -- files


def traces(data: bytes) -> None:
    """A trace is read record by record, or is damaged at an octet that is named."""
    with told(ParseError, lambda error: 0 <= error.offset <= len(data)):
        for record in read_trace(data):
            assert data[record.offset : record.offset + len(record.octets)] == record.octets
    is_trace(data)


def configurations(data: bytes) -> None:
    """A configuration is read, or a UsageError names the file."""
    path = _file(data)
    with told(UsageError, lambda error: path in str(error)):
        configfile.read(path)


def netrc_files(data: bytes) -> None:
    """A netrc file is read, or a LoginError names the file."""
    path = _file(data)
    with told(LoginError, lambda error: path in str(error)):
        netrcfile.read(path)


def scripts(data: bytes) -> None:
    """A script is taken apart into lines and nothing of it is lost, or a UsageError says what is wrong."""
    from imapsh.shell.batch.script import Script

    script = Script(data)
    with contextlib.suppress(UsageError):
        while script.command() is not None:
            pass


def servers(data: bytes) -> None:
    """The demo server answers any client, and what it says follows the grammar."""
    server = ServerSession(_demo(), tls=True)
    server.receive_data(b"0 LOGIN demo demo\r\n1 SELECT INBOX\r\n" if data[:1] > b"m" else b"")
    server.receive_data(data)
    assert [response.violations for response in parse(server.data_to_send()) if response.violations] == []


@cache
def _demo() -> Store:
    return demo_store()


@cache
def _place() -> str:
    folder = tempfile.mkdtemp(prefix="imapsh-fuzz-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    return os.path.join(folder, "file")


def _file(data: bytes) -> str:
    path = _place()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    return path


#: by the name that the command line takes
TARGETS = {
    "frames": Target(frames, seeds.streams),
    "responses": Target(responses, seeds.streams),
    "writer": Target(writer, seeds.streams),
    "session": Target(session, seeds.conversations),
    "inflated": Target(inflated, seeds.deflated),
    "tokens": Target(tokens, seeds.examples),
    "typed": Target(typed, seeds.examples),
    "sequence-sets": Target(sequence_sets, seeds.words(b"1:4,7,*", b"$", b"4294967295:1,2:2", b"*:1")),
    "names": Target(names, seeds.words(b"Entw&APw-rfe", b"&BBAEMQ-/x", b"&-", b"&2D3eAA-", "Entwürfe".encode())),
    "addresses": Target(
        addresses,
        seeds.words(
            b"imaps://ida;AUTH=PLAIN@example.com:993/INBOX",
            b"unix:/run/imap",
            b"exec:ssh host imapd",
            b"imap://[::1]",
            b"%41\xbb@h",
            b"imap://[\xff]",
        ),
    ),
    "mechanisms": Target(mechanisms, seeds.challenges),
    "traces": Target(traces, seeds.traces),
    "configurations": Target(configurations, seeds.configurations),
    "netrc": Target(netrc_files, seeds.netrc),
    "scripts": Target(scripts, seeds.scripts),
    "servers": Target(servers, seeds.dialogues),
}


def any_of_them(data: bytes) -> None:
    """Run the target that the first octet chooses."""
    if data:
        list(TARGETS.values())[data[0] % len(TARGETS)].run(data[1:])


def seeds_of_them() -> Iterator[bytes]:
    """A few seeds of each target, behind the octet that chooses it."""
    for number, target in enumerate(TARGETS.values()):
        yield from (bytes([number]) + seed for seed in islice(target.seeds(), 0, None, 12))


def never(data: bytes) -> None:
    """Break a promise, so that a test sees that it would be reported."""
    assert not data.startswith(b"x"), "a promise that is broken on purpose"


def find(name: str) -> Target:
    """Return the target of this name, "all" for all of them in turns, or "never"."""
    more = {"all": Target(any_of_them, seeds_of_them), "never": Target(never, seeds.words(b"x"))}
    return TARGETS.get(name) or more[name]
