"""The code REFERRAL (RFC 2193 section 6, RFC 2221 section 5): the server to go to instead."""

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

define("RFC 2193 §6", {"referral_response_code": "REFERRAL and URLs, one space before each, at least one"})
define("RFC 2193 §3", {"referral-urls": "URLs of one scheme, IMAP's for a mailbox"})
define("RFC 1738 §5", {"url": "a scheme, ':' and characters that a URL may hold; others as %XX"})

#: A word in the code: an IPv6 address may stand in brackets (RFC 3986 section 3.2.2)
_WORD = lazy(r"(?:[A-Za-z][A-Za-z0-9+.-]*://(?:[^\s\]/@]*@)?\[[0-9A-Fa-f:.]+\])?[^\s\]\"]+")
#: scheme ":" and the characters that RFC 3986 allows in a URL
_URL = lazy(r"([A-Za-z][A-Za-z0-9+.-]*):(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")


class Referral(NamedTuple):
    """Several URLs of REFERRAL, the preferred one first.  For RENAME they come in pairs (RFC 2193 section 4.3)."""

    urls: tuple[str, ...]

    def write(self, w: Writer) -> None:
        """1*(SP url)."""
        w.raw("".join(f" {url}" for url in self.urls))


@free
def referral(c: Cursor) -> str | Referral:
    """referral_response_code = "[" "REFERRAL" 1*(SPACE <url>) "]".  If there is one URL, it is returned as a str."""
    rule = "referral_response_code"
    urls: list[str] = []
    scheme = ""
    while not urls or c.peek() not in ("", "]"):
        c.space(rule)
        if c.peek() in ("", "]"):
            c.fail(rule, "expected a URL")
            break
        start = c.pos
        url, its = _url(c)
        if scheme and its and its != scheme:
            c.fail("referral-urls", f"a URL of another scheme than {scheme}", start)
        scheme = scheme or its
        urls.append(url)
    return urls[0] if len(urls) == 1 else Referral(tuple(urls))


def _url(c: Cursor) -> tuple[str, str]:
    """Return a URL and its scheme in lower case."""
    start = c.pos
    quoted = c.quoted()
    if quoted is not None:
        c.fail("url", "a URL in quotes, which must be bare here", start)
    found = c.take(_WORD) if quoted is None else None
    text = found[0] if found is not None else quoted or ""
    if not text:
        raise c.give_up("url", "expected a URL")
    whole = _URL.fullmatch(text)
    if whole is None and quoted is None:
        part = _URL.match(text)
        c.fail("url", "this is not a URL" if part is None else "a character that a URL cannot hold",
               start + (part.end() if part is not None else 0))  # fmt: skip
    return readable(text), whole[1].lower() if whole is not None else ""
