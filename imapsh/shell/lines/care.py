r"""Asks before a command that loses mail is sent, and sees that read-only mode changes nothing.

Both go by the table's rows: `guard` and `destroys` say what to count and to ask, `changes` and `harmless` what to
refuse and what to send instead.  Nobody is asked if nobody is there: a script means what it says.
"""

from __future__ import annotations

from collections.abc import Callable

from imapsh.errors import UsageError
from imapsh.grammar.mutf7 import decode_leniently
from imapsh.grammar.sequence import SequenceSet
from imapsh.hints import TYPE_CHECKING
from imapsh.shell.connection.steps import Ask, Steps
from imapsh.tuples import NamedTuple
from imapsh.typed.found import SET_SLOTS

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.connection.connection import Connection
    from imapsh.shell.lines.measure import Mail
    from imapsh.table.model import Command
    from imapsh.typed.found import Piece
    from imapsh.typed.match import Match

YES = ("y", "yes")


# -- before what loses mail


class Loss(NamedTuple):
    """What a command would do that loses mail: the words around the `mail`, or `before` alone if none is counted.

    It is asked about if there are more messages than `limit`.
    """

    before: str
    mail: Mail | None = None
    after: str = ""
    limit: int = 0

    @property
    def due(self) -> bool:
        """Return whether to ask."""
        return self.mail is None or self.mail.messages > self.limit

    def __str__(self) -> str:
        return f"{self.before}{'' if self.mail is None else self.mail}{self.after}"


def confirm(app: App, found: Match) -> Steps[None]:
    """Say what a command that `guards` names would do, and ask.  Raises UsageError if the answer is not yes."""
    name = found.command.name if found.command is not None else found.name
    lost = yield from loss(app.connection, found, f"what {name} would do")
    if lost is not None and lost.due:
        yield from ask(found, str(lost))


def guards(app: App, found: Match) -> bool:
    """Return whether a person is to be asked before a command of this kind."""
    row = found.command
    return row is not None and bool(row.guard or row.destroys) and app.connection.plan.safe and app.attended


def loss(connection: Connection, found: Match, why: str) -> Steps[Loss | None]:
    """Return what a command that `guards` names would do in the selected mailbox; None if it loses nothing.

    `why` says what is asked for, or is "" if that need not be said.
    """
    row = found.command
    assert row is not None
    return (yield from _GUARDS.get(row.guard, _destroys)(connection, row, found, why))


def ask(found: Match, what: str) -> Steps[None]:
    """Ask whether a command is to be sent.  Raises UsageError if the answer is not yes."""
    name = found.name.upper()
    back = ", with no way back" if found.command is not None and found.command.destroys else ""
    answer = yield Ask(f"{name} would {what}{back}; send it? [y/N] ")
    if (answer or "").strip().lower() not in YES:
        raise UsageError(f"{name} was not sent")


def _destroys(connection: Connection, row: Command, found: Match, why: str) -> Steps[Loss | None]:
    yield from ()
    return Loss(f"lose {row.destroys}")


def _deleted(connection: Connection, row: Command, found: Match, why: str) -> Steps[Loss | None]:
    r"""Return what would be removed: the messages marked \Deleted, of the command's set if it has one."""
    box = connection.session.mailbox
    if box is None or box.read_only or not box.exists:
        return None
    numbers = _set(found)
    key = f"UID {numbers} DELETED" if numbers is not None else "DELETED"
    from imapsh.shell.lines import measure

    uids = yield from measure.found(connection, why, key)
    if uids is None:
        return Loss(f"lose {row.destroys}")
    if not uids.ranges:
        return None
    mail = yield from measure.messages(connection, why, uids, uid=True)
    return Loss("remove ", mail or measure.Mail(uids.count()))


