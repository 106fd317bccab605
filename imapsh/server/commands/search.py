"""SEARCH and UID SEARCH: from the typed keys to the numbers found (RFC 9051 section 6.4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import ESearch, Search
from imapsh.server.reply import Arguments, Bad, Reply, as_text, ok
from imapsh.server.search import CHARSETS, EVERYTHING, Key, esearch_items, find, to_save
from imapsh.server.selected import Selected
from imapsh.server.store import Message, Refused

if TYPE_CHECKING:
    from imapsh.server.client import Client
    from imapsh.table import Piece

MAX_DEPTH = 60  #: keys within keys


def search(client: Client, arguments: Arguments) -> Reply:
    """Do SEARCH."""
    return _search(client, arguments, uid=False)


def uid_search(client: Client, arguments: Arguments) -> Reply:
    """Do UID SEARCH."""
    return _search(client, arguments, uid=True)


def _search(client: Client, arguments: Arguments, *, uid: bool) -> Reply:
    messages = found(client, arguments)
    ids = [message.uid if uid else number for number, message in messages]
    options = wanted(arguments)
    save(client.mailbox, messages, options)
    returned = any(piece.name.upper() == "RETURN" for piece in arguments.all("keyword"))
    modseq = highest(arguments, messages)
    if not returned and not client.rev2:
        client.send("SEARCH", Search(tuple(ids), modseq))
    elif tells(options):
        items = esearch_items(ids, options or EVERYTHING)
        client.send("ESEARCH", ESearch(client.tag, uid, items if modseq is None else {**items, "MODSEQ": modseq}))
    return ok("searched")


def highest(arguments: Arguments, messages: list[tuple[int, Message]]) -> int | None:
    """Return the highest mod-sequence of the messages reported, if the search used one (RFC 7162 section 3.1.5).

    If only MIN or MAX are reported, it is that of these messages (RFC 4731 section 3.2).
    """
    if not any(piece.kind == "search-key" and piece.name == "MODSEQ" for piece in arguments.every()):
        return None
    options = {option.name for option in wanted(arguments)}
    if options and options <= {"MIN", "MAX", "SAVE"}:
        messages = messages[:1] * ("MIN" in options) + messages[-1:] * ("MAX" in options)
    return max((message.modseq for _, message in messages), default=None)


def wanted(arguments: Arguments) -> list[Piece]:
    """Return the RETURN options."""
    return arguments.all("search-return")


def tells(options: list[Piece]) -> bool:
    """Return whether there is an ESEARCH to send; there is none if the result is only to be saved."""
    return [option.name for option in options] != ["SAVE"]


def saves(options: list[Piece]) -> bool:
    """Return whether the result is to be saved."""
    return any(option.name == "SAVE" for option in options)


def found(client: Client, arguments: Arguments) -> list[tuple[int, Message]]:
    """Return the number and message of all that the search keys find in the selected mailbox.

    Raises as `checked` does.
    """
    return find(checked(client, arguments), client.mailbox)


def checked(client: Client, arguments: Arguments) -> Key:
    """Return all search keys as one.  Raises Refused (BADCHARSET), which empties what SAVE keeps."""
    charsets = arguments.all("charset")
    if charsets and as_text(charsets[0].value).upper() not in CHARSETS:
        if client.selected is not None and saves(wanted(arguments)):
            client.selected.saved = set()  # the result after a NO (RFC 9051 section 6.4.4.1)
        raise Refused("BADCHARSET", "this server searches in US-ASCII and UTF-8", CHARSETS)
    return Key("AND", tuple(_key(piece, 0) for piece in arguments.all("search-key")))


def save(selected: Selected, messages: list[tuple[int, Message]], options: list[Piece]) -> None:
    """Keep as `$` what SAVE among the options asks for."""
    if saves(options):
        selected.saved = set(to_save([message.uid for _, message in messages], options))


def _key(piece: Piece, depth: int) -> Key:
    if depth > MAX_DEPTH:
        raise Bad(f"search keys are nested too deeply: the limit is {MAX_DEPTH} levels")
    name = piece.name.upper()
    inside = tuple(_key(child, depth + 1) for child in piece.all("search-key"))
    if name in ("(", "OR", "NOT"):
        return Key("AND" if name == "(" else name, inside)
    arguments = tuple(_argument(child.value) for child in piece.children)
    return Key("SEQUENCE-SET" if name == "<SEQUENCE-SET>" else name, arguments)


def _argument(value: object) -> object:
    return value if isinstance(value, int | SequenceSet) else as_text(value)


HANDLERS = {"SEARCH": search, "UID SEARCH": uid_search}
