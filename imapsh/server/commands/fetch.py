"""FETCH and UID FETCH: every item, section and partial (RFC 9051 section 6.4.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from imapsh.grammar.dates import write_date_time
from imapsh.grammar.sequence import SequenceSet
from imapsh.server.mime import Section
from imapsh.server.reply import Arguments, Bad, Reply, as_text, ok
from imapsh.server.store import Message, Refused
from imapsh.tuples import NamedTuple
from imapsh.typed.found import SET_SLOTS

if TYPE_CHECKING:
    from imapsh.server.client import Client
    from imapsh.table import Piece

MACROS = {
    "ALL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"),
    "FAST": ("FLAGS", "INTERNALDATE", "RFC822.SIZE"),
    "FULL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"),
}
_ATOM = re.compile(r"[!#$&'+,\-./0-9:;<=>?@A-Z\^_`a-z|~]+")


class Item(NamedTuple):
    """One item: its name in capitals up to the `[`, its section, its partial (first octet, octets), and its label."""

    name: str
    section: Section = Section()
    partial: tuple[int, int] | None = None
    label: str = ""


def _section(message: Message, item: Item) -> Any:
    return _cut(message.mime.section(item.section), item)


def _binary(message: Message, item: Item) -> Any:
    return _cut(_decoded(message, item), item)


def _binary_size(message: Message, item: Item) -> Any:
    return len(_decoded(message, item) or b"")


def _decoded(message: Message, item: Item) -> bytes | None:
    try:
        return message.mime.decoded(item.section.part)
    except ValueError as error:
        raise Refused("UNKNOWN-CTE", f"message with UID {message.uid}: {error}") from None


def _cut(octets: bytes | None, item: Item) -> bytes | None:
    if octets is None or item.partial is None:
        return octets
    first, count = item.partial
    return octets[first : first + count]


#: Item -> the function that finds its value; those of the other families are added when they are gathered.
ITEMS: dict[str, Callable[[Message, Item], Any]] = {
    "UID": lambda message, item: message.uid,
    "FLAGS": lambda message, item: (),  # they differ between sessions: `_fetch` puts them in
    "INTERNALDATE": lambda message, item: write_date_time(message.internaldate),
    "RFC822.SIZE": lambda message, item: len(message.octets),
    "ENVELOPE": lambda message, item: message.mime.root.envelope(),
    "BODY": lambda message, item: message.mime.root.structure(False),
    "BODYSTRUCTURE": lambda message, item: message.mime.root.structure(True),
    "RFC822": lambda message, item: message.octets,
    "RFC822.HEADER": lambda message, item: message.mime.root.header_octets,
    "RFC822.TEXT": lambda message, item: message.mime.root.body_octets,
    "BODY[": _section,
    "BODY.PEEK[": _section,
    "BINARY[": _binary,
    "BINARY.PEEK[": _binary,
    "BINARY.SIZE[": _binary_size,
}


class Fetching:
    """A FETCH that is being done: the messages with their numbers, and the items.  Modifiers may change both."""

    def __init__(
        self, client: Client, asked: SequenceSet, messages: list[tuple[int, Message]], items: list[Item]
    ) -> None:
        self.client = client
        self.set = asked
        self.messages = messages
        self.items = items
        self.since = 0  # the mod-sequence since which changes are asked for


#: Modifier -> the function that does it, of all families once all are loaded.
MODIFIERS: dict[str, Callable[[Fetching, Piece], None]] = {}
_SETS_SEEN = frozenset({"RFC822", "RFC822.TEXT", "BODY[", "BINARY["})


def fetch(client: Client, arguments: Arguments) -> Reply:
    """Do FETCH."""
    return _fetch(client, arguments, uid=False)


def uid_fetch(client: Client, arguments: Arguments) -> Reply:
    """Do UID FETCH.  The UID is sent even if it was not asked for."""
    return _fetch(client, arguments, uid=True)


def _fetch(client: Client, arguments: Arguments, *, uid: bool) -> Reply:
    wanted = items(arguments)
    selected = client.mailbox
    if uid and "UIDONLY" not in client.enabled and all(item.name != "UID" for item in wanted):
        wanted.insert(0, Item("UID"))
    unknown = next((item.name for item in wanted if item.name not in ITEMS), None)
    if unknown is not None:
        raise Bad(f"this server does not know the FETCH item {unknown}")
    fetching = Fetching(client, chosen(arguments), selected.pick(chosen(arguments), uid=uid), wanted)
    modifiers = sorted(arguments.all("fetch-modifier"), key=lambda piece: piece.name)
    for piece in modifiers:  # CHANGEDSINCE comes before VANISHED, which needs it
        MODIFIERS[piece.name](fetching, piece)
    seen = not selected.read_only and any(item.name in _SETS_SEEN for item in wanted)
    for number, message in fetching.messages:
        changed = seen and "\\Seen" not in message.flags
        if changed:
            selected.mailbox.set_flags(message, message.flags | {"\\Seen"})
        values = {item.label or item.name: ITEMS[item.name](message, item) for item in wanted}
        if changed or "FLAGS" in values:
            values["FLAGS"] = selected.flags(message, client.rev2)
            selected.hush(message)
        client.send(*(selected.changes if changed else selected.told)(number, message, values))
    return ok("fetched")


def chosen(arguments: Arguments) -> SequenceSet:
    """Return the command's first set of messages."""
    value = arguments.all(*SET_SLOTS)[0].value
    assert isinstance(value, SequenceSet)
    return value


def items(arguments: Arguments) -> list[Item]:
    """Return the items asked for, each once, with macros written out."""
    found: list[Item] = []
    for piece in arguments.all("fetch-macro", "fetch-item"):
        if piece.kind == "fetch-macro":
            found.extend(Item(name) for name in MACROS[piece.name.upper()])
        else:
            found.append(_item(piece))
    return list(dict.fromkeys(found))


def _item(piece: Piece) -> Item:
    name = piece.name.upper()
    if not name.endswith("["):
        return Item(name)
    part = next((child.value for child in piece.all("section-part")), ())
    kind = next(iter(piece.all("section", "section-mime")), None)
    fields = tuple(as_text(child.value) for child in piece.all("header-fld-name"))
    section = Section(part if isinstance(part, tuple) else (), kind.name.upper() if kind else "", fields)
    span = next((child.value for child in piece.all("partial")), None)
    partial = span if isinstance(span, tuple) else None
    shown = name.replace(".PEEK", "") + ".".join(map(str, section.part))
    shown += ("." if section.part and section.text else "") + section.text
    if fields:
        shown += f" ({' '.join(_astrings(fields))})"
    return Item(name, section, partial, f"{shown}]" + (f"<{partial[0]}>" if partial else ""))


def _astrings(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        if not name.isascii() or not name.isprintable():
            raise Bad("a header field's name is printable ASCII")
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        yield name.upper() if _ATOM.fullmatch(name) else f'"{escaped.upper()}"'


HANDLERS = {"FETCH": fetch, "UID FETCH": uid_fetch}
