"""Reads the octets of messages of the mailbox that is selected on a connection, and gives each to who wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Fetch, UidFetch
from imapsh.session.events import Received
from imapsh.session.opening import reply
from imapsh.shell.commands.transfer.messages.identity import Mark
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Steps, Within
from imapsh.wire.frames import Part
from imapsh.wire.sinks import is_kept, octets_of

TOGETHER = 100  #: messages that one command reads, or sends
OCTETS = 8_000_000  #: octets of the messages that one command reads or sends, unless one alone has more

#: Takes a message: its UID and its octets.
Keep = Callable[[int, Part], object]


def parts(marks: Iterable[Mark], most: int = TOGETHER) -> Iterator[list[Mark]]:
    """Yield messages that go together: not too many, and not too large."""
    part: list[Mark] = []
    octets = 0
    for one in marks:
        size = max(one.size, 0)
        if part and (len(part) == most or octets + size > OCTETS):
            yield part
            part, octets = [], 0
        part.append(one)
        octets += size
    if part:
        yield part


def fetched(connection: Connection, uids: Sequence[int], keep: Keep, why: str = "") -> Steps[dict[int, str]]:
    r"""Give the octets of messages to `keep`, in the order in which they come; \Seen is not set.

    Returns why messages could not be read, by UID.  If the server refuses several, or leaves some out, each of these is
    asked for once more on its own.  Raises what ends the connection.
    """
    unread: dict[int, str] = {}
    left = set(uids)
    refused = yield from _fetched(connection, uids, left, keep, unread, why)
    for uid in sorted(left):
        if len(uids) > 1:
            refused = yield from _fetched(connection, [uid], left, keep, unread, why)
        if uid in left:
            unread[uid] = refused or "the server did not send it: expunged meanwhile, or withheld"
    return unread


def _fetched(
    connection: Connection, uids: Sequence[int], left: set[int], keep: Keep, unread: dict[int, str], why: str
) -> Steps[str]:  # fmt: skip
    """Read messages, each once, and take them out of `left`.  Return why the server refused, or ""."""

    def take(event: Received) -> None:
        value = event.response.value
        if not isinstance(value, Fetch | UidFetch) or (uid := value.uid) not in left or uid is None:
            return
        part = value.items.get("BODY[]")
        if part is None:
            return
        left.remove(uid)
        if is_kept(part):
            keep(uid, part)
        else:
            unread[uid] = "it was not kept, because the temporary folder cannot be written"

    wanted = SequenceSet.of(uids)
    exchange = connection.quietly("UID FETCH", [f"{wanted} (UID BODY.PEEK[])".encode()], Own(why, take))
    yield Within(connection, exchange)
    return "" if exchange.status == "OK" else f"{connection.plan.where} answers {reply(exchange)}"


def sum_of(part: Part) -> bytes:
    """Return the SHA-256 of a message, which is read in pieces if it is in a file."""
    from hashlib import sha256

    found = sha256()
    for piece in octets_of(part):
        found.update(piece)
    return found.digest()


def sums(connection: Connection, marks: Iterable[Mark]) -> Steps[dict[int, bytes]]:
    """Return the SHA-256 of messages by UID, without those that cannot be read."""
    found: dict[int, bytes] = {}
    for part in parts(marks):
        yield from fetched(
            connection, [mark.uid for mark in part], lambda uid, octets: found.update({uid: sum_of(octets)})
        )
    return found
