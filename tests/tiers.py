"""What a test needs, found by reading it: a real server, a process of its own, or random input.

Nothing is marked by hand.  The code of a test and of its fixtures is followed through the names it uses, as long as
they lead to functions and classes of `tests`.  A test gets the marker `server` if it asks for one of SERVERS, by a
fixture or by a parameter.  It gets the marker `process` if it can reach one of PROCESSES, and `fuzz` if hypothesis runs
it.  Of a test with MANY inputs or more, all but each tenth get the marker `bulk`.
`tests/run quick` leaves all of these out.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest

#: The fixtures that start a real server.
SERVERS = ("dovecot", "cyrus", "courier", "mailutils")

#: What starts a process, as it is named in a test: `sys.executable` is the program of one.
PROCESSES = ("subprocess", "pexpect", "create_subprocess_exec", "executable", "tshark")


#: From so many inputs of one test on, each tenth is enough for `tests/run quick`.
MANY = 20


class Needs(NamedTuple):
    """The real server a test needs ("" for none), whether it starts a process, and whether its input is random."""

    server: str = ""
    process: bool = False
    fuzz: bool = False


def needs(item: pytest.Item) -> Needs:
    names: tuple[str, ...] = tuple(getattr(item, "fixturenames", ()))
    callspec = getattr(item, "callspec", None)
    if "request" in names and callspec is not None:  # request.getfixturevalue(a parameter)
        names += tuple(_words(callspec.params.values()))
    server = next((name for name in names if name in SERVERS), "")
    fuzz = hasattr(getattr(item, "function", None), "hypothesis")
    return Needs(server, bool(server) or any(map(starts_process, _functions(item))), fuzz)


def bulk(items: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """Of each test with MANY inputs or more, all but each tenth."""
    tests = defaultdict(list)
    for item in items:
        tests[item.path, getattr(item, "originalname", item.name)].append(item)
    for same in tests.values():
        if len(same) >= MANY:
            yield from (item for number, item in enumerate(same) if number % 10)


def _words(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from _words(value)


def _functions(item: pytest.Item) -> Iterator[Any]:
    """The function of a test, and those of its fixtures."""
    yield getattr(item, "function", None)
    info = getattr(item, "_fixtureinfo", None)
    for definitions in info.name2fixturedefs.values() if info is not None else ():
        yield from (getattr(definition.func, "__wrapped__", definition.func) for definition in definitions)


@functools.cache
def starts_process(start: Any) -> bool:
    """Whether a function or class of `tests` can reach a name of PROCESSES."""
    seen, due = {start}, [start]
    while due:
        for name, value in _uses(due.pop()):
            if name in PROCESSES:
                return True
            if isinstance(value, FunctionType | type) and _is_ours(value) and value not in seen:
                seen.add(value)
                due.append(value)
    return False


def _is_ours(value: FunctionType | type) -> bool:
    return value.__module__.partition(".")[0] == "tests"


def _uses(value: Any) -> Iterator[tuple[str, Any]]:
    """Each name in a function's code, or in a class's methods, with what it stands for in its module."""
    if isinstance(value, type):
        for member in vars(value).values():
            yield from _uses(getattr(member, "fget", None) or getattr(member, "__func__", member))
        return
    function = getattr(value, "__wrapped__", value)
    if isinstance(function, FunctionType):
        names = set(_names(function.__code__))
        spaces = [function.__globals__]
        spaces += [vars(space) for name in names if isinstance(space := spaces[0].get(name), ModuleType)]
        for name in names:
            for meant in [space[name] for space in spaces if name in space] or [None]:
                yield name, getattr(meant, "__wrapped__", meant)  # contextlib.contextmanager hides the function


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
