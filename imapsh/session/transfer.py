"""The progress of a long literal on its way from the server or to it."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class Transfer(NamedTuple):
    """The progress of one literal.

    `sending` is true if it goes to the server.  `octets` is its size, and `done` is how many of them have crossed.
    """

    sending: bool
    octets: int
    done: int
