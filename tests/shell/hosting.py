"""A shell without a terminal: the real `App`, driven by a fake driver on the demo's store; what it does is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from imapsh.client.blocking import BlockingClient
from imapsh.errors import ConnectionTimeout
from imapsh.render.visible import Shown, visible
from imapsh.server.demo import demo_store
from imapsh.server.memory import connect
from imapsh.server.store import Store
from imapsh.session.events import Event, Received
from imapsh.session.exchange import Exchange
from imapsh.shell import commands
from imapsh.shell.app import App, at_once
from imapsh.shell.batch.timers import Timers
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.dial import Plan, make_plan
from imapsh.shell.connection.steps import Step, Steps, Typed, Within
from imapsh.shell.connection.watch import Watch
from imapsh.shell.screen.display import Display
from imapsh.shell.screen.output import Output
from imapsh.shell.settings.options import Options
from imapsh.transport.base import Stream
from imapsh.transport.memory import attach, pair

T = TypeVar("T")


class FakeSink:
    """`said`: the notes and faults, a line each; `shown`: all else."""

    exact = False

    def __init__(self) -> None:
        self.said: list[str] = []
        self.shown: list[str] = []

    def text(self, text: str, owner: object = None) -> None:
        self.shown.append(text)

    def octets(self, octets: bytes) -> None:
        self.text(octets.decode("utf-8", "backslashreplace"))

    def aside(self, text: str) -> None:
        self.text(text)

    def note(self, text: str, label: str = "") -> None:
        self.said.append(visible(text))

    fault = note

    def drop(self, owner: object) -> None:
        pass


class FakeDriver:
    """`answers`: what the person says, in order; `streams`: the servers to connect to, before those of the demo."""

    interactive = True
    attended = True
    told_aside = False

    def __init__(self, answers: list[str | None], store: Store) -> None:
        self.sink = FakeSink()
        self.answers = answers
        self.clock = Timers()
        self.streams: list[Stream] = []
        self.events: list[Event] = []
        self.store = store
        self._clients: dict[Connection, BlockingClient] = {}

    async def run(self, connection: Connection, exchange: Exchange, seconds: float | None = None) -> bool:
        try:
            self._clients[connection].run(exchange)
        except ConnectionTimeout:
            if seconds is None:
                raise
            return False
        connection.settle()
        return True

    async def typed(self, connection: Connection, exchange: Exchange) -> None:
        client = self._clients[connection]
        client.flush()
        while exchange.response is None and connection.question is None and connection.idle is not exchange:
            client.pump()
        connection.settle()

    async def ask(self, question: str, *, secret: bool) -> str | None:
        return self.answers.pop(0)

    async def answer(self, question: str) -> str | None:
        return self.answers.pop(0)

    async def send(self, connection: Connection, octets: bytes, shown: bytes | None) -> str:
        connection.session.raw(octets, shown)
        return ""

    async def reach(self, plan: Plan) -> tuple[Stream, Plan]:
        return (self.streams.pop() if self.streams else connect(self.store)), plan

    async def greet(self, connection: Connection) -> None:
        client = BlockingClient(connection.stream, connection.session, connection.take)  # type: ignore[arg-type]
        self._clients[connection] = client

        def kick() -> None:
            client.flush()

        self._watched(connection.display)
        connection.moved_by(kick, Watch(connection, self.clock, lambda: True, connection.note))
        client.greet()

    def _watched(self, display: Display) -> None:
        """Have `events` told each event that is shown."""
        show, rows = display.show, display.rows

        def shows(event: Event, *, aside: bool = False) -> None:
            if not aside:
                self.events.append(event)
            show(event, aside=aside)

        def show_rows(events: Sequence[Received], octets: bytes | None = None) -> None:
            self.events.extend(events)
            rows(events, octets)

        display.show = shows  # type: ignore[method-assign]
        display.rows = show_rows  # type: ignore[method-assign, assignment]

    async def close(self, connection: Connection) -> None:
        self._clients[connection].close()

    async def pause(self, seconds: float) -> None:
        pass

    async def room(self) -> None:
        pass

    async def away(self, work: Callable[[], T]) -> T:
        return work()


class FakeApp(App):
    """`done`: the steps that were asked for; `said`: the lines; `answers`: what the person says, in order."""

    def __init__(self, *answers: str | None, connected: bool = False, **options: Any) -> None:
        self.fake = FakeDriver(list(answers), demo_store())
        super().__init__(Options(**{"demo": True, **options}), Output(), self.fake, commands.take)
        self.done: list[Step] = []
        self.hidden: list[str] = []
        self._trace = ""
        if connected:
            at_once(self.follow(self.connect(make_plan(self.options), "1")))
            self.done.clear()

    def talks_over(self, stream: Stream, plan: Plan, name: str = "1") -> None:
        """Connect to a server of the test's own."""
        self.fake.streams.append(stream)
        at_once(self.follow(self.connect(plan, name)))
        self.done.clear()

    def does(self, line: str) -> FakeApp:
        """Do a line, to its end."""
        at_once(self.follow(self.perform(line)))
        return self

    def to_the_end(self, steps: Steps[T]) -> T:
        return at_once(self.follow(steps))

    async def _do(self, step: Step) -> Any:
        self.done.append(step)
        return await super()._do(step)

    def put(self, text: Shown) -> None:
        super().put(text)
        if self.target is None:
            self.said.append(text.removesuffix("\n"))

    def set_trace(self, path: str) -> None:
        self._trace = path

    @property
    def trace_path(self) -> str:
        return self._trace

    def hide(self, secret: str) -> None:
        super().hide(secret)
        self.hidden.append(secret)

    @property
    def answers(self) -> list[str | None]:
        return self.fake.answers

    @answers.setter
    def answers(self, answers: list[str | None]) -> None:
        self.fake.answers = answers

    @property
    def events(self) -> list[Event]:
        """The events that were shown, and did not go to a file or a pager."""
        return self.fake.events

    @property
    def said(self) -> list[str]:
        return self.fake.sink.said

    @property
    def sent(self) -> list[str]:
        """The commands sent, without their tags, as they are shown."""
        steps = (step.exchange if isinstance(step, Typed | Within) else step for step in self.done)
        shown = (step.shown.text() for step in steps if isinstance(step, Exchange))
        return [line.rstrip("\r\n").split(" ", 1)[1] for line in shown]

    @property
    def text(self) -> str:
        """All that was said."""
        return "\n".join(self.said)


def answering(answers: dict[str, str], capabilities: str = "IMAP4rev1", greeting: str = "PREAUTH") -> Stream:
    """A server in memory that knows what to say to which command: lines, TAG in the last being the command's.

    A command that is not among them, but for its beginning, gets OK.
    """
    client, server = pair()

    def answer(line: str) -> str:
        tag, _, command = line.partition(" ")
        known = next((said for begins, said in answers.items() if command.startswith(begins)), "TAG OK done")
        return known.replace("TAG", tag).replace("\n", "\r\n") + "\r\n"

    def receive(data: bytes) -> bytes:
        return "".join(map(answer, data.decode().splitlines())).encode()

    attach(server, receive)
    server.write(f"* {greeting} [CAPABILITY {capabilities}] hello\r\n".encode())
    return client
