"""Reads a page strictly: only elements and attributes that a page may have, each ended, and no free attribute."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "br"}
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "p", "ul", "li", "b", "i", "br",
    "div", "main", "span", "bdi", "details", "summary", "pre", "footer",
}  # fmt: skip
#: Attribute -> the values that it may have, but for those of meta.
ATTRIBUTES = {
    "lang": "en",
    "class": r"[a-z0-9]+(?:[- ][a-z0-9]+)*",
    "id": r"conversation|(?:log|rule)\d+|f\d+-\d+",
    "href": r"#(?:conversation|(?:log|rule)\d+|f\d+-\d+)",
    "data-n": r"\d+",
    "dir": "ltr",
    "open": "",
}


class Read(HTMLParser):
    """A page that was read: the elements by name, ids, links, and the text below each class."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.metas: list[dict[str, str | None]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self._open: list[tuple[str, str]] = []
        self._doctypes = 0
        self.feed(page)
        self.close()
        assert not self._open
        assert self._doctypes == 1
        assert len(self.ids) == len(set(self.ids))
        assert {link.removeprefix("#") for link in self.links} <= set(self.ids)

    def text(self, name: str = "") -> str:
        """The text below elements of a class or a name, or all."""
        return "".join(text for names, text in self.texts if not name or name in names)

    def each(self, name: str) -> list[str]:
        """The text of each element of a class or a name."""
        found: list[str] = []
        for names, text in self.texts:
            if name in names:
                found.append(text)
        return found

    def handle_decl(self, decl: str) -> None:
        assert decl == "DOCTYPE html"
        self._doctypes += 1

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ELEMENTS, tag
        self.elements.append(tag)
        given = dict(attrs)
        assert len(given) == len(attrs)
        if tag == "meta":
            self.metas.append(given)
            return
        for name, value in attrs:
            assert value is not None
            assert re.fullmatch(ATTRIBUTES[name], value), (name, value)
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if given.get("href"):
            self.links.append(given["href"] or "")
        if tag not in VOID:
            self._open.append((tag, given.get("class") or ""))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        assert not [character for character in data if character < " " and character != "\n"]
        names = tuple(name for tag, classes in self._open for name in (tag, *classes.split()))
        self.texts.append((names, data))
