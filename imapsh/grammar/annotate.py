"""The item ANNOTATION, and the codes ANNOTATE and ANNOTATIONS (RFC 5257 section 5): values, reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.names import readable
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Spilled

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 5257 §5",
    {
        "annotation": "(entry (attribute value ...) ...) or (entry ...), each entry once",
        "entry-att": "(attribute value ...), each attribute once, its value a string or NIL",
        "annotate-code": "ANNOTATE TOOBIG or ANNOTATE TOOMANY",
        "ann-size": "ANNOTATIONS NONE, or READ-ONLY or a number from 1, and NOPRIVATE after these",
    },
)

define(
    "RFC 5257 §3.2",
    {
        "annotation-entry": "no // in it and no / at its end, no * and %, only ASCII",
        "annotation-attrib": "no .. in it and no . at its end, no * and %, only ASCII",
    },
)

#: The faults of a name: the octets, and the message.  An entry's parts are separated by /, an attribute's by ".".
_FAULTS = (
    (lazy(r"[*%]"), "a name cannot hold * and %"),
    (lazy(r"[^\x01-\x7f]"), "a name is ASCII"),
)
_PARTS = {"annotation-entry": ("/", lazy(r"//|/\Z")), "annotation-attrib": (".", lazy(r"\.\.|\.\Z"))}

Attributes = dict[str, str | Spilled | None]


class Annotations(NamedTuple):
    """The item ANNOTATION: the annotations of a message.

    `entries` maps each entry to its attributes, and these to their values.  If a server tells only the name of an
    entry, because the entry has changed, its attributes are None.
    """

    entries: dict[str, Attributes | None]

    def write(self, w: Writer) -> None:
        """SP "(" (entry-att *(SP entry-att) / entry *(SP entry)) ")"."""
        w.raw(" ").items(self.entries.items(), lambda item: _write_entry(w, *item))


def _write_entry(w: Writer, entry: str, attributes: Attributes | None) -> None:
    w.astring(entry)
    if attributes is not None:
        w.raw(" ").items(attributes.items(), lambda item: w.astring(item[0]).raw(" ").nstring(item[1]))


class AnnotationSupport(NamedTuple):
    """The code ANNOTATIONS: which annotations a mailbox can have.

    `size` is the most octets of a value, or NONE or READ-ONLY.  `private` says that there are private annotations as
    well as shared ones.
    """

    size: int | str
    private: bool = True

    def write(self, w: Writer) -> None:
        """SP ann-size."""
        w.raw(f" {self.size}" + ("" if self.private else " NOPRIVATE"))


def annotation(c: Cursor) -> Annotations:
    """ "(" (entry-att *(SP entry-att) / entry *(SP entry)) ")"."""
    rule = "annotation"
    entries: dict[str, Attributes | None] = {}

    def read(c: Cursor) -> None:
        start = c.pos
        name = _name(c, "annotation-entry")
        attributes = None
        if c.peek(2) == " (":
            c.space(rule)
            attributes = _attributes(c)
        if name in entries:
            c.fail(rule, "an entry that comes twice", start)
        elif entries and (attributes is None) != (next(iter(entries.values())) is None):
            c.fail(rule, "entries with values and entries without", start)
        entries.setdefault(name, attributes)

    c.items(rule, read, some=True)
    return Annotations(entries)


def _name(c: Cursor, rule: str) -> str:
    """entry = astring; attrib = astring (section 3.2)."""
    start = c.pos
    name = c.astring(rule)
    wrong = _fault(name, rule)
    if wrong is not None:
        c.fail(rule, wrong[1], c.place(start, wrong[0]))
    return name


def _fault(name: str, rule: str) -> tuple[int, str] | None:
    between, empty = _PARTS[rule]
    patterns = ((empty, f"nothing between two {between}, or after the last"), *_FAULTS)
    return min(((found.start(), text) for pattern, text in patterns if (found := pattern.search(name))), default=None)


def typed_entry(text: str) -> tuple[int, str] | None:
    """Return the place of a fault in `text` as the name of an entry and what is wrong there, or None."""
    return _fault(text, "annotation-entry")


def typed_attribute(text: str) -> tuple[int, str] | None:
    """Return the place of a fault in `text` as the name of an attribute and what is wrong there, or None."""
    return _fault(text, "annotation-attrib")


def _attributes(c: Cursor) -> Attributes:
    """ "(" att-value *(SP att-value) ")"; att-value = attrib SP (nstring / literal8)."""
    rule = "entry-att"
    found: Attributes = {}

    def read(c: Cursor) -> None:
        start = c.pos
        name = _name(c, "annotation-attrib")
        if name in found:
            c.fail(rule, "an attribute that comes twice", start)
        c.space(rule)
        octets = c.octets(rule)
        found.setdefault(name, readable(octets.decode("latin-1")) if isinstance(octets, bytes) else octets)

    c.items(rule, read, some=True)
    return found


def refused(c: Cursor) -> str:
    """SP ("TOOBIG" / "TOOMANY")."""
    rule = "annotate-code"
    c.space(rule)
    start = c.pos
    word = c.atom(rule).upper()
    if word not in ("TOOBIG", "TOOMANY"):
        c.fail(rule, "expected TOOBIG or TOOMANY", start)
    return word


def support(c: Cursor) -> AnnotationSupport:
    """SP ann-size; ann-size = "NONE" / (("READ-ONLY" / nz-number) [SP "NOPRIVATE"])."""
    rule = "ann-size"
    c.space(rule)
    size: int | str
    if c.peek().isdigit():
        size = c.number(rule, nonzero=True) or 0
    else:
        start = c.pos
        size = c.atom(rule).upper()
        if size not in ("NONE", "READ-ONLY"):
            c.fail(rule, "expected NONE, READ-ONLY or a number", start)
    if size == "NONE" or c.peek() in ("]", ""):
        return AnnotationSupport(size)
    c.space(rule)
    start = c.pos
    if c.atom(rule).upper() != "NOPRIVATE":
        c.fail(rule, "expected NOPRIVATE", start)
    return AnnotationSupport(size, private=False)
