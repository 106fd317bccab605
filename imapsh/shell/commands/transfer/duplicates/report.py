r"""Shows what `\duplicates` found: the mail that is there more than once, and what only has the same Message-ID."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imapsh.grammar.sequence import SequenceSet
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.render.amounts import count, size
from imapsh.render.grid import Column, table
from imapsh.render.styles import Fragment
from imapsh.shell.commands.transfer.duplicates.doubles import Double, Found, Namesakes
from imapsh.shell.commands.transfer.messages.identity import Mark

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox
    from imapsh.shell.app import App

FEW = 20  #: rows of a table, unless all are wanted

_DOUBLES = [Column("keep", right=True), Column("duplicates", least=10, folds=True), Column("size", right=True),
            Column("flags to keep", least=10, folds=True), Column("date"), Column("subject", least=16)]  # fmt: skip
_NAMESAKES = [Column("UIDs", least=10, folds=True), Column("differ in", least=20, folds=True),
              Column("subject", least=16)]  # fmt: skip


def tell(app: App, box: Mailbox, found: Found, *, every: bool, marks: bool) -> None:
    """Show it.  `every` shows all rows, and `marks` says that the duplicates are to be marked."""
    if app.say_json("duplicates", _json(box, found)):
        return
    width = app.output.width
    for title, columns, rows in (
        ("", _DOUBLES, [_double(one) for one in found.doubles]),
        ("The same Message-ID, and other octets:", _NAMESAKES, [_namesakes(one) for one in found.namesakes]),
    ):
        if rows and title:
            app.say(title)
        if rows:
            app.tell(_some(columns, rows, width, every=every))
        if len(rows) > FEW and not every:
            app.say(f"and {len(rows) - FEW:,} more (--all shows them)", style="note")
    for uid, why in list(found.unread.items())[: None if every else FEW]:
        app.fault(f"UID {uid} could not be read: {why}")
    app.note(_outcome(box, found, marks=marks))


def _some(
    columns: Sequence[Column], rows: Sequence[Sequence[Fragment]], width: int | None, *, every: bool
) -> Iterator[Fragment]:  # fmt: skip
    return table(columns, rows if every else rows[:FEW], width)


def _double(one: Double) -> list[Fragment]:
    kept = one.kept
    return [
        ("number", f"{kept.uid}"), ("set", _set(one.others)), ("number", size(max(kept.size, 0))),
        ("flag", " ".join(one.flags)), ("date", kept.day), ("text", kept.subject or "(no subject)"),
    ]  # fmt: skip


def _namesakes(one: Namesakes) -> list[Fragment]:
    reasons = dict.fromkeys(reason for each in one.likeness for reason in each.reasons)
    return [("set", _set(one.marks)), ("text", ", ".join(reasons)), ("text", one.marks[0].subject or "(no subject)")]


def _set(marks: Sequence[Mark]) -> str:
    return str(SequenceSet.of(mark.uid for mark in marks))


def _outcome(box: Mailbox, found: Found, *, marks: bool) -> str:
    """Return what was found, in one sentence."""
    others = found.others
    what = f"{box.name}: no duplicates in {count(found.messages, 'message')}"
    if others:
        octets = size(sum(max(mark.size, 0) for mark in others))
        what = (f"{box.name}: {count(len(others), 'duplicate')} of {count(len(found.doubles), 'message')}, {octets}, "
                f"in {count(found.messages, 'message')}")  # fmt: skip
        what += "" if marks else "; \\duplicates --mark marks them \\Deleted"
    if found.unread:
        what += f"; {count(len(found.unread), 'message')} could not be read"
    return what + (f"; stopped, {count(found.left, 'message')} were not looked at" if found.left else "")


def _json(box: Mailbox, found: Found) -> dict[str, Any]:
    return {
        "mailbox": box.name,
        "uidvalidity": box.uidvalidity,
        "messages": found.messages,
        "duplicates": [
            {"keep": one.kept.uid, "duplicates": [mark.uid for mark in one.others], "size": one.kept.size,
             "flags": list(one.flags), "date": one.kept.date, "subject": one.kept.subject}
            for one in found.doubles
        ],
        "same_message_id": [
            {"uids": [mark.uid for mark in one.marks], "harmless": one.harmless, "subject": one.marks[0].subject,
             "differ_in": [list(each.reasons) for each in one.likeness]}
            for one in found.namesakes
        ],
        "unread": found.unread,
        "left": found.left,
    }  # fmt: skip
