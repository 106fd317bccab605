r"""Commands that take changes back: `\undo`, `\journal`."""

from __future__ import annotations

from collections.abc import Callable

from imapsh.errors import ImapshError, Interrupted, StateError, UsageError
from imapsh.shell.app import App
from imapsh.shell.commands.account.walk import back
from imapsh.shell.commands.undoing import flags, mailboxes, messages, several
from imapsh.shell.commands.undoing.reverse import Reverse, connection_of, told
from imapsh.shell.connection.steps import Ask, Steps
from imapsh.shell.lines.care import YES
from imapsh.shell.record import journal as kinds
from imapsh.shell.record.journal import DONE, Entry, current
from imapsh.table.model import AUTHENTICATED, SELECTED

#: Kind of change -> what finds out how it is taken back.
_REVERSES: dict[str, Callable[[App, Entry], Steps[Reverse]]] = {
    kinds.FLAGS: flags.reverse,
    kinds.COPIED: messages.remove, kinds.APPENDED: messages.remove,
    kinds.MOVED: messages.move_back,
    kinds.REMOVED: messages.copy_again,
    kinds.CREATED: mailboxes.delete, kinds.DELETED: mailboxes.create,
    kinds.RENAMED: mailboxes.rename,
    kinds.SUBSCRIBED: mailboxes.unsubscribe, kinds.UNSUBSCRIBED: mailboxes.subscribe,
}  # fmt: skip


def undo(app: App, argument: str) -> Steps[str]:
    r"""`\undo [N]`: take the latest change back, or the one that has this number in `\journal`, or those from N to M.

    Return "NO" if some of it was not taken back.
    """
    first, colon, last = argument.partition(":")
    if colon:
        numbers = _entry(app, first or ":").number, _entry(app, last or ":").number
        return (yield from several.take_back(app, *numbers, lambda entry: _undone(app, entry, agreed=True)))
    entry = _entry(app, argument)
    start, end = several.of_one_line(app, entry)
    if not argument and start < end:
        app.note(f"this line made changes {start} to {end}: \\undo {start}:{end} takes all of them back")
    return (yield from _undone(app, entry))


def _undone(app: App, entry: Entry, *, agreed: bool = False) -> Steps[str]:
    """Take a change back; with `agreed`, nothing is asked.  Return "NO" if some of it was not taken back."""
    if entry.why:
        raise UsageError(f"change {entry.number}, {told(entry)}, has no way back: {entry.why}")
    connection = connection_of(app, entry, entry.to if entry.kind in _THERE else entry.place)
    if connection.session.read_only:
        raise UsageError(
            "\\undo changes mail, and read-only mode is on: nothing was sent (\\readonly off turns it off)"
        )
    if connection.session.state not in (AUTHENTICATED, SELECTED):
        raise StateError(f"\\undo needs a login on connection {connection.name}: nothing was sent")
    here, before, failed = app.current, connection.session.mailbox, None
    was = (before.name, before.read_only) if before is not None else None
    app.current = connection.name
    status = "NO"
    try:
        status = yield from _take_back(app, entry, agreed=agreed)
    except ImapshError as error:
        failed = error
    box = connection.session.mailbox
    if connection.session.is_open and ((box.name, box.read_only) if box is not None else None) != was:
        yield from back(app, connection, before, failed if isinstance(failed, Interrupted) else None)
    app.current = here
    if failed is not None:
        raise failed
    return status


_LOSING = (kinds.COPIED, kinds.CREATED)  # what may be all that is left of mail when the question is answered
_THERE = (kinds.COPIED, kinds.MOVED, kinds.REMOVED)  # what is done in the mailbox that the messages went to


def _entry(app: App, argument: str) -> Entry:
    """Return the entry that `\\undo` is about.  Raises UsageError."""
    if not argument:
        latest = app.journal.latest()
        if latest is None:
            undone = " that is not taken back already" if len(app.journal) else ""
            raise UsageError(f"there is no change{undone}: \\journal lists what was changed in this run")
        return latest
    if not (argument.isascii() and argument.isdecimal() and len(argument) < 10):
        raise UsageError(
            "\\undo takes the number of a change, as in \\undo 2, or of several, as in \\undo 3:7; \\journal lists them"
        )
    found = app.journal.entry(int(argument))
    if found is None:
        gone = _dropped(app.journal.dropped)
        raise UsageError(f"there is no change {int(argument)}: \\journal lists them{gone}")
    return found


def _take_back(app: App, entry: Entry, *, agreed: bool) -> Steps[str]:
    """Say what is left out, ask, and take the rest back.  Return "NO" if something was left out."""

    def found() -> Steps[Reverse]:
        return _REVERSES[entry.kind](app, current(entry, app.journal.moved_back()))

    reverse = yield from found()
    for sentence in reverse.left:
        app.note(sentence)
    if not reverse.does:
        app.journal.pass_over(entry)
        app.note(f"nothing of change {entry.number}, {told(entry)}, is left to take back; nothing was sent")
        return "NO" if reverse.left else "OK"
    what = f"change {entry.number}, {told(entry)}"
    if app.attended and app.connection.plan.safe and not agreed:
        answer = yield Ask(f"\\undo of {what}, would {reverse.does}; do it? [y/N] ")
        if (answer or "").strip().lower() not in YES:
            raise UsageError("nothing was taken back")
        if entry.kind in _LOSING:
            asked, reverse = reverse, (yield from found())
            if (reverse.does, reverse.left) != (asked.does, asked.left):
                raise UsageError("somebody else changed these messages meanwhile: nothing was taken back, \\undo again")
    again = yield from reverse.do()
    if not app.say_json("undo", {"change": entry.number, "line": entry.line, "done": reverse.does,
                                 "left": list(reverse.left), "as": again.number}):  # fmt: skip
        app.note(f"\\undo of {what}, did this: {reverse.does}"
                 + (f"; \\undo {again.number} takes that back" if not again.why else ""))  # fmt: skip
    return "OK" if again.outcome == DONE and not reverse.left else "NO"


def journal(app: App, argument: str) -> None:
    r"""`\journal`: list the changes of this run."""
    if argument:
        raise UsageError("\\journal takes no argument")
    from imapsh.shell.commands.undoing.listing import shown

    shown(app)


def _dropped(number: int) -> str:
    first = "the first was" if number == 1 else f"the first {number:,} were"
    return f"; {first} dropped (--limit journal=N)" if number else ""
