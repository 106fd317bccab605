r"""Asks before a command that loses mail is sent, and sees that read-only mode changes nothing.

Both go by the table's rows: `guard` and `destroys` say what to count and to ask, `changes` and `harmless` what to
refuse and what to send instead.  Nobody is asked if nobody is there: a script means what it says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.grammar.mutf7 import decode_leniently
from imapsh.grammar.sequence import SequenceSet
from imapsh.shell.connection.steps import Ask, Steps
from imapsh.shell.lines import measure
from imapsh.typed.found import SET_SLOTS

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.connection.connection import Connection
    from imapsh.table.model import Command
    from imapsh.typed.found import Piece
    from imapsh.typed.match import Match

YES = ("y", "yes")


# -- before what loses mail


def confirm(app: App, found: Match) -> Steps[None]:
    """Say what a command would do that loses mail, and ask.  Raises UsageError if the answer is not yes."""
    connection, row = app.connection, found.command
    if row is None or not (row.guard or row.destroys) or not (connection.plan.safe and app.attended):
        return
    loss = yield from _GUARDS.get(row.guard, _destroys)(connection, row, found)
    if not loss:
        return
    answer = yield Ask(f"{row.name} would {loss}; send it? [y/N] ")
    if (answer or "").strip().lower() not in YES:
        raise UsageError(f"{row.name} was not sent")


def _destroys(connection: Connection, row: Command, found: Match) -> Steps[str]:
    yield from ()
    return f"lose {row.destroys}"


def _deleted(connection: Connection, row: Command, found: Match) -> Steps[str]:
    r"""Return in words what would be removed: the messages marked \Deleted, of the command's set if it has one."""
    box = connection.session.mailbox
    if box is None or box.read_only or not box.exists:
        return ""
    numbers = _set(found)
    key = f"UID {numbers} DELETED" if numbers is not None else "DELETED"
    uids = yield from measure.found(connection, _why(row), key)
    if uids is None:
        return f"lose {row.destroys}"
    if not uids.ranges:
        return ""
    mail = yield from measure.messages(connection, _why(row), uids, uid=True)
    return f"remove {mail or measure.Mail(uids.count())}"


def _mailbox(connection: Connection, row: Command, found: Match) -> Steps[str]:
    """Return in words that the mailbox would be removed, with all that it holds."""
    named = _slot(found, "mailbox")
    mail = yield from _held(connection, row, named)
    if named is None or mail is None:
        return f"lose {row.destroys}"
    name = decode_leniently(_name(named))[0]
    return f"remove the mailbox {name} with {mail}" if mail.messages else f"remove the mailbox {name}, which is empty"


def _inbox(connection: Connection, row: Command, found: Match) -> Steps[str]:
    """Return in words that INBOX's messages would leave it; the name stays (RFC 9051 section 6.3.6)."""
    named = _slot(found, "mailbox")
    if named is None or _name(named).upper() != "INBOX":
        return ""
    mail = yield from _held(connection, row, named)
    if mail is None:
        return "move every message out of INBOX"
    return f"move {mail} out of INBOX" if mail.messages else ""


def _messages(connection: Connection, row: Command, found: Match) -> Steps[str]:
    """Return in words that the set's messages would be moved, if they are many or all there are."""
    mail = yield from _many(connection, row, found, whole=True)
    return f"move {mail}" if mail else ""


def _one(connection: Connection, row: Command, found: Match) -> Steps[str]:
    """Return in words that the message would be removed, since another takes its place."""
    box, number = connection.session.mailbox, _set(found)
    if box is None or box.read_only or number is None:
        return ""
    mail = yield from measure.messages(connection, _why(row), number, uid=row.name.startswith("UID "))
    if mail is None:
        return f"lose {row.destroys}"
    return f"remove {mail} and put another in its place" if mail.messages else ""


def _flags(connection: Connection, row: Command, found: Match) -> Steps[str]:
    r"""Return in words that the flags of the set's messages would change.

    If \Deleted is among the flags, this is said as `_messages` does; if not, only if the messages are many.
    """
    item = _slot(found, "store-item")
    flags = [str(piece.value).lower() for piece in item.all("flag")] if item is not None else []
    deletes = item is not None and not item.name.startswith("-") and "\\deleted" in flags
    mail = yield from _many(connection, row, found, whole=deletes)
    if not mail:
        return ""
    if deletes or item is None:
        return f"mark {mail} as \\Deleted"
    what = item.name.lstrip("+-").partition(".")[0]
    return f"change the {'flags' if what == 'FLAGS' else what} of {mail}"


_NOT_SENT = "it was not sent (\\readonly off turns it off)"
_GUARDS: dict[str, Callable[[Connection, Command, Match], Steps[str]]] = {
    "deleted": _deleted, "mailbox": _mailbox, "inbox": _inbox, "set": _messages, "one": _one,
    "flags": _flags,
}  # fmt: skip


def _many(connection: Connection, row: Command, found: Match, *, whole: bool) -> Steps[str]:
    """Return in words what is in the set if it is more than `--many` or, if `whole`, all that the mailbox holds."""
    box, numbers = connection.session.mailbox, _set(found)
    if box is None or box.read_only or numbers is None:
        return ""
    uid = row.name.startswith("UID ")
    limit = connection.plan.many
    if whole and (box.exists or 0) > 1:
        limit = min(limit, (box.exists or 0) - 1)
    if measure.most(connection, numbers, uid=uid) <= limit:
        return ""
    mail = yield from measure.messages(connection, _why(row), numbers, uid=uid)
    if mail is None:
        return f"up to {measure.Mail(measure.most(connection, numbers, uid=uid))}"
    return str(mail) if mail.messages > limit else ""


def _held(connection: Connection, row: Command, named: Piece | None) -> Steps[measure.Mail | None]:
    return (yield from measure.mailbox(connection, _why(row), _name(named))) if named is not None else None


def _why(row: Command) -> str:
    return f"what {row.name} would do"


def _slot(found: Match, kind: str) -> Piece | None:
    """Return the first argument of a kind."""
    return next((piece for piece in found.pieces if piece.kind == kind), None)


def _set(found: Match) -> SequenceSet | None:
    pieces = (piece.value for piece in found.slots if piece.kind in SET_SLOTS)
    return next((value for value in pieces if isinstance(value, SequenceSet)), None)


def _name(piece: Piece) -> str:
    """Return a mailbox name as it stands on the wire."""
    value = piece.value
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value or "")


# -- read-only mode


def gently(app: App, found: Match) -> Match:
    """Return the command as it is to be sent in read-only mode; outside it nothing changes.

    Raises UsageError for one that changes mail or mailboxes, and for one of which nobody can tell.
    """
    session, row = app.session, found.command
    if not session.read_only:
        return found
    if row is None:
        raise UsageError(f"read-only mode is on, and imapsh cannot tell what {found.name} would change: {_NOT_SENT}")
    if row.changes:
        raise UsageError(f"{row.name} changes mail or mailboxes, and read-only mode is on: {_NOT_SENT}")
    if (
        not found.complete
        and "FETCH" in row.responses
        and session.mailbox is not None
        and not session.mailbox.read_only
    ):
        raise UsageError(
            f"read-only mode is on, and this {row.name} has an error that may make it set flags: {_NOT_SENT}"
        )
    spans = found.harmless
    if not spans:
        return found
    text = found.text
    for span in reversed(spans):
        text = text[: span.start] + span.text + text[span.end :]
    swaps = dict.fromkeys(f"{span.text} in place of {found.text[span.start : span.end]}" for span in spans)
    app.note(f"read-only mode sends {', '.join(swaps)}")
    return app.match(text)
