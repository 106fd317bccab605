"""JMAPACCESS: the URL of the JMAP session."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.jmapaccess import JmapAccess
from imapsh.render.view.columns import flow
from imapsh.render.view.look import Line, Look
from imapsh.render.visible import visible


def jmap_access(value: JmapAccess, look: Look) -> Iterator[Line]:
    """Yield the URL."""
    yield from flow([("note", "the same mail by JMAP:"), ("", " ")], [("string", visible(value.url))], look.columns, 4)
