r"""Takes several changes back with one question, as `\undo 3:7`: those of a line that ran in many mailboxes, too."""

from __future__ import annotations

from collections.abc import Callable

from imapsh.errors import ImapshError, Interrupted, UsageError
from imapsh.render.amounts import count
from imapsh.shell.app import App
from imapsh.shell.commands.undoing.reverse import told
from imapsh.shell.connection.steps import Ask, Steps, worse
from imapsh.shell.lines.care import YES
from imapsh.shell.record.journal import APPENDED, COPIED, Entry


def take_back(app: App, first: int, last: int, one: Callable[[Entry], Steps[str]]) -> Steps[str]:
    """Take the changes of these numbers back by `one`, the latest first, and return the worst status.

    Those that are taken back already, have no way back or took another back are left out.  A change that cannot be
    taken back is told, and the others are done.  Raises UsageError if there is none, or if the answer is not yes.
    """
    undone = app.journal.undone()
    due = [
        entry
        for entry in reversed(list(app.journal))
        if min(first, last) <= entry.number <= max(first, last)
        and not (entry.why or entry.undoes or entry.number in undone)
    ]
    if not due:
        raise UsageError(f"no change from {first} to {last} can be taken back: \\journal lists them")
    if app.attended and app.connection.plan.safe:
        answer = yield Ask(f"\\undo {first}:{last} would take back {_said(due)}; do it? [y/N] ")
        if (answer or "").strip().lower() not in YES:
            raise UsageError("nothing was taken back")
    status = "OK"
    for entry in due:
        try:
            status = worse(status, (yield from one(entry)))
        except ImapshError as error:
            if isinstance(error, Interrupted) or app.live is None:
                raise
            app.fault(f"change {entry.number} was not taken back: {error}")
            status = worse(status, "NO")
    return status


def _said(due: list[Entry]) -> str:
    """Return in words what is to be taken back: which lines, how many messages, and in how many mailboxes."""
    lines = list(dict.fromkeys(told(entry) for entry in due))
    boxes = {(entry.to or entry.place).mailbox for entry in due}
    what = f"{count(len(due), 'change')}, {lines[0]}" + (f" and {len(lines) - 1:,} more" if len(lines) > 1 else "")
    messages = count(sum(len(entry.uids) for entry in due), "message")
    what += f", of {messages} in {count(len(boxes), 'mailbox', 'mailboxes')}"
    copies = sum(len(entry.copies or entry.uids) for entry in due if entry.kind in (COPIED, APPENDED))
    lost = f"; that removes {count(copies, 'copy', 'copies')} for good" if copies else ""
    return f"{what}, as far as nobody else has changed them since{lost}"


def of_one_line(app: App, entry: Entry) -> tuple[int, int]:
    """Return the numbers of the first and the last change that the line of an entry made in one mailbox each."""
    undone, first = app.journal.undone(), entry.number
    seen = {(entry.place, entry.to)}
    while (before := app.journal.entry(first - 1)) is not None and before.line == entry.line:
        if (before.place, before.to) in seen or before.number in undone:
            break
        seen.add((before.place, before.to))
        first = before.number
    return first, entry.number
