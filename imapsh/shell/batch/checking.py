"""Runs the live part of `--checkup URL` on an app of its own, whose conversation nobody sees."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imapsh.shell import commands
from imapsh.shell.app import FIRST, App, at_once
from imapsh.shell.batch.driver import BatchDriver
from imapsh.shell.screen.output import make_output
from imapsh.shell.screen.sheet import Row

if TYPE_CHECKING:
    from imapsh.render.visible import Shown
    from imapsh.shell.commands.login.checkup import Checked
    from imapsh.shell.connection.dial import Plan
    from imapsh.shell.settings.options import Options


class Unheard:
    """A sink that shows nothing, and keeps the notes."""

    exact = False

    def __init__(self) -> None:
        self.notes: list[str] = []

    def text(self, text: Shown, owner: object = None) -> None:
        """See Sink."""

    def octets(self, octets: bytes) -> None:
        """See Sink."""

    def aside(self, text: Shown) -> None:
        """See Sink."""

    def note(self, text: str, label: str = "") -> None:
        """See Sink."""
        self.notes.append(text)

    fault = note

    def drop(self, owner: object) -> None:
        """See Sink."""

    def flush(self) -> None:
        """See StdSink."""

    def tick(self) -> None:
        """See StdSink."""


def run(plan: Plan, options: Options) -> Checked:
    """Check the server of a plan.  Raises Interrupted, and UsageError if the trace cannot be written."""
    from imapsh.shell.commands.login.checkup import check

    sink = Unheard()
    with open(os.devnull, "wb") as nowhere:
        driver = BatchDriver(options, nowhere, terminal=True)
        driver.sink = sink  # type: ignore[assignment]
        app = driver.app = App(options, make_output(options, False), driver, commands.take)
        try:
            if plan.trace:
                app.tracing(FIRST).begin(plan.trace, plan)
            checked = at_once(app.follow(check(app, plan)))
        finally:
            for connection in app.connections.values():
                at_once(driver.close(connection))
            app.end_traces()
    if not sink.notes:
        return checked
    notes = [Row("note", text) for text in sink.notes]
    return checked._replace(
        sections={**checked.sections, "Notes": notes}, facts={**checked.facts, "notes": sink.notes}
    )  # fmt: skip
