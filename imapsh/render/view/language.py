"""LANGUAGE and COMPARATOR: the one in use, and those that there are."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.language import Comparators, Languages
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import flow
from imapsh.render.view.look import Line, Look
from imapsh.render.visible import visible


def languages(value: Languages, look: Look) -> Iterator[Line]:
    """Yield the language that the server uses from here on, or those that it knows."""
    noun = "texts are in" if len(value.languages) == 1 else "languages"
    yield from flow([("response", noun), ("", " ")], _words(value.languages), look.columns, 4)


def comparators(value: Comparators, look: Look) -> Iterator[Line]:
    """Yield the comparator in use, and those that match too."""
    head: Line = [("response", "compared by"), ("", " "), ("string", visible(value.active))]
    if value.matching is None:
        yield head
        return
    yield from flow([*head, ("note", " of"), ("", " ")], _words(value.matching), look.columns, 4)


def _words(names: tuple[str, ...]) -> list[Fragment]:
    return [("string", visible(name)) for name in names] or [("nil", "(none)")]
