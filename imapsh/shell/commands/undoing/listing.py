r"""Shows the journal: `\journal`."""

from __future__ import annotations

from datetime import datetime

from imapsh.hints import Any
from imapsh.render.amounts import count
from imapsh.render.grid import Column, table
from imapsh.render.styles import Fragment
from imapsh.shell.app import App
from imapsh.shell.record.journal import DONE, UNKNOWN, Entry, Place

_COLUMNS = (
    Column("change", right=True), Column("time"), Column("mailbox", least=8, inside=True),
    Column("messages", right=True), Column("line", least=20), Column("\\undo", least=18, folds=True),
)  # fmt: skip


def shown(app: App) -> None:
    """Show the changes, the oldest first."""
    entries, undone = list(app.journal), app.journal.undone()
    if app.say_json("journal", {"dropped": app.journal.dropped,
                                "changes": [_record(entry, undone) for entry in entries]}):  # fmt: skip
        return
    if not entries:
        app.say("nothing was changed in this run")
        return
    accounts = {(entry.place.server, entry.place.user) for entry in entries}
    rows = [_row(entry, undone, many=len(accounts) > 1) for entry in entries]
    app.tell(table(_COLUMNS, rows, app.output.width))
    if app.journal.dropped:
        app.note(f"{count(app.journal.dropped, 'older change')} not kept: the journal is limited to "
                 f"{app.journal.most:,} octets (--limit journal=N)")  # fmt: skip


def _row(entry: Entry, undone: dict[int, int], *, many: bool) -> list[Fragment]:
    """Return the cells of an entry; with `many` accounts each mailbox has its connection's name."""
    mailbox = f"{entry.place.connection}:{entry.place.mailbox}" if many else entry.place.mailbox
    messages = f"{len(entry.uids):,}" if entry.uids else ""
    style = "note" if entry.why or entry.number in undone else ""
    return [
        ("number", str(entry.number)), ("", f"{_time(entry):%H:%M:%S}"), ("", mailbox),
        ("number", messages), ("", entry.line), (style, _way(entry, undone)),
    ]  # fmt: skip


def _time(entry: Entry) -> datetime:
    return datetime.fromtimestamp(entry.when).astimezone()


def _way(entry: Entry, undone: dict[int, int]) -> str:
    """Return in words whether there is a way back."""
    if entry.number in undone:
        return f"taken back by change {undone[entry.number]}"
    if entry.why:
        return f"no: {entry.why}"
    return "yes" + {UNKNOWN: ", if it was done", DONE: ""}.get(entry.outcome, ", as far as it was done")


def _record(entry: Entry, undone: dict[int, int]) -> dict[str, Any]:
    """Return an entry as JSON values."""
    flags = [
        {"before": list(group.before), "after": list(group.after), "uids": str(group.uids)} for group in entry.flags
    ]
    return {
        "change": entry.number, "time": _time(entry).isoformat(timespec="seconds"), "kind": entry.kind,
        "line": entry.line, **_place(entry.place), "uids": str(entry.uids), "flags": flags, "modseq": entry.modseq,
        "to": _place(entry.to) if entry.to is not None else None, "copies": str(entry.copies), "name": entry.name,
        "outcome": entry.outcome, "undoable": not entry.why, "why": entry.why, "undoes": entry.undoes or None,
        "undone": undone.get(entry.number),
    }  # fmt: skip


def _place(place: Place) -> dict[str, Any]:
    return {"connection": place.connection, "server": place.server, "user": place.user, "mailbox": place.mailbox,
            "uidvalidity": place.uidvalidity or None}  # fmt: skip
