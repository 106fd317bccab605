"""The targets for a fixed number of inputs: from Hypothesis, and guided by coverage where atheris is installed."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import __main__ as fuzzing
from tests.fuzz.targets import TARGETS
from tests.servers.base import absent

_MARKS = [b"(", b")", b'"', b"\\", b" ", b"\r\n", b"\n", b"{3}\r\n", b"{3+}\r\n", b"{99999}\r\n", b"~{1}\r\n", b"\0",
          b"\xff", b"\xc3\xa9", b"[", b"]", b"<", b">", b"* ", b"+", b"1", b"-", b",", b":", b"&", b"="]  # fmt: skip


@cache
def seeds(name: str) -> list[bytes]:
    """The octets that a target begins with."""
    return list(TARGETS[name].seeds())


@cache
def beginnings(name: str) -> st.SearchStrategy[bytes]:
    """The same, to draw from; to make this takes longer than to draw."""
    return st.sampled_from(seeds(name))


@cache
def others(name: str) -> st.SearchStrategy[bytes]:
    """What is put in."""
    return st.sampled_from(_MARKS) | st.binary(max_size=4) | beginnings(name)


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    """Octets to begin with, of which some are taken out, put in, or exchanged for those of others."""
    octets = draw(beginnings(name))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(octets)))
        other = draw(others(name))
        octets = octets[:at] + other + octets[at + draw(st.integers(0, 6)) :]
    return octets


@pytest.mark.parametrize("name", TARGETS)
def test_what_it_begins_with(name: str) -> None:
    for octets in seeds(name):
        TARGETS[name].run(octets)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_mutated(name: str, data: st.DataObject) -> None:
    TARGETS[name].run(data.draw(mutated(name)))


@pytest.fixture
def atheris() -> None:
    """Ask for atheris, which there is not for every Python."""
    if sys.version_info >= (3, 14):
        pytest.skip("there is no atheris for Python 3.14")
    if importlib.util.find_spec("atheris") is None:
        absent("atheris is not installed")


@pytest.mark.slow
@pytest.mark.usefixtures("atheris")
def test_a_fixed_run_guided_by_coverage(tmp_path: Path) -> None:
    found = fuzzing.fuzz("all", ["-runs=5000", "-seed=11", f"-artifact_prefix={tmp_path}/"])
    assert found.broken == ""
    assert found.executions >= 5000
    assert found.edges > 1000


@pytest.mark.slow
@pytest.mark.usefixtures("atheris")
def test_a_broken_promise_is_reported(tmp_path: Path) -> None:
    found = fuzzing.fuzz("never", ["-runs=10", f"-artifact_prefix={tmp_path}/"])
    assert "a promise that is broken on purpose" in found.broken
    assert [path.name[:6] for path in tmp_path.iterdir()] == ["crash-"]
