"""Offers what the person carries over: variables behind `${`, aliases, and files or commands behind an operator.

The operators are `>`, `>>` and `|`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.render.visible import visible
from imapsh.shell.lines.discreet import shown
from imapsh.shell.prompt.completing import paths
from imapsh.shell.prompt.completing.offer import Offer
from imapsh.shell.record.variables import BUILT_IN

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.lines.redirect import Redirect

_BEGUN = re.compile(r"\$\{([\w.-]*)\Z")
_FIRST = re.compile(r"[\w-]*\Z")

#: Commands that are piped to, and what they do.
_PIPED = (("less", "page by page"), ("grep -i ", "lines with a text"), ("wc -l", "count lines"), ("head", "the first"),
          ("tail", "the last"), ("sort", "in order"))  # fmt: skip


def begins_value(line: str) -> bool:
    """Return whether the name of a value is being typed."""
    return _BEGUN.search(line) is not None


def values(line: str, app: App) -> Iterator[Offer]:
    """Yield the values that may be meant behind `${`."""
    found = _BEGUN.search(line)
    if found is None:
        return
    known = {name: shown(app.variables, name) for name in app.variables.own}
    known |= BUILT_IN
    for name, note in known.items():
        yield Offer(f"{name}}}", found.start(1), "variable", visible(note), name, names=(name,))


def aliases(line: str, app: App) -> Iterator[Offer]:
    """Yield aliases, if the first word is being typed."""
    if _FIRST.fullmatch(line):
        for name, meant in app.aliases.items():
            yield Offer(name, 0, "command", visible(meant), names=(name,))


def target(cut: Redirect, size: int) -> Iterator[Offer]:
    """Yield files behind `>`, commands behind `|`, in a line of `size` characters.

    It reads a folder, so it may take long.
    """
    start = size - len(cut.rest)
    if cut.operator != "|":
        yield from paths.offers(paths.Half(cut.rest, start, quotes=True))
    elif " " not in cut.rest:
        pager = os.environ.get("PAGER", "")
        own = [(pager, "your pager")] if pager not in ("", "less") else []
        for command, note in (*own, *_PIPED):
            yield Offer(command, start, "piped", note, names=(command,))
