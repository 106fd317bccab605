"""Quick resynchronization (RFC 7162 section 3.2): what changed and vanished since a client looked last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Vanished
from imapsh.server.commands.condstore import enable as enable_condstore
from imapsh.server.commands.fetch import Fetching
from imapsh.server.reply import Bad

if TYPE_CHECKING:
    from imapsh.server.client import Client
    from imapsh.server.selected import Selected
    from imapsh.table import Piece

_MOST = 100_000  #: numbers of one set of sequence match data


def enable(client: Client) -> None:
    """Turn QRESYNC on: it implies CONDSTORE, and VANISHED replaces EXPUNGE (section 3.2.3)."""
    enable_condstore(client)
    client.enable("QRESYNC")


def _resynchronize(client: Client, piece: Piece) -> Callable[[], None]:
    """Do SELECT (QRESYNC ...): check the arguments, and return a function that sends the changes (section 3.2.5)."""
    values = {child.kind: child.value for child in piece.children}
    numbers, uids = values.get("known-sequence-set"), values.get("known-uid-set")
    matched: Sequence[tuple[int, int]] = ()
    if isinstance(numbers, SequenceSet) and isinstance(uids, SequenceSet):
        matched = tuple(zip(_rising(numbers), _rising(uids), strict=False))
        if numbers.count() != uids.count():
            raise Bad("the message numbers and the UIDs in QRESYNC are not as many")

    def tell() -> None:
        selected = client.mailbox
        mailbox = selected.mailbox
        if values["uidvalidity"] != mailbox.uidvalidity:
            return
        since = values["mod-sequence"]
        known = values.get("known-uids") or SequenceSet(((1, max(1, mailbox.uidnext - 1)),))
        assert isinstance(since, int)
        assert isinstance(known, SequenceSet)
        _vanished(client, since, known, _last_match(selected, matched))
        for number, message in selected.pick(known, uid=True):
            if message.modseq > since:
                items = {"UID": message.uid, "FLAGS": selected.flags(message, client.rev2)}
                client.send(*selected.changes(number, message, items))

    return tell


def _rising(numbers: SequenceSet) -> Sequence[int]:
    """Return the numbers of a set.  Raises Bad if they are not written in rising order, or are too many."""
    if numbers.count() > _MOST:
        raise Bad(f"a set in QRESYNC may hold {_MOST} numbers")
    written = tuple(numbers.numbers(0))
    if any(one >= other for one, other in pairwise(written)):
        raise Bad("the sets in QRESYNC must rise (RFC 7162 section 3.2.5.2)")
    return written


def _last_match(selected: Selected, matched: Sequence[tuple[int, int]]) -> int:
    """Return the highest UID that still has the number that the client knows.

    Up to it nothing is missing (3.2.5.2).
    """
    messages = selected.messages
    return max(
        (uid for number, uid in matched if number <= len(messages) and messages[number - 1].uid == uid), default=0
    )


def _vanished(client: Client, since: int, uids: SequenceSet, above: int = 0) -> None:
    """Send which of the UIDs were expunged, except those that a VANISHED without EARLIER is about to report."""
    selected = client.mailbox
    gone = selected.mailbox.vanished_since(since, uids, above)
    if pending := selected.pending():
        gone = SequenceSet.of(uid for uid in gone if uid not in pending)
    if gone:
        client.send("VANISHED", Vanished(True, gone))


def _modifier(fetching: Fetching, piece: Piece) -> None:
    """Do UID FETCH (CHANGEDSINCE n VANISHED): VANISHED is sent before any FETCH (section 3.2.6)."""
    largest = fetching.client.mailbox.mailbox.uidnext - 1
    ranges = tuple(pair for pair in fetching.set.disjoint(largest) if pair[0] <= pair[1])
    _vanished(fetching.client, fetching.since, SequenceSet(ranges))


CAPABILITIES = ("QRESYNC",)
ENABLES = {"QRESYNC": enable}
SELECT_PARAMS = {"QRESYNC": _resynchronize}
MODIFIERS = {"VANISHED": _modifier}
