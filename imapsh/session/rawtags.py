"""Octets that were sent in no command (`Session.raw`) and may be answered all the same."""

from __future__ import annotations

from imapsh.session.exchange import Exchange


class RawTags:
    """The tags of raw lines that have no tagged reply yet.

    `tags` holds the first words of these lines.  `exchange` stands for whatever they ask.  It belongs to no row of the
    table, so while a line is open nobody knows who asked for the responses that come.
    """

    def __init__(self) -> None:
        self.tags: set[str] = set()
        self.exchange = Exchange("", "", ())
        self._line = b""  # the beginning of a line
        self._literal = False  # the next is a literal's

    def sent(self, octets: bytes) -> None:
        """Take in raw octets: a line, half a line, or several."""
        *lines, self._line = (self._line + octets).split(b"\n")
        for line in lines:
            tag, space, _ = line.partition(b" ")
            if space and tag and not self._literal:
                self.tags.add(tag.decode("latin-1"))
            self._literal = line.endswith(b"}\r")

    def answered(self, tag: str) -> bool:
        """Return whether a tagged reply is to one of the lines, which is not open any more then."""
        if tag not in self.tags:
            return False
        self.tags.remove(tag)
        return True
