r"""`\export`: the session as a page for a browser."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.render.amounts import count
from imapsh.render.visible import visible
from imapsh.session.overheard import Conversation, Overheard
from imapsh.shell.app import App
from imapsh.shell.connection.steps import ROOM, Steps
from imapsh.shell.screen.output import release
from imapsh.wire.offline import RECORDED
from imapsh.wire.sinks import HeadSink, opener

if TYPE_CHECKING:
    from imapsh.session.core import Session
    from imapsh.session.recent import Recent
    from imapsh.shell.screen.page import Writing

_LARGE = 1 << 20  # octets of a literal that are kept for the page


def export(app: App, argument: str) -> Steps[None]:
    r"""`\export FILE`.  Raises UsageError."""
    from imapsh.shell.screen import page
    from imapsh.shell.screen.landing import is_one_of

    if not argument:
        raise UsageError("\\export needs the file for the page, as in \\export page.html")
    here = app.here
    if here is None or not here.record.recent:
        raise UsageError("there is no exchange to export yet")
    if app.trace_path and is_one_of(argument, [app.trace_path]):
        raise UsageError(f"the page would replace the trace {app.trace_path}: give it another name")
    recent = here.record.recent
    with page.page_in(argument, here.label, app.output.theme) as made:
        made.begin("the session", "the session so far, with secrets masked")
        for text in _missing(recent):
            made.say(text)
        yield from _write(made, here.session, recent, plain=False if here.plan.address.speaks_tls else None)
    lacks = f", without its first {count(recent.dropped, 'octet')} (\\trace FILE keeps everything),"
    what = f"the session so far{lacks if recent.dropped else ''}"
    app.say(f"the page of {what} is in {visible(argument)}; it holds mail")


def _missing(recent: Recent) -> Iterator[str]:
    if recent.dropped:
        yield (
            f"The first {count(recent.dropped, 'octet')} of the session are missing, and the page begins at the next "
            "line; \\trace FILE keeps everything, and --explain FILE --html PAGE writes its page."
        )
    if recent.left_out:
        yield (f"{count(recent.left_out, 'octet')} at the end of large literals were not kept; dots take their place.")


def _write(made: Writing, session: Session, recent: Recent, *, plain: bool | None) -> Steps[None]:
    for found in overheard(session, recent, plain=plain):
        made.add(found, "")
        release(found.response.frame)
        yield ROOM
    if session.end_findings:
        made.say("The connection has ended.", session.end_findings)


def overheard(session: Session, recent: Recent, *, plain: bool | None = None) -> Iterator[Overheard]:
    """Yield what `recent` has of a session.  `plain` is that of `Conversation`.

    What has come in part only, because the session goes on, has no fault yet.
    """
    secrets = deepcopy(session.secrets)  # more words are masked for safety here, which the session is to show
    whole = not recent.dropped
    conversation = Conversation(
        RECORDED, opener(_LARGE, lambda: HeadSink(_LARGE)), both=True, whole=whole, plain=plain, secrets=secrets
    )
    if not whole:
        conversation.join()
    for piece in recent.pieces():
        yield from conversation.hear(piece)
    for found in conversation.end():
        partly = found.response.frame.incomplete and not session.closed
        found.response.violations = () if partly else found.response.violations
        yield found._replace(findings=()) if partly else found
