r"""Writes into the journal what `\copy` and `\move` did, so that `\undo` knows the way back."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

from imapsh.grammar.sequence import SequenceSet
from imapsh.hints import TYPE_CHECKING
from imapsh.shell.record.journal import COPIED, MOVED, UNKNOWN, Place, set_of

if TYPE_CHECKING:
    from imapsh.shell.app import App

_UNTOLD = "the server did not say which UIDs the messages got"
_DOUBT = "the connection ended before the reply, and nobody knows what was done"


class Places:
    """The two mailboxes of a copy, and the line that did it, as the journal has them."""

    def __init__(self, app: App, line: str, place: Place, to: Place) -> None:
        self._app = app
        self._line = line
        self._place = place
        self._to = to

    def write(self, copies: Mapping[int, int | None], moved: Collection[int], unknown: Iterable[int] = ()) -> None:
        """Add what was copied: the UID of each copy by that of its original, None if it was not told.

        Of these `moved` are no longer in the mailbox that they came from.
        """
        gone = set(moved)
        self._add(COPIED, {uid: copies[uid] for uid in sorted(copies) if uid not in gone})
        self._add(MOVED, {uid: copies[uid] for uid in sorted(gone) if uid in copies})
        if doubtful := set_of(unknown):
            self._app.journal.add(
                COPIED, self._line, self._place, uids=doubtful, to=self._to, outcome=UNKNOWN, why=_DOUBT
            )

    def _add(self, kind: str, copies: Mapping[int, int | None]) -> None:
        told = {uid: copy for uid, copy in copies.items() if copy is not None}
        if copies:
            self._app.journal.add(
                kind, self._line, self._place, uids=_ordered(told), to=self._to, copies=_ordered(told.values()),
                why="" if told else _UNTOLD,
            )  # fmt: skip


def _ordered(uids: Iterable[int]) -> SequenceSet:
    """Return UIDs in their order, in few octets if they rise, as they do nearly always."""
    listed = array("I", uids)
    if all(one < other for one, other in pairwise(listed)):
        return SequenceSet.rising(listed)
    return SequenceSet.in_order(listed)
