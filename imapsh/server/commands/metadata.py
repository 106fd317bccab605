"""GETMETADATA and SETMETADATA (RFC 5464), and LIST's METADATA (RFC 9590): annotations of mailboxes and the server.

A user can set the annotations of the mailboxes, and the private ones of the server.  No client can set the shared ones
of the server.  `/private/specialuse` says what a mailbox is for, and cannot be set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from imapsh.grammar.metadata import Metadata, MetadataLimit, Value
from imapsh.server.reply import Arguments, Bad, Reply, as_text, ok
from imapsh.server.store import Mailbox, Refused

if TYPE_CHECKING:
    from imapsh.server.client import Client

_LARGEST = 4096  #: octets of a value
_MOST = 64  #: entries of a mailbox, or of a user at the server
_USE = "/private/specialuse"  # RFC 6154 section 4
_LEVELS = {"0": 0, "1": 1, "INFINITY": 1000}


def _entries(arguments: Arguments) -> list[str]:
    """Return the entries as they were named.  Raises Bad for a name that cannot be one (RFC 5464 section 3.2)."""
    names = []
    for piece in arguments.all("metadata-entry"):
        name = as_text(piece.children[0].value) if piece.children else piece.name
        scope = name.lower().split("/")[1]
        if scope not in ("private", "shared"):
            raise Bad(f"the entry {name!a} is neither below /private nor below /shared")
        names.append(name)
    return names


def _held(client: Client, mailbox: Mailbox | None) -> Mapping[str, bytes]:
    """Return the annotations of a mailbox, or of the server, by names in lower case."""
    if mailbox is None:
        return {**client.store.metadata, **client.user_account.metadata}
    return {**mailbox.metadata, **({_USE: mailbox.use.encode()} if mailbox.use else {})}


def _mailbox(client: Client, arguments: Arguments) -> Mailbox | None:
    """Return the mailbox, or None for the server.  It may be a mailbox that cannot be opened."""
    name = arguments.mailbox()
    return client.user_account.named(name) if name else None


def get_metadata(client: Client, arguments: Arguments) -> Reply:
    """Do GETMETADATA (section 4.2).  An entry that is not set is NIL, and values larger than MAXSIZE are left out."""
    mailbox = _mailbox(client, arguments)
    options = {piece.name: piece.children[0] for piece in arguments.all("getmetadata-option")}
    depth = _LEVELS[options["DEPTH"].name] if "DEPTH" in options else 0
    largest = options["MAXSIZE"].value if "MAXSIZE" in options else None
    found = dict(_found(_held(client, mailbox), _entries(arguments), depth))
    long = {name: len(value or b"") for name, value in found.items() if largest is not None and value is not None}
    left_out = {name: size for name, size in long.items() if isinstance(largest, int) and size > largest}
    _tell(client, mailbox, {name: value for name, value in found.items() if name not in left_out})
    if left_out:
        return ok("the longer ones are left out", "METADATA", MetadataLimit("LONGENTRIES", max(left_out.values())))
    return ok("that is what they are")


def _found(held: Mapping[str, bytes], names: list[str], depth: int) -> Iterator[tuple[str, bytes | None]]:
    """Yield the named entries and those below them, down to `depth` levels; the value is NIL if nothing is set."""
    for name in names:
        lower = name.lower()
        below = [other for other in held if other.startswith(lower + "/") and other[len(lower) :].count("/") <= depth]
        if lower in held or not below:
            yield name, held.get(lower)
        for other in below:
            yield other, held[other]


def _tell(client: Client, mailbox: Mailbox | None, found: Mapping[str, bytes | None]) -> None:
    if found:
        values = {name: _value(octets) for name, octets in found.items()}
        client.send("METADATA", Metadata(mailbox.name if mailbox is not None else "", values))


def _value(octets: bytes | None) -> Value:
    """Return the octets as the grammar has them: as text if they are UTF-8."""
    if octets is None or b"\0" in octets:
        return octets
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets


def _tell_of_mailbox(client: Client, mailbox: Mailbox, arguments: Arguments) -> None:
    """Send METADATA of a mailbox that LIST reports (RFC 9590 section 3)."""
    _tell(client, mailbox, dict(_found(_held(client, mailbox), _entries(arguments), 0)))


def set_metadata(client: Client, arguments: Arguments) -> Reply:
    """Do SETMETADATA (section 4.3): all of it or nothing."""
    mailbox = _mailbox(client, arguments)
    kept = dict(client.user_account.metadata if mailbox is None else mailbox.metadata)
    before = len(kept)
    for name, piece in zip(_entries(arguments), arguments.all("metadata-value"), strict=True):
        lower = name.lower()
        _check_name(lower, mailbox)
        value = piece.value
        if value is None:
            kept.pop(lower, None)
            continue
        kept[lower] = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
        if len(kept[lower]) > _LARGEST:
            raise Refused("METADATA", "this value is too large", MetadataLimit("MAXSIZE", _LARGEST))
    if len(kept) > max(_MOST, before):
        raise Refused("METADATA", f"there may be {_MOST} entries", MetadataLimit("TOOMANY"))
    old = client.user_account.metadata if mailbox is None else mailbox.metadata
    changed = [name for name in {*old, *kept} if old.get(name) != kept.get(name)]
    if mailbox is None:
        client.user_account.metadata = kept
    elif kept != mailbox.metadata:
        mailbox.metadata = kept
        mailbox.change()  # it raises the highest mod-sequence (RFC 7162 section 3.2)
    for listener in list(client.user_account.listeners) if changed else ():
        listener.metadata(mailbox, changed)
    return ok("set")


def _check_name(name: str, mailbox: Mailbox | None) -> None:
    """Raise Bad for an entry that cannot have a value (section 3.2), and Refused for one that a client cannot set."""
    parts = name.split("/")[1:]
    if len(parts) < (4 if parts[1:2] == ["vendor"] else 2):
        raise Bad(f"the entry {name!a} is too short (RFC 5464 section 3.2)")
    if mailbox is None and parts[0] == "shared":
        raise Refused("NOPERM", "what all users of this server see, no client sets")
    if mailbox is not None and name == _USE:
        raise Refused("CANNOT", "the special use of a mailbox does not change here")


HANDLERS = {"GETMETADATA": get_metadata, "SETMETADATA": set_metadata}
CAPABILITIES = ("METADATA", "LIST-METADATA")
LIST_RETURN = {"METADATA": _tell_of_mailbox}
