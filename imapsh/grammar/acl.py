"""ACL, LISTRIGHTS and MYRIGHTS (RFC 4314 sections 3.6 to 3.8 and 7; RFC 2086): values, reading and writing."""

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
    "RFC 4314 §7",
    {
        "acl-data": "ACL, a mailbox, and an identifier and its rights any number of times, each identifier once",
        "listrights-data": "LISTRIGHTS, a mailbox, an identifier, and rights, one string or more, each right once",
        "myrights-data": "MYRIGHTS, a mailbox and rights",
        "rights": "only lower-case letters and digits",
        "identifier": "a user, a group or anyone; one with - in front says who is denied rights",
        "mod-rights": "rights, with + or - in front or neither",
    },
)

_LISTED = lazy(r"\(([a-z0-9 ]*)\)(?=[ \r\n]|\Z)")
_NO_RIGHT = lazy(r"[^a-z0-9]")

#: The rights of RFC 4314 section 2.1, in its order, and the virtual rights of section 2.1.1, with all the rights that
#: may be their members.
STANDARD = "lrswipkxtea"
VIRTUAL = {"c": "kx", "d": "tex"}


class Acl(NamedTuple):
    """The response ACL: who may do what with a mailbox.

    `rights` maps each identifier to its letters, as the server wrote them.  If an identifier begins with `-`, the
    letters are taken away from those that the rest of it names (RFC 4314 section 2).
    """

    mailbox: str
    rights: dict[str, str]

    def write(self, w: Writer) -> None:
        """SP mailbox *(SP identifier SP rights)."""
        w.raw(" ").mailbox(self.mailbox)
        for identifier, rights in self.rights.items():
            w.raw(" ").astring(identifier).raw(" ").astring(rights)


class ListRights(NamedTuple):
    """The response LISTRIGHTS: the rights that an identifier always has, and those that it can be given.

    The rights in one string of `optional` are tied: they are given together or not at all.
    """

    mailbox: str
    identifier: str
    required: str
    optional: tuple[str, ...] = ()

    def write(self, w: Writer) -> None:
        """SP mailbox SP identifier SP rights *(SP rights)."""
        w.raw(" ").mailbox(self.mailbox)
        for text in (self.identifier, self.required, *self.optional):
            w.raw(" ").astring(text)


class MyRights(NamedTuple):
    """The response MYRIGHTS: the rights that the user has to a mailbox, as letters."""

    mailbox: str
    rights: str

    def write(self, w: Writer) -> None:
        """SP mailbox SP rights."""
        w.raw(" ").mailbox(self.mailbox).raw(" ").astring(self.rights)


def acl(c: Cursor) -> Acl:
    """acl-data = "ACL" SP mailbox *(SP identifier SP rights)."""
    rule = "acl-data"
    c.space(rule)
    name = mailbox(c, IN_LIST)
    found: dict[str, str] = {}
    while not c.at_end():
        c.space(rule)
        if c.at_end():
            break
        try:
            _entry(c, found)
        except Mismatch as mismatch:
            c.mend(mismatch)
            c.skip(closing=True)
    return Acl(name, found)


def _entry(c: Cursor, found: dict[str, str]) -> None:
    """identifier SP rights."""
    rule = "acl-data"
    start = c.pos
    identifier = c.astring(rule)
    c.space(rule)
    rights = _rights(c)
    if identifier in found:
        c.fail(rule, "this identifier comes twice", start)
    found.setdefault(identifier, rights)


def list_rights(c: Cursor) -> ListRights:
    """listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights)."""
    rule = "listrights-data"
    c.space(rule)
    name = mailbox(c, IN_LIST)
    c.space(rule)
    identifier = "" if c.at_end() else c.astring(rule)
    c.space(rule)
    seen: set[str] = set()
    listed = [_once(c, seen)]
    while not c.at_end():
        c.space(rule)
        if not c.at_end():
            listed.append(_once(c, seen))
    return ListRights(name, identifier, listed[0], tuple(listed[1:]))


def _once(c: Cursor, seen: set[str]) -> str:
    """Return rights, none of which may be among those listed before (RFC 4314 section 3.7)."""
    start = c.pos
    rights = _rights(c)
    for index, right in enumerate(rights):
        if right in seen:
            c.fail("listrights-data", f"the right {right} is listed twice", c.place(start, index))
        seen.add(right)
    return rights


def my_rights(c: Cursor) -> MyRights:
    """myrights-data = "MYRIGHTS" SP mailbox SP rights."""
    rule = "myrights-data"
    c.space(rule)
    name = mailbox(c, IN_LIST)
    c.space(rule)
    rights = _rights(c)
    c.finish(rule)
    return MyRights(name, rights)


def _rights(c: Cursor) -> str:
    """rights = astring, of lower-case letters and digits.

    With the tolerant cursor, returns "" if no rights can be read.
    """
    rule = "rights"
    if c.tolerant and (listed := c.take(_LISTED)) is not None:
        c.fail(rule, "rights in parentheses", listed.start())
        return listed[1].replace(" ", "")
    start = c.pos
    try:
        rights = c.astring(rule)
    except Mismatch as mismatch:
        c.mend(mismatch)
        c.skip(closing=True)
        return ""
    if rights == "NIL" and c.text[start] == "N":
        c.fail(rule, 'NIL where rights are due; none are ""', start)
        return ""
    wrong = _NO_RIGHT.search(rights)
    if wrong is not None:
        c.fail(rule, "a right is a lower-case letter or a digit", c.place(start, wrong.start()))
    return rights


def typed_rights(text: str) -> tuple[int, str] | None:
    """Return the place of a fault in `text` as mod-rights and what is wrong there, or None if nothing is.

    mod-rights = astring: `+rights` to add, `-rights` to remove, `rights` to replace (RFC 4314 section 7).
    """
    sign = text[:1] in ("+", "-")
    wrong = _NO_RIGHT.search(text, int(sign))
    if wrong is None:
        return None
    return wrong.start(), f"{wrong[0]!r} is not a right: rights are lower-case letters and digits"
