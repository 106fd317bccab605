"""Makes the tags of commands (RFC 9051 section 2.2.1)."""

from __future__ import annotations

from collections.abc import Callable


class Tags:
    """The tags of a connection, made from a prefix and a number that grows by one with each tag."""

    def __init__(self, prefix: str = "A", number: int = 1) -> None:
        self.prefix = prefix
        self.number = number

    def new(self, in_use: Callable[[str], bool] | None = None) -> str:
        """Return the next tag, or the next for which `in_use` is false."""
        while True:
            tag = f"{self.prefix}{self.number}"
            self.number += 1
            if in_use is None or not in_use(tag):
                return tag
