"""Names of mailboxes that are spelled otherwise on the wire than a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class MailboxName(str):
    """The name of a mailbox, decoded.  It is text like any other; `raw` is what stood on the wire for it.

    Only a name that differs there is one: in modified UTF-7 (RFC 3501 section 5.1.3), or INBOX in another case (RFC
    9051 section 5.1).  Quotation marks, and whether it came as a literal, are no part of `raw`.
    """

    __slots__ = ("raw",)

    raw: str

    def __new__(cls, name: str, raw: str) -> MailboxName:
        """Return the name; `raw` is its spelling on the wire."""
        made = super().__new__(cls, name)
        made.raw = raw
        return made

    def __reduce__(self) -> tuple[type[MailboxName], tuple[str, str]]:
        return MailboxName, (str(self), self.raw)


def spelled(name: str, raw: str) -> str:
    """Return `name`, which knows its spelling on the wire if that differs."""
    return name if name == raw else MailboxName(name, raw)


def raw_of(name: str) -> str:
    """Return the spelling of a mailbox's name on the wire; of other text, the text."""
    return name.raw if isinstance(name, MailboxName) else name


def spellings(value: Any) -> Iterator[MailboxName]:
    """Yield the names in a value of a response that are spelled otherwise on the wire, however deep in tuples."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if type(one) is MailboxName:
            yield one
        elif isinstance(one, tuple):
            waiting += reversed(one)
        elif isinstance(one, Mapping):
            waiting += one.values()
