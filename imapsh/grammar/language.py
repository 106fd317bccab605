"""LANGUAGE and COMPARATOR (RFC 5255 sections 3.5 and 4.10): values, reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.capability import number_argument
from imapsh.grammar.cursor import Cursor
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 5255 §3.5",
    {
        "language-data": "LANGUAGE, a space and language tags in parentheses, at least one",
        "lang-tag-quoted": "a language tag (RFC 4646), such as de or en-GB",
    },
)
define(
    "RFC 5255 §4.10",
    {"comparator-data": "COMPARATOR, the one in use, and others in parentheses, at least one"},
)

define("RFC 5255 §4.3", {"i18n-level": "I18NLEVEL= and a number from 1"})

DEFAULT = "i-default"  #: the language that servers begin with (RFC 2277 section 4.5)

_TAG = lazy(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


class Languages(NamedTuple):
    """The response LANGUAGE: the language in use from now on if only one is listed, else all that the server has."""

    languages: tuple[str, ...]

    @property
    def localized(self) -> bool | None:
        """Return whether the server's texts are in UTF-8 from now on (section 3.2); None if nothing has changed."""
        return None if len(self.languages) != 1 else self.languages[0].lower() != DEFAULT

    def write(self, w: Writer) -> None:
        """SP "(" lang-tag-quoted *(SP lang-tag-quoted) ")"."""
        w.raw(" ").items(self.languages, w.astring)


class Comparators(NamedTuple):
    """The response COMPARATOR: the comparator in use.

    `matching` are all the comparators that match, or None if no more than one does.
    """

    active: str
    matching: tuple[str, ...] | None = None

    def write(self, w: Writer) -> None:
        """SP comp-sel-quoted [SP "(" comp-id-quoted *(SP comp-id-quoted) ")"]."""
        w.raw(" ").astring(self.active)
        if self.matching is not None:
            w.raw(" ").items(self.matching, w.astring)


def languages(c: Cursor) -> Languages:
    """language-data = "LANGUAGE" SP "(" lang-tag-quoted *(SP lang-tag-quoted) ")"."""
    rule = "language-data"
    c.space(rule)
    found = c.items(rule, _language, some=True)
    c.finish(rule)
    return Languages(tuple(found))


def _language(c: Cursor) -> str:
    rule = "lang-tag-quoted"
    start = c.pos
    tag = c.astring(rule)
    if not _TAG.fullmatch(tag):
        c.fail(rule, "this is not a language tag", start)
    return tag


def comparators(c: Cursor) -> Comparators:
    """comparator-data = "COMPARATOR" SP comp-sel-quoted [SP "(" comp-id-quoted *(SP comp-id-quoted) ")"]."""
    rule = "comparator-data"
    c.space(rule)
    active = c.astring(rule)
    matching: tuple[str, ...] | None = None
    if not c.at_end():
        c.space(rule)
        matching = None if c.at_end() else tuple(c.items(rule, lambda c: c.astring(rule), some=True))
    c.finish(rule)
    return Comparators(active, matching)


def level(c: Cursor) -> None:
    """I18NLEVEL=<n>.  The levels 1 and 2 are defined."""
    number_argument(c, "i18n-level", nonzero=True)
