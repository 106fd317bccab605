r"""The steps that a line asks for while it runs.

A line, a command of the shell and the opening of a connection are generators; each is written once.  `App.follow`
runs them, and its driver (the prompt's, a batch's, a test's) does what each step asks for:

    yield exchange                    until its tagged reply: a command of ours on the current connection
    yield Typed(exchange)             the person's: it may go behind others, be left running with Ctrl-C, or idle
    done = yield Within(..., seconds) until its tagged reply, but no longer than that; whether the reply came
    answer = yield Ask(question)      what the person says, None if they will not
    answer = yield Answer(question)   the line that answers the server: the script's or paste's next, else the person's
    status = yield Line(text)         do this line as if it had been typed: OK, NO, BAD, or "" for no reply
    stream, plan = yield Reach(plan)  a stream to the server, and the plan that was followed
    yield Greet(connection)           let its octets move, and wait for the greeting
    yield Close(connection)           end it without a word
    status = yield Octets(octets)     send octets as they are, in no command
    yield Pause(seconds)
    yield ROOM                        wait while too much is due to be shown
    yield Waits(work)                 `await work()` in the loop of a prompt, where alone something can wait
    result = yield Away(work)         `work()` with the terminal to itself, and no prompt in its way

Each raises what it meets, Interrupted for Ctrl-C among it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator

from imapsh.hints import TYPE_CHECKING, Any, TypeVar
from imapsh.session.events import Upgrade
from imapsh.session.exchange import Exchange
from imapsh.shell.connection.dial import Plan
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.connection.connection import Connection

T = TypeVar("T")


class Typed(NamedTuple):
    """A command that the person typed."""

    exchange: Exchange


class Within(NamedTuple):
    """A command of a connection, current or not, and the seconds that its reply may take; None for no limit."""

    connection: Connection
    exchange: Exchange
    seconds: float | None = None


class Ask(NamedTuple):
    """A question to the person.  A `secret` answer is not shown while it is typed, and is kept nowhere."""

    question: str
    secret: bool = False


class Answer(NamedTuple):
    """A question of the server's, in words; the answer is secret."""

    question: str


class Line(NamedTuple):
    """A line to do as if it had been typed."""

    text: str


class Reach(NamedTuple):
    """A server to connect to."""

    plan: Plan


class Greet(NamedTuple):
    """A connection whose server is to greet."""

    connection: Connection


class Close(NamedTuple):
    """A connection to end."""

    connection: Connection


class Octets(NamedTuple):
    """Octets to send as they are, and what to show of them, None for all but known secrets."""

    octets: bytes
    shown: bytes | None = None


class Pause(NamedTuple):
    """A pause in seconds; events that come meanwhile are shown."""

    seconds: float


class Room(NamedTuple):
    """A request to let what is due be shown."""


class Away(NamedTuple):
    """Work that needs the terminal for itself, or takes its time."""

    work: Callable[[], Any]


class Waits(NamedTuple):
    """Work that waits in the loop of a prompt, while everything else goes on."""

    work: Callable[[], Awaitable[Any]]


ROOM = Room()

_Own = Typed | Within | Ask | Answer | Line | Reach | Greet | Close | Octets | Pause | Room | Waits | Away
Step = Exchange | Upgrade | _Own
Steps = Generator[Step, Any, T]


_RANK = {"OK": 1, "NO": 2, "BAD": 3}


def worse(one: str, other: str) -> str:
    """Return the worse of the replies to two lines: BAD, then NO, OK, and "" for none."""
    return max(one, other, key=lambda reply: _RANK.get(reply, 0))
