"""SAVEDATE (RFC 8514): every mailbox keeps the date at which a message was saved."""

from __future__ import annotations

from datetime import date

from imapsh.grammar.dates import write_date_time
from imapsh.server.commands.fetch import Item
from imapsh.server.search import Test, day
from imapsh.server.selected import Selected
from imapsh.server.store import Message


def _saved(message: Message) -> date:
    return message.saved.date()


def _supported(selected: Selected) -> Test:
    return lambda number, message: True


def _item(message: Message, item: Item) -> str:
    return write_date_time(message.saved)


CAPABILITIES = ("SAVEDATE",)
ITEMS = {"SAVEDATE": _item}
KEYS = {
    "SAVEDBEFORE": day(_saved, date.__lt__),
    "SAVEDON": day(_saved, date.__eq__),
    "SAVEDSINCE": day(_saved, date.__ge__),
    "SAVEDATESUPPORTED": _supported,
}
