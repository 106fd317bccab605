"""What the server says in the examples of RFC 3501, RFC 9051 and the extensions."""

from __future__ import annotations

import pytest

from .reading import DATA, one

EXAMPLES = [
    line.split("\t")
    for name in ("examples", "examples_sync")
    for line in (DATA / f"{name}.txt").read_text().splitlines()
]
#: The examples that break the ABNF of their own RFC, and how.
AMISS = [
    line.split("\t")
    for name in ("examples_amiss", "examples_sync_amiss")
    for line in (DATA / f"{name}.txt").read_text().splitlines()
]


@pytest.mark.parametrize(("section", "line"), EXAMPLES)
def test_an_example_is_legal(section: str, line: str) -> None:
    response = one(line.encode() + b"\r\n")
    assert response.violations == ()
    assert response.kind != "garbage"


@pytest.mark.parametrize(("section", "line", "why"), AMISS)
def test_a_slip_of_the_rfc_is_named(section: str, line: str, why: str) -> None:
    response = one(line.encode() + b"\r\n")
    assert response.violations
    assert response.kind != "garbage"
