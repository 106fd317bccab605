"""Items that are made on first use are a dict like any other, whatever is asked of them first."""

from __future__ import annotations

import copy
import json
import operator
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from imapsh.grammar.unread import Read, Unread, filled, unread
from imapsh.grammar.values import Fetch

VALUES = {"UID": 7, "FLAGS": ("\\Seen",)}


def items() -> Unread:
    return unread(lambda kept: {"UID": kept, "FLAGS": ("\\Seen",)}, 7)


#: All that can be asked of a dict, from Python and from functions written in C.
QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "[]": lambda d: d["UID"],
    "get": lambda d: (d.get("UID"), d.get("X"), d.get("X", 1)),
    "in": lambda d: ("UID" in d, "X" in d),
    "len": len,
    "bool": bool,
    "list": list,
    "reversed": lambda d: list(reversed(d)),
    "keys": lambda d: list(d.keys()),
    "values": lambda d: list(d.values()),
    "items": lambda d: list(d.items()),
    "==": lambda d: (d == VALUES, d == {}, d == VALUES, d == {}),
    "!=": lambda d: (d != VALUES, d != {}, d != VALUES),
    "repr": repr,
    "format": lambda d: ("{UID}".format(**d), "{UID}".format_map(d)),
    "|": lambda d: (d | {"X": 1}, {"X": 1} | d),
    "dict": lambda d: (dict(d), {**d}, dict(**d), dict.fromkeys(d)),
    "update": lambda d: _changed({}, "update", d),
    "|=": lambda d: _changed({"X": 1}, "__ior__", d),
    "set": lambda d: (set(d), sorted(d), tuple(d)),
    "json": lambda d: (json.dumps(d), json.dumps({"a": d})),
    "copy": lambda d: (copy.copy(d), copy.deepcopy(d), d.copy()),
    "pickle": lambda d: pickle.loads(pickle.dumps(d)),
    "match": lambda d: _matched(d),
    "pop": lambda d: (d.pop("UID"), d.pop("X", 3), list(d)),
    "popitem": lambda d: (d.popitem(), list(d)),
    "setdefault": lambda d: (d.setdefault("UID", 1), d.setdefault("X", 2), list(d)),
    "set item": lambda d: _changed(d, "__setitem__", "UID", 8),
    "del item": lambda d: _changed(d, "__delitem__", "UID"),
    "changed": lambda d: _changed(d, "update", X=1),
    "clear": lambda d: _changed(d, "clear"),
    "operator": lambda d: (operator.length_hint(d), operator.itemgetter("UID")(d), operator.contains(d, "UID")),
}


def _changed(changed: dict[Any, Any], method: str, *args: Any, **named: Any) -> dict[Any, Any]:
    getattr(changed, method)(*args, **named)
    return changed


def _matched(values: Any) -> object:
    match values:
        case {"UID": int(uid), **others}:
            return uid, others
    return None


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_first_question_is_answered_as_by_a_dict(question: Callable[[Any], Any]) -> None:
    assert question(items()) == question(dict(VALUES))


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_second_question_too(question: Callable[[Any], Any]) -> None:
    asked = items()
    len(asked)
    assert type(asked) is Read
    assert question(asked) == question(dict(VALUES))


def test_two_that_nobody_has_looked_into_are_compared_by_their_values() -> None:
    assert items() == items()
    assert items() | items() == VALUES
    assert (items() != items()) is False


def test_they_cannot_be_hashed() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(items())


def test_values_are_made_once_and_only_if_somebody_asks() -> None:
    made: list[object] = []

    def make(kept: object) -> dict[str, Any]:
        made.append(kept)
        return dict(VALUES)

    one = unread(make, 7)
    assert made == []
    assert [len(one), len(one), len(filled(one))] == [2, 2, 2]
    assert made == [7]


def test_what_another_thread_has_changed_meanwhile_is_kept() -> None:
    first = True

    def make(kept: int) -> dict[str, Any]:
        nonlocal first
        if first:
            first = False
            one["X"] = kept  # as if a thread that began later was faster, and its program went on
        return dict(VALUES)

    one = unread(make, 7)
    assert one["UID"] == 7
    assert one == VALUES | {"X": 7}
    assert list(one) == ["UID", "FLAGS", "X"]


def test_the_attribute_of_a_response_makes_them() -> None:
    fetch = Fetch(1, items())
    assert type(fetch.items) is Read
    assert dict.__len__(fetch.items) == 2
    assert fetch == Fetch(1, dict(VALUES))
    assert repr(fetch) == "Fetch(seq=1, items={'UID': 7, 'FLAGS': ('\\\\Seen',)})"
    assert fetch._replace(seq=2) == (2, VALUES)
