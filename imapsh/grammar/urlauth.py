"""GENURLAUTH, URLFETCH and the code URLMECH (RFC 4467 section 9, RFC 5524 section 5): values, reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imapsh.findings import define
from imapsh.grammar.body import bodystructure
from imapsh.grammar.cursor import Cursor, Mismatch
from imapsh.grammar.fetch import binary_data, nstring_data
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Part

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 4467 §9",
    {
        "genurlauth-data": "GENURLAUTH and authorized URLs, one space before each",
        "url-full": "a URL that begins with imap:// and ends in ;URLAUTH=access:mechanism:token",
        "urlmech": "URLMECH INTERNAL, then mechanisms, each alone or with = and base64",
    },
)
define(
    "RFC 5524 §5",
    {
        "urlfetch-data": "URLFETCH, then URLs, each with a string, NIL or what was asked of it in parentheses",
        "url-metadata-el": "(BODY nstring), (BINARY nstring) or (BODYPARTSTRUCTURE body), each once",
    },
)

_MECHANISM = lazy(r"[A-Za-z0-9.-]+")
_BASE64 = lazy(r"=(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?=[ \]])")
_WORD = lazy(r"[^ \]]*")


class GenUrlAuth(NamedTuple):
    """The response GENURLAUTH: the authorized URLs, in the order in which they were given."""

    urls: tuple[str, ...]

    def write(self, w: Writer) -> None:
        """1*(SP url-full)."""
        for url in self.urls:
            w.raw(" ").astring(url)


class UrlData(NamedTuple):
    """The data of a URL.

    `data` are its octets, or None if the URL is not valid.  If items were asked for, they are in `items`, by name.
    """

    url: str
    data: Part | None
    items: dict[str, Any] | None = None


class UrlFetch(NamedTuple):
    """The response URLFETCH: URLs and their data."""

    urls: tuple[UrlData, ...]

    def write(self, w: Writer) -> None:
        """1*(SP url-full SP (nstring / url-metadata))."""
        from imapsh.grammar.writer import fetch_item

        for url, data, items in self.urls:
            w.raw(" ").astring(url)
            if items is None:
                w.raw(" ")
                _ = w.raw("NIL") if data is None else w.literal(data)  # type: ignore[arg-type]
            for name, value in (items or {}).items():
                w.raw(" (")
                fetch_item(w, name, value)
                w.raw(")")


def genurlauth(c: Cursor) -> GenUrlAuth:
    """genurlauth-data = "GENURLAUTH" 1*(SP url-full)."""
    rule = "genurlauth-data"
    urls: list[str] = []
    while not c.at_end() or not urls:
        c.space(rule)
        if c.at_end():
            break
        start = c.pos
        url = c.astring(rule)
        if not url.lower().startswith("imap://"):
            c.fail("url-full", "an authorized URL begins with imap://", start)
        urls.append(url)
    return GenUrlAuth(tuple(urls))


def urlfetch(c: Cursor) -> UrlFetch:
    """urlfetch-data = "URLFETCH" 1*(SP url-full SP (nstring / url-metadata))."""
    rule = "urlfetch-data"
    urls: list[UrlData] = []
    while not c.at_end() or not urls:
        c.space(rule)
        if c.at_end():
            break
        url = c.astring(rule)
        c.space(rule)
        if c.peek() == "(":
            urls.append(UrlData(url, None, _metadata(c)))
        else:
            urls.append(UrlData(url, nstring_data(c)))
    return UrlFetch(tuple(urls))


def _metadata(c: Cursor) -> dict[str, Any]:
    """url-metadata = url-metadata-el *(SP url-metadata-el).  The first element begins here."""
    rule = "url-metadata-el"
    items: dict[str, Any] = {}
    depth = c.depth
    while True:
        start = c.pos
        try:
            c.enter(rule)
            name = c.atom(rule).upper()
            if name not in _ELEMENTS:
                c.fail(rule, f"{name} is not BODY, BINARY or BODYPARTSTRUCTURE", start + 1)
            if name in items:
                c.fail(rule, f"{name} comes twice", start + 1)
            c.space(rule)
            value = _ELEMENTS.get(name, _any)(c)
            items.setdefault(name, value)
            c.leave(rule)
        except Mismatch as mismatch:
            c.mend(mismatch)
            c.depth, c.pos = depth, start
            c.skip()
        if c.peek(2) != " (":
            return items
        c.pos += 1


def _any(c: Cursor) -> Any:
    return c.value("url-metadata-el")


_ELEMENTS = {"BODY": nstring_data, "BINARY": binary_data, "BODYPARTSTRUCTURE": bodystructure}


class UrlMechanisms(NamedTuple):
    """The code URLMECH: the mechanisms for which the mailbox has a key.

    If a mechanism has data, they follow its name after a `=`.
    """

    mechanisms: tuple[str, ...]

    def write(self, w: Writer) -> None:
        """SP "INTERNAL" *(SP mechanism ["=" base64])."""
        w.raw("".join(f" {name}" for name in self.mechanisms))


def url_mechanisms(c: Cursor) -> UrlMechanisms:
    """SP "INTERNAL" *(SP mechanism ["=" base64]).  The data stay with their mechanism."""
    rule = "urlmech"
    found: list[str] = []
    while c.peek() not in ("]", ""):
        c.space(rule)
        start = c.pos
        name = c.take(_MECHANISM)
        if name is None:
            raise c.give_up(rule, "expected a mechanism")
        if not found and name[0].upper() != "INTERNAL":
            c.fail(rule, "INTERNAL comes first", start)
        if c.peek() == "=" and (not found or c.take(_BASE64) is None):
            c.fail(rule, "INTERNAL has no data" if not found else "not base64")
            c.take(_WORD)
        found.append(c.text[start : c.pos])
    if not found:
        c.fail(rule, "expected INTERNAL")
    return UrlMechanisms(tuple(found))
