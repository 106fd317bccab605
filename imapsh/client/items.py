"""FETCH items with their types: the names that may be asked for, and the values that come (RFC 9051 section 6.4.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from imapsh.errors import UsageError, shown
from imapsh.grammar.sequence import is_count
from imapsh.patterns import lazy

if TYPE_CHECKING:
    from typing import Any, TypeVar, overload

    from imapsh.grammar.values import BodyPart, DateTime, Envelope
    from imapsh.wire.frames import Spilled

    T = TypeVar("T")

#: The name of an item, as FETCH takes it (RFC 9051 section 6.4.5).
Item = Literal[
    "ALL", "FAST", "FULL", "UID", "FLAGS", "INTERNALDATE", "ENVELOPE", "BODY", "BODYSTRUCTURE", "MODSEQ",
    "RFC822", "RFC822.HEADER", "RFC822.SIZE", "RFC822.TEXT", "BODY[]", "BODY.PEEK[]", "BODY[HEADER]",
    "BODY.PEEK[HEADER]", "BODY[TEXT]", "BODY.PEEK[TEXT]", "EMAILID", "THREADID", "PREVIEW", "SAVEDATE",
    "X-GM-LABELS", "X-GM-MSGID", "X-GM-THRID",
]  # fmt: skip
"""The names of items.  In a list of these a type checker finds a misspelled one; text may name any item."""

_SECTION = lazy(
    r"(?:\d+(?:\.\d+)*)?(?:(?:^|\.)(?:MIME|TEXT|HEADER(?:\.FIELDS(?:\.NOT)? \([^\]\[()\r\n\0]+\))?))?", re.IGNORECASE
)


class BodyItem(str):
    """The item of a section, as `body` makes it."""

    __slots__ = ()


def body(section: str = "", *, peek: bool = True, start: int | None = None, octets: int | None = None) -> BodyItem:
    r"""Return the item of a section of the message: "" is the whole, "1.2" a part, "HEADER.FIELDS (SUBJECT)" fields.

    With `peek` the message does not become \Seen.  `start` and `octets` ask for a piece of it: its first octet, counted
    from 0, and the most octets to send.  The result's key has no `.PEEK`, and only the start: `BODY[1.2]<0>`.

    Raises UsageError for what is not a section (RFC 9051 section 9), and for a piece without both numbers.
    """
    if not isinstance(section, str) or not _SECTION.fullmatch(section):
        raise UsageError(f"{shown(section)} is not a section: give '', '1.2', 'HEADER', 'TEXT' or '1.MIME'")
    piece = ""
    if start is not None or octets is not None:
        if not is_count(start, 0) or not is_count(octets, 1):
            raise UsageError("a piece of a section needs start= from 0 and octets= from 1, as numbers")
        piece = f"<{start}.{octets}>"
    return BodyItem(f"BODY{'.PEEK' if peek else ''}[{section}]{piece}")


if TYPE_CHECKING:
    _Octets = Literal["RFC822", "RFC822.HEADER", "RFC822.TEXT", "BODY[]", "BODY[HEADER]", "BODY[TEXT]"]
    _Number = Literal["UID", "RFC822.SIZE", "MODSEQ", "X-GM-MSGID", "X-GM-THRID"]
    _Structure = Literal["BODY", "BODYSTRUCTURE"]

    class Items(dict[str, object]):
        """The items of a message by name, with the types of the usual ones; of any other name only `object` is known.

        At run time it is a dict.
        """

        @overload
        def __getitem__(self, key: Literal["ENVELOPE"]) -> Envelope: ...
        @overload
        def __getitem__(self, key: Literal["FLAGS"]) -> tuple[str, ...]: ...
        @overload
        def __getitem__(self, key: Literal["INTERNALDATE"]) -> DateTime: ...
        @overload
        def __getitem__(self, key: _Number) -> int: ...
        @overload
        def __getitem__(self, key: _Structure) -> BodyPart: ...
        @overload
        def __getitem__(self, key: _Octets) -> bytes | Spilled | None: ...
        @overload
        def __getitem__(self, key: str) -> object: ...
        def __getitem__(self, key: str) -> Any: ...

        @overload  # type: ignore[override]
        def get(self, key: Literal["ENVELOPE"]) -> Envelope | None: ...
        @overload
        def get(self, key: Literal["FLAGS"]) -> tuple[str, ...] | None: ...
        @overload
        def get(self, key: Literal["FLAGS"], default: tuple[str, ...]) -> tuple[str, ...]: ...
        @overload
        def get(self, key: Literal["INTERNALDATE"]) -> DateTime | None: ...
        @overload
        def get(self, key: _Number) -> int | None: ...
        @overload
        def get(self, key: _Number, default: int) -> int: ...
        @overload
        def get(self, key: _Structure) -> BodyPart | None: ...
        @overload
        def get(self, key: _Octets) -> bytes | Spilled | None: ...
        @overload
        def get(self, key: str, default: object = ...) -> object: ...
        def get(self, key: str, default: Any = None) -> Any: ...

else:
    Items = dict
    """The items of a FETCH response by their names, in upper case.  A type checker knows the type of each value."""
