r"""Commands that run a line in every mailbox: `\mailboxes`, `\find`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from imapsh.errors import UsageError
from imapsh.grammar.values import StatusText
from imapsh.render.amounts import count
from imapsh.render.grid import Column, table
from imapsh.render.styles import Fragment
from imapsh.render.view import readable
from imapsh.render.visible import visible
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange
from imapsh.shell.app import App
from imapsh.shell.commands.account.line import Order, boxes, confirm, filled, order, read, sent
from imapsh.shell.commands.account.search import search
from imapsh.shell.commands.account.walk import Box, Walked, walk
from imapsh.shell.connection.steps import Line, Steps
from imapsh.tuples import NamedTuple

_FEW = 3  # answers of a command that are shown as they came
_SHORT = 300  # octets that these may have

_COLUMNS = [Column("mailbox", least=16, inside=True), Column("status"), Column("result", least=24, folds=True)]


class Result(NamedTuple):
    """What a line did in a mailbox: the status of the reply, "" for none, and the result in a few words."""

    box: Box
    status: str
    text: str = ""


def mailboxes(app: App, argument: str) -> Steps[str]:
    r"""`\mailboxes [PATTERN] LINE`: run the line in each mailbox, and show one table of results."""
    return (yield from _run(app, read(app, argument)))


def find(app: App, argument: str) -> Steps[str]:
    r"""`\find KEYS`: search every mailbox."""
    from imapsh.shell.commands.account.searchkeys import keys

    wanted = order(app, "*", f"UID SEARCH {keys(app, argument)}")
    wrong = (
        next((problem for problem in wanted.found.errors if problem.rule == "syntax"), None) if wanted.found else None
    )
    if wrong is not None:
        raise UsageError(f"{wrong.message}; nothing was sent (\\mailboxes UID SEARCH sends whatever is typed)")
    return (yield from _run(app, wanted))


def _run(app: App, wanted: Order) -> Steps[str]:
    found = yield from boxes(app, wanted)
    if wanted.searches:
        return (yield from search(app, found, wanted))
    yield from confirm(app, found, wanted)
    results: list[Result] = []

    def work(box: Box) -> Steps[None]:
        results.append((yield from (_ours if wanted.found is None else _theirs)(app, box, wanted.line)))

    walked = yield from walk(app, found, work, changes=wanted.changes)
    _show(app, results, walked)
    return walked.finish(app, shown=True)


def _ours(app: App, box: Box, line: str) -> Steps[Result]:
    """Run a command of imapsh's own in the mailbox that is open; it shows what it shows."""
    app.note(f"{box.name}:")
    status: str = yield Line(line)
    if status in ("NO", "BAD"):
        raise UsageError(f"{line.partition(' ')[0]} ended with {status}")
    return Result(box, status or "done")


def _theirs(app: App, box: Box, line: str) -> Steps[Result]:
    """Run a command of the server's in the mailbox that is open."""
    answers = _Answers()
    exchange = yield from sent(app, (yield from filled(app, line)), answers.take)
    return Result(box, exchange.status, answers.text(exchange))


class _Answers:
    """Keeps a few answers of a command as they are, and counts the others by their names."""

    def __init__(self) -> None:
        self._few: list[str] = []
        self._names: Counter[str] = Counter()
        self._octets = 0

    def take(self, event: Received) -> None:
        response = event.response
        self._names[response.name] += 1
        self._octets += response.length
        if len(self._few) <= _FEW and self._octets <= _SHORT:
            self._few.append(response.frame.text().strip().removeprefix("* "))

    def text(self, exchange: Exchange) -> str:
        """Return the answers, or how many there are; without any, what the reply says."""
        total = sum(self._names.values())
        if not total:
            value = exchange.response.value if exchange.response is not None else None
            return value.text if isinstance(value, StatusText) else ""
        if total <= _FEW and self._octets <= _SHORT:
            return "; ".join(self._few)
        return ", ".join(f"{number:,} {name}" for name, number in self._names.items())


def _show(app: App, results: Sequence[Result], walked: Walked) -> None:
    for one in results:
        app.say_json("mailbox", {"mailbox": one.box.name, "status": one.status, "result": one.text})
    for box, why in walked.faults:
        app.say_json("mailbox", {"mailbox": box.name, "status": "NO", "error": why})
    if app.output.format == "json":
        return
    rows: list[list[Fragment]] = [
        [("mailbox", readable.name_of(one.box.name)), ("response", one.status), ("text", visible(one.text))]
        for one in results
    ]
    rows += [[("mailbox", readable.name_of(box.name)), ("error", "failed"), ("error", visible(why))]
             for box, why in walked.faults]  # fmt: skip
    total: list[Fragment] = [("response", "(total)"), ("", ""), ("note", _total(len(results), walked))]
    app.tell(table(_COLUMNS, rows, app.output.width, total))


def _total(done: int, walked: Walked) -> str:
    said = f"done in {done:,} of {count(walked.boxes, 'mailbox', 'mailboxes')}"
    return said + (f", {len(walked.faults):,} failed" if walked.faults else "")
