"""PREVIEW (RFC 8970 section 6), and the value that it had in the drafts: reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.fetch import nstring_data
from imapsh.grammar.names import readable
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Spilled

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define("RFC 8970 §3.3", {"preview": "NIL, or text in UTF-8 of at most 256 characters"})

_MOST = 256  #: the most characters of a preview


class Fuzzy(NamedTuple):
    """A preview in the form of the drafts, with the name of the algorithm; `text` is None for NIL."""

    algorithm: str
    text: str | None

    def write(self, w: Writer) -> None:
        """SP "(" algorithm SP nstring ")"."""
        w.raw(f" ({self.algorithm} ").nstring(self.text).raw(")")


def preview(c: Cursor) -> str | Fuzzy | None:
    """msg-att-dynamic =/ "PREVIEW" SP nstring; in the drafts "(" algorithm SP nstring ")"."""
    if c.peek() != "(":
        return _text(c)
    rule = "preview"
    c.enter(rule)
    algorithm = c.atom(rule).upper()
    c.space(rule)
    text = _text(c)
    c.leave(rule)
    return Fuzzy(algorithm, text)


def _text(c: Cursor) -> str | None:
    """nstring, which is UTF-8 whatever was enabled (section 3.3)."""
    start = c.pos
    octets = nstring_data(c)
    if octets is None:
        return None
    if isinstance(octets, Spilled):
        c.fail("preview", f"more than {_MOST} characters", start)
        return c.text_of(octets)
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        c.fail("preview", "this is not UTF-8", start)
        return readable(octets.decode("latin-1"))
    if len(text) > _MOST:
        c.fail("preview", f"more than {_MOST} characters", start)
    return text
