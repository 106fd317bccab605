"""Offers what comes from the table itself, and the capabilities that ENABLE takes."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh import table
from imapsh.shell.prompt.completing.offer import Offer, Place
from imapsh.table.model import Name
from imapsh.typed.advice import unfit
from imapsh.typed.found import Expected

_CHARSETS = ("UTF-8", "US-ASCII", "ISO-8859-1")
_FIELDS = ("name", "version", "vendor", "support-url", "os", "os-version", "command", "date")


def row(choice: Expected, typed: str) -> Offer:
    """Return an offer of a row's name, in small letters if the person types them."""
    text = choice.text.lower() if typed.islower() and choice.text.isupper() else choice.text
    note = choice.reason or _note(choice)
    return Offer(text, choice.offset, choice.kind, note, choice.text, (choice.text,), dimmed=bool(choice.reason))


def _note(choice: Expected) -> str:
    found = choice.row
    if found is None:
        return ""
    takes_argument = isinstance(found, Name) and found.syntax and found.name[-1] not in "[("
    return f"{found.syntax}  {found.summary}" if takes_argument else found.summary


def enabled(place: Place) -> Iterator[Offer]:
    """Yield extensions that ENABLE turns on (RFC 5161 section 3.1); those that the server does not offer are dimmed."""
    for extension in table.names("enable").values():
        reason = unfit(extension, place.found.context)
        offer = place.offer(extension.name, extension.summary if reason is None else reason.message)
        yield offer._replace(dimmed=reason is not None)


def charsets(place: Place) -> Iterator[Offer]:
    """Yield character sets for SEARCH CHARSET."""
    yield from map(place.offer, _CHARSETS)


def id_fields(place: Place) -> Iterator[Offer]:
    """Yield fields for ID (RFC 2971 section 3.3)."""
    for name in _FIELDS:
        yield place.offer(f'"{name}"', names=(name, f'"{name}'))


def literals(place: Place) -> Iterator[Offer]:
    """Yield a file as the message for APPEND."""
    yield place.offer("{@", "a file: its path, and }")
