"""The code of CATENATE (RFC 4469 section 5): the URL that the server could not use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.codes import free
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.names import readable
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define("RFC 4469 §5", {"badurl-response-code": "BADURL, a space and the URL"})

_URL = lazy(r"[^\]\r\n\x00]+")  # url-resp-text


class BadUrl(NamedTuple):
    """The code BADURL: the first URL that the server could not use."""

    url: str

    def write(self, w: Writer) -> None:
        """SP url-resp-text."""
        w.raw(b" " + self.url.encode("utf-8", "surrogateescape"))


@free
def bad_url(c: Cursor) -> BadUrl:
    """SP url-resp-text: the URL.

    Servers put it in quotes, as in the RFC's example.  The quotes are not part of the URL.
    """
    rule = "badurl-response-code"
    c.mark(" ", rule)
    found = c.take(_URL)
    if found is None:
        raise c.give_up(rule, "expected a URL")
    url = readable(found[0])
    return BadUrl(url[1:-1] if len(url) > 1 and url[0] == url[-1] == '"' else url)
