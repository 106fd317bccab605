"""Hands each response to the command that asked for it, or to those that listen to news.

Theory of operation.  A command that is run says which responses it takes (`Want`).  A response goes to the first
running command that takes it.  If none does, it goes to the commands that hear everything, and to the updates of IDLE
if it answers nobody.

Items that a program takes one by one, such as the messages of a FETCH, go into a backlog.  While a backlog is full the
reading waits (`room`), so a program that is slow slows the server down and does not fill the memory.  A reply that a
program waits for may come after what fills the backlog, so while it waits (`waits`) reading goes on.  What piles up
meanwhile is counted, and `piled` is told.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any

from imapsh.client.backlog import Backlog, News
from imapsh.errors import StateError
from imapsh.grammar.responses import STATUS, UNTAGGED
from imapsh.grammar.values import Count, Expunged, Fetch
from imapsh.session.events import Received, ReceivedRun
from imapsh.session.exchange import Exchange
from imapsh.tuples import NamedTuple


class Update(NamedTuple):
    """News that no command asked for: `EXISTS`, `EXPUNGE`, `FETCH`, `OK`, ... with its value of `grammar.values`.

    `uid` is the UID of the message of a FETCH or EXPUNGE, if it is known.  A type checker knows what `value` has after
    `isinstance(update.value, Fetch)`.
    """

    name: str
    value: object
    uid: int | None = None

    @property
    def number(self) -> int | None:
        """The number of EXISTS and RECENT, the message number of EXPUNGE and FETCH, and None of anything else."""
        if isinstance(self.value, Count):
            return self.value.number
        return self.value.seq if isinstance(self.value, Expunged | Fetch) else None


class Want(NamedTuple):
    """The responses that an exchange wants, and where they go.

    If `hears` is true, it takes nothing away from others, and gets the responses that come while it runs and belong to
    nobody else.  `awaits` decides between several exchanges that would take a response.  Of responses that came as a
    run, `takes_run` says whether all are wanted, and `put_run` takes them, or returns False if each must be put.
    """

    takes: Callable[[Received], bool]
    put: Callable[[Received], None]
    hears: bool = False
    awaits: Callable[[Received], bool] = lambda event: True
    takes_run: Callable[[ReceivedRun], bool] = lambda run: False
    put_run: Callable[[ReceivedRun], bool] = lambda run: False


class Router:
    """A router that hands responses to the running commands and to backlogs.

    `running` holds the commands that run, by tag, in the order in which they were sent (`Session.running`).
    `wants` holds what these want: a command is put there before it is sent, and taken out when its program is done
    with it and it runs no more.  `backlogs` holds those that are being filled.  `waits` holds what
    programs wait for that may come after the backlogs: since when, by the loop's clock, and for how many seconds at
    most.  `piled` is called with the octets that a backlog holds beyond a full one, whenever they become more.
    """

    def __init__(self, running: Mapping[str, Exchange], piled: Callable[[int], None] = lambda octets: None) -> None:
        self.wants: dict[Exchange, Want] = {}
        self.backlogs: set[Backlog[Any]] = set()
        self._running = running
        self._piled = piled
        self._updates: Backlog[Update] | None = None
        self.waits: dict[object, tuple[float, float | None]] = {}
        self._held = False  # the reading may wait in `room`
        self._moved = News()  # `room` has to look again

    def response(self, event: Received) -> None:
        """Hand on a response.  One that asks for something, or that was cut, is ignored, and so is the greeting."""
        if event.greeting or event.asks or event.response.frame.incomplete:
            return
        taker = self._taker(event) if self.wants else None
        if taker is not None:
            taker.put(event)
            return
        heard = self._hear(event)
        response = event.response
        if self._updates is not None and response.kind in (UNTAGGED, STATUS) and (event.unsolicited or not heard):
            self._updates.put(Update(response.name, response.value, event.uid), response.frame.length)

    def run(self, run: ReceivedRun) -> None:
        """Hand on the responses of a run, at once if only one command wants any and wants all, else one by one."""
        want = self.wants.get(run.exchange)
        if want is not None and len(self.wants) == 1 and want.takes_run(run) and want.put_run(run):
            return
        for event in run.each():
            self.response(event)

    def _taker(self, event: Received) -> Want | None:
        """Return the first command that awaits the response, or else the first that takes it."""
        first: Want | None = None
        wants = self.wants
        for exchange in self._running.values():
            want = wants.get(exchange)
            if want is None or want.hears or not want.takes(event):
                continue
            if len(wants) == 1 or want.awaits(event):
                return want
            first = first or want
        return first

    def _hear(self, event: Received) -> bool:
        """Pass the response to the commands that hear, and return whether there are any.

        A response that answers one of them is not passed to the others.
        """
        owner = self.wants.get(event.exchange) if event.exchange is not None else None
        elsewhere = owner is not None and owner.hears and not event.unsolicited
        heard = False
        for exchange in tuple(self._running.values()):  # a limit that trips ends all of them
            want = self.wants.get(exchange)
            if want is not None and want.hears and (want is owner or not elsewhere):
                want.put(event)
                heard = True
        return heard

    # -- backlogs

    def backlog(self, in_files: Callable[[Iterable[Any]], int] = lambda items: 0) -> Backlog[Any]:
        """Return a backlog: until it is closed, the reading waits whenever it is full."""
        backlog: Backlog[Any] = Backlog(self._moved.set, self._piled, self.backlogs.discard, in_files)
        self.backlogs.add(backlog)
        return backlog

    @contextmanager
    def updates(self) -> Generator[Backlog[Update], None, None]:
        """Let responses that are for no command go into this backlog, while inside the block.

        Raises StateError if there is such a backlog already.
        """
        if self._updates is not None:
            raise StateError("IDLE is already running: one at a time is enough")
        with self.backlog() as backlog:
            self._updates = backlog
            try:
                yield backlog
            finally:
                self._updates = None

    # -- whether to read on

    async def room(self) -> None:
        """Wait while a program has not taken the items that are there, unless it waits for something else."""
        while not self.has_room():
            self._held = True
            self._moved.clear()
            await self._moved.wait()
        self._held = False

    def has_room(self) -> bool:
        """Return whether `room` would not wait."""
        return bool(self.waits) or not self.backlogs or not any(backlog.full for backlog in self.backlogs)

    def unbound(self, work: object, begun: float, timeout: float | None) -> None:
        """Let the reading go on without waiting while a program waits for `work`, until that is taken from `waits`."""
        self.waits[work] = (begun, timeout)
        if self._held:
            self._moved.set()


def is_untagged(event: Received, name: str) -> bool:
    """Return whether the response is untagged data of this name."""
    return event.response.name == name and event.response.kind is UNTAGGED
