"""Cuts the lists of a very long value before it is drawn, so that a view is as long as a person can read."""

from __future__ import annotations

from typing import Any

from imapsh.errors import plural
from imapsh.grammar.sequence import SequenceSet

LONG = 4096  #: octets of a response up to which its value is drawn whole
MANY = 1000  #: elements up to which a list is drawn whole
FEW = 100  #: elements that are drawn of a longer one
TEXT = 4096  #: characters of a text that are drawn


def shortened(value: Any) -> tuple[Any, int]:
    """Return a value with its lists of more than MANY elements cut to FEW, and how many elements were left out.

    Octets are left as they are: literals have a cut of their own.
    """
    cutter = _Cutter()
    return cutter.cut(value), cutter.left


class _Cutter:
    def __init__(self) -> None:
        self.left = 0

    def cut(self, value: Any) -> Any:
        if isinstance(value, str):
            rest = len(value) - TEXT
            return value if rest <= 0 else f"{value[:TEXT]} ... {rest:,} more {plural(rest, 'character')}"
        if isinstance(value, SequenceSet):
            return SequenceSet(self._few(value.ranges)) if len(value.ranges) > MANY else value
        if isinstance(value, dict):
            items = self._few(tuple(value.items())) if len(value) > MANY else value.items()
            return {name: self.cut(one) for name, one in items}
        if isinstance(value, list):
            return [self.cut(one) for one in self._few(value)]
        if not isinstance(value, tuple):
            return value
        fields = getattr(value, "_fields", None)
        if fields is None:
            return tuple([self.cut(one) for one in self._few(value)])
        changed = {name: made for name in fields if (made := self.cut(old := getattr(value, name))) is not old}
        return value._replace(**changed) if changed else value  # type: ignore[attr-defined]

    def _few(self, values: Any) -> Any:
        if len(values) <= MANY:
            return values
        self.left += len(values) - FEW
        return values[:FEW]
