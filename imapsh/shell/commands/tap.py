"""The command on taps: `\\tap`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from imapsh.errors import Interrupted, UsageError
from imapsh.render.amounts import count
from imapsh.shell.connection import dial
from imapsh.shell.connection.hearing import Backlog
from imapsh.shell.connection.papers import Papers
from imapsh.shell.connection.steps import ROOM, Steps, Waits
from imapsh.shell.connection.tap import THRESHOLD, Servers, Tap, listening
from imapsh.shell.connection.tapped import Terms, Watcher
from imapsh.shell.screen.heard import Hearsay
from imapsh.wire.sinks import HashSink, opener

if TYPE_CHECKING:
    from imapsh.session.overheard import Overheard
    from imapsh.shell.app import App
    from imapsh.shell.connection.dial import Plan


def tap(app: App, argument: str) -> Steps[None]:
    r"""`\tap [LISTEN [URL]|off]`: begin a tap, list the taps, or end them."""
    if not argument:
        _list(app)
    elif argument == "off":
        yield from _end(app)
    else:
        listen, _, url = argument.partition(" ")
        yield from _begin(app, listen, _plan(app, url.strip()))


def _list(app: App) -> None:
    if not app.taps:
        app.say("there is no tap: \\tap LISTEN [URL] begins one")
    for name, one in app.taps.items():
        about = {"name": name, "where": one.address.where, "server": one.terms.plan.where,
                 "accepted": one.accepted, "open": len(one.tapped)}  # fmt: skip
        if not app.say_json("tap", about):
            app.say(
                f"{one.address.where}, for {one.terms.plan.where}: {count(one.accepted, 'connection')}, "
                f"{len(one.tapped):,} open"
            )


def _end(app: App) -> Steps[None]:
    if not app.taps:
        raise UsageError("there is no tap: \\tap LISTEN [URL] begins one")
    for name, one in list(app.taps.items()):
        yield Waits(one.close)
        del app.taps[name]
        app.note(f"the tap on {one.address.where} has ended: {count(one.accepted, 'connection')}")


def _plan(app: App, url: str) -> Plan:
    """Return how to connect to the server that is tapped."""
    if url:
        plan = dial.make_plan(app.options._replace(no_login=True), url)
    elif app.here is not None:
        plan = app.here.plan
    else:
        raise UsageError("\\tap needs a URL: there is no connection whose server could be tapped")
    return plan._replace(fallback=False, trace="")


def _begin(app: App, listen: str, plan: Plan) -> Steps[None]:
    address = listening(listen, what="\\tap")
    papers = Papers(app.options, plan.address.server_name)
    terms = Terms(plan, Servers(lambda: app.demo).reach, _watcher(app), papers, Backlog(), opener(THRESHOLD, HashSink))
    one = Tap(address, terms, alone=False)
    yield Waits(one.open)
    app.taps[one.name] = one
    app.note(f"the tap listens on {one.address.where} for {plan.where}; \\tap off ends it")
    for warning in one.warnings():
        app.note(warning)
    yield ROOM


def _watcher(app: App) -> Watcher:
    """Return those who show what a tap hears, as the shell shows its own connections."""
    from imapsh.shell.settings import crash

    sink = app.driver.sink
    view = Hearsay(sink, app.screen, way=r"\format wire")

    def hear(name: str, found: Overheard) -> None:
        if found.findings:
            app.lint.add(name, found.findings)
        view.hear(name, found)

    def fault(name: str, text: str) -> None:
        sink.fault(text, name)

    def note(name: str, text: str) -> None:
        sink.note(text, name)

    def failed(error: BaseException) -> None:
        app.fault(crash.sentence(error) if isinstance(error, Exception) else str(error))

    async def room() -> None:
        with contextlib.suppress(Interrupted):  # Ctrl-C is for the line that runs
            await app.driver.room()

    return Watcher(hear, fault, fault, note, failed, view.over, room=room)
