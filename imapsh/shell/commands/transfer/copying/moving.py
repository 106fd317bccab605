r"""Removes from the source what `\move` has copied, after each copy was compared with its original.

The copies are read back: no server says what it keeps in any other way.  A message is removed only if

    a copy of its own    has the same octets, to the last; no two originals share one
    is still there       when all were compared, and nobody has marked it \Deleted
    the original         is still the message that was listed, and its flags are those of its copy, or were added there

It is marked \Deleted and removed by UID EXPUNGE, so that nothing else is.  A server without UIDPLUS has no such
command; there the messages are only marked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from imapsh.errors import CommandNo, UsageError
from imapsh.grammar.sequence import LINE, SequenceSet
from imapsh.hints import TYPE_CHECKING
from imapsh.session.opening import reply
from imapsh.shell.commands.account.walk import left, opened
from imapsh.shell.commands.transfer.messages import appending
from imapsh.shell.commands.transfer.messages.identity import Mark, is_deleted
from imapsh.shell.commands.transfer.messages.listing import Opened, flags_of, listed
from imapsh.shell.commands.transfer.messages.present import present_in
from imapsh.shell.commands.transfer.messages.reading import parts, sums
from imapsh.shell.connection.asking import asked
from imapsh.shell.connection.steps import Steps

if TYPE_CHECKING:
    from imapsh.shell.commands.transfer.copying.across import Copying
    from imapsh.shell.commands.transfer.copying.stopping import Stopping
    from imapsh.shell.connection.connection import Connection

_ROOM = 100  # octets of a line beside its set
_LEFT = "nothing more was removed"
_FLAGS = 1000  # octets of a line that flags may take


class Moving:
    """Removes messages of the mailbox `source`, which was copied by `copying`.

    `removed` has the UIDs that are gone, `marked` those that are only marked, and `kept` says why others stay.
    `copies` has the UIDs of the copies by those of their originals.  `left` counts the messages that were not compared,
    because `stopping` was asked for.
    """

    def __init__(self, copying: Copying, source: Opened, stopping: Stopping) -> None:
        self.removed: list[int] = []
        self.marked: list[int] = []
        self.kept: dict[int, str] = {}
        self.copies: dict[int, int] = {}
        self.left = 0
        self._copying = copying
        self._stopping = stopping
        self._source = source
        self._target = copying.target

    def run(self, marks: Sequence[Mark], found: dict[int, Mark]) -> Steps[None]:
        """Remove those of the messages that were copied, or `found` at the target before.

        Raises UsageError if the mailbox is not what it was, and CommandNo if the server refuses to remove any.
        """
        wanted = [mark for mark in marks if mark.uid in found or mark.uid in self._copying.copied]
        if not wanted:
            return
        connection = self._target.connection
        yield from opened(connection, self._target.mailbox, changes=True)
        box = connection.session.mailbox
        if box is None or _differ(self._copying.uidvalidity, box.uidvalidity):
            raise UsageError(f"{self._target} is another mailbox now (UIDVALIDITY): nothing was removed")
        copies = yield from self._copies(wanted, found)
        same = yield from self._compared(copies)
        now = yield from self._unchanged(same)
        sure = yield from self._in_place(now)
        yield from left(connection)
        if sure:
            yield from remove(self._source, sure, self.removed, self.marked)

    # -- comparing

    def _compared(self, marks: Sequence[Mark]) -> Steps[list[Mark]]:
        """Return the messages whose copies have the same octets; Ctrl-C leaves those that were not compared."""
        same: list[Mark] = []
        self.left = len(marks)
        for part in parts(marks):
            if self._stopping.asked:
                break
            theirs = yield from sums(self._target.connection, (one._replace(uid=self.copies[one.uid]) for one in part))
            ours = {mark.uid: self._copying.sums[mark.uid] for mark in part if mark.uid in self._copying.sums}
            ours.update((yield from sums(self._source.connection, (mark for mark in part if mark.uid not in ours))))
            for mark in part:
                copy = self.copies[mark.uid]
                if mark.uid in ours and ours[mark.uid] == theirs.get(copy):
                    same.append(mark)
                else:
                    known = copy in theirs and mark.uid in ours
                    self._keep(mark, "has other octets" if known else "cannot be read back")
            self.left -= len(part)
        return same

    def _keep(self, mark: Mark, why: str) -> None:
        self.kept[mark.uid] = f"its copy, UID {self.copies[mark.uid]} of {self._target}, {why}"

    def _copies(self, marks: Sequence[Mark], found: dict[int, Mark]) -> Steps[list[Mark]]:
        """Return the messages whose copies are known, or were found because the target did not say their UIDs.

        A copy that belongs to one message is not the copy of another, whatever the target says.
        """
        self.copies = {uid: mark.uid for uid, mark in found.items()}
        owners = {copy: uid for uid, copy in self.copies.items()}
        for uid, copy in self._copying.copied.items():
            if copy is None:
                continue
            if owners.setdefault(copy, uid) == uid:
                self.copies[uid] = copy
            else:
                self.kept[uid] = f"{self._target} says that its copy is UID {copy}, which is that of UID {owners[copy]}"
        untold = [mark for mark in marks if mark.uid not in self.copies and mark.uid not in self.kept]
        if untold:
            every = yield from listed(self._target.connection, "")
            free = [mark for mark in every.marks if mark.uid not in owners]
            more = yield from present_in(self._source.connection, self._target.connection, untold, free)
            self.copies.update((uid, mark.uid) for uid, mark in more.items())
        for mark in untold:
            if mark.uid not in self.copies:
                self.kept[mark.uid] = f"its copy was not found in {self._target}"
        return [mark for mark in marks if mark.uid in self.copies]

    # -- what happened meanwhile

    def _unchanged(self, marks: Sequence[Mark]) -> Steps[list[Mark]]:
        """Return the messages as the source lists them now, without those that are gone or are other messages."""
        yield from asked(self._source.connection, "", "NOOP", [])  # what was expunged may be listed until then
        self._source.check(_LEFT)
        every = yield from listed(self._source.connection, "", SequenceSet.of(mark.uid for mark in marks))
        now = {mark.uid: mark for mark in every.marks}
        same = []
        for mark in marks:
            if mark.uid not in now:
                self.kept[mark.uid] = "it was removed here meanwhile, after it was copied"
            elif now[mark.uid]._replace(flags=mark.flags) != mark:
                self.kept[mark.uid] = "it is another message now than the one that was copied"
            else:
                same.append(now[mark.uid])
        return same

    def _in_place(self, marks: Sequence[Mark]) -> Steps[list[int]]:
        r"""Return the UIDs of the messages whose copies are still there, not marked \Deleted, with all their flags.

        Flags that a copy does not have, but its original does by now, are added to it.
        """
        target = self._target
        yield from asked(target.connection, "", "NOOP", [])
        flags = yield from flags_of(target.connection, "", SequenceSet.of(self.copies[mark.uid] for mark in marks))
        lacking: dict[tuple[str, ...], list[Mark]] = defaultdict(list)
        for mark in marks:
            copy = flags.get(self.copies[mark.uid])
            if copy is None:
                self._keep(mark, "is gone again")
            elif is_deleted(copy) and not is_deleted(mark.flags):
                self._keep(mark, r"is marked \Deleted")
            else:
                has = {r"\deleted", *map(str.lower, copy)}
                sent = appending.kept(mark.flags, target.permanent).flags
                lacking[tuple(flag for flag in sent if flag.lower() not in has)].append(mark)
        for wanted, those in lacking.items():
            if wanted:
                yield from self._flag(wanted, those)
        return [mark.uid for those in lacking.values() for mark in those if mark.uid not in self.kept]

    def _flag(self, flags: Sequence[str], marks: Sequence[Mark]) -> Steps[None]:
        """Add flags to the copies of messages; those whose copies do not get them are kept."""
        words = " ".join(flags)
        for piece in SequenceSet.of(self.copies[mark.uid] for mark in marks).pieces(LINE - _ROOM - _FLAGS):
            line = f"{piece} +FLAGS.SILENT ({words})"
            exchange, _ = yield from asked(self._target.connection, "", "UID STORE", [line.encode("ascii")])
            if exchange.status != "OK":
                for mark in marks:
                    if self.copies[mark.uid] in piece:
                        self._keep(mark, f"does not get the flags {words}: {reply(exchange)}")


def _differ(one: int | None, other: int | None) -> bool:
    return None not in (one, other) and one != other


def remove(source: Opened, uids: Sequence[int], removed: list[int], marked: list[int]) -> Steps[None]:
    r"""Remove messages of the selected mailbox, and add their UIDs to `removed`, or to `marked` without UIDPLUS.

    Raises CommandNo if the server refuses, and UsageError if the mailbox is another one by now; those before are
    removed.
    """
    session = source.connection.session
    plus = session.rev2 or "UIDPLUS" in session.capabilities
    for piece in SequenceSet.of(uids).pieces(LINE - _ROOM):
        source.check(_LEFT)
        yield from _told(source.connection, "UID STORE", rf"{piece} +FLAGS.SILENT (\Deleted)")
        source.check(_LEFT)
        if plus:
            yield from _told(source.connection, "UID EXPUNGE", str(piece))
        (removed if plus else marked).extend(piece)


def _told(connection: Connection, name: str, line: str) -> Steps[None]:
    exchange, _ = yield from asked(connection, "", name, [line.encode("ascii")])
    if exchange.status != "OK":
        raise CommandNo(f"{connection.plan.where} answers {name} with {reply(exchange)}", exchange.response)
