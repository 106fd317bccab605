r"""What a line asks of the program while it runs.  Written once, as generators; the prompt and batch each run them.

    yield exchange                  until its tagged reply; one of ours, which must be complete before we go on
    yield Typed(exchange)           the person's: it may go behind others, be left running with Ctrl-C, or idle
    answer = yield Ask(question)    what the person says, None where they will not
    status = yield Line(text)       do this line as if it had been typed: OK, NO, BAD, or "" for no reply
    yield Dial(plan, name)          open a connection; from now on it is the current one
    yield HangUp(name)              log out of a connection
    status = yield Octets(octets)   send octets as they are, in no command
    yield Pause(seconds)
    yield ROOM                      wait while too much is due to be shown
    result = yield Away(work)       `work()` with the terminal to itself, and no prompt in its way

Each raises what it meets, Interrupted for Ctrl-C among it.
"""

# Annotations stand evaluated here: NamedTuple compiles each that is a string, and a start makes many classes.

from collections.abc import Callable, Generator, Iterator
from typing import Any, Generic, NamedTuple, TypeVar

from imapsh.errors import ImapshError
from imapsh.session.exchange import Exchange
from imapsh.shell.dial import Plan

T = TypeVar("T")


class Typed(NamedTuple):
    """A command that the person typed."""

    exchange: Exchange


class Ask(NamedTuple):
    """A question; the answer is not shown where it is `secret`, and kept nowhere."""

    question: str
    secret: bool = False


class Line(NamedTuple):
    """A line, as if typed."""

    text: str


class Dial(NamedTuple):
    """A connection to open, the one of this `name` in place of what it was."""

    plan: Plan
    name: str


class HangUp(NamedTuple):
    """A connection to log out of; it stays in the list, closed."""

    name: str


class Octets(NamedTuple):
    """Octets to send as they are, and what to show of them, None for all but known secrets."""

    octets: bytes
    shown: bytes | None = None


class Pause(NamedTuple):
    """Seconds in which nothing is done; what comes is shown."""

    seconds: float


class Room(NamedTuple):
    """Let what is due be shown."""


class Away(NamedTuple):
    """Work that needs the terminal for itself, or takes its time."""

    work: Callable[[], Any]


ROOM = Room()

Step = Exchange | Typed | Ask | Line | Dial | HangUp | Octets | Pause | Room | Away
Steps = Generator[Step, Any, T]


class Walk(Generic[T]):
    """Steps on their way.  Iterate over it; what comes of a step is put into `answer`, or `error`, before the next.

    At the end `result` is what the steps gave.  Raises what they let through.
    """

    result: T

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps
        self.answer: Any = None
        self.error: ImapshError | None = None

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        answer, error = self.answer, self.error
        self.answer = self.error = None
        try:
            return self._steps.send(answer) if error is None else self._steps.throw(error)
        except StopIteration as end:
            self.result = end.value
            raise

    def __enter__(self) -> "Walk[T]":
        return self

    def __exit__(self, *error: object) -> None:
        """Whatever ended it, the steps clean up now."""
        self._steps.close()
