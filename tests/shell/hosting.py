"""A host without a terminal: commands of ours run on the demo's store, and what they do is kept."""

from __future__ import annotations

from typing import Any

from imapsh.client.blocking import BlockingClient
from imapsh.errors import ImapshError
from imapsh.render.visible import visible
from imapsh.server.demo import demo_store
from imapsh.server.memory import connect
from imapsh.server.store import Store
from imapsh.session.events import Completed, Event
from imapsh.session.exchange import Exchange
from imapsh.shell import lines
from imapsh.shell.conversation import Conversation
from imapsh.shell.dial import Plan, make_plan, new_session, opening_steps
from imapsh.shell.host import Host
from imapsh.shell.last import Last
from imapsh.shell.options import Options
from imapsh.shell.output import Output
from imapsh.shell.steps import Ask, Away, Dial, HangUp, Line, Octets, Step, Steps, T, Typed, Walk
from imapsh.spec.match import Match, match
from imapsh.transport.base import Stream
from imapsh.transport.memory import attach, pair


class FakeTalk(Conversation):
    client: BlockingClient
    summary = "a summary"

    def kick(self) -> None:
        self.client.flush()


class FakeHost(Host[FakeTalk]):
    """`done`: the steps that were asked for; `said`: the lines; `answers`: what the person says, in order."""

    def __init__(self, *answers: str | None, connected: bool = False, **options: Any) -> None:
        super().__init__(Options(demo=True, **options), Output())
        self.answers = list(answers)
        self.done: list[Step] = []
        self.said: list[str] = []
        self.hidden: list[str] = []
        self.events: list[Event] = []
        self.left = False
        self.interactive = True
        self._trace = ""
        self._store = demo_store()
        self._last: Last | None = None
        if connected:
            self.connect(make_plan(self.options), "1", self._store)

    def connect(self, plan: Plan, name: str, store: Store) -> None:
        self.talks_over(connect(store), plan, name)

    def talks_over(self, stream: Stream, plan: Plan, name: str = "1") -> None:
        talk = self.talks[name] = FakeTalk(name, plan, new_session(plan), stream)
        self.current = name
        self._last = Last(talk.session.parser)
        talk.client = BlockingClient(stream, talk.session, lambda event: self._event(talk, event))
        talk.client.greet()
        talk.client.follow(opening_steps(talk.session, plan))
        talk.opened()

    def _event(self, talk: FakeTalk, event: Event) -> None:
        self.count(talk, event)
        shown = talk.sifted(event)
        if shown is not None:
            if not talk.witness(shown):
                self.events.append(shown)
                talk.viewer.remember(shown)
            if self._last is not None:
                self._last.keep(shown)
        elif isinstance(event, Completed):
            del talk.own[event.exchange]

    def does(self, line: str) -> FakeHost:
        """Do a line, to its end."""
        self.follow(lines.take(self, line))
        return self

    def follow(self, steps: Steps[T]) -> T:
        with Walk(steps) as walk:
            for step in walk:
                self.done.append(step)
                try:
                    walk.answer = self._do(step)
                except ImapshError as error:
                    walk.error = error
            return walk.result

    def _do(self, step: Step) -> Any:
        match step:
            case Typed(exchange) | (Exchange() as exchange):
                self.conversation.client.run(exchange)
            case Ask():
                return self.answers.pop(0)
            case Line(text):
                return self.follow(lines.take(self, text))
            case Away(work):
                return work()
            case Octets(octets):
                self.session.raw(octets)
            case Dial(plan, name):
                self.connect(plan, name, self._store)
            case HangUp(name):
                self.talks[name].client.run(self.talks[name].session.command("LOGOUT"))
        return None

    # -- what Host asks for

    def match(self, text: str) -> Match:
        return match(text, self.session.context())

    def password(self, user: str) -> Steps[str | None]:
        answer: str | None = yield Ask(f"password of {user}", secret=True)
        return answer

    def show(self, text: str) -> None:
        self.said.append(text.removesuffix("\n"))

    def note(self, text: str) -> None:
        self.said.append(visible(text))

    def fault(self, text: str) -> None:
        self.said.append(visible(text))

    def set_trace(self, path: str) -> None:
        self._trace = path

    @property
    def trace_path(self) -> str:
        return self._trace

    @property
    def last(self) -> Last | None:
        return self._last

    def leave(self) -> None:
        self.left = True

    def hide(self, secret: str) -> None:
        super().hide(secret)
        self.hidden.append(secret)

    @property
    def sent(self) -> list[str]:
        """The commands sent, without their tags, as they are shown."""
        steps = (step.exchange if isinstance(step, Typed) else step for step in self.done)
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
