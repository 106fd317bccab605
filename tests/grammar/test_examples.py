"""What the server says in the examples of RFC 3501 and RFC 9051."""

from __future__ import annotations

import pytest

from .reading import DATA, one

EXAMPLES = [line.split("\t") for line in (DATA / "examples.txt").read_text().splitlines()]
#: The examples that break the ABNF of their own RFC, and how.
AMISS = [line.split("\t") for line in (DATA / "examples_amiss.txt").read_text().splitlines()]


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
