"""SORT (RFC 5256 sections 4 and 5; RFC 7162 section 7): the value, its reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.search import found_ids
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 5256 §5", {"sort-data": "SORT and numbers, one space before each, then (MODSEQ number) if it was asked for"}
)


class Sort(NamedTuple):
    """The response SORT: numbers of messages, or UIDs after UID SORT, in the order that was asked for.

    `modseq` is the highest mod-sequence among them, if MODSEQ was a search key (RFC 7162 section 3.1.9).
    """

    ids: tuple[int, ...]
    modseq: int | None = None

    @property
    def in_order(self) -> tuple[int, ...]:
        """Return the messages found, in the order of the server."""
        return self.ids

    def write(self, w: Writer) -> None:
        """*(SP nz-number) [SP search-sort-mod-seq]."""
        w.raw("".join(f" {number}" for number in self.ids))
        if self.modseq is not None:
            w.raw(f" (MODSEQ {self.modseq})")


def sort(c: Cursor) -> Sort:
    """sort-data = "SORT" [1*(SP nz-number) [SP search-sort-mod-seq]]."""
    found = Sort(*found_ids(c, "sort-data"))
    c.finish("sort-data")
    return found
