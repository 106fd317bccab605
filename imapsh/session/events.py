"""The events that a session reports to its driver, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.errors import ImapshError, StateError
from imapsh.findings import Finding
from imapsh.grammar.responses import Response
from imapsh.hints import TYPE_CHECKING
from imapsh.session.exchange import Exchange
from imapsh.session.numbering import NOTHING, Shift
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Frame

if TYPE_CHECKING:
    from imapsh.grammar.alike import Run


class Sent(NamedTuple):
    """The client's line, an answer to `+`, or DONE, with every secret masked."""

    frame: Frame
    exchange: Exchange | None


class Received(NamedTuple):
    """A response that ends no command.

    `exchange` is the one that runs, if any.  `unsolicited` is true if the response was not asked for, `greeting` if it
    is the first.  `asks` says what a continuation was for: literal, authenticate, idle, or "" for nothing.  `change` is
    a phrase.  `uid` is the UID of the message of a FETCH or EXPUNGE, if it was known on arrival.  `gone` holds the
    message numbers that a VANISHED took away.
    """

    response: Response
    exchange: Exchange | None = None
    unsolicited: bool = False
    asks: str = ""
    findings: tuple[Finding, ...] = ()
    change: str = ""
    greeting: bool = False
    uid: int | None = None
    gone: Shift = NOTHING


class ReceivedRun(NamedTuple):
    """Responses of a FETCH that are alike and came one after another (`imapsh.grammar.alike`).

    Each is what a `Received` of its own would say, asked for by `exchange` and without findings.  `uids` are those of
    the messages, as far as they were known on arrival.
    """

    run: Run
    exchange: Exchange
    uids: list[int | None]

    def each(self) -> Iterator[Received]:
        """Yield the responses one by one."""
        return map(self.one, range(len(self.uids)))

    def one(self, index: int) -> Received:
        """Return one of the responses."""
        return Received(self.run.response(index), self.exchange, uid=self.uids[index])


class Completed(NamedTuple):
    """A command's tagged reply."""

    response: Response
    exchange: Exchange
    findings: tuple[Finding, ...] = ()


class Unsent(NamedTuple):
    """A command that waited for others and is not sent, because the state has changed and does not allow it any more.

    An example is a FETCH after a SELECT that was refused.  Only `Session(strict=True)` reports it.
    """

    exchange: Exchange
    error: StateError


class Upgrade(NamedTuple):
    """A request to change the stream before another octet moves: `to` is "tls".  Then call `Session.upgraded`."""

    to: str
    exchange: Exchange


class Closed(NamedTuple):
    """The end of the connection.

    `error` is None after LOGOUT, as it should be.  `in_flight` holds the commands without a reply.
    """

    error: ImapshError | None
    in_flight: tuple[Exchange, ...] = ()
    findings: tuple[Finding, ...] = ()


Event = Sent | Received | Completed | Unsent | Upgrade | Closed

Happening = Event | ReceivedRun
"""An event, or many that are told at once (`Session.happenings`)."""
