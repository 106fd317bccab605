"""Mod-sequences and MODIFIED, which conditional STORE adds to responses (RFC 7162 section 3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.atoms import FLAG
from imapsh.grammar.codes import sequence_set
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.sequence import SequenceSet
from imapsh.patterns import lazy

_ENTRY = lazy(rf"(?i:/flags/){FLAG}")
_ENTRY_BEGUN = lazy(rf"(?i:/(?:f(?:l(?:a(?:g(?:s(?:/(?:{FLAG})?)?)?)?)?)?)?)?")

if TYPE_CHECKING:
    from imapsh.grammar.responses import Response

define(
    "RFC 7162 §7",
    {
        "mod-sequence-value": "a number from 1, of at most 63 bits",
        "mod-sequence-valzer": "a number of at most 63 bits; 0 means that the mailbox keeps no mod-sequences",
        "fetch-mod-resp": "MODSEQ and the mod-sequence in parentheses",
        "search-sort-mod-seq": "(MODSEQ mod-sequence), after numbers and at the end of the line",
    },
)
define("RFC 7162 §3.1.3", {"resp-code-modified": "MODIFIED and a set of message numbers or of UIDs"})


class Modified(SequenceSet):
    """The code MODIFIED: the messages that STORE has not changed, by number, or by UID after UID STORE."""

    __slots__ = ()

    def caution(self, response: Response) -> str:
        """Return what must be said about the command whose reply holds this code."""
        return f"not stored: {self}, which had changed before"


def of_message(c: Cursor) -> int | None:
    """fetch-mod-resp = "MODSEQ" SP "(" permsg-modsequence ")"."""
    rule = "fetch-mod-resp"
    if c.tolerant and c.peek().isdecimal():
        c.fail(rule, "expected a list in parentheses")
        return c.mod_sequence("mod-sequence-value")
    c.enter(rule)
    value = c.mod_sequence("mod-sequence-value")
    c.leave(rule)
    return value


def entry_name(text: str) -> tuple[int, str] | None:
    r"""Return the place of a fault in a typed entry-name and what is wrong there, or None if nothing is.

    entry-name = DQUOTE "/flags/" attr-flag DQUOTE; attr-flag = [%x5C] atom, with its backslash escaped.
    """
    if not _ENTRY.fullmatch(text):
        begun = _ENTRY_BEGUN.match(text)
        return begun.end() if begun is not None else 0, "expected /flags/ and a flag"
    return None


def highest(c: Cursor) -> int | None:
    """resp-text-code =/ "HIGHESTMODSEQ" SP mod-sequence-value."""
    c.space("mod-sequence-value")
    return c.mod_sequence("mod-sequence-value")


def status(c: Cursor) -> int | None:
    """status-att-val =/ "HIGHESTMODSEQ" SP mod-sequence-valzer."""
    return c.number("mod-sequence-valzer", bits=63)


def found(c: Cursor) -> int | None:
    """search-return-data =/ "MODSEQ" SP mod-sequence-value (RFC 4731 section 4)."""
    return c.mod_sequence("mod-sequence-value")


def modified(c: Cursor) -> Modified:
    """resp-text-code =/ "MODIFIED" SP sequence-set."""
    rule = "resp-code-modified"
    c.space(rule)
    return Modified(sequence_set(c, rule).ranges)


def of_found(c: Cursor) -> int | None:
    """search-sort-mod-seq = "(" "MODSEQ" SP mod-sequence-value ")", the end of SEARCH and SORT."""
    rule = "search-sort-mod-seq"
    c.enter(rule)
    start = c.pos
    named = c.atom(rule).upper() == "MODSEQ"
    if not named:
        c.fail(rule, "only (MODSEQ number) may follow here", start)
    c.space(rule)
    value = c.mod_sequence("mod-sequence-value")
    c.leave(rule)
    return value if named else None
