"""The handlers of commands.  Each module here is a family, named as in `imapsh.table`, and declares what it can do.

    HANDLERS      a command's name -> the function that does it
    CAPABILITIES  the capabilities that clients are told after the login
    STATUS        a status item -> the function that finds its value in an account's mailbox
    ITEMS         a FETCH item -> the function that finds its value in a message
    KEYS          a search key -> the function that makes its test, as those of `imapsh.server.search`
    OPENED        the name of a response code -> the function that finds its argument when a mailbox is opened
    CREATED       the same when a mailbox is created; at most one of these is sent
    PICKS         a RETURN option -> the function that picks the found numbers that it is about
    RETURNS       a RETURN option -> the function that makes what ESEARCH says of the found numbers
    MODIFIERS     a FETCH modifier -> the function that changes a `Fetching` as the modifier asks
    STORE_MODIFIERS   a STORE modifier -> the same for a `Storing`
    MESSAGE_FORMS a form in which APPEND takes a message -> the function that finds its octets
    LIST_RETURN   a RETURN option of LIST -> the function that sends the response about a mailbox that was listed
    ENABLES       an extension as ENABLED names it -> the function that turns it on
    ENABLING      kind and name of a part of a command -> the function called first for a command with that part
    SELECT_PARAMS a parameter of SELECT -> the function that checks it, and returns what to do once the mailbox is open
    REFUSES       commands that themselves answer to names that no capability defines

A family leaves out the names that it does not need.  A new module in this package is found by itself.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from imapsh.server.commands.fetch import ITEMS, MODIFIERS
from imapsh.server.commands.message import MESSAGE_FORMS, STORE_MODIFIERS
from imapsh.server.search import KEYS, PICKS, RETURNS

_FAMILIES = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]


def _gathered(name: str) -> dict[Any, Any]:
    return {key: value for family in _FAMILIES for key, value in getattr(family, name, {}).items()}


HANDLERS = _gathered("HANDLERS")
STATUS = _gathered("STATUS")
ENABLES = _gathered("ENABLES")
ENABLING = _gathered("ENABLING")
SELECT_PARAMS = _gathered("SELECT_PARAMS")
STORE_MODIFIERS.update(_gathered("STORE_MODIFIERS"))
ITEMS.update(_gathered("ITEMS"))
KEYS.update(_gathered("KEYS"))
PICKS.update(_gathered("PICKS"))
RETURNS.update(_gathered("RETURNS"))
MODIFIERS.update(_gathered("MODIFIERS"))
OPENED = _gathered("OPENED")
CREATED = _gathered("CREATED")
MESSAGE_FORMS.update(_gathered("MESSAGE_FORMS"))
LIST_RETURN = _gathered("LIST_RETURN")
CAPABILITIES: tuple[str, ...] = tuple(name for family in _FAMILIES for name in getattr(family, "CAPABILITIES", ()))
REFUSES = frozenset(name for family in _FAMILIES for name in getattr(family, "REFUSES", ()))
