"""INPROGRESS: the progress of a command, with a bar if it is known."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.inprogress import InProgress
from imapsh.render.view.columns import bar, words_of
from imapsh.render.view.look import Line, Look
from imapsh.render.visible import visible


def in_progress(value: InProgress, look: Look) -> Iterator[Line]:
    """Yield one line: a bar and the numbers, or the number alone, or that the command still runs."""
    drawn: Line = []
    if value.percent is not None:
        drawn = [("number", "".join(text for _, text in bar(value.percent, 100)[:-2]))]
    yield [*drawn, *words_of(visible(value.reading()), "note")]
