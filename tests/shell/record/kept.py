"""A file for a report."""

from __future__ import annotations


class Kept:
    """A file that can be read when it is closed."""

    kept = ""
    holds = False

    def __init__(self) -> None:
        self.octets = b""

    def write(self, octets: bytes) -> None:
        self.octets += octets

    def commit(self) -> None:
        pass

    drop = commit

    def getvalue(self) -> str:
        return self.octets.decode()
