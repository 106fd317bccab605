r"""`\save --parts`: the attachments of messages, decoded, one file each.

What parts there are is asked for first (BODYSTRUCTURE).  Small parts come together, many messages in one command; a
large one comes alone, and is decoded into its file while it comes (BODY.PEEK[1.2], RFC 9051 section 6.4.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from os.path import expanduser
from pathlib import Path
from typing import Any

from imapsh.errors import UsageError
from imapsh.grammar.parts import leaves
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import BodyPart, Fetch, UidFetch
from imapsh.patterns import lazy
from imapsh.render.amounts import count, size
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange
from imapsh.session.mailbox import Mailbox
from imapsh.session.opening import reply
from imapsh.shell.app import App
from imapsh.shell.commands.mail.attached import Due, Folder, Kept, Writing, due_of
from imapsh.shell.commands.mail.choosing import Chosen
from imapsh.shell.commands.mail.saving import named_after
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.dial import SPOOL
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import ROOM, Steps
from imapsh.shell.screen.progress import Progress
from imapsh.wire.frames import Part, Spilled
from imapsh.wire.reader import Sink
from imapsh.wire.sinks import is_kept, octets_of

_LINE = 4000  # octets of a set in one command
_ITEM = len(" BODY.PEEK[]")
_TOGETHER = 100  # messages whose parts come in one command
_OCTETS_TOGETHER = 8_000_000
_NAMED = 3  # faults of a kind that are named; the others are counted
_SHOWN = 20  # files that are shown at a prompt
_TYPE = 20  # characters of a media type that are shown
_SECTION = lazy(r"BODY\[([\d.]+)\]", re.IGNORECASE)
_TAIL = 100  # octets of a line in which the name of a literal's item is looked for


def save(app: App, chosen: Chosen, numbers: str, uid: bool, where: str, box: Mailbox) -> Steps[str]:
    """Save the parts that are wanted of a set of messages.  Return NO if anything could not be saved, else OK."""
    connection: Connection = app.connection
    listing = _Listing(chosen)
    sets = SequenceSet.parse(numbers).pieces(_LINE) if box.exists != 0 else ()  # no set is right in an empty mailbox
    for part in sets:
        line = f"{part} (UID BODYSTRUCTURE)".encode()
        exchange = connection.quietly("UID FETCH" if uid else "FETCH", [line], Own("\\save", listing.take))
        yield exchange
        if exchange.status != "OK":
            listing.faults.add(f"{connection.plan.where} answers {exchange.name} with {reply(exchange)}")
    listing.end()
    if not listing.due:
        app.note(f"no parts to save in {count(listing.messages, 'message')}")
        return _told(app, listing.faults)
    folder = Folder(Path(expanduser(where) or f"{named_after(box.name)}-parts"), box.name, box.uidvalidity)
    due = [one for one in listing.due.values() if not folder.has(one)]
    saving = _Saving(app, folder, due, listing.faults, len(listing.due) - len(due))
    app.progress = Progress("saving", sum(one.size for one in due), lambda: connection.session.received_octets)
    try:
        for group in _groups(due):
            yield from _fetched(connection, saving, group)
            yield ROOM
        for one in saving.due.values():
            saving.faults.add(f"{one} did not arrive: it was expunged meanwhile, or the server withheld it")
    finally:
        folder.close()
        saving.due.clear()  # what still comes of a command that was left is not kept
        app.progress = None
        saving.end()
    return _told(app, saving.faults)


class _Faults:
    """What went wrong, counted; the first of it in words."""

    def __init__(self) -> None:
        self.named: list[str] = []
        self.number = 0

    def add(self, text: str) -> None:
        self.number += 1
        if len(self.named) < _NAMED:
            self.named.append(text)


def _told(app: App, faults: _Faults) -> str:
    for text in faults.named:
        app.fault(text)
    if faults.number:
        app.complaint = f"{count(faults.number, 'part')} could not be saved as a whole"
    if (more := faults.number - len(faults.named)) > 0:
        app.fault(f"and {count(more, 'more fault')}; {faults.number:,} in all")
    return "NO" if faults.number else "OK"


class _Listing:
    """Finds the parts that are wanted, as their messages' structures come."""

    def __init__(self, chosen: Chosen) -> None:
        self.due: dict[tuple[int, str], Due] = {}
        self.faults = _Faults()
        self.messages = 0
        self._chosen = chosen
        self._without: dict[int, None] = {}

    def take(self, event: Received) -> None:
        value = event.response.value
        if not isinstance(value, Fetch | UidFetch) or (uid := value.uid) is None:
            return
        structure = value.items.get("BODYSTRUCTURE")
        if not isinstance(structure, BodyPart):
            if "FLAGS" not in value.items or event.response.violations:  # news of flags is no answer
                self._without[uid] = None
            return
        self.messages += 1
        self._without.pop(uid, None)
        for number, part, _ in leaves(structure):
            due = due_of(uid, number, part)
            if self._chosen.takes(part, due.name):
                self.due[uid, number] = due

    def end(self) -> None:
        """Say of which messages no structure came."""
        for uid in self._without:
            self.faults.add(f"UID {uid}: the server gave no BODYSTRUCTURE that can be read, so its parts are not known")


