"""NamedTuple as `typing` has it, for classes that are made in a seventh of the time: a start makes ninety of them.

`typing.NamedTuple` compiles source text for each class, and each annotation that is a string.  Here a class has the
code of a function with as many arguments, under its own names, and what all of them do from one base.  Type checkers
see `typing.NamedTuple`, and there is nothing that only one of the two can do.
"""

from __future__ import annotations

import sys
from collections import _tuplegetter  # type: ignore[attr-defined]
from collections.abc import Iterable
from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

_new: Any = tuple.__new__

#: What makes a tuple of so many fields.  For more there is no such thing, and it takes them as they come.
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
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m, n)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v)
        ),
    )
)


#: What reads the field of each number: it knows only the number, so all classes share it.
_FIELDS: list[Any] = []


class _Named(tuple[object, ...]):
    """The methods that each of these classes gets, as `collections.namedtuple` gives them."""

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


#: They are put into each class: a base for them would make each class a tenth more to make.
_METHODS = {name: value for name, value in vars(_Named).items() if callable(value) or isinstance(value, classmethod)}


class _Maker(type):
    """Makes classes, none of which it is the type of."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
        fields = tuple(namespace.get("__annotations__", ()))
        defaults = {field: namespace[field] for field in fields if field in namespace}
        if len(fields) > len(_FIELDS):
            missing = range(len(_FIELDS), len(fields))
            _FIELDS.extend(_tuplegetter(index, f"Alias for field number {index}") for index in missing)
        made = {**_METHODS, **namespace, **dict(zip(fields, _FIELDS, strict=False))}
        if "__doc__" not in namespace:
            made["__doc__"] = f"{name}({', '.join(fields)})"
        made["__new__"] = _maker(name, fields, tuple(defaults.values()))
        made["__match_args__"] = made["_fields"] = fields
        made["_field_defaults"] = defaults
        made["__slots__"] = ()
        return type.__new__(type, name, (tuple, *bases[1:]), made)


def _maker(name: str, fields: tuple[str, ...], defaults: tuple[Any, ...]) -> FunctionType:
    """Return the `__new__` of a class with these fields."""
    said: dict[str, Any] = {"co_name": "__new__", "co_qualname": f"{name}.__new__"}
    if len(fields) >= len(_CODES):
        return FunctionType(_of_many.__code__.replace(**said), globals(), "__new__")
    code = _CODES[len(fields)].replace(co_varnames=("_cls", *fields), **said)
    return FunctionType(code, globals(), "__new__", defaults)


def _of_many(_cls: Any, /, *values: Any, **named: Any) -> Any:
    fields = _cls._fields
    if len(values) > len(fields):
        raise TypeError(f"{_cls.__name__} takes {len(fields)} fields but {len(values)} were given")
    given = dict(zip(fields, values, strict=False))
    if wrong := [name for name in named if name in given or name not in fields]:
        raise TypeError(f"{_cls.__name__} got an unexpected field {wrong[0]!r}")
    given = {**_cls._field_defaults, **given, **named}
    if missing := [name for name in fields if name not in given]:
        raise TypeError(f"{_cls.__name__} is missing the field {missing[0]!r}")
    return _new(_cls, map(given.__getitem__, fields))


if TYPE_CHECKING or sys.version_info >= (3, 14):  # whose classes keep their annotations another way
    from typing import NamedTuple as NamedTuple
else:
    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {"__doc__": "See `typing.NamedTuple`."})
