"""ANNOTATION and the code ANNOTATEMORE (draft-daboo-imap-annotatemore): values, reading and writing.

The draft became METADATA (RFC 5464).  Cyrus, and the servers that were built on it, speak the draft's seventh and
eighth versions, whose grammar is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor, Mismatch
from imapsh.grammar.mailboxes import IN_LIST, mailbox
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "draft-daboo-imap-annotatemore",
    {
        "annotate-data": "ANNOTATION, a mailbox, and entries with their attributes, or (entry ...)",
        "entry-att": "an entry and (attribute SP value ...), each attribute once",
        "annotation-name": "entries and attributes are strings, without * and %",
        "annotatemore-code": "ANNOTATEMORE and TOOBIG or TOOMANY",
    },
)

_WILD = lazy(r"[*%]")
_LIMITS = ("TOOBIG", "TOOMANY")


class Annotation(NamedTuple):
    """The response ANNOTATION: annotations of a mailbox, or of the server if `mailbox` is "".

    `entries` maps the name of each entry to its attributes (`value.priv`, `value.shared`, `size.shared`, ...), and
    these to their values, which are None for NIL.  A response that nobody asked for has only `names`, those of the
    entries that have changed.
    """

    mailbox: str
    entries: dict[str, dict[str, str | None]] | None = None
    names: tuple[str, ...] | None = None

    def write(self, w: Writer) -> None:
        """SP mailbox SP entry-list."""
        w.raw(" ").mailbox(self.mailbox)
        for name, attributes in (self.entries or {}).items():
            w.raw(" ").string(name).raw(" ")
            w.items(attributes.items(), lambda pair: w.string(pair[0]).raw(" ").nstring(pair[1]))
        if self.names is not None:
            w.raw(" ").items(self.names, w.string)


def annotation(c: Cursor) -> Annotation:
    """annotate-data = "ANNOTATION" SP mailbox SP entry-list.

    entry-list = entry-att *(SP entry-att) / "(" entry *(SP entry) ")".
    """
    rule = "annotate-data"
    c.space(rule)
    name = mailbox(c, IN_LIST)
    c.space(rule)
    if c.peek() == "(":
        names = c.items(rule, _name, some=True)
        c.finish(rule)
        return Annotation(name, None, tuple(names))
    entries: dict[str, dict[str, str | None]] = {}
    while not c.at_end():
        if entries:
            c.space(rule)
        if c.at_end():
            break
        try:
            _entry(c, entries)
        except Mismatch as mismatch:
            c.mend(mismatch)
            c.skip(closing=True)
    return Annotation(name, entries)


def _entry(c: Cursor, entries: dict[str, dict[str, str | None]]) -> None:
    """entry-att = entry SP "(" att-value *(SP att-value) ")"."""
    rule = "entry-att"
    start = c.pos
    name = _name(c)
    if name in entries:
        c.fail("annotate-data", "this entry comes twice", start)
    attributes = entries.setdefault(name, {})
    c.space(rule)
    if c.at_end():
        return
    if c.tolerant and c.peek() != "(":
        c.fail(rule, "expected a list in parentheses")
        c.skip(closing=True)
        return
    c.items(rule, lambda c: _attribute(c, attributes), some=True)


def _attribute(c: Cursor, attributes: dict[str, str | None]) -> None:
    """att-value = attrib SP value; value = nstring."""
    rule = "entry-att"
    start = c.pos
    name = _name(c)
    if name in attributes:
        c.fail(rule, "this attribute comes twice", start)
    attributes.setdefault(name, None)
    c.space(rule)
    if c.tolerant and c.peek() in (")", ""):
        return
    value = c.nstring(rule)
    if attributes[name] is None:
        attributes[name] = value


def _name(c: Cursor) -> str:
    """entry = string; attrib = string."""
    rule = "annotation-name"
    start = c.pos
    name = c.string(rule)
    wrong = typed_name(name)
    if wrong is not None:
        c.fail(rule, wrong[1], c.place(start, wrong[0]))
    return name


def typed_name(text: str) -> tuple[int, str] | None:
    """Return the place of a fault in `text` as the name of an entry or attribute and what is wrong, or None."""
    wild = _WILD.search(text)
    return (wild.start(), "the name of an annotation cannot hold * and %") if wild is not None else None


def limit(c: Cursor) -> str:
    """resp-text-code =/ "ANNOTATEMORE" SP ("TOOBIG" / "TOOMANY")."""
    rule = "annotatemore-code"
    c.space(rule)
    start = c.pos
    reason = c.atom(rule).upper()
    if reason not in _LIMITS:
        c.fail(rule, "expected TOOBIG or TOOMANY", start)
    elif c.peek() not in ("]", ""):
        c.fail(rule, "nothing more may come in this code")
    return reason
