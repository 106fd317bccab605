"""EXPUNGE: a message, or how many messages one command removed and their UIDs.  VANISHED: UIDs."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.responses import Response
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Expunged, Vanished
from imapsh.render.amounts import count
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import flow, words_of
from imapsh.render.view.look import Line, Look
from imapsh.render.view.search import listed

MOST = 10_000  #: messages held back; if there are more, the view is split

CUTS_ITSELF = True  #: what is left out of a long value is counted here


def expunged(value: Expunged, look: Look) -> Iterator[Line]:
    """Yield the line for one message."""
    return _one(value.seq, look.uid, look)


def _one(number: int, uid: int | None, look: Look) -> Iterator[Line]:
    words = words_of(f"(UID {uid})" if uid is not None else "", "note")
    return flow([("response", f"message {number} is gone"), ("", " ")], words, look.columns, 4)


def vanished(value: Vanished, look: Look) -> Iterator[Line]:
    """Yield their UIDs."""
    head = "gone before, UID" if value.earlier else "gone, UID"
    return listed([("response", head), ("", " ")], str(value.uids).split(","), look)


def _set(ranges: list[str]) -> list[Fragment]:
    return [("set", f"{text},") for text in ranges[:-1]] + [("set", text) for text in ranges[-1:]]


class Gone:
    """A gatherer of EXPUNGE.

    The message numbers of many would say nothing, because each counts from the one before.
    """

    def __init__(self) -> None:
        self.begun = False
        self._gone: list[tuple[int, int | None]] = []

    @property
    def full(self) -> bool:
        """Return whether as many are held back as may be."""
        return len(self._gone) >= MOST

    def take(self, response: Response, look: Look) -> bool:
        """Take in a message."""
        if not isinstance(response.value, Expunged):
            return False
        self._gone.append((response.value.seq, look.uid))
        return True

    def lines(self, look: Look) -> Iterator[Line]:
        """Yield the lines about the messages that are gone."""
        gone, self._gone = self._gone, []
        self.begun = self.begun or bool(gone)
        if len(gone) == 1:
            yield from _one(*gone[0], look)
        elif gone:
            uids = [uid for _, uid in gone if uid is not None]
            ranges = str(SequenceSet.of(uids)).split(",") if uids else []
            words = _set(ranges)
            head: Line = [("response", f"{count(len(gone), 'message')} are gone"), ("", "  UID " if uids else "")]
            yield from flow(head, words, look.columns, 4, "")
            if uids and len(uids) < len(gone):
                yield [("", "  "), ("note", f"and {len(gone) - len(uids):,} whose UID is unknown")]
