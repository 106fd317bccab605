r"""`\edit`: the literal of a command, written in the person's own editor."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.session.events import Sent
from imapsh.shell.app import App
from imapsh.shell.commands import editor
from imapsh.shell.connection.steps import Away, Line, Steps
from imapsh.shell.lines.literals import to_wire
from imapsh.shell.record.draft import Draft

if TYPE_CHECKING:
    from imapsh.wire.frames import Frame

_ANNOUNCED = re.compile(rb"\{\d+\+?\}\r\n\Z")

_NONE = "the last command sent no literal to edit; \\edit APPEND Drafts (\\Draft) writes a new one"


def edit(app: App, argument: str) -> Steps[str]:
    r"""`\edit [COMMAND]`: edit the literal of a command, or, without one, the last literal again."""
    app.session  # noqa: B018 - raises where there is none, before anything is written
    draft = _new(app, argument) if argument else _last(app)
    message = _reads_as_message(app, draft)
    written: str = yield Away(partial(editor.edit, draft.text, ".eml" if message else ".txt"))
    if not written.strip() or (written.rstrip("\n") == draft.text.rstrip("\n") and draft.sent):
        app.note("nothing was written, so nothing was sent")
        return ""
    app.draft = draft = draft._replace(text=f"{written}\n" if message else written, sent=False)
    if "\0" in draft.text and not draft.head.endswith("~"):
        raise UsageError(
            "the text contains a NUL, which a literal must not; it was not sent: run \\edit again and remove the NUL"
        )
    text = to_wire(draft.text)
    octets = len(text.encode("utf-8", "surrogateescape"))
    status: str = yield Line(f"{draft.head}{{{octets}}}\r\n{text}{draft.tail}")
    app.draft = draft._replace(sent=status == "OK")
    return status


def _new(app: App, argument: str) -> Draft:
    """Return an empty literal at the command's end, or where `{}` stands."""
    head, place, tail = argument.partition("{}")
    draft = Draft(head if place else f"{argument} ", "", tail, True)
    return draft._replace(text=_header(app)) if _reads_as_message(app, draft) else draft


def _reads_as_message(app: App, draft: Draft) -> bool:
    """Return whether the literal is a message.

    Raises UsageError for a command with a secret, because it would lie in a file.
    """
    found = app.match(f"{draft.head}{{1}}\r\nx{draft.tail}")
    if found.secrets:
        raise UsageError(
            f"{found.name.upper()} takes a secret, and imapsh writes no secret to a file: type it at the prompt"
        )
    return any(piece.kind == "message" for piece in found.pieces)


def _last(app: App) -> Draft:
    """Return the literal edited last, else that of the last command.  Raises UsageError if that has none."""
    if app.draft is not None:
        return app.draft
    for event in app.last.events() if app.last is not None else ():
        if isinstance(event, Sent) and event.exchange is not None:
            return _again(event.frame, event.exchange.tag)
    raise UsageError(_NONE)


def _again(frame: Frame, tag: str) -> Draft:
    parts = frame.parts
    if len(parts) < 3:
        raise UsageError(_NONE)
    if not all(isinstance(part, bytes) for part in parts):
        raise UsageError("the last command sent a file, which \\edit does not change: edit the file and send it again")
    *before, literal, tail = (part for part in parts if isinstance(part, bytes))
    head = _ANNOUNCED.sub(b"", b"".join(before)).removeprefix(tag.encode() + b" ")
    texts = (octets.decode("utf-8", "surrogateescape") for octets in (head, literal, tail.rstrip(b"\r\n")))
    first, text, last = texts
    return Draft(first, text.replace("\r\n", "\n"), last, True)


def _header(app: App) -> str:
    """Return the beginning of a new message (RFC 5322 section 3.6), whose body is UTF-8."""
    from email.utils import formatdate

    connection = app.connection
    user = connection.user or connection.plan.user
    sender = user if "@" in user or not user else f"{user}@{connection.plan.address.host or 'localhost'}"
    fields = {
        "Date": formatdate(localtime=True),
        "From": sender,
        "To": "",
        "Subject": "",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items()) + "\n"
