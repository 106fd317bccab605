from __future__ import annotations

import subprocess
import sys
import typing
from collections.abc import Callable, Generator
from typing import Any

import pytest

from imapsh import hints

WORDS = [name for name in vars(hints) if name[0].isupper() and name != "TYPE_CHECKING"]


def test_every_word_is_one_of_typing() -> None:
    assert set(WORDS) | {"cast", "overload"} <= set(typing.__all__) | {"TYPE_CHECKING"}
    assert not hints.TYPE_CHECKING


def test_typing_is_not_imported() -> None:
    code = "import imapsh.hints, sys; print('typing' in sys.modules)"
    ran = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_an_alias_takes_types_in_place_of_its_variable() -> None:
    words: Any = hints
    open_alias: Any = Generator
    alias = open_alias[int, None, words.TypeVar("T")]
    assert alias[str] == Generator[int, None, str]
    assert Callable[[int], alias[str]]
    assert repr(words.TypeVar("T")) == repr(typing.TypeVar("T"))


@pytest.mark.parametrize("made", [hints, typing])
def test_a_class_may_have_them_as_bases(made: Any) -> None:
    variable = made.TypeVar("T", bound=int)

    class Shape(made.Protocol):  # type: ignore[misc]
        def draw(self) -> None: ...

    class Box(made.Generic[variable]):  # type: ignore[misc]
        __slots__ = ("held",)

        def __init__(self, held: object) -> None:
            self.held = held

    class Square(Shape):
        pass

    named: Any = Box
    assert named[int](7).held == Box(7).held == 7
    assert not hasattr(Box(7), "__dict__")
    assert Square().draw() is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("made", [hints, typing])
def test_what_is_called_gives_its_argument(made: Any) -> None:
    value = ["x"]
    assert made.NewType("Name", str)("x") == "x"
    assert made.cast("list[str]", value) is value
    assert made.overload(len) is not None
