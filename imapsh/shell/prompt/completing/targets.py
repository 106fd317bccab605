r"""Offers the options of `\\copy`, `\\move`, `\\compare` and `\\duplicates`, and mailboxes of connections by name."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from imapsh.hints import TYPE_CHECKING
from imapsh.render.visible import visible
from imapsh.shell.app import App
from imapsh.shell.prompt.completing.offer import Offer

if TYPE_CHECKING:
    from imapsh.shell.connection.connection import Connection

_TREE = "--tree"
_OPTIONS = {
    "\\copy": {_TREE: "whole mailboxes"},
    "\\move": {_TREE: "whole mailboxes"},
    "\\compare": {"--all": "names all messages that differ", "--content": "reads all messages"},
    "\\duplicates": {"--mark": "marks them \\Deleted, after a question", "--all": "shows all rows"},
}


def offers(line: str, app: App) -> Iterator[Offer]:
    """Yield the options, the connections, and the mailboxes of one, if the last word may be one of them."""
    before, _, typed = line.rpartition(" ")
    start = len(before) + 1
    command, *words = _split(before)
    options = _OPTIONS.get(command.lower(), {})
    if all(word in options for word in words) and (not words or _TREE not in options):
        for option in options.keys() - set(words):
            yield Offer(option, start, "own", options[option], names=(option,))
    if command.lower() == "\\compare":
        if sum(word not in options for word in words) < 2:
            yield from _places(typed, start, app)
            yield from _here(typed, start, app)
    elif _TREE in options and words and words not in ([_TREE], ["UID"], ["uid"]) and len(words) <= 2:
        yield from _places(typed, start, app)


def patterns(typed: str, start: int, app: App) -> Iterator[Offer]:
    """Yield the mailboxes of the current connection that come near what is typed, as a pattern takes them."""
    for offer in _here(typed, start, app):
        yield offer._replace(text=offer.names[0])


def _here(typed: str, start: int, app: App) -> Iterator[Offer]:
    if app.here is not None:
        yield from _mailboxes("", app.here, typed, start)


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text, posix=False)
    except ValueError:
        return text.split()


def _places(typed: str, start: int, app: App) -> Iterator[Offer]:
    """Yield the connections, or the mailboxes of one that is named."""
    name, colon, box = typed.partition(":")
    if not colon:
        for each, connection in app.connections.items():
            yield Offer(f"{each}:", start, "own", visible(connection.label), names=(f"{each}:",))
    elif (named := app.connections.get(name)) is not None:
        yield from _mailboxes(f"{name}:", named, box, start)


def _mailboxes(prefix: str, connection: Connection, typed: str, start: int) -> Iterator[Offer]:
    for mailbox, near in connection.record.known.names.find(typed, ()):
        if visible(mailbox) == mailbox:
            text = prefix + mailbox
            yield Offer(shlex.quote(text) if " " in text else text, start, "mailbox", names=(text,), near=near)
