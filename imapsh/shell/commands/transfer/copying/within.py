r"""Copies or moves within an account, which the server does itself: UID COPY, and UID MOVE where it has that.

What the other mailbox has already is left out, as in a copy from one account to another.
"""

from __future__ import annotations

from collections.abc import Sequence

from imapsh.errors import UsageError
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import CopyUid, MailboxStatus, StatusText
from imapsh.grammar.writer import Writer
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.session.attribution import alike_names
from imapsh.session.events import Received
from imapsh.session.opening import reply
from imapsh.shell.commands.account.walk import opened
from imapsh.shell.commands.transfer.copying.moving import remove
from imapsh.shell.commands.transfer.messages.identity import Mark
from imapsh.shell.commands.transfer.messages.listing import Opened, listed, runs
from imapsh.shell.commands.transfer.messages.present import present_in
from imapsh.shell.connection.asking import asked
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Steps, Within

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox
    from imapsh.shell.commands.transfer.copying.stopping import Stopping
    from imapsh.shell.connection.connection import Connection

_TOGETHER = 1000  # messages that one command copies


class Inside:
    """Copies messages of the mailbox that is selected on `source` to another one of the same account.

    `copied` has the UID of each copy by that of its original, None if the server did not say.  `failed` has a reason
    for each that was refused, `removed` and `marked` are as in `moving`.
    """

    def __init__(self, source: Connection, mailbox: str, stopping: Stopping, *, moves: bool) -> None:
        box = source.session.mailbox
        if box is None or alike_names(box.name, mailbox):
            raise UsageError(f"{mailbox} is the mailbox itself, which has these messages already: nothing was sent")
        self.source = source
        self.mailbox = mailbox
        self.copied: dict[int, int | None] = {}
        self.failed: dict[int, str] = {}
        self.removed: list[int] = []
        self.marked: list[int] = []
        self.uidvalidity = 0
        self.stopped = False
        self._box: Mailbox = box
        self._moves = moves
        self._stopping = stopping

    def found(
        self, lister: Connection, marks: Sequence[Mark], uids: SequenceSet | None = None
    ) -> Steps[dict[int, Mark]]:  # fmt: skip
        """Return what the other mailbox has already, among its messages `uids`, or among all.

        It is listed on a connection, which may be the source's.  The mailbox of the source is selected again in that
        case.  Raises UsageError if it is not what it was.
        """
        yield from opened(lister, self.mailbox)
        now = lister.session.mailbox
        self.uidvalidity = now.uidvalidity or 0 if now is not None else 0
        theirs = (yield from listed(lister, "", uids)).marks
        yield from self._surely(lister)
        alone = lister is self.source
        return (yield from present_in(self.source, lister, marks, theirs, self._again) if alone
                else present_in(self.source, lister, marks, theirs))  # fmt: skip

    def _surely(self, lister: Connection) -> Steps[None]:
        """Raise UsageError if the source does not have the very mailbox that was listed on another connection."""
        if lister is self.source:
            return
        line = Writer(utf8=self.source.session.parser.utf8).mailbox(self.mailbox).raw(" (UIDVALIDITY)").fragments()
        _, values = yield from asked(self.source, "", "STATUS", line)
        told = next((value.items for value in values if isinstance(value, MailboxStatus)), {})
        if told.get("UIDVALIDITY") != self.uidvalidity:
            raise UsageError(
                f"{lister.name} and {self.source.name} have the same server and user, but {self.mailbox} is not the "
                "same mailbox on both (UIDVALIDITY): nothing was copied"
            )

    def _again(self) -> Steps[None]:
        yield from opened(self.source, self._box.name, changes=not self._box.examined)
        now = self.source.session.mailbox
        if now is None or now.uidvalidity != self._box.uidvalidity:
            raise UsageError(f"{self._box.name} is another mailbox now (UIDVALIDITY): nothing was copied")

    def run(self, marks: Sequence[Mark], lister: Connection) -> Steps[None]:
        """Copy or move messages; the copies of a move are listed on a connection before the originals are removed.

        Raises what ends the connection, and CommandNo if the originals cannot be removed.
        """
        by_uid = {mark.uid: mark for mark in marks}
        session = self.source.session
        move = self._moves and (session.rev2 or "MOVE" in session.capabilities)
        for piece in runs(SequenceSet.of(mark.uid for mark in marks), _TOGETHER):
            if self._stopping.asked:
                self.stopped = True
                return
            yield from self._copy("UID MOVE" if move else "UID COPY", piece)
            done = [uid for uid in piece if uid in self.copied]
            if move:
                self.removed += done
            elif self._moves and done:
                yield from self._remove([by_uid[uid] for uid in done], lister)

    def _remove(self, marks: Sequence[Mark], lister: Connection) -> Steps[None]:
        """Remove messages that were copied, if the other mailbox has them: an OK alone does not show that."""
        copies = [self.copied[mark.uid] for mark in marks]
        told = [uid for uid in copies if uid is not None]
        uids = SequenceSet.of(told) if len(told) == len(copies) else None
        there = yield from self.found(lister, marks, uids)
        lost = [mark.uid for mark in marks if mark.uid not in there]
        self.failed.update(dict.fromkeys(lost, f"its copy was not found in {self.mailbox}"))
        for uid in lost:
            del self.copied[uid]
        box = self.source.session.mailbox
        if there and box is not None:
            here = Opened(self.source, box, self._box.uidvalidity)
            yield from remove(here, [uid for uid in self.copied if uid in there], self.removed, self.marked)

    def _copy(self, name: str, piece: SequenceSet) -> Steps[None]:
        told: list[CopyUid] = []

        def take(event: Received) -> None:  # of MOVE, the code comes untagged (RFC 6851 section 4.3), also before a NO
            told.extend(_copyuid(event.response.value))

        line = Writer(utf8=self.source.session.parser.utf8).raw(f"{piece} ").mailbox(self.mailbox).fragments()
        exchange = self.source.quietly(name, line, Own("", take))
        yield Within(self.source, exchange)
        if exchange.status == "OK":
            told.extend(_copyuid(exchange.response.value if exchange.response is not None else None))
        codes = [code for code in told if code.source.count(0) <= len(piece)]
        refused = f"{name} was refused: {reply(exchange)}" if exchange.status != "OK" else ""
        copies: dict[int, int | None] = {} if codes or refused else dict.fromkeys(piece)
        for code in codes:
            self.uidvalidity = code.uidvalidity
            copies.update(zip(code.source.numbers(0), code.destination.numbers(0), strict=False))
        for uid in piece:
            if uid in copies:
                self.copied[uid] = copies[uid]
            else:
                self.failed[uid] = refused or "it was not copied: expunged meanwhile"


def _copyuid(value: Any) -> list[CopyUid]:
    code = value.code if isinstance(value, StatusText) else None
    return [code.arg] if code is not None and isinstance(code.arg, CopyUid) else []