def _mailbox(connection: Connection, row: Command, found: Match, why: str) -> Steps[Loss | None]:
    """Return that the mailbox would be removed, with all that it holds."""
    named = _slot(found, "mailbox")
    mail = yield from _held(connection, why, named)
    if named is None or mail is None:
        return Loss(f"lose {row.destroys}")
    name = decode_leniently(_name(named))[0]
    if not mail.messages:
        return Loss(f"remove the mailbox {name}, which is empty")
    return Loss(f"remove the mailbox {name} with ", mail)


def _inbox(connection: Connection, row: Command, found: Match, why: str) -> Steps[Loss | None]:
    """Return that INBOX's messages would leave it; the name stays (RFC 9051 section 6.3.6)."""
    named = _slot(found, "mailbox")
    if named is None or _name(named).upper() != "INBOX":
        return None
    mail = yield from _held(connection, why, named)
    return Loss("move every message out of INBOX") if mail is None else Loss("move ", mail, " out of INBOX")


def _messages(connection: Connection, row: Command, found: Match, why: str) -> Steps[Loss | None]:
    """Return that the set's messages would be moved; this is asked about if they are many or all there are."""
    return (yield from _many(connection, row, found, why, "move ", whole=True))


def _one(connection: Connection, row: Command, found: Match, why: str) -> Steps[Loss | None]:
    """Return that the message would be removed, since another takes its place."""
    box, number = connection.session.mailbox, _set(found)
    if box is None or box.read_only or number is None:
        return None
    from imapsh.shell.lines import measure

    mail = yield from measure.messages(connection, why, number, uid=row.name.startswith("UID "))
    if mail is None:
        return Loss(f"lose {row.destroys}")
    return Loss("remove ", mail, " and put another in its place")


def _flags(connection: Connection, row: Command, found: Match, why: str) -> Steps[Loss | None]:
    r"""Return that the flags of the set's messages would change.

    If \Deleted is among the flags, this is asked about as `_messages` is; if not, only if the messages are many.
    """
    item = _slot(found, "store-item")
    flags = [str(piece.value).lower() for piece in item.all("flag")] if item is not None else []
    deletes = item is not None and not item.name.startswith("-") and "\\deleted" in flags
    if deletes or item is None:
        return (yield from _many(connection, row, found, why, "mark ", ", as \\Deleted", whole=deletes))
    what = item.name.lstrip("+-").partition(".")[0]
    return (
        yield from _many(
            connection, row, found, why, f"change the {'flags' if what == 'FLAGS' else what} of ", whole=False
        )
    )


_NOT_SENT = "it was not sent (\\readonly off turns it off)"
_GUARDS: dict[str, Callable[[Connection, Command, Match, str], Steps[Loss | None]]] = {
    "deleted": _deleted, "mailbox": _mailbox, "inbox": _inbox, "set": _messages, "one": _one,
    "flags": _flags,
}  # fmt: skip


def _many(
    connection: Connection, row: Command, found: Match, why: str, before: str, after: str = "", *, whole: bool
) -> Steps[Loss | None]:
    """Return what is in the set.

    It is asked about if it is more than `--many` or, if `whole`, all that the mailbox holds.
    """
    box, numbers = connection.session.mailbox, _set(found)
    if box is None or box.read_only or numbers is None:
        return None
    uid = row.name.startswith("UID ")
    limit = connection.plan.many
    if whole and (box.exists or 0) > 1:
        limit = min(limit, (box.exists or 0) - 1)
    from imapsh.shell.lines import measure

    most = measure.Mail(measure.most(connection, numbers, uid=uid))
    if most.messages <= limit:
        return Loss(before, most, after, limit)
    mail = yield from measure.messages(connection, why, numbers, uid=uid)
    return Loss(f"{before}up to ", most, after, limit) if mail is None else Loss(before, mail, after, limit)


def _held(connection: Connection, why: str, named: Piece | None) -> Steps[Mail | None]:
    from imapsh.shell.lines import measure

    return (yield from measure.mailbox(connection, why, _name(named))) if named is not None else None


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
    session, row = app.connection.session, found.command
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
