"""QUOTA and QUOTAROOT (RFC 9208 sections 5.1, 5.2 and 7): values, reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.capability import argument
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.mailboxes import IN_LIST, mailbox
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 9208 §7",
    {
        "capa-quota-res": "QUOTA= and the name of a resource",
        "quota-response": "QUOTA, a quota root and a list",
        "quota-list": "(resource SP usage SP limit ...), one space between",
        "quotaroot-response": "QUOTAROOT, a mailbox and its quota roots, one space before each",
    },
)


define("RFC 9208 §4.1.1", {"quota-missing": "GETQUOTA brings a QUOTA response"}, conduct=True)
define("RFC 9208 §4.1.2", {"quotaroot-missing": "GETQUOTAROOT brings a QUOTAROOT response"}, conduct=True)


class Quota(NamedTuple):
    """The response QUOTA: the limits of a quota root.

    `resources` maps names in upper case to usage and limit, in the resource's unit.  The unit of STORAGE and
    ANNOTATION-STORAGE is 1024 octets (RFC 9208 section 5).
    """

    root: str
    resources: dict[str, tuple[int, int]]

    def write(self, w: Writer) -> None:
        """SP quota-root-name SP quota-list."""
        words = (f"{name} {usage} {limit}" for name, (usage, limit) in self.resources.items())
        w.raw(" ").astring(self.root).raw(" ").items(words, w.raw)


class QuotaRoot(NamedTuple):
    """The response QUOTAROOT: the quota roots of a mailbox.  There are none if it has no limits."""

    mailbox: str
    roots: tuple[str, ...]

    def write(self, w: Writer) -> None:
        """SP mailbox *(SP quota-root-name)."""
        w.raw(" ").mailbox(self.mailbox)
        for root in self.roots:
            w.raw(" ").astring(root)


def quota(c: Cursor) -> Quota:
    """quota-response = "QUOTA" SP quota-root-name SP quota-list.  The list may be empty (RFC 2087 section 6)."""
    rule = "quota-response"
    c.space(rule)
    root = c.astring(rule)
    c.space(rule)
    resources: dict[str, tuple[int, int]] = {}
    c.items("quota-list", lambda c: _resource(c, resources), last=True)
    c.finish(rule)
    return Quota(root, resources)


def _resource(c: Cursor, resources: dict[str, tuple[int, int]]) -> None:
    """quota-resource = resource-name SP resource-usage SP resource-limit.  Usage and limit are number64."""
    rule = "quota-list"
    start = c.pos
    name = c.atom(rule).upper()
    if name in resources:
        c.fail(rule, f"{name} comes twice", start)
    c.space(rule)
    usage = c.number(rule, bits=63)
    c.space(rule)
    resources.setdefault(name, (usage or 0, c.number(rule, bits=63) or 0))


def quota_root(c: Cursor) -> QuotaRoot:
    """quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name)."""
    rule = "quotaroot-response"
    c.space(rule)
    name = mailbox(c, IN_LIST)
    roots = []
    while not c.at_end():
        c.space(rule)
        if not c.at_end():
            roots.append(c.astring(rule))
    return QuotaRoot(name, tuple(roots))


def capability(c: Cursor) -> None:
    """capa-quota-res = "QUOTA=RES-" resource-name.  Other names begin with QUOTA= as well (section 3)."""
    argument(c, "capa-quota-res")
