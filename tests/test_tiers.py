"""What a test is marked with, by what it needs."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

from .graph import ROOT
from .servers import dovecot
from .shell.running import imapsh
from .tiers import MANY, Needs, bulk, needs, starts_process


def by_itself() -> None:
    subprocess.run(["true"], check=True)


def through_a_helper() -> None:
    imapsh("--version")


def through_a_module_of_helpers() -> None:
    dovecot.running(*())  # type: ignore[call-arg]


def inside() -> None:
    def run() -> str:
        return sys.executable

    run()


@contextlib.contextmanager
def wrapped() -> Iterator[None]:
    by_itself()
    yield


def through_a_context_manager() -> None:
    with wrapped():
        pass


class Helper:
    def run(self) -> None:
        by_itself()


def through_a_class() -> None:
    Helper()


def without() -> None:
    """It says subprocess, and starts none."""
    assert "subprocess" in (without.__doc__ or "")


@pytest.mark.parametrize(
    "function",
    [
        by_itself, through_a_helper, through_a_module_of_helpers, inside, through_a_context_manager, through_a_class,
    ],
)  # fmt: skip
def test_what_starts_a_process(function: object) -> None:
    assert starts_process(function)


def test_what_starts_none() -> None:
    assert not starts_process(without)


def collected(name: str) -> list[pytest.Item]:
    """The tests of a file; none is run."""
    found = _Collected()
    assert pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", str(ROOT / "tests" / name)], [found]) == 0
    return found.items


def test_a_server_is_found_by_its_fixture_and_by_a_parameter() -> None:
    names = {"dovecot", "cyrus", "courier", "mailutils"}
    assert {needs(item).server for item in collected("servers/test_servers.py::test_plain")} == names
    assert {needs(item).server for item in collected("real/test_session.py::test_session")} == {*names, ""}


def test_hypothesis_is_found() -> None:
    assert {needs(item).fuzz for item in collected("grammar/test_mutf7.py")} == {False, True}


def test_of_many_inputs_each_tenth_is_enough() -> None:
    items = collected("grammar/test_corpus.py::test_leaves_the_next_line_alone")
    assert len(items) >= MANY
    assert len(items) - len(list(bulk(items))) == (len(items) + 9) // 10
    assert list(bulk(collected("grammar/test_dates.py"))) == []


class _Collected:
    def __init__(self) -> None:
        self.items: list[pytest.Item] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = session.items


def test_this_one_needs_none(request: pytest.FixtureRequest) -> None:
    assert needs(request.node) == Needs()
    assert not list(request.node.iter_markers("server"))
