r"""Finds out which messages a mailbox has already, so that a copy that was broken off goes on where it was.

A message is there if its identity and its size are (`pairing`).  If only its octets can tell, because it has no header
fields or because a server counts octets in its own way, both are read and compared.  A difference that mail gets on its
way does not make another message.  A message that is marked \Deleted there, and not here, may be gone soon, so it does
not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from imapsh.shell.commands.transfer.messages.identity import OTHER, Content, Mark, is_deleted, likeness
from imapsh.shell.commands.transfer.messages.listing import contents
from imapsh.shell.commands.transfer.messages.pairing import Doubt, paired
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.steps import Steps


def _stay() -> Steps[None]:
    yield from ()


def present_in(
    source: Connection,
    target: Connection,
    ours: Sequence[Mark],
    theirs: Sequence[Mark],
    turn: Callable[[], Steps[None]] = _stay,
) -> Steps[dict[int, Mark]]:
    """Return those of our messages that the other mailbox has, by UID, with the message there.

    Each message there counts once.  The other mailbox must be selected on `target`, and ours on `source`; `turn` is
    called between reading theirs and reading ours, and may select ours if both connections are one.
    """
    pairing = paired(_ordered(ours), _ordered(theirs))
    found = {one.uid: other for one, other in pairing.pairs}
    read = yield from contents(target, "", (mark for doubt in pairing.doubts for mark in doubt.theirs))
    yield from turn()
    wanted = [mark for doubt in pairing.doubts for mark in doubt.ours] if read.contents else []
    ours_read = yield from contents(source, "", wanted)
    for doubt in pairing.doubts:
        found.update(_same(doubt, ours_read.contents, read.contents))
    going = {mark.uid for mark in ours if is_deleted(mark.flags)}
    return {uid: other for uid, other in found.items() if uid in going or not is_deleted(other.flags)}


def _ordered(marks: Sequence[Mark]) -> list[Mark]:
    r"""Return messages in their order, those that are marked \Deleted last, so that these are paired last."""
    return sorted(marks, key=lambda mark: is_deleted(mark.flags))


def _same(doubt: Doubt, ours: dict[int, Content], theirs: dict[int, Content]) -> dict[int, Mark]:
    """Return the messages of a doubt whose octets tell that they are there."""
    found: dict[int, Mark] = {}
    by_body: dict[bytes, list[Mark]] = defaultdict(list)
    for mark in doubt.theirs:
        if mark.uid in theirs:
            by_body[theirs[mark.uid].body].append(mark)
    for mark in doubt.ours:
        content = ours.get(mark.uid)
        for other in by_body[content.body] if content is not None else ():
            if content is not None and likeness(content, theirs[other.uid]).kind != OTHER:
                found[mark.uid] = other
                by_body[content.body].remove(other)
                break
    return found
