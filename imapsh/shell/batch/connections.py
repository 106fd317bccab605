"""The connections of a batch: dialled, several at once, logged out of; and what of them is shown where."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from imapsh.errors import ImapshError
from imapsh.render.styles import Fragment, paint
from imapsh.session.events import Closed, Completed, Event, Received, Sent
from imapsh.shell import dial, stdio
from imapsh.shell.batch.talk import BatchTalk
from imapsh.shell.conversation import told
from imapsh.shell.host import Host
from imapsh.shell.output import Writer, is_plain, make_output
from imapsh.shell.progress import Meter
from imapsh.shell.retry import Retries

if TYPE_CHECKING:
    from imapsh.render.visible import Shown
    from imapsh.shell.last import Last
    from imapsh.shell.options import Options


class BatchConnections(Host[BatchTalk]):
    """The half of a batch that knows its connections.  stdout, `out`, gets the conversation, all else goes to stderr.

    `terminal`: stdout is one; else it gets octets exactly.
    """

    def __init__(self, options: Options, out: BinaryIO, *, terminal: bool) -> None:
        super().__init__(options, make_output(options, terminal))
        self.out = Writer(out, terminal=terminal)
        self._exact = not terminal
        seen = stdio.is_terminal(sys.stderr) and not is_plain(options)
        self._meter = Meter(stdio.put, stdio.columns if seen else None)
        self._unshown: list[tuple[BatchTalk, Event]] = []
        self._silent = False

    # -- what the other half does

    @property
    def for_program(self) -> bool:
        """Whether a program reads stdout, so that what is told goes to stderr."""
        return self._exact and self.screen.format == "json"

    def received(self, talk: BatchTalk, event: Received) -> None:
        """A response came; it is shown later."""
        raise NotImplementedError

    # -- opened and closed

    def open(self, plan: dial.Plan, name: str) -> None:
        """Dial, log in, and make it the current connection.  Raises what ends it."""
        self._dial(plan, name)
        self.current = name
        self.talks[name].log_in()

    def _dial(self, plan: dial.Plan, name: str) -> None:
        """To the greeting, and again as often as `--retry` says."""
        retries = Retries(plan)
        while True:
            session = None
            try:
                stream, followed = dial.dial(plan, self.demo if plan.demo else None)
                self.show_due()  # while the names of connections are what they were
                session = dial.new_session(followed, self.tracer(name))
                talk = self.talks[name] = BatchTalk(name, followed, session, stream)
                talk.greet(partial(self._event, talk), self.show_due, self._tick)
                return
            except ImapshError as error:
                seconds = retries.next(error, session)
                if seconds is None:
                    raise
                self.note(retries.said(error, seconds))
            time.sleep(seconds)

    def hang_up(self, talk: BatchTalk) -> None:
        """Log out of it, which is not shown."""
        self.show_due()
        self._silent = True
        talk.log_out()
        self.show_due()
        self._silent = False

    def close(self) -> None:
        """The end, whatever brought it: all is shown and closed."""
        for talk in self.talks.values():
            talk.client.close()
        self.show_due()
        for talk in self.talks.values():
            self.put(self.output.flush(self.label(talk.name), talk.viewer))
        self.out.flush()
        self.end_traces()

    # -- what is shown

    def tell(self, pieces: Iterable[Fragment]) -> None:
        """See Host: on stderr where what stdout carries is for a program."""
        if self.target is None and self.for_program:
            self.show_due()
            self._meter.clear()
            stdio.put(paint(pieces, None))
        else:
            super().tell(pieces)

    def show(self, text: Shown) -> None:
        """See Host."""
        self.show_due()
        self.out.put(text)

    def note(self, text: str) -> None:
        """See Host: on stderr."""
        self.show_due()
        self._meter.clear()
        stdio.note(self.masked(text))

    fault = note

    @property
    def last(self) -> Last | None:
        """See Host."""
        return self.talk.last if self.talk is not None else None

    # -- events

    def _event(self, talk: BatchTalk, event: Event) -> None:
        self.count(talk, event)
        if isinstance(event, Received):
            self.received(talk, event)
        elif isinstance(event, Closed) and event.error is not None:
            event.error.args = (told(event),)
        elif isinstance(event, Sent):
            self.show_due()  # before what `last` holds of the command before is let go
        shown = talk.sifted(event)
        if shown is not None:
            talk.last.keep(shown)
            if not talk.witness(shown):
                self._unshown.append((talk, shown))
        elif isinstance(event, Completed):
            del talk.own[event.exchange]

    def show_due(self) -> None:
        """Show what happened since.  Raises BrokenPipeError where nobody reads any more."""
        unshown, self._unshown = self._unshown, []
        if unshown:
            self._meter.clear()
        for talk, event in unshown:
            label = self.label(talk.name)
            if self._silent:
                pass
            elif self._exact:
                for octets in self.screen.octets(event, label, talk.viewer):
                    self.out.write(octets)
            else:
                self.out.put(self.screen.event(event, label, talk.viewer))
        self.out.flush()
        self._tick()

    def _tick(self) -> None:
        """Show how far it has come, where somebody sees it."""
        if self._meter.seen:
            self._meter.show(self.moving, time.monotonic())
