r"""How much mail there is in each mailbox: `\du`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from imapsh.grammar.quota import Quota
from imapsh.grammar.sequence import LARGEST
from imapsh.grammar.values import ESearch, Fetch, UidFetch
from imapsh.grammar.writer import Writer
from imapsh.render.amounts import count
from imapsh.render.grid import Column, table
from imapsh.render.styles import LINE_END, Fragment
from imapsh.render.view import readable
from imapsh.render.view.look import Look
from imapsh.render.view.quota import quota as quota_view
from imapsh.shell.app import App
from imapsh.shell.commands.account.line import fitting, pattern_of
from imapsh.shell.commands.account.search import fetched, moment
from imapsh.shell.commands.account.walk import Box, walk
from imapsh.shell.connection.asking import asked
from imapsh.shell.connection.steps import Steps
from imapsh.shell.screen.progress import Progress

_TOGETHER = 5_000  # messages whose sizes are asked for in one command

_COLUMNS = [Column("mailbox", least=16, inside=True), Column("messages", right=True), Column("unread", right=True),
            Column("size", right=True), Column("oldest"), Column("newest")]  # fmt: skip


class _Usage:
    """How much mail a mailbox has.  A number that is not known is None, and a date ""."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.messages = _number(box.status.get("MESSAGES"))
        self.unread = _number(box.status.get("UNSEEN"))
        self.octets = 0 if self.messages == 0 else _number(box.status.get("SIZE"))
        self.oldest = self.newest = ""

    def dated(self, dates: Iterable[str]) -> None:
        """Take in dates of messages."""
        known = sorted((moment(date), date) for date in (self.oldest, self.newest, *dates) if date)
        if known:
            self.oldest, self.newest = known[0][1], known[-1][1]


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def du(app: App, argument: str) -> Steps[str]:
    r"""`\du [PATTERN]`: show the usage of each mailbox, the totals, and the quota."""
    mailboxes = yield from fitting(app, pattern_of(argument), ("MESSAGES", "UNSEEN", "SIZE"))
    usages = {id(box): _Usage(box) for box in mailboxes}
    sized = all("SIZE" in box.status for box in mailboxes)
    due = [box for box in mailboxes if usages[id(box)].messages != 0]
    done = 0

    def work(box: Box) -> Steps[None]:
        nonlocal done
        usage, here = usages[id(box)], app.session.mailbox
        exists = (here.exists if here is not None else None) or 0
        usage.messages = exists
        if "SIZE" not in box.status:
            sizes = [] if exists else [0]
            for first in range(1, min(exists, LARGEST) + 1, exists if _uids(app) else _TOGETHER):
                last = exists if _uids(app) else min(first + _TOGETHER - 1, exists)
                sizes += yield from _measured(app, usage, "1:*" if _uids(app) else f"{first}:{last}")
                done += last - first + 1
            usage.octets = sum(sizes) if sizes else None
        elif exists:
            usage.dated((yield from _ends(app)))

    total = sum(usages[id(box)].messages or 0 for box in due)
    progress = None if sized else Progress("messages", total, lambda: done, counted=True)
    walked = yield from walk(app, due, work, progress=progress)
    quotas = (yield from _quotas(app)) if walked.ended is None else []
    _show(app, list(usages.values()), quotas)
    return walked.finish(app)


def _uids(app: App) -> bool:
    """Return whether messages have UIDs alone, and no numbers (RFC 9586)."""
    return "UIDONLY" in app.session.enabled


def _fetched(app: App, line: str) -> Steps[list[Fetch | UidFetch]]:
    values = yield from fetched(app.connection, line, "UID FETCH" if _uids(app) else "FETCH")
    return [value for value in values if isinstance(value, Fetch | UidFetch)]


