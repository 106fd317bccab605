r"""What the prompt and batch have in common: the connections of a run, and what the commands do their work with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from imapsh.errors import StateError, UsageError
from imapsh.render.styles import LINE_END, Fragment, paint, together
from imapsh.session.events import Completed, Event
from imapsh.session.secrets import Secrets
from imapsh.shell.conversation import Conversation
from imapsh.spec.model import NOT_AUTHENTICATED, Context

if TYPE_CHECKING:
    from imapsh.render.visible import Shown
    from imapsh.server.store import Store
    from imapsh.session.core import Session
    from imapsh.shell.carrying.targets import Target
    from imapsh.shell.carrying.values import Variables
    from imapsh.shell.commands.editing import Draft
    from imapsh.shell.expecting.tally import Tally
    from imapsh.shell.last import Last
    from imapsh.shell.options import Options
    from imapsh.shell.output import Output
    from imapsh.shell.progress import Progress, Transfers
    from imapsh.shell.prompting.history import Entry
    from imapsh.shell.stats import Stats
    from imapsh.shell.steps import Steps
    from imapsh.shell.tracing import Tracing
    from imapsh.spec.match import Match

C = TypeVar("C", bound=Conversation)

_NOBODY = Context(NOT_AUTHENTICATED)

FIRST = "1"  #: the name of the connection that a run begins with


class Host(Generic[C]):
    """`talks`: the connections by name; `current`: the name of the one that lines go to.

    `interactive`: a person sits at a prompt.  `screen` says how things are shown there, `output` where they go now, to
    `target` while a line sends its output elsewhere; `operators`: such lines are known.  `variables` and `aliases` are
    the person's own.  `progress`: how far the line that is being done has come, if it lasts.
    `counters` are told of each command, besides `stats`; `interruptions`: how often the person pressed Ctrl-C.
    """

    interactive = False

    def __init__(self, options: Options, output: Output) -> None:
        self.options = options
        self.screen = output
        self.target: Target | None = None
        self.operators = True
        self.talks: dict[str, C] = {}
        self.current = FIRST
        self.progress: Progress | None = None
        self.keys = options.keys
        for setting in options.set:
            self._set(setting)
        self.aliases: dict[str, str] = dict(options.aliases)
        self.counters: list[Stats] = []
        self.interruptions = 0
        self.draft: Draft | None = None  # what \\edit wrote last
        self._tracings: dict[str, Tracing] = {}
        self._secrets = Secrets()

    def _set(self, setting: str) -> None:
        """A variable of the command line.  Raises UsageError."""
        name, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set takes NAME=VALUE, and {name!r} has no = in it (see imapsh --help)")
        self.variables.set(name, value)

    @property
    def output(self) -> Output:
        """How what is shown now is shown."""
        return self.screen if self.target is None else self.target.output

    @cached_property
    def variables(self) -> Variables:
        """What `\\set` set."""
        from imapsh.shell.carrying.values import Variables

        return Variables()

    @cached_property
    def stats(self) -> Stats:
        """What commands took."""
        from imapsh.shell.stats import Stats

        return Stats()

    @cached_property
    def tally(self) -> Tally:
        """The tests of a script."""
        from imapsh.shell.expecting.tally import Tally

        return Tally()

    @cached_property
    def _transfers(self) -> Transfers:
        from imapsh.shell.progress import Transfers

        return Transfers()

    def context(self) -> Context:
        """What decides how a line is read now."""
        live = self.live
        return live.session.context() if live is not None else _NOBODY

    def hide(self, secret: str) -> None:
        """From now on this is a secret, whatever is or was typed with it."""
        for secrets in (self._secrets, *(talk.session.secrets for talk in self.talks.values())):
            secrets.add(secret.encode("utf-8", "surrogateescape"))

    def masked(self, text: str) -> str:
        """The text without the secrets of any connection, and without those that were typed with none."""
        octets = text.encode("utf-8", "surrogateescape")
        for secrets in (self._secrets, *(talk.session.secrets for talk in self.talks.values())):
            octets = secrets.mask(octets)
        return octets.decode("utf-8", "surrogateescape")

    def count(self, talk: Conversation, event: Event) -> None:
        """Have the counters count a command of the person's, where an event ends it."""
        if isinstance(event, Completed) and event.exchange not in talk.own:
            for counter in (self.stats, *self.counters):
                counter.add(talk.name, event.exchange)

    # -- connections

    @property
    def talk(self) -> C | None:
        """The current connection, living or not; None before the first."""
        return self.talks.get(self.current)

    @property
    def live(self) -> C | None:
        """The current connection, while it lives."""
        talk = self.talk
        return talk if talk is not None and talk.live else None

    @property
    def conversation(self) -> C:
        """The current connection.  Raises StateError where there is none."""
        talk = self.talk
        if talk is None:
            raise StateError("not connected: \\connect opens a connection")
        if not talk.live:
            raise StateError("not connected: \\connect opens a connection again, the old one is over")
        return talk

    @property
    def session(self) -> Session:
        """The current connection's session.  Raises StateError where there is none."""
        return self.conversation.session

    def named(self, name: str) -> C:
        """The connection of this name, living or not.  Raises UsageError where there is none."""
        if name not in self.talks:
            raise UsageError(f"there is no connection {name!r}: \\sessions lists them, \\connect -n {name} opens it")
        return self.talks[name]

    def use(self, name: str) -> None:
        """From now on lines go to the connection of this name.  Raises UsageError where there is none."""
        self.named(name)
        self.current = name

    def label(self, name: str) -> str:
        """What stands before the lines of a connection: its name where there are several, else ""."""
        return name if len(self.talks) > 1 else ""

    @cached_property
    def demo(self) -> Store:
        """The mail of the demo, which all its connections of a run share."""
        from imapsh.server.demo import demo_store

        return demo_store()

    def moving(self) -> Progress | None:
        """How far it has come: the line that is being done, else the literal that its command brings or sends."""
        if self.progress is not None or self.live is None:
            return self.progress
        return self._transfers.of(self.live.session)

    @property
    def place(self) -> str:
        """Where the line stands that is being done, `file:line`; "" at the prompt."""
        return ""

    # -- traces

    def tracing(self, name: str) -> Tracing:
        """The tracer of the connection of this name, the same when it is opened again."""
        if name not in self._tracings:
            from imapsh.shell.tracing import Tracing

            self._tracings[name] = Tracing(self.fault)
        return self._tracings[name]

    def tracer(self, name: str) -> Tracing | None:
        """The same, None where nothing is traced."""
        tracing = self._tracings.get(name)
        return tracing if tracing is not None and tracing.path else None

    def set_trace(self, path: str) -> None:
        """Trace the current connection into a file, or no more for "".  Raises UsageError."""
        tracing = self.tracing(self.current)
        if path:
            tracing.begin(path)
        if self.talk is not None:
            self.talk.session.set_trace(tracing if path else None)
        if not path:
            tracing.end()

    @property
    def trace_path(self) -> str:
        """Where the trace of the current connection goes, "" for nowhere."""
        tracing = self.tracer(self.current)
        return tracing.path if tracing is not None else ""

    def end_traces(self) -> None:
        """Close their files."""
        for tracing in self._tracings.values():
            tracing.end()

    @property
    def answers_follow(self) -> bool:
        """Whether the line came in a paste whose next line is no command, but may be an answer to AUTHENTICATE."""
        return False

    # -- what is shown

    @property
    def attended(self) -> bool:
        """Whether somebody is there to be asked."""
        return self.interactive

    def put(self, text: Shown) -> None:
        """Show text that was coloured as `output` says, its last line ended."""
        if self.target is None:
            self.show(text)
        else:
            self.target.write(text.encode("utf-8", "backslashreplace"))

    def say(self, *lines: str, style: str = "") -> None:
        """Show lines, whatever is in them: a line end within one is shown and ends nothing."""
        self.tell([(style, one) for line in lines for one in (line, LINE_END)])

    def tell(self, pieces: Iterable[Fragment]) -> None:
        """Show words, each piece with its style, the last line ended; whatever is in them, a terminal may have it."""
        self.put(paint(pieces, self.output.theme))

    def record(self, name: str, value: dict[str, Any]) -> bool:
        """In JSON, show an object of ours in place of words; whether it was."""
        if self.output.format != "json":
            return False
        from imapsh.render.jsonform import dumps

        self.put(together((dumps({"kind": "imapsh", "name": name, "value": value}), LINE_END)))
        return True

    def past(self) -> Sequence[Entry]:
        """The lines typed before, oldest first, without secrets."""
        return ()

    # -- what the drivers do in their own ways

    def show(self, text: Shown) -> None:
        """Show text on the screen."""
        raise NotImplementedError

    def note(self, text: str) -> None:
        """Show a line beside the conversation, whatever is in it."""
        raise NotImplementedError

    def fault(self, text: str) -> None:
        """Show what went wrong, in a sentence."""
        raise NotImplementedError

    def match(self, text: str) -> Match:
        """A command as the table reads it now."""
        raise NotImplementedError

    def password(self, user: str) -> Steps[str | None]:
        """The password of a typed `LOGIN user`; None where the person will not say."""
        raise NotImplementedError

    def set_keys(self, mode: str) -> None:
        """Edit lines as "emacs" or as "vi" does, from now on."""
        self.keys = mode

    @property
    def last(self) -> Last | None:
        """The current connection's last exchange."""
        raise NotImplementedError

    def leave(self) -> None:
        """Log out everywhere and end, when this line is done."""
        raise NotImplementedError
