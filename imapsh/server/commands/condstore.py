"""Conditional STORE (RFC 7162 section 3.1): a message has one mod-sequence, that of its last change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from imapsh.grammar.sequence import SequenceSet
from imapsh.server.commands.fetch import Fetching, Item
from imapsh.server.commands.message import Storing
from imapsh.server.reply import ok
from imapsh.server.search import Test
from imapsh.server.selected import Selected
from imapsh.server.store import Mailbox, Message

if TYPE_CHECKING:
    from imapsh.server.client import Client
    from imapsh.table import Piece


def enable(client: Client) -> None:
    """Send mod-sequences from now on, and that of the selected mailbox at once (section 3.1)."""
    if "CONDSTORE" not in client.enabled:
        client.enable("CONDSTORE")
        if client.selected is not None:
            client.send(*client.selected.highest())


def number_in(piece: Piece) -> int:
    """Return the mod-sequence that follows the name of a parameter."""
    value = piece.children[-1].value
    assert isinstance(value, int)
    return value


def _changed_since(fetching: Fetching, piece: Piece) -> None:
    """Do CHANGEDSINCE, which asks for MODSEQ too (section 3.1.4.1)."""
    since = fetching.since = number_in(piece)
    fetching.messages = [pair for pair in fetching.messages if pair[1].modseq > since]
    if all(item.name != "MODSEQ" for item in fetching.items):
        fetching.items.append(Item("MODSEQ"))


def _unchanged_since(storing: Storing, piece: Piece) -> None:
    """Do UNCHANGEDSINCE: leave out the messages that have changed, and name them in MODIFIED (section 3.1.3)."""
    since = number_in(piece)
    left = [pair for pair in storing.messages if _has_changed(pair[1], since, storing.flags)]
    storing.messages = [pair for pair in storing.messages if pair not in left]
    storing.tells = True
    if left:
        named = SequenceSet.of(message.uid if storing.uid else number for number, message in left)
        storing.reply = ok("some had changed, and were left as they are", "MODIFIED", named)


def _has_changed(message: Message, since: int, flags: set[str]) -> bool:
    """Return whether a message has changed.

    With 0 it has if one of the flags exists, as the system flags always do.
    """
    if since:
        return message.modseq > since
    return any(flag.startswith("\\") or flag in message.flags for flag in flags)


def _modseq(selected: Selected, *arguments: object) -> Test:
    """Return the test for the key MODSEQ.

    It does not matter which flag the key is about, because all have one mod-sequence (section 3.1.5).
    """
    since = arguments[-1]
    assert isinstance(since, int)
    return lambda number, message: message.modseq >= since


def _parameter(client: Client, piece: Piece) -> Callable[[], None]:
    return lambda: None  # `ENABLING` does it


def _highest(mailbox: Mailbox) -> int:
    return mailbox.highestmodseq


CAPABILITIES = ("CONDSTORE",)
ENABLES = {"CONDSTORE": enable}
ENABLING = {
    ("select-param", "CONDSTORE"): enable,
    ("status-item", "HIGHESTMODSEQ"): enable,
    ("fetch-item", "MODSEQ"): enable,
    ("search-key", "MODSEQ"): enable,
    ("fetch-modifier", "CHANGEDSINCE"): enable,
    ("store-modifier", "UNCHANGEDSINCE"): enable,
}
SELECT_PARAMS = {"CONDSTORE": _parameter}
MODIFIERS = {"CHANGEDSINCE": _changed_since}
STORE_MODIFIERS = {"UNCHANGEDSINCE": _unchanged_since}
ITEMS = {"MODSEQ": lambda message, item: message.modseq}
KEYS = {"MODSEQ": _modseq}
STATUS = {"HIGHESTMODSEQ": _highest}
OPENED = {"HIGHESTMODSEQ": _highest}
