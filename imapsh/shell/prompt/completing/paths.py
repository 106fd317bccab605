"""Offers names of local files.  Reading a folder may take long, so do not call it in the event loop."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from imapsh.render.visible import visible
from imapsh.shell.prompt.completing.offer import Offer
from imapsh.shell.record import fuzzy
from imapsh.tuples import NamedTuple

_LOOKED_AT = 5_000  # entries of a folder
#: `{@` or `~{@` and what is typed of the path.
BEGUN = re.compile(r"~?\{@([^}\r\n]*)\Z")


class Half(NamedTuple):
    """A half-typed path, which stands from `start`.

    If `quotes` is true, it is one of several words: one that holds spaces is put in quotes, and may begin with one
    already.
    """

    typed: str
    start: int
    quotes: bool = False


def offers(half: Half, close: str = "") -> Iterator[Offer]:
    """Yield files and folders that may be meant; `close` ends the name of a file.

    If nothing can be read, there is nothing to offer.
    """
    begun = half.quotes and half.typed.startswith('"')
    head, tail = os.path.split(half.typed[begun:])
    try:
        with os.scandir(os.path.expanduser(head) or ".") as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries)
    except (OSError, ValueError):  # a NUL is in no name
        return
    shown = [(name, folder) for name, folder in found if tail.startswith(".") or not name.startswith(".")]
    for name, folder in shown[:_LOOKED_AT]:
        near = fuzzy.closeness(name.casefold(), tail.casefold())
        if near in (fuzzy.BEGINS, fuzzy.HOLDS) and _can_be_typed(name):
            text = name + "/" if folder else name
            path = os.path.join(head, text) + ("" if folder else close)
            if begun or (half.quotes and " " in path):
                path = f'"{path}' if folder else f'"{path}"'
            yield Offer(path, half.start, "path", "folder" if folder else "", text, near=near)


def _can_be_typed(name: str) -> bool:
    return visible(name) == name and "}" not in name
