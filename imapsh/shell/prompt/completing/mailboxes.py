"""Offers mailbox names: shown as people read them, put in as the server takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imapsh.grammar.mutf7 import decode_leniently
from imapsh.grammar.tokens import unquote
from imapsh.render.visible import visible
from imapsh.shell.prompt.completing.offer import Offer, Place
from imapsh.shell.record import fuzzy
from imapsh.shell.record.mailboxes import as_typed

KINDS = ("mailbox", "list-mailbox")

_PATTERNS = (("*", "all names"), ("%", "names of this level alone"))


def plain(typed: str) -> str:
    """Return what is typed of a mailbox name, as people read it."""
    return decode_leniently(unquote(typed) if typed.startswith('"') else typed)[0]


def offers(place: Place, used: Sequence[str]) -> Iterator[Offer]:
    """Yield names of mailboxes; `used` are folded names, the one used most first."""
    if len(place.typed) > 1 and place.typed[0] == '"' == place.typed[-1] and not place.typed.endswith('\\"'):
        yield from _as_it_stands(place)
        return  # it is closed
    if place.kind == "list-mailbox":
        yield from (place.offer(f'"{text}"' if place.typed[:1] == '"' else text, note) for text, note in _PATTERNS)
    if _is_reference(place):
        yield place.offer('""', "names from the top")
    typed = plain(place.typed)
    for name, near in place.known.names.find(typed, used):
        yield from _offer(place, name, near)
    for prefix, owner in place.known.names.namespaces.items():
        if prefix and prefix.casefold().startswith(typed.casefold()):
            yield from _offer(place, prefix, fuzzy.BEGINS, f"{owner} mailboxes")
    yield from _as_it_stands(place)


def _as_it_stands(place: Place) -> Iterator[Offer]:
    """Yield a name that is not ASCII in modified UTF-7, if UTF-8 may not be sent.

    The name need not be known, as for CREATE.
    """
    if not place.typed.isascii() and not place.found.context.takes_utf8:
        yield from _offer(place, plain(place.typed), fuzzy.SCATTERED)


def _is_reference(place: Place) -> bool:
    """Return whether this is the first argument of LIST or LSUB.

    It is put before the pattern (RFC 9051 section 6.3.9).
    """
    command = place.found.command
    if command is None or command.name not in ("LIST", "LSUB") or place.kind != "mailbox":
        return False
    return not any(piece.kind == "mailbox" and piece.start < place.start for piece in place.found.slots)


def _offer(place: Place, name: str, near: int, note: str = "") -> Iterator[Offer]:
    argument = as_typed(name, utf8=place.found.context.takes_utf8, quoted=place.typed.startswith('"'))
    if argument:
        encoded = decode_leniently(argument)[0].strip('"') != argument.strip('"')
        note = note or (visible(argument) if encoded else "")
        yield Offer(argument, place.start, "mailbox", note, visible(name), (name,), near, style="class:mailbox")
