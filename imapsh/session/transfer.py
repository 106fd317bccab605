"""How far a long literal has come, on its way from the server or to it."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class Transfer(NamedTuple):
    """`sending`: it goes to the server; `octets` in all, and how many of them are `done`."""

    sending: bool
    octets: int
    done: int
