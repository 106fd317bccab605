"""The items of a FETCH response whose values are made on first use.

`Unread` is a dict that is filled when somebody looks into it, and is a `Read` from then on.  The attribute `items` of a
response or a message fills it too, so that whoever has it from there has a dict like any other.
"""

from __future__ import annotations

from collections.abc import Callable

from imapsh.hints import Any

Make = Callable[[Any], dict[str, Any]]
"""Makes the values of all items from what was kept for them."""


class Read(dict[str, Any]):
    """The items of a FETCH response by their names in upper case."""

    __slots__ = ("_kept",)

    _kept: tuple[Make, Any] | None

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


class Unread(Read):
    """Items that nobody has looked into yet.

    `make` returns the values of `kept`.  It may not raise: the octets were checked before.
    """

    __slots__ = ()


def unread(make: Make, kept: Any) -> Unread:
    """Return the items that `make` makes of `kept`."""
    items = Unread(_PLACE)
    items._kept = (make, kept)
    return items


def filled(items: dict[str, Any]) -> dict[str, Any]:
    """Return the same items with their values made."""
    if type(items) is Unread:
        fill(items)
    return items


#: They hold this until then.  Some functions written in C ask for the size of a dict, and read an empty one no further.
_PLACE: dict[str, Any] = {"": None}

_update, _pop = dict.update, dict.pop


def fill(items: Read) -> None:
    """Make the values.  Two threads may do so at the same time; the items of one are never without values again."""
    kept = items._kept
    if kept is None:
        return
    values = kept[0](kept[1])
    if items._kept is not None:  # else another thread was faster, and its program may have changed them
        _update(items, values)
        _pop(items, "", None)
        items.__class__ = Read
        items._kept = None


def _filled(name: str) -> Any:
    method = getattr(dict, name)

    def read(self: Read, *args: Any, **named: Any) -> Any:
        fill(self)
        for other in args:
            if type(other) is Unread:
                fill(other)
        return method(self, *args, **named)

    read.__name__ = name
    read.__doc__ = method.__doc__
    return read


for _name in (
    "__contains__", "__delitem__", "__eq__", "__getitem__", "__ior__", "__iter__", "__len__", "__ne__", "__or__",
    "__repr__", "__reversed__", "__ror__", "__setitem__", "clear", "copy", "get", "items", "keys", "pop", "popitem",
    "setdefault", "update", "values",
):  # fmt: skip
    setattr(Unread, _name, _filled(_name))
Unread.__hash__ = None
