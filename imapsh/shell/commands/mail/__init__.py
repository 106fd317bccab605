r"""Commands that bring messages to files and back: `\save`, `\load`."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from typing import Any

from imapsh.errors import CommandNo, Interrupted, StateError, UsageError
from imapsh.grammar.fragments import Fragment
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Fetch, UidFetch
from imapsh.render.amounts import count, size
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange
from imapsh.session.mailbox import Mailbox
from imapsh.session.opening import reply
from imapsh.shell.app import App
from imapsh.shell.commands.mail import choosing
from imapsh.shell.commands.mail.loading import Message, messages
from imapsh.shell.commands.mail.saving import Index, Item, Target, target
from imapsh.shell.commands.transfer.messages import appending
from imapsh.shell.connection.asking import asked
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Steps
from imapsh.shell.lines import arguments
from imapsh.shell.lines.sets import as_uids
from imapsh.shell.lines.values import expanded
from imapsh.shell.record.journal import APPENDED
from imapsh.shell.screen.progress import Progress
from imapsh.table.model import AUTHENTICATED, SELECTED
from imapsh.wire.frames import size_of
from imapsh.wire.sinks import is_kept

_TOGETHER = 100  # messages asked for, or appended, in one command
_NAMED = 3  # messages that a note names
_OCTETS_TOGETHER = 8_000_000


def save(app: App, argument: str) -> Steps[str]:
    """`\\save [--parts [FILTERS]] [UID] SET [WHERE]`."""
    connection: Connection = app.connection
    argument, origins = yield from expanded(app, argument)
    chosen, after = choosing.read(argument)
    words = _words(argument[after:], "\\save needs a set of messages, as in \\save 1:* or \\save UID 7:9 folder")
    uid = words[0].upper() == "UID" and len(words) > 1
    numbers, where = words[uid], words[uid + 1 :]
    uid = as_uids(app, "\\save", argument, numbers, origins, uid=uid, after=after)
    box = connection.session.mailbox
    if box is None:
        raise StateError("\\save needs a selected mailbox: SELECT or EXAMINE one")
    if len(where) > 1:
        raise UsageError("\\save takes one place; put a name with spaces in quotes")
    if chosen is not None:
        from imapsh.shell.commands.mail import parts

        return (yield from parts.save(app, chosen, _set(numbers), uid, where[0] if where else "", box))
    due = _set(numbers)
    items = (yield from _list(connection, due, uid)) if box.exists != 0 else []  # no set is right in an empty mailbox
    yield from _save(app, items, where[0] if where else "", box)
    return ""


def _save(app: App, items: list[Item], where: str, box: Mailbox) -> Steps[None]:
    """Save the messages that are not there yet, and say how many there are."""
    connection = app.connection
    place, path = target(where, box.name)
    index = Index(path, box.name, box.uidvalidity)
    saving = _Saving(place, index, {item.uid: item for item in items if item.uid not in index.done})
    there = len(items) - len(saving.items)
    total = sum(item.size for item in saving.items.values())
    app.progress = Progress("saving", total, lambda: connection.session.received_octets)
    try:
        for part in _parts(list(saving.items.values())):
            uids = SequenceSet.of(item.uid for item in part)
            exchange = connection.quietly("UID FETCH", [f"{uids} (UID BODY.PEEK[])".encode()], Own("", saving.take))
            yield exchange
            if saving.error:
                raise UsageError(f"cannot save into {place.where}: {saving.error}")
            _check(connection, exchange)
    finally:
        index.close()
        saving.items.clear()  # what still comes of a command that was left is not kept
        app.progress = None
        app.note(f"saved {count(saving.messages, 'message')}, {size(saving.octets)}, in {place.where}"
                  + (f"; {there:,} {'was' if there == 1 else 'were'} there already" if there else ""))  # fmt: skip
        if said := saving.told():
            app.note(said)
    missing = len(items) - there - saving.messages
    if missing:
        raise UsageError(f"{count(missing, 'message')} did not arrive: expunged meanwhile, or withheld by the server")


class _Saving:
    """Keeps the messages that come.

    `items` are those that are still to come, and `error` is what stopped it.
    """

    def __init__(self, place: Target, index: Index, items: dict[int, Item]) -> None:
        self.place = place
        self.index = index
        self.items = items
        self.messages = 0
        self.octets = 0
        self.error = ""
        self.others: list[str] = []  # what is said of those whose size is not the announced one, the first of them
        self.other = 0  # how many there are

    def take(self, event: Received) -> None:
        value = event.response.value
        if not isinstance(value, Fetch | UidFetch) or self.error:
            return
        item = self.items.pop(value.uid or 0, None)
        part = value.items.get("BODY[]")
        if item is None or part is None:
            return
        octets = size_of(part)
        try:
            if not is_kept(part):
                raise OSError(0, f"message {item.uid} was not kept, because the temporary folder cannot be written")
            with self.place.added(item, part) as file:
                self.index.add(item._replace(size=octets), file)
        except OSError as error:
            self.error = error.strerror or str(error)
            return
        self.messages += 1
        self.octets += octets
        if octets != item.size:
            self.other += 1
            if len(self.others) < _NAMED:
                self.others.append(f"UID {item.uid} has {octets:,} octets, not {item.size:,}")

    def told(self) -> str:
        """Return a sentence about messages of another size than the server announced, "" if there are none."""
        if not self.other:
            return ""
        more = f" and {self.other - len(self.others):,} more" if self.other > len(self.others) else ""
        whose = f"RFC822.SIZE is wrong for {count(self.other, 'message')}, saved as received"
        return f"{whose}: {'; '.join(self.others)}{more}"


def _list(connection: Connection, numbers: str, uid: bool) -> Steps[list[Item]]:
    """Return what the set holds."""
    line = f"{numbers} (UID FLAGS INTERNALDATE RFC822.SIZE)".encode()
    exchange, values = yield from asked(connection, "\\save", "UID FETCH" if uid else "FETCH", [line])
    _check(connection, exchange)
    found: dict[int, Item] = {}
    for value in values:
        if isinstance(value, Fetch | UidFetch) and (known := value.uid) is not None:
            items = value.items
            flags, date = items.get("FLAGS") or (), items.get("INTERNALDATE") or ""
            found[known] = Item(known, tuple(flags), str(date), items.get("RFC822.SIZE") or 0)
    return list(found.values())


def load(app: App, argument: str) -> Steps[None]:
    """`\\load [-m MAILBOX] FILE...`."""
    connection: Connection = app.connection
    session = connection.session
    words = _words(argument, "\\load needs files, as in \\load *.eml or \\load -m Archive old.mbox")
    if session.read_only:
        raise UsageError(
            "\\load changes a mailbox, and read-only mode is on: nothing was sent (\\readonly off turns it off)"
        )
    if session.state not in (AUTHENTICATED, SELECTED):
        raise StateError("\\load needs a login")
    mailbox, files = _mailbox(session.mailbox, words)
    due = messages((file for word in files for file in _globbed(word)), app.note)
    if not due:
        raise UsageError("there are no messages in these files")
    yield from _load(app, argument, mailbox, due)


def _load(app: App, argument: str, mailbox: str, due: list[Message]) -> Steps[None]:
    """Append messages, write that into the journal, and say how many there are."""
    connection, session = app.connection, app.connection.session
    limit = appending.limit(session.capabilities)
    uids: set[int] = set()
    dated: set[int] = set()
    sent = 0
    app.progress = Progress("loading", sum(one.size for one in due), lambda: session.sent_octets)
    try:
        for part in _parts(due, 1 if "MULTIAPPEND" not in session.capabilities else _TOGETHER):
            exchange = connection.quietly("APPEND", _append(mailbox, part, limit, utf8=session.parser.utf8))
            yield exchange
            if exchange.status != "OK":
                raise CommandNo(f"{_named(part)}: {connection.plan.where} says {reply(exchange)}", exchange.response)
            sent += len(part)
            uids.update(uid for uid in appending.uids_of(exchange, len(part)) if uid is not None)
            told = appending.appended(exchange)
            dated.add(told.uidvalidity if told is not None else 0)
    except Interrupted:
        app.note("the message being sent is sent to its end, and may be appended")
        raise
    finally:
        app.progress = None
        if sent:
            known = len(uids) == sent and len(dated) == 1
            why = "" if known else "the server did not say which UIDs the messages have (APPENDUID)"
            app.journal.add(APPENDED, f"\\load {argument}", connection.place(mailbox, *(dated if known else ())),
                            uids=SequenceSet.of(uids), why=why)  # fmt: skip
        what = f", UID {SequenceSet.of(uids)}" if uids else ""
        what += f"; the next is {due[sent].name}" if sent < len(due) else ""
        app.note(f"loaded {sent:,} of {count(len(due), 'message')} into {mailbox}{what}")


def _append(mailbox: str, part: list[Message], limit: int, *, utf8: bool) -> list[Fragment]:
    pieces = []
    for message in part:
        literal = message.literal()
        if 0 <= limit < literal.octets:
            raise UsageError(f"{message.name} has {literal.octets:,} octets and the server takes {limit:,}: not sent")
        pieces.append(appending.Piece(message.flags, message.date, literal))
    return appending.line(mailbox, pieces, utf8=utf8)


def _mailbox(selected: Any, words: list[str]) -> tuple[str, list[str]]:
    if words[0] == "-m":
        if len(words) < 3:
            raise UsageError("\\load -m needs a mailbox, and files")
        return words[1], words[2:]
    if selected is None:
        raise UsageError("\\load needs a mailbox: SELECT one, or \\load -m MAILBOX FILE...")
    return selected.name, words


def _globbed(word: str) -> list[str]:
    full = os.path.expanduser(word)
    found = sorted(glob.glob(full)) if glob.has_magic(full) and not os.path.exists(full) else []
    return found or [full]  # which is then said not to be there


def _words(argument: str, usage: str) -> list[str]:
    found = arguments.words(argument)
    if not found:
        raise UsageError(usage)
    return found


def _set(text: str) -> str:
    try:
        return str(SequenceSet.parse(text))
    except ValueError as error:
        raise UsageError(f"{error}: write it like 1:4,7,*") from None


def _parts(due: list[Any], most: int = _TOGETHER) -> Iterator[list[Any]]:
    """Yield items that go together: not too many, not too large."""
    part: list[Any] = []
    octets = 0
    for item in due:
        if part and (len(part) == most or octets + item.size > _OCTETS_TOGETHER):
            yield part
            part, octets = [], 0
        part.append(item)
        octets += item.size
    if part:
        yield part


def _check(connection: Connection, exchange: Exchange) -> None:
    if exchange.status != "OK":
        raise CommandNo(f"{connection.plan.where} answers {exchange.name} with {reply(exchange)}", exchange.response)


def _named(part: list[Message]) -> str:
    return part[0].name if len(part) == 1 else f"{part[0].name} and {len(part) - 1} more"