Group = tuple[list[int], tuple[str, ...]]


def _groups(due: Iterable[Due]) -> Iterator[Group]:
    """Yield UIDs and the parts that are fetched of each in one command: a large part alone, small ones together."""
    small: dict[int, list[Due]] = {}
    for one in due:
        if one.size > SPOOL:
            yield [one.uid], (one.number,)
        else:
            small.setdefault(one.uid, []).append(one)
    alike: dict[tuple[str, ...], list[int]] = {}
    for uid, parts in small.items():
        for numbers in _lines(one.number for one in parts):
            alike.setdefault(numbers, []).append(uid)
    for numbers, uids in alike.items():
        group: list[int] = []
        octets = 0
        for uid in uids:
            size_of = sum(one.size for one in small[uid] if one.number in numbers)
            if group and (len(group) == _TOGETHER or octets + size_of > _OCTETS_TOGETHER):
                yield group, numbers
                group, octets = [], 0
            group.append(uid)
            octets += size_of
        yield group, numbers


def _lines(numbers: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield the numbers of parts in as many groups as they need lines: a message may have thousands of them."""
    group: list[str] = []
    octets = 0
    for number in numbers:
        octets += len(number) + _ITEM
        if group and octets > _LINE:
            yield tuple(group)
            group, octets = [], len(number) + _ITEM
        group.append(number)
    yield tuple(group)


def _fetched(connection: Connection, saving: _Saving, group: Group) -> Steps[None]:
    """Fetch parts.  If the server refuses many, each message is asked for alone, so that one fault is only one's."""
    uids, numbers = group
    session = connection.session
    usual = session.opener
    lone = saving.due.get((uids[0], numbers[0])) if len(uids) == len(numbers) == 1 else None
    items = " ".join(f"BODY.PEEK[{number}]" for number in numbers)
    if lone is not None and lone.size > SPOOL:
        session.opener = saving.opener(lone, usual)
    try:
        exchange = connection.quietly(
            "UID FETCH", [f"{SequenceSet.of(uids)} (UID {items})".encode()], Own("", saving.take)
        )
        yield exchange
    finally:
        session.opener = usual
    if saving.error:
        raise UsageError(f"cannot save into {saving.folder.where}: {saving.error}")
    if exchange.status != "OK":
        yield from _again(connection, saving, group, exchange)


def _again(connection: Connection, saving: _Saving, group: Group, exchange: Exchange) -> Steps[None]:
    uids, numbers = group
    left = [(uid, number) for uid in uids for number in numbers if (uid, number) in saving.due]
    if len(uids) * len(numbers) > 1:
        for uid, number in left:
            yield from _fetched(connection, saving, ([uid], (number,)))
        return
    for key in left:
        one = saving.due.pop(key)
        saving.faults.add(f"{one}: {connection.plan.where} says {reply(exchange)}")


class _Saving:
    """Keeps the parts that come.

    `due` are those that are still to come, and `error` is what stopped it.
    """

    def __init__(self, app: App, folder: Folder, due: Iterable[Due], faults: _Faults, there: int) -> None:
        self.folder = folder
        self.due = {(one.uid, one.number): one for one in due}
        self.faults = faults
        self.error = ""
        self._app = app
        self._there = there
        self._files = self._octets = self._alike = 0
        self._messages: set[int] = set()

    def opener(self, due: Due, usual: Any) -> Any:
        """Return an opener that writes the literal of a part into its file while it comes."""
        item = re.compile(rb"BODY\[%s\] ~?\{\d+\}\r?\n\Z" % re.escape(due.number.encode()), re.IGNORECASE)

        def opened(octets: int, line: bytes) -> Sink | None:
            if octets > SPOOL and not self.error and item.search(line[-_TAIL:]):
                return self.folder.writing(due.encoding)
            sink: Sink | None = usual(octets, line) if usual is not None else None
            return sink

        return opened

    def take(self, event: Received) -> None:
        value = event.response.value
        if not isinstance(value, Fetch | UidFetch) or self.error:
            return
        cut = any(one.rule == "literal" for one in event.response.violations)
        for item, part in value.items.items():
            found = _SECTION.fullmatch(item)
            due = self.due.pop((value.uid or 0, found[1]), None) if found is not None else None
            if due is None:
                continue
            if cut:
                self.faults.add(f"{due}: the server announced more octets than came, so it was not saved")
            else:
                self._keep(due, part)

    def _keep(self, due: Due, part: Part | None) -> None:
        if part is None:
            self.faults.add(f"{due}: the server has no such part, though its BODYSTRUCTURE does")
            return
        try:
            kept = self.folder.keep(due, self._written(due, part))
        except OSError as error:
            self.error = error.strerror or str(error)
            return
        self._count(due, kept)
        if kept.left_out:
            self.faults.add(
                f"{due}: its {due.encoding.lower()} is broken; "
                f"{count(kept.left_out, 'octet')} of it left out, the rest is in {kept.file}"
            )

    def _written(self, due: Due, part: Part) -> Writing:
        """Return the file of a part; it was written already if it is a large one."""
        there: object = part.where if isinstance(part, Spilled) else None
        if isinstance(there, Writing):
            return there
        if not is_kept(part):
            raise OSError(0, f"{due} was not kept, because the temporary folder cannot be written")
        writing = self.folder.writing(due.encoding)
        for piece in octets_of(part):
            writing.write(piece)
        return writing

    def _count(self, due: Due, kept: Kept) -> None:
        self._messages.add(due.uid)
        if not kept.fresh:
            self._alike += 1
            return
        self._files += 1
        self._octets += kept.octets
        app = self._app
        told = {"uid": due.uid, "part": due.number, "type": due.type, "size": kept.octets, "file": kept.file}
        if app.say_json("part", told):
            return
        if self._files <= _SHOWN or not app.interactive or app.target is not None:
            kind = due.type if len(due.type) <= _TYPE else f"{due.type[: _TYPE - 3]}..."
            app.say(f"  UID {due.uid:<6} {due.number:<4} {size(kept.octets):>10}  {kind:<{_TYPE}}  {kept.file}")
        elif self._files == _SHOWN + 1:
            app.say(f"  ... more are in {self.folder.where / 'parts.jsonl'}")

    def end(self) -> None:
        """Say what was saved."""
        told = {"files": self._files, "octets": self._octets, "messages": len(self._messages)}
        told |= {"there": self._there, "alike": self._alike, "faults": self.faults.number}
        if self._app.say_json("parts", told | {"folder": str(self.folder.where)}):
            return
        text = f"saved {count(self._files, 'file')}, {size(self._octets)}, in {self.folder.where}"
        if self._alike:
            text += (
                f"; {self._alike:,} more {'was' if self._alike == 1 else 'were'} there with the same name and octets"
            )
        if self._there:
            text += f"; {self._there:,} {'was' if self._there == 1 else 'were'} there already"
        self._app.note(text)
