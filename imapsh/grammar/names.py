"""Names of mailboxes whose spelling on the wire differs from what a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class MailboxName(str):
    """The name of a mailbox, decoded.  It is text like any other; `raw` is its spelling on the wire.

    The class is used only for a name whose spelling differs: one in modified UTF-7 (RFC 3501 section 5.1.3), or INBOX
    in another case (RFC 9051 section 5.1).  `raw` has no quotation marks, and does not tell whether the name came as a
    literal.
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
    """Return `name`; if its spelling on the wire differs, as a MailboxName that knows it."""
    return name if name == raw else MailboxName(name, raw)


def raw_of(name: str) -> str:
    """Return the spelling of a mailbox's name on the wire.  Other text is returned as it is."""
    return name.raw if isinstance(name, MailboxName) else name


def spellings(value: Any) -> Iterator[MailboxName]:
    """Yield the names in a response's value that are spelled differently on the wire.

    They may be in tuples and mappings of any depth.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if type(one) is MailboxName:
            yield one
        elif isinstance(one, tuple):
            waiting += reversed(one)
        elif isinstance(one, Mapping):
            waiting += one.values()
