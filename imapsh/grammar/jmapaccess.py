"""JMAPACCESS (RFC 9698 section 4): the URL of a JMAP session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.names import readable
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 9698 §4",
    {
        "resp-jmapaccess": "JMAPACCESS, a space and a quoted string",
        "jmap-session": "one URL, which leads to a JMAP session",
    },
)

_URL = lazy(r"[A-Za-z][A-Za-z0-9+.-]*://[!-~]+")


class JmapAccess(NamedTuple):
    """The response JMAPACCESS: the URL of a JMAP session with the same mail (RFC 8620 section 2)."""

    url: str

    def write(self, w: Writer) -> None:
        """SP quoted."""
        w.raw(" ").string(self.url)


def jmap_access(c: Cursor) -> JmapAccess:
    """resp-jmapaccess = "JMAPACCESS" SP quoted."""
    rule = "resp-jmapaccess"
    c.space(rule)
    start = c.pos
    quoted = c.quoted()
    if quoted is None:
        c.fail(rule, "expected a quoted string")
        quoted = c.astring(rule)
    if not _URL.fullmatch(quoted):
        c.fail("jmap-session", "this is not a URL", start)
    c.finish(rule)
    return JmapAccess(readable(quoted))
