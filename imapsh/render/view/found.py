"""Finds the function that shows a type of value: by VIEWS, or by the names of the value's module and type."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from imapsh.grammar import values

#: The type of a value -> `module.function` of this package that yields its lines.
VIEWS: dict[type, str] = {
    values.StatusText: "status.text",
    values.Count: "status.count_of",
    values.Expunged: "gone.expunged",
    values.Vanished: "gone.vanished",
    values.Flags: "status.flags",
    values.Capabilities: "capability.capabilities",
    values.Id: "capability.identification",
    values.MailboxList: "mailboxes.mailbox",
    values.MailboxStatus: "mailboxes.status",
    values.Namespaces: "mailboxes.namespaces",
    values.Search: "search.search",
    values.ESearch: "search.esearch",
    values.Fetch: "fetch.fetch",
    values.UidFetch: "fetch.fetch",
}


def view_of(kind: type) -> str | None:
    """Return `module.function` of the view of a type of value, or None if it has none."""
    return VIEWS.get(kind) or _by_name(kind.__module__, kind.__name__)


def words(value: Any) -> str:
    """Return a value in a few visible words, to be shown beside something else; "" if it has none.

    For an extension's `SomeValue` they are what `some_value_words` of its view module returns.
    """
    kind = type(value)
    name = _by_name(kind.__module__, kind.__name__, "_words")
    if name is None:
        return ""
    module, _, function = name.partition(".")
    text: str = getattr(import_module(f"{__package__}.{module}"), function)(value)
    return text


@cache
def _by_name(module: str, name: str, ending: str = "") -> str | None:
    """Return the view of an extension's value, by the names of its module and its type, with an ending."""
    floor, _, family = module.rpartition(".")
    if floor != "imapsh.grammar" or find_spec(f"{__package__}.{family}") is None:
        return None
    function = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() + ending
    return f"{family}.{function}" if hasattr(import_module(f"{__package__}.{family}"), function) else None
