"""Identifiers in pairs (draft-ietf-mailmaint-imap-objectid-bis-06, sections 3 and 10): reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.objectid import ObjectId, object_id

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "draft-ietf-mailmaint-imap-objectid-bis-06",
    {"objectid-compound": "OBJECTID SP ([key SP objectid ...]), one space between, each key once"},
)


class ObjectIds(dict[str, ObjectId]):
    """The value of OBJECTID: identifiers by their kinds, which are in upper case.

    Kinds of which the server has no identifier are left out.
    """

    def write(self, w: Writer) -> None:
        """SP "(" [objectid-kvpair *(SP objectid-kvpair)] ")"."""
        w.raw(" ").items((f"{key} {one}" for key, one in self.items()), w.raw)


def of_message(c: Cursor) -> ObjectIds:
    """msg-att-static =/ objectid-compound, the part after the name."""
    found = ObjectIds()
    c.items("objectid-compound", lambda c: _pair(c, found))
    return found


#: status-att-val =/ "OBJECTID" SP "(" [objectid-kvpair *(SP objectid-kvpair)] ")"
status = of_message


def code(c: Cursor) -> ObjectIds:
    """resp-text-code =/ objectid-compound."""
    c.space("objectid-compound")
    return of_message(c)


def _pair(c: Cursor, found: ObjectIds) -> None:
    """objectid-kvpair = objectid-key SP objectid.  A key may be any atom."""
    rule = "objectid-compound"
    start = c.pos
    key = c.atom(rule).upper()
    if key in found:
        c.fail(rule, f"{key} comes twice", start)
    c.space(rule)
    found.setdefault(key, object_id(c))
