"""GENURLAUTH: the authorized URLs.  URLFETCH: each URL, and below it what it stands for."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.urlauth import GenUrlAuth, UrlData, UrlFetch
from imapsh.render.view.columns import flow
from imapsh.render.view.content import named
from imapsh.render.view.look import Line, Look
from imapsh.render.visible import visible


def gen_url_auth(value: GenUrlAuth, look: Look) -> Iterator[Line]:
    """Yield a line for each URL; the shell has put stars in place of its token."""
    for url in value.urls:
        yield from flow([("response", "authorized"), ("", "  ")], [("string", visible(url))], look.columns, 4)


def url_fetch(value: UrlFetch, look: Look) -> Iterator[Line]:
    """Yield each URL with what it stands for, or that it stands for nothing."""
    for one in value.urls:
        yield from _url(one, look)


def _url(one: UrlData, look: Look) -> Iterator[Line]:
    empty = one.items is None and one.data is None
    said: Line = [("nil", "stands for nothing")] if empty else []
    yield from flow([("response", "URL"), ("", "  ")], [("string", visible(one.url)), *said], look.columns, 4, "  ")
    if one.items is None and one.data is not None:
        yield from named("data", one.data, look)
    for name, data in (one.items or {}).items():
        yield from named(name, data, look)
