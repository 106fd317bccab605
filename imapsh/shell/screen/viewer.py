"""Keeps the views of one connection: what was said before, and what is held back of a table or a tree."""

from __future__ import annotations

from functools import cached_property

from imapsh.grammar.responses import CLIENT, Response
from imapsh.hints import TYPE_CHECKING
from imapsh.render.styles import NOTHING
from imapsh.session.events import Completed, Event, Received, ReceivedRun, Sent
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imapsh.findings import Finding
    from imapsh.render.memory import Memory
    from imapsh.render.styles import Theme
    from imapsh.render.view import Views
    from imapsh.render.visible import Shown


class Manner(NamedTuple):
    """The look of views: the colours, the columns, and the lines of a literal that are shown (0 for all).

    `column` is the one by which listings of mailboxes are sorted, "" for a tree.
    """

    theme: Theme | None
    width: int | None
    elide: int | None
    column: str = ""


class Viewer:
    """Shows the views of one connection.

    Nothing of `imapsh.render.view` is imported until something is to be shown; `memory` is what it refers to.
    """

    def __init__(self, memory: Memory | None = None) -> None:
        if memory is not None:
            self.memory = memory
        self._views: Views | None = None

    @cached_property
    def memory(self) -> Memory:
        """The memory of what was said before."""
        from imapsh.render.memory import Memory

        return Memory()

    def remember(self, event: Event) -> None:
        """Take note of an event that is shown in another format, or not at all.  Twice does no harm."""
        if type(event) is Received:
            self.memory.take(event.response, event.uid)
        elif isinstance(event, Completed):
            self.memory.take(event.response)
        elif isinstance(event, Sent) and event.exchange is not None:
            self.memory.sent(event.exchange.name)

    def remember_run(self, run: ReceivedRun) -> None:
        """Take note of responses that are alike."""
        if "ENVELOPE" in run.run.shape.names:
            self.memory.take_run(run.run, run.uids)

    def event(self, event: Event, manner: Manner) -> Shown:
        """Return the text of an event, and before it that of events held back."""
        if isinstance(event, Received):
            command = event.exchange.name if event.exchange is not None else ""
            return self._shown(manner).show(
                event.response, event.findings, unsolicited=event.unsolicited, command=command, uid=event.uid
            )
        if isinstance(event, Completed):
            return self._shown(manner).show(event.response, event.findings)
        if isinstance(event, Sent):
            name = event.exchange.name if event.exchange is not None else ""
            return self.response(Response(CLIENT, name, None, event.frame), (), manner)
        return self.flush()

    def response(
        self, response: Response, findings: Sequence[Finding], manner: Manner, *, unsolicited: bool = False
    ) -> Shown:
        """Return the text of a response of which no more is known."""
        return self._shown(manner).show(response, findings, unsolicited=unsolicited)

    def flush(self) -> Shown:
        """Return the text of what is held back, mostly ""."""
        return self._views.end() if self._views is not None else NOTHING

    def drop(self) -> None:
        """Forget what is held back."""
        if self._views is not None:
            self._views.drop()

    def _shown(self, manner: Manner) -> Views:
        """Return the views, as they are to look now."""
        if self._views is None:
            from imapsh.render.view import Views
            from imapsh.render.view.look import Look

            self._views = Views(Look(self.memory))
        look = self._views.look
        self._views.theme, look.width, look.elide, look.column = manner
        return self._views
