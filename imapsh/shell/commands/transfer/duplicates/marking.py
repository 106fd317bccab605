"""Adds flags to messages of the selected mailbox, and writes that into the journal."""

from __future__ import annotations

from collections.abc import Sequence

from imapsh.errors import CommandNo
from imapsh.grammar.sequence import LINE, SequenceSet
from imapsh.hints import TYPE_CHECKING
from imapsh.shell.commands.transfer.messages import listing
from imapsh.shell.commands.transfer.messages.identity import Mark
from imapsh.shell.connection.steps import Steps
from imapsh.shell.record.journal import DONE, FLAGS, PARTLY, UNKNOWN, flagged

if TYPE_CHECKING:
    from imapsh.shell.app import App

_ROOM = 300  # octets of a line beside its set and the flags


def add(app: App, line: str, flags: Sequence[str], marks: Sequence[Mark]) -> Steps[None]:
    """Add flags to messages, in as many commands as any server takes; `line` is the person's, for the journal.

    Raises CommandNo if the server refuses, and what ends the connection.  What was sent is in the journal in any case.
    """
    connection = app.connection
    place = connection.place()
    words = f"+FLAGS.SILENT ({' '.join(flags)})"
    by_uid = {mark.uid: mark for mark in marks}
    for piece in SequenceSet.of(by_uid).pieces(max(LINE - _ROOM - len(words), _ROOM)):
        outcome = UNKNOWN
        try:
            yield from listing.told(connection, "", "UID STORE", f"{piece} {words}", None)
            outcome = DONE
        except CommandNo:
            outcome = PARTLY
            raise
        finally:
            changed = flagged("+", flags, [(uid, by_uid[uid].flags) for uid in piece])
            app.journal.add(FLAGS, line, place, uids=piece, flags=changed, outcome=outcome)
