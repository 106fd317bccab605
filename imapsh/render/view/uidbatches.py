"""UIDBATCHES: the UIDs of each batch."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.uidbatches import UidBatches
from imapsh.render.view.columns import flow
from imapsh.render.view.look import Line, Look


def uid_batches(value: UidBatches, look: Look) -> Iterator[Line]:
    """Yield how many batches there are, and the range of each, the newest first."""
    ranges = value.ranges.ranges
    if not ranges:
        yield [("response", "no batches")]
        return
    many = "batch" if len(ranges) == 1 else "batches"
    head: Line = [("response", f"{len(ranges):,} {many}, UID"), ("", " ")]
    texts = [f"{high}:{low}" for high, low in ranges]
    words = [("set", f"{text},") for text in texts[:-1]] + [("set", texts[-1])]
    yield from flow(head, words, look.columns, 4)