def _measured(app: App, usage: _Usage, numbers: str) -> Steps[list[int]]:
    """Return the sizes of some messages of the mailbox that is open, and add their dates."""
    answers = yield from _fetched(app, f"{numbers} (RFC822.SIZE INTERNALDATE)")
    usage.dated(str(value.items.get("INTERNALDATE") or "") for value in answers)
    sizes = {
        value.seq or value.uid: _number(value.items.get("RFC822.SIZE"))
        for value in answers
        if "RFC822.SIZE" in value.items
    }
    return [octets for octets in sizes.values() if octets is not None]


def _ends(app: App) -> Steps[list[str]]:
    """Return the dates of the oldest and the newest message of the mailbox that is open, as far as the server sorts."""
    numbers = "1:*" if _uids(app) else "1,*"
    if "ESORT" in app.session.capabilities:
        exchange, values = yield from asked(
            app.connection, "", "UID SORT" if _uids(app) else "SORT", [b"RETURN (MIN MAX) (ARRIVAL) UTF-8 ALL"]
        )
        found = [value.items.get(name) for value in values if isinstance(value, ESearch) for name in ("MIN", "MAX")]
        named = [str(number) for number in found if isinstance(number, int) and number > 0]
        numbers = ",".join(named) if exchange.status == "OK" and named else numbers
    answers = yield from _fetched(app, f"{numbers} (INTERNALDATE)")
    return [str(value.items.get("INTERNALDATE") or "") for value in answers]


def _quotas(app: App) -> Steps[list[Quota]]:
    """Return the quotas of INBOX; nothing if the server has none."""
    if "QUOTA" not in app.session.capabilities:
        return []
    fragments = Writer().mailbox("INBOX").fragments()
    exchange, values = yield from asked(app.connection, "", "GETQUOTAROOT", fragments)
    return [value for value in values if isinstance(value, Quota)] if exchange.status == "OK" else []


# -- what is shown


def _show(app: App, usages: Sequence[_Usage], quotas: Sequence[Quota]) -> None:
    ordered = sorted(usages, key=lambda usage: -(usage.octets or 0))
    if app.output.format == "json":
        for usage in ordered:
            app.say_json("mailbox", {"mailbox": usage.box.name, **_object(usage)})
        app.say_json("total", {"mailboxes": len(usages), **_object(_total(usages))})
        for one in quotas:
            resources = {name: {"usage": used, "limit": most} for name, (used, most) in one.resources.items()}
            app.say_json("quota", {"root": one.root, "resources": resources})
        return
    total = _row(_total(usages), ("response", "(total)"))
    rows = [_row(usage, ("mailbox", readable.name_of(usage.box.name))) for usage in ordered]
    pieces = [*table(_COLUMNS, rows, app.output.width, total)]
    look = Look(width=app.output.width)
    for one in quotas:
        for line in quota_view(one, look):
            pieces += (*line, ("", LINE_END))
    app.tell(pieces)


def _total(usages: Sequence[_Usage]) -> _Usage:
    total = _Usage(Box(count(len(usages), "mailbox", "mailboxes"), None, ()))
    for name in ("messages", "unread", "octets"):
        known = [number for usage in usages if (number := getattr(usage, name)) is not None]
        setattr(total, name, sum(known) if known else None)
    total.dated(date for usage in usages for date in (usage.oldest, usage.newest))
    return total


def _object(usage: _Usage) -> dict[str, Any]:
    return {"messages": usage.messages, "unread": usage.unread, "size": usage.octets,
            "oldest": usage.oldest or None, "newest": usage.newest or None}  # fmt: skip


def _row(usage: _Usage, name: Fragment) -> list[Fragment]:
    numbers = ("?" if number is None else f"{number:,}" for number in (usage.messages, usage.unread))
    size = "?" if usage.octets is None else readable.short_size(usage.octets)
    dates = (readable.in_table(date).partition(" ")[0] for date in (usage.oldest, usage.newest))
    return [name, *(("number", text) for text in (*numbers, size)), *(("date", text) for text in dates)]
