"""The server's octets alone: read, masked, traced, inflated, and what is left of them."""

from __future__ import annotations

import pytest

from imapsh.errors import LimitError
from imapsh.grammar.responses import GARBAGE, STATUS, UNTAGGED
from imapsh.session.inbox import Inbox
from imapsh.session.knowledge import Knowledge
from imapsh.session.secrets import Secrets
from imapsh.session.traffic import Traffic
from imapsh.wire.deflate import Deflate
from imapsh.wire.limits import DEFAULT, Limits

from .player import Trace


class Fed(Inbox):
    """One with its parts at hand, in a mailbox."""

    def __init__(self, *secrets: bytes, limits: Limits = DEFAULT) -> None:
        self.known, self.secrets, self.traffic = Knowledge(nesting=100), Secrets(), Traffic()
        self.known.join()
        for secret in secrets:
            self.secrets.add(secret)
        super().__init__(self.known, self.secrets, self.traffic, limits=limits, opener=None)

    def lines(self) -> list[bytes]:
        return [response.frame.raw for response in iter(self.take, None)]


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_responses_come_whole_however_the_stream_is_cut(step: int) -> None:
    inbox, stream, found = Fed(), b"* 1 FETCH (BODY[] {3}\r\na\r\n)\r\n* OK hi\r\n", []
    for at in range(0, len(stream), step):
        inbox.feed(stream[at : at + step])
        found += [response.kind for response in iter(inbox.take, None)]
    assert found == [UNTAGGED, STATUS]
    assert (inbox.traffic.received, inbox.reader.offset) == (len(stream), len(stream))
    assert not inbox.midway
    assert not inbox.ended


def test_what_came_in_part_is_known_and_may_be_given_up() -> None:
    inbox = Fed()
    inbox.feed(b"* 1 FETCH (BODY[] {900}\r\nhello\r\n* 2 EXISTS\r\n")
    assert inbox.lines() == []
    assert (inbox.midway, inbox.literal) == (True, (900, 19))
    assert inbox.unfinished is not None
    given_up = inbox.resync()
    assert given_up is not None
    assert [violation.rule for violation in given_up.violations][:1] == ["literal"]
    assert inbox.lines() == [b"* 2 EXISTS\r\n"]
    assert inbox.resync() is None


def test_the_rest_is_one_response_and_comes_once() -> None:
    inbox = Fed(b"s3cret")
    inbox.feed(b"* OK hi\r\n* OK s3cret and no")
    assert inbox.lines() == [b"* OK hi\r\n"]
    inbox.feed(b"")
    assert inbox.ended
    rest = inbox.rest()
    assert rest is not None
    assert (rest.kind, rest.frame.raw, rest.frame.incomplete) == (GARBAGE, b"* OK ****** and no", True)
    assert inbox.rest() is None


def test_secrets_are_masked_and_what_a_mechanism_reads_is_not() -> None:
    inbox = Fed(b"s3cret")
    inbox.feed(b"+ s3cret\r\n* NO s3cret\r\n* LIST () NIL s3cret\r\n")
    assert inbox.lines() == [b"+ ******\r\n", b"* NO ******\r\n", b"* LIST () NIL s3cret\r\n"]
    assert inbox.challenge == "s3cret"


def test_the_trace_has_all_that_was_used_and_no_secret() -> None:
    inbox, trace = Fed(b"s3cret"), Trace()
    inbox.set_trace(trace)
    inbox.feed(b"* OK s3cret\r\n* OK ha")
    assert inbox.lines() == [b"* OK ******\r\n"]
    assert trace.from_server == b"* OK ******\r\n"
    inbox.set_trace(None)
    inbox.feed(b"lf\r\n")
    assert inbox.lines() == [b"* OK half\r\n"]
    assert trace.from_server == b"* OK ******\r\n"


def test_octets_behind_are_inflated_once() -> None:
    inbox, server = Fed(), Deflate()
    inbox.feed(b"A1 OK go\r\n" + server.deflate(b"* 3 EXISTS\r\n"))
    assert inbox.take() is not None
    assert inbox.compress()
    assert not inbox.compress()
    assert inbox.lines() == [b"* 3 EXISTS\r\n"]
    assert inbox.traffic.deflate is not None
    assert server.inflate(inbox.traffic.deflate.deflate(b"A2 NOOP\r\n")) == b"A2 NOOP\r\n"
    assert inbox.traffic.compressed == inbox.traffic.received + inbox.traffic.sent > 0


def test_limits_are_raised() -> None:
    inbox = Fed(limits=DEFAULT._replace(line=10))
    inbox.feed(b"* OK " + b"x" * 20 + b"\r\n")
    with pytest.raises(LimitError):
        inbox.take()
