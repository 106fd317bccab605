"""Counts the octets that cross the wire, and whether they are deflated."""

from __future__ import annotations

from imapsh.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from imapsh.wire.deflate import Deflate


class Traffic:
    """A counter of the octets of a connection that cross the wire.

    `deflate` is None until COMPRESS holds (RFC 4978).
    """

    def __init__(self) -> None:
        self.received = 0
        self.sent = 0
        self.deflate: Deflate | None = None

    @property
    def compressed(self) -> int:
        """The number of octets of both directions together if they are deflated, else 0."""
        return self.sent + self.received if self.deflate is not None else 0
