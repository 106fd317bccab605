"""NamedTuple as `typing` has it, for classes that are made in a seventh of the time: a start makes ninety of them.

`typing.NamedTuple` compiles source text for each class, and each annotation that is a string.  Here a class has the
code of a function with as many arguments, under its own names, and what all of them do from one base.  Type checkers
see `typing.NamedTuple`, and there is nothing that only one of the two can do.
"""

from __future__ import annotations

import sys
from collections import _tuplegetter  # type: ignore[attr-defined]
from collections.abc import Iterable
from types import CodeType, FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

_new: Any = tuple.__new__

#: What makes a tuple of so many fields.  For more there is no such thing, and it is compiled.
_CODES = tuple(
    make.__code__
    for make in (
        lambda _cls: _new(_cls, ()),
        lambda _cls, a: _new(_cls, (a,)),
        lambda _cls, a, b: _new(_cls, (a, b)),
        lambda _cls, a, b, c: _new(_cls, (a, b, c)),
        lambda _cls, a, b, c, d: _new(_cls, (a, b, c, d)),
        lambda _cls, a, b, c, d, e: _new(_cls, (a, b, c, d, e)),
        lambda _cls, a, b, c, d, e, f: _new(_cls, (a, b, c, d, e, f)),
        lambda _cls, a, b, c, d, e, f, g: _new(_cls, (a, b, c, d, e, f, g)),
        lambda _cls, a, b, c, d, e, f, g, h: _new(_cls, (a, b, c, d, e, f, g, h)),
        lambda _cls, a, b, c, d, e, f, g, h, i: _new(_cls, (a, b, c, d, e, f, g, h, i)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j: _new(_cls, (a, b, c, d, e, f, g, h, i, j)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, l: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, l)),  # noqa: E741
    )
)


class _Named(tuple[object, ...]):
    """The methods that each of these classes has, as `collections.namedtuple` gives them."""

    __slots__ = ()

    _fields: tuple[str, ...] = ()

    @classmethod
    def _make(cls, iterable: Iterable[Any]) -> Self:
        made: Self = _new(cls, iterable)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self, /, **fields: Any) -> Self:
        made = self._make(map(fields.pop, self._fields, self))
        if fields:
            raise ValueError(f"Got unexpected field names: {list(fields)!r}")
        return made

    __replace__ = _replace

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)


class _Maker(type):
    """Makes classes, none of which it is the type of."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
        fields = tuple(namespace.get("__annotations__", ()))
        defaults = {field: namespace[field] for field in fields if field in namespace}
        for index, field in enumerate(fields):
            namespace[field] = _tuplegetter(index, f"Alias for field number {index}")
        namespace.setdefault("__doc__", f"{name}({', '.join(fields)})")
        code = _code(fields).replace(co_name="__new__", co_qualname=f"{name}.__new__")
        namespace["__new__"] = FunctionType(code, globals(), "__new__", tuple(defaults.values()))
        namespace["__match_args__"] = namespace["_fields"] = fields
        namespace["_field_defaults"] = defaults
        namespace["__slots__"] = ()
        return type.__new__(type, name, (_Named, *bases[1:]), namespace)


def _code(fields: tuple[str, ...]) -> CodeType:
    """Return the code of a `__new__` with these fields."""
    if len(fields) < len(_CODES):
        return _CODES[len(fields)].replace(co_varnames=("_cls", *fields))
    names = ", ".join(fields)
    made: FunctionType = eval(f"lambda _cls, {names}: _new(_cls, ({names}))")
    return made.__code__


if TYPE_CHECKING or sys.version_info >= (3, 14):  # whose classes keep their annotations another way
    from typing import NamedTuple as NamedTuple
else:
    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {"__doc__": "See `typing.NamedTuple`."})
