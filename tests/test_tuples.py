from __future__ import annotations

import copy
import pickle
import sys
import typing
from typing import Any

import pytest

from imapsh import tuples

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 14), reason="there it is the one of typing")

WIDE = "abcdefghijklmnopqrstuvwxyz"


class Pair(tuples.NamedTuple):
    """Two."""

    one: int
    other: str = "x"

    @property
    def both(self) -> str:
        return f"{self.one}{self.other}"


def made(base: Any, fields: str, **defaults: Any) -> Any:
    """A class with these fields, each a letter, made from ours or typing's NamedTuple."""
    values = {name: f" = {value}" for name, value in defaults.items()}
    lines = "".join(f"    {name}: int{values.get(name, '')}\n" for name in fields)
    names = {"NamedTuple": base, "__name__": __name__}
    exec(f"class Made(NamedTuple):\n{lines or '    pass'}", names)
    return names["Made"]


@pytest.mark.parametrize("count", range(len(WIDE)))
def test_a_class_of_any_width_is_as_one_of_typing(count: int) -> None:
    fields = WIDE[:count]
    ours, theirs = made(tuples.NamedTuple, fields), made(typing.NamedTuple, fields)
    one, other = ours(*range(count)), theirs(*range(count))
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other)
    assert one._asdict() == other._asdict()
    assert ours(**one._asdict()) == one
    assert [getattr(one, name) for name in fields] == list(one)
    for name in ("_fields", "_field_defaults", "__match_args__", "__module__", "__qualname__"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert type(ours) is type
    assert not hasattr(one, "__dict__")


WRONG = [
    lambda pair: pair(),
    lambda pair: pair(1, 2, 3),
    lambda pair: pair(1, c=2),
    lambda pair: pair(1, a=2),
    lambda pair: pair._make([1]),
    lambda pair: pair(1)._replace(c=3),
    lambda pair: setattr(pair(1), "a", 2),
    lambda pair: setattr(pair(1), "c", 2),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_as_wrong(wrong: Any) -> None:
    said = []
    for base in (tuples.NamedTuple, typing.NamedTuple):
        with pytest.raises((TypeError, ValueError, AttributeError)) as raised:
            wrong(made(base, "ab", b=7))
        said.append((raised.type, str(raised.value)))
    assert said[0] == said[1]


def test_what_a_class_adds_and_what_is_made_of_one() -> None:
    pair = Pair(1)
    assert (pair.both, pair.other, pair[0], Pair.__doc__) == ("1x", "x", 1, "Two.")
    assert pair._replace(one=2) == Pair(one=2, other="x") == Pair._make([2, "x"])
    for twin in (copy.copy(pair), copy.deepcopy(pair), pickle.loads(pickle.dumps(pair))):
        assert twin == pair
        assert type(twin) is Pair
    match pair:
        case Pair(one, other):
            assert (one, other) == (1, "x")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda wide: wide(), lambda wide: wide(*range(27)), lambda wide: wide(*range(26), a=2),
        lambda wide: wide(*range(26), other=1), lambda wide: wide(1, b=2),
    ],
)  # fmt: skip
def test_a_wide_class_is_strict_too(wrong: Any) -> None:
    for base in (tuples.NamedTuple, typing.NamedTuple):
        with pytest.raises(TypeError):
            wrong(made(base, WIDE))


def test_a_wide_class_has_defaults() -> None:
    ours, theirs = (made(base, WIDE, y=7, z=8) for base in (tuples.NamedTuple, typing.NamedTuple))
    assert ours(*range(24), z=1) == theirs(*range(24), z=1)
    assert ours(*range(24))._replace(a=5) == theirs(*range(24))._replace(a=5)
