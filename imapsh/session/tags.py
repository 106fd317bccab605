"""Makes the tags of commands (RFC 9051 section 2.2.1)."""

from __future__ import annotations

from collections.abc import Container


class Tags:
    """The tags of a connection, made from a prefix and a number that grows by one with each tag."""

    def __init__(self, prefix: str = "A", number: int = 1) -> None:
        self.prefix = prefix
        self.number = number

    def new(self, *taken: Container[str]) -> str:
        """Return the next tag that is in none of these."""
        while True:
            tag = f"{self.prefix}{self.number}"
            self.number += 1
            for tags in taken:
                if tag in tags:
                    break
            else:
                return tag
