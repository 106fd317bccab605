"""A figure of the table of budgets, and the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple


class Figure(NamedTuple):
    """What was measured beside what is allowed; `kept` None: there is no budget, or nothing to hold it against."""

    what: str
    budget: str
    measured: str
    kept: bool | None
    peers: str = ""


_HEAD = Figure("what", "budget", "imapsh", None, "beside")
_MARKS = {True: "kept", False: "MISSED", None: ""}


def listed(values: Mapping[str, float], form: str) -> str:
    """`iredis 233 ms, litecli 410 ms`."""
    return ", ".join(f"{name} {form.format(value)}" for name, value in values.items())


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """A line a figure, each as soon as it is there."""
    yield _line(_HEAD, "")
    yield _line(Figure("-" * 38, "-" * 13, "-" * 15, None, "-" * 40), "-" * 6)
    for figure in figures:
        yield _line(figure, _MARKS[figure.kept])


def _line(figure: Figure, mark: str) -> str:
    return f"{figure.what:38} {figure.budget:13} {figure.measured:15} {mark:6} {figure.peers}".rstrip()
