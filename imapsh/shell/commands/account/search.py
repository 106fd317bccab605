"""Searches every mailbox: how many messages each has, which UIDs, and the newest of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from imapsh.grammar.names import raw_of
from imapsh.grammar.sequence import LARGEST, SequenceSet
from imapsh.grammar.values import Envelope, ESearch, Fetch, Search, UidFetch
from imapsh.render.amounts import count
from imapsh.render.grid import Column, table
from imapsh.render.styles import LINE_END, Fragment
from imapsh.render.view import readable
from imapsh.shell.app import App
from imapsh.shell.commands.account.line import Order, filled, sent
from imapsh.shell.commands.account.walk import Box, Fault, checked, walk
from imapsh.shell.connection.asking import asked
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.steps import Steps
from imapsh.shell.lines.sets import changed, uid_form
from imapsh.tuples import NamedTuple
from imapsh.typed.match import Match

_NEWEST = 10  # messages that are shown of all mailboxes together; so many of each are looked at, the highest UIDs
_LONG = 300  # characters of a set that a terminal shows
_ITEMS = "(UID INTERNALDATE ENVELOPE)"

_FOUND = [Column("mailbox", least=16, inside=True), Column("found", right=True), Column("UIDs", least=24, folds=True)]
_HEADS = [Column("received", least=16, sharp=True), Column("mailbox", least=12, inside=True), Column("UID", right=True),
          Column("from", least=12), Column("subject", least=16)]  # fmt: skip


class Head(NamedTuple):
    """A message that was found."""

    uid: int
    received: str
    sender: str
    subject: str


def moment(date: str) -> float:
    """Return a date in seconds; 0 if it is not a date."""
    when = readable.moment(date)
    try:
        return 0.0 if when is None else (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError):
        return 0.0


class Hits(NamedTuple):
    """What was found in a mailbox.  `uids` is None if the server told the number alone."""

    box: Box
    number: int
    uids: SequenceSet | None
    newest: Sequence[Head] = ()


def search(app: App, mailboxes: Sequence[Box], wanted: Order) -> Steps[str]:
    """Run a search in each mailbox, and show what was found.  Return "NO" if one failed, else "OK"."""
    hits: list[Hits] = []
    dated: dict[str, int | None] = {}

    def work(box: Box) -> Steps[None]:
        one = yield from _searched(app, box, wanted.line)
        here = app.session.mailbox
        dated[raw_of(box.name)] = here.uidvalidity if here is not None else None
        hits.append(one)
        if one.uids:
            hits[-1] = one._replace(newest=(yield from _newest(app, one.uids)))

    walked = yield from walk(app, mailboxes, work)
    results = app.named(app.current).results
    results.found = None
    results.elsewhere = {raw_of(one.box.name): (dated[raw_of(one.box.name)], one.uids) for one in hits if one.uids}
    _show(app, hits, walked.faults, len(mailboxes))
    return walked.finish(app)


def _searched(app: App, box: Box, line: str) -> Steps[Hits]:
    """Return what a search finds in the mailbox that is open."""
    here = app.session.mailbox
    if here is not None and here.exists == 0:
        return Hits(box, 0, SequenceSet())
    values: list[Any] = []
    text = yield from filled(app, line)
    yield from sent(app, _by_uid(app, app.match(text)), lambda event: values.append(event.response.value))
    return _hits(box, values)


def _by_uid(app: App, found: Match) -> str:
    """Return the search as it is sent: for UIDs, as ranges if the server can tell ranges."""
    text = changed(found.text, uid_form(found))
    session = app.session
    start, keyword = text.upper().find("SEARCH "), len("SEARCH ")
    if (session.rev2 or "ESEARCH" in session.capabilities) and start in (0, len("UID ")):
        rest = text[start + keyword :].lstrip(" ")
        if not rest.upper().startswith("RETURN"):
            return f"{text[: start + keyword]}RETURN (ALL) {rest}"
    return text


def _hits(box: Box, values: Sequence[Any]) -> Hits:
    """Return what the answers to a search say; without one, nothing was found."""
    for value in values:
        if isinstance(value, Search):
            return Hits(box, len(value.found), value.found)
        if isinstance(value, ESearch):
            every = value.items.get("ALL")
            if isinstance(every, SequenceSet) and _is_definite(every):
                return Hits(box, every.count(), every)
            named = [value.items[name] for name in ("MIN", "MAX") if isinstance(value.items.get(name), int)]
            told = value.items.get("COUNT", len(set(named)))
            number = told if isinstance(told, int) and told > 0 else 0
            return Hits(box, number, SequenceSet.of(_possible(named)) if named or not number else None)
        if hasattr(value, "in_order"):
            uids = SequenceSet.in_order(dict.fromkeys(_possible(value.in_order)))
            return Hits(box, len(uids), uids)
    return Hits(box, 0, SequenceSet())


def _is_definite(found: SequenceSet) -> bool:
    return not found.saved and all(low and high for low, high in found.ranges)


def _possible(numbers: Sequence[int]) -> list[int]:
    return [number for number in numbers if 0 < number <= LARGEST]


def _newest(app: App, uids: SequenceSet) -> Steps[list[Head]]:
    """Return the newest of the messages of the mailbox that is open, as far as their UIDs tell which these are."""
    highest = sorted(_highest(uids), reverse=True)[:_NEWEST]
    return (yield from heads(app, SequenceSet.of(highest)))


def _highest(uids: SequenceSet) -> Iterator[int]:
    for low, high in sorted(uids.ranges, key=lambda pair: -max(pair))[:_NEWEST]:
        yield from range(max(low, high), max(min(low, high), max(low, high) - _NEWEST + 1) - 1, -1)


def heads(app: App, uids: SequenceSet) -> Steps[list[Head]]:
    """Return messages of the mailbox that is open, by falling UIDs."""
    values = yield from fetched(app.connection, f"{uids} {_ITEMS}")
    found: dict[int, Head] = {}
    for head in _heads_in(values):
        known = found.get(head.uid)
        if head.uid in uids and (known is None or not known.received):  # news of flags may have a UID as well
            found[head.uid] = head
    return sorted(found.values(), key=lambda head: -head.uid)


def fetched(connection: Connection, line: str, name: str = "UID FETCH") -> Steps[list[Any]]:
    """Return the values that a command of ours brings.  Raises CommandNo if it is refused."""
    exchange, values = yield from asked(connection, "", name, [line.encode()])
    checked(connection, exchange)
    return values


def _heads_in(values: Sequence[Any]) -> Iterator[Head]:
    """Yield the messages that FETCH responses describe."""
    for value in values:
        if isinstance(value, Fetch | UidFetch) and value.uid:
            envelope = value.items.get("ENVELOPE")
            received = str(value.items.get("INTERNALDATE") or "")
            if isinstance(envelope, Envelope):
                sender, subject = readable.person(envelope.from_), readable.decoded(envelope.subject or "")
                yield Head(value.uid, received or envelope.date or "", sender, subject)
            else:
                yield Head(value.uid, received, "", "")


# -- what is shown


def _show(app: App, hits: Sequence[Hits], faults: Sequence[Fault], mailboxes: int) -> None:
    for hit in hits:
        app.say_json("mailbox", _object(hit))
    for box, why in faults:
        app.say_json("mailbox", {"mailbox": box.name, "status": "NO", "error": why})
    if app.output.format == "json":
        return
    some = [hit for hit in hits if hit.number]
    total = sum(hit.number for hit in some)
    where = f"in {len(some):,} of {count(mailboxes, 'mailbox', 'mailboxes')}; ${{uids}} in each"
    if not some and hits:
        among = f"{len(hits):,} of " if len(hits) < mailboxes else ""
        app.say(f"nothing was found in {among}{count(mailboxes, 'mailbox', 'mailboxes')}")
    if not some:
        return
    last: list[Fragment] = [("response", "(total)"), ("number", f"{total:,}"), ("note", where)]
    pieces = [*table(_FOUND, [_row(hit, app.output.width) for hit in some], app.output.width, last)]
    heads = [(head, hit.box) for hit in some for head in hit.newest]
    newest = sorted(heads, key=lambda pair: -moment(pair[0].received))[:_NEWEST]
    if newest:
        title = f"the newest {len(newest)} of {total:,}" if total > len(newest) else ""
        pieces += [("note", title), ("", LINE_END)]
        pieces += table(_HEADS, [_head(head, box) for head, box in newest], app.output.width)
    app.tell(pieces)


def _row(hit: Hits, width: int | None) -> list[Fragment]:
    uids = "(not told)" if hit.uids is None else str(hit.uids)
    if width is not None and len(uids) > _LONG:
        shown = uids[: uids.rindex(",", 0, _LONG)] if "," in uids[:_LONG] else uids[:_LONG]
        more = uids.count(",") - shown.count(",")
        uids = f"{shown}, and {count(more, 'range')} more"
    return [("mailbox", readable.name_of(hit.box.name)), ("number", f"{hit.number:,}"), ("set", uids)]


def _head(head: Head, box: Box) -> list[Fragment]:
    received = readable.in_table(head.received)
    return [("date", received), ("mailbox", readable.name_of(box.name)), ("number", str(head.uid)),
            ("text", head.sender), ("subject", head.subject)]  # fmt: skip


def _object(hit: Hits) -> dict[str, Any]:
    return {
        "mailbox": hit.box.name, "status": "OK", "found": hit.number,
        "uids": None if hit.uids is None else str(hit.uids),
        "newest": [{"uid": head.uid, "received": head.received, "from": head.sender, "subject": head.subject}
                   for head in hit.newest],
    }  # fmt: skip
