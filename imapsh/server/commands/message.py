"""APPEND, STORE, COPY, MOVE, EXPUNGE and their UID forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from imapsh.grammar.dates import read_date_time
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import AppendUid, CopyUid
from imapsh.server.commands.fetch import chosen
from imapsh.server.reply import Arguments, Bad, Reply, as_text, ok
from imapsh.server.store import SYSTEM_FLAGS, Mailbox, Message, Refused
from imapsh.tuples import NamedTuple
from imapsh.typed.found import Piece, find

if TYPE_CHECKING:
    from imapsh.server.client import Client

#: Operation -> the function that combines the old flags with the given ones.
_CHANGES: dict[str, Callable[[set[str], set[str]], set[str]]] = {
    "FLAGS": lambda old, typed: set(typed),
    "+FLAGS": lambda old, typed: old | typed,
    "-FLAGS": lambda old, typed: old - typed,
}


def append(client: Client, arguments: Arguments) -> Reply:
    """Do APPEND (RFC 9051 section 6.3.12)."""
    mailbox = client.user_account.target(arguments.mailbox())
    return ok("appended", "APPENDUID", stored(client, mailbox, arguments))


def stored(client: Client, mailbox: Mailbox, arguments: Arguments, instead: Sequence[Message] = ()) -> AppendUid:
    """Store the command's messages, all or none of them (RFC 3502), and return the UIDs that they got.

    `instead` holds messages that will be removed, so that their room is free.  Raises Bad and Refused.
    """
    news = [_new(client, pieces) for pieces in _messages(arguments)]
    client.user_account.make_room(
        len(news) - len(instead),
        sum(len(new.octets) for new in news) - sum(len(message.octets) for message in instead),
    )
    mailbox.learn(flag for new in news for flag in new.flags)  # all are stored, or none
    uids = [mailbox.add(new.octets, new.when, new.flags, client.store.clock()).uid for new in news]
    return AppendUid(mailbox.uidvalidity, SequenceSet.of(uids))


class _New(NamedTuple):
    """A message that is to be stored."""

    octets: bytes
    when: datetime
    flags: list[str]


def _messages(arguments: Arguments) -> list[tuple[Piece, ...]]:
    """Return the pieces of each message of the command."""
    others = [piece for piece in arguments.match.pieces if piece.name == "another-message"]
    first = tuple(piece for piece in arguments.match.pieces if piece not in others)
    return [first, *(piece.children for piece in others)]


def _new(client: Client, pieces: tuple[Piece, ...]) -> _New:
    octets = _octets(client, pieces)
    if not octets:
        raise Refused("CANNOT", "a message is empty: nothing was stored")
    if b"\0" in octets:
        raise Refused("UNKNOWN-CTE", "this server keeps no message with NUL in it: encode it as base64")
    dates = find(pieces, "date-time")
    when = parse_date_time(as_text(dates[0].value)) if dates else client.store.clock()
    return _New(octets, when, _flags(pieces))


def _octets(client: Client, pieces: tuple[Piece, ...]) -> bytes:
    """Return a message as it is to be stored.  Raises Bad if no family here knows its form."""
    for piece in find(pieces, "append-extension"):
        form = MESSAGE_FORMS.get(piece.name)
        if form is None:
            raise Bad("this server does not take a message in this form")
        return form(client, piece)
    return literal_of(pieces)


def literal_of(pieces: tuple[Piece, ...]) -> bytes:
    """Return the octets of the first literal among the pieces."""
    octets = find(pieces, "message")[0].value
    if not isinstance(octets, bytes):
        raise Bad("the message must be a literal")
    return octets


def _utf8(client: Client, piece: Piece) -> bytes:
    """Do `UTF8 (...)`, which is for messages whose header is UTF-8 (RFC 6855 section 4)."""
    if not client.utf8:
        raise Bad("UTF8 (...) needs ENABLE UTF8=ACCEPT or IMAP4rev2 first")
    return literal_of(piece.children)


def parse_date_time(text: str) -> datetime:
    """Return a date-time (RFC 9051 section 9), with or without its quotation marks.  Raises Bad."""
    try:
        return read_date_time(text.strip('"'))
    except ValueError as error:
        raise Bad(str(error)) from None


def _flags(pieces: tuple[Piece, ...]) -> list[str]:
    """Return the given flags.

    Of those with a backslash only system flags are accepted; a client cannot set `\\Recent`.
    """
    flags = [as_text(piece.value) for piece in find(pieces, "flag")]
    known = {flag.lower() for flag in SYSTEM_FLAGS}
    for flag in flags:
        if flag.startswith("\\") and flag.lower() not in known:
            raise Bad(f"{flag} is not a flag that a client may set")
    return flags


def store(client: Client, arguments: Arguments) -> Reply:
    """Do STORE (6.4.6)."""
    return _store(client, arguments, uid=False)


def uid_store(client: Client, arguments: Arguments) -> Reply:
    """Do UID STORE."""
    return _store(client, arguments, uid=True)


class Storing:
    """A STORE that is being done: the messages with their numbers, and the flags.

    Modifiers may take messages out and say why in `reply`.  With `tells` they ask that each message be reported even if
    the command is silent.
    """

    def __init__(self, messages: list[tuple[int, Message]], flags: set[str], *, uid: bool) -> None:
        self.messages = messages
        self.flags = flags
        self.uid = uid
        self.tells = False
        self.reply = ok("stored")


def _store(client: Client, arguments: Arguments, *, uid: bool) -> Reply:
    selected = client.mailbox
    found = selected.pick(chosen(arguments), uid=uid)
    selected.writable()
    verb, _, silent = arguments.all("store-item")[0].name.upper().partition(".")
    storing = Storing(found, selected.mailbox.learn(_flags(arguments.match.pieces)), uid=uid)
    client.tell_keywords()
    for piece in arguments.all("store-modifier"):
        STORE_MODIFIERS[piece.name](storing, piece)
    for number, message in storing.messages:
        before = message.modseq
        selected.mailbox.set_flags(message, _CHANGES[verb](message.flags, storing.flags), selected)
        told: dict[str, object] = {"UID": message.uid} if uid else {}
        if not silent:
            selected.hush(message)
            client.send(*selected.changes(number, message, {**told, "FLAGS": selected.flags(message, client.rev2)}))
        elif storing.tells or ("CONDSTORE" in client.enabled and message.modseq != before):
            client.send(*selected.changes(number, message, told))
    return storing.reply


def copy(client: Client, arguments: Arguments) -> Reply:
    """Do COPY (6.4.7)."""
    return _copy(client, arguments, uid=False)


def uid_copy(client: Client, arguments: Arguments) -> Reply:
    """Do UID COPY."""
    return _copy(client, arguments, uid=True)


def _copy(client: Client, arguments: Arguments, *, uid: bool) -> Reply:
    found, target = _copied(client, arguments, uid=uid)
    client.user_account.make_room(len(found), sum(len(message.octets) for message in found))
    copies = _into(target, found, client.store.clock())
    return ok("copied", "COPYUID", copies) if copies is not None else ok("there was nothing to copy")


def move(client: Client, arguments: Arguments) -> Reply:
    """Do MOVE (6.4.8)."""
    return _move(client, arguments, uid=False)


def uid_move(client: Client, arguments: Arguments) -> Reply:
    """Do UID MOVE."""
    return _move(client, arguments, uid=True)


def _move(client: Client, arguments: Arguments, *, uid: bool) -> Reply:
    """Move the messages.  COPYUID is sent in an untagged OK before the EXPUNGEs (6.4.8)."""
    client.mailbox.writable()
    found, target = _copied(client, arguments, uid=uid)
    copies = _into(target, found, client.store.clock())
    if copies is None:
        return ok("there was nothing to move")
    client.send("OK", ok("moved", "COPYUID", copies))
    client.mailbox.mailbox.expunge(found)
    return _expunged(client, "moved", found)


def _copied(client: Client, arguments: Arguments, *, uid: bool) -> tuple[list[Message], Mailbox]:
    """Copy the messages of the set that still exist.  Return them, and the mailbox they go to."""
    pairs = client.mailbox.pick(chosen(arguments), uid=uid)
    target = client.user_account.target(arguments.mailbox())
    return [message for _, message in pairs if client.mailbox.exists(message)], target


def _into(target: Mailbox, messages: list[Message], now: datetime) -> CopyUid | None:
    target.learn(flag for message in messages for flag in message.flags)  # all are copied, or none
    copies = [target.add(message.source, message.internaldate, message.flags, now) for message in messages]
    if not copies:
        return None
    source = SequenceSet.of(message.uid for message in messages)
    return CopyUid(target.uidvalidity, source, SequenceSet.of(message.uid for message in copies))


def expunge(client: Client, arguments: Arguments) -> Reply:
    """Do EXPUNGE (6.4.3)."""
    return _expunge(client, client.mailbox.mailbox.messages)


def uid_expunge(client: Client, arguments: Arguments) -> Reply:
    """Do UID EXPUNGE (6.4.9)."""
    return _expunge(client, [message for _, message in client.mailbox.pick(chosen(arguments), uid=True)])


def _expunge(client: Client, messages: list[Message]) -> Reply:
    client.mailbox.writable()
    doomed = [message for message in messages if "\\Deleted" in message.flags]
    client.mailbox.mailbox.expunge(doomed)
    return _expunged(client, "expunged", doomed)


def _expunged(client: Client, text: str, gone: list[Message]) -> Reply:
    """Return the OK, with the highest mod-sequence for a client that resynchronizes (RFC 7162 section 3.2.7)."""
    if not gone or "QRESYNC" not in client.enabled:
        return ok(text)
    return ok(text, "HIGHESTMODSEQ", client.mailbox.mailbox.highestmodseq)


#: Modifier of STORE -> the function that does it, of all families once all are loaded.
STORE_MODIFIERS: dict[str, Callable[[Storing, Piece], None]] = {}
#: The forms, besides a literal, in which a message may come: those of all families, once all are loaded.
MESSAGE_FORMS: dict[str, Callable[[Client, Piece], bytes]] = {"UTF8": _utf8}
HANDLERS = {
    "APPEND": append,
    "STORE": store,
    "UID STORE": uid_store,
    "COPY": copy,
    "UID COPY": uid_copy,
    "MOVE": move,
    "UID MOVE": uid_move,
    "EXPUNGE": expunge,
    "UID EXPUNGE": uid_expunge,
}
