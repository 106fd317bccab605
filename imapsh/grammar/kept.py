"""Values of texts that come again and again in mail: an address, the fields before a part's size, its extension data.

A dictionary keeps the values of one kind.  It holds MOST of them, and none of a text longer than LONGEST, so a server
cannot make it large.  When it is full it is emptied, because what mail repeats is soon there again.
"""

from __future__ import annotations

from imapsh.hints import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing import AnyStr

Value = TypeVar("Value")

MOST = 2048  #: values that are kept
LONGEST = 250  #: characters of a text whose value is kept


def keep(values: dict[AnyStr, Value], text: AnyStr, value: Value) -> Value:
    """Keep the value of a text among `values`, if the text is short, and return the value."""
    if len(text) <= LONGEST:
        if len(values) >= MOST:
            values.clear()
        values[text] = value
    return value
