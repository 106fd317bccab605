"""SORT and UID SORT (RFC 5256 section 3; RFC 5267 section 3 for RETURN)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.sort import Sort
from imapsh.grammar.values import ESearch
from imapsh.server.commands.search import found, highest, save, tells, wanted
from imapsh.server.reply import Arguments, Reply, ok
from imapsh.server.search import EVERYTHING, esearch_items
from imapsh.server.sorting import in_order

if TYPE_CHECKING:
    from imapsh.server.client import Client


def sort(client: Client, arguments: Arguments) -> Reply:
    """Do SORT."""
    return _sort(client, arguments, uid=False)


def uid_sort(client: Client, arguments: Arguments) -> Reply:
    """Do UID SORT."""
    return _sort(client, arguments, uid=True)


def _sort(client: Client, arguments: Arguments, *, uid: bool) -> Reply:
    criteria = [
        (piece.all("sort-key")[0].name.upper(), bool(piece.all("keyword")))
        for piece in arguments.all("syntax")
        if piece.name == "sort-criterion"
    ]
    messages = in_order(found(client, arguments), criteria)
    ids = [message.uid if uid else number for number, message in messages]
    options = wanted(arguments)
    save(client.mailbox, messages, options)
    if not arguments.all("sort-option"):
        client.send("SORT", Sort(tuple(ids), highest(arguments, messages)))
    elif tells(options):
        items = esearch_items(ids, options or EVERYTHING, SequenceSet.in_order)
        if (modseq := highest(arguments, messages)) is not None:
            items["MODSEQ"] = modseq
        client.send("ESEARCH", ESearch(client.tag, uid, items))
    return ok("sorted")


HANDLERS = {"SORT": sort, "UID SORT": uid_sort}
CAPABILITIES = ("SORT", "SORT=DISPLAY", "ESORT")
