"""The progress of a long literal on its way from the server or to it."""

# Annotations stand evaluated here: NamedTuple compiles each that is a string, and a start makes many classes.

from typing import NamedTuple


class Transfer(NamedTuple):
    """The progress of one literal.

    `sending` is true if it goes to the server.  `octets` is its size, and `done` is how many of them have crossed.
    """

    sending: bool
    octets: int
    done: int
