"""What the server says in the examples of RFC 3501, RFC 9051 and the extensions."""

from __future__ import annotations

import pytest

from imapsh.grammar.values import Unknown

from .reading import DATA, faultless, parse

EXAMPLES = [line.split("\t") for line in (DATA / "examples.txt").read_text().splitlines()]
EXTENSIONS = [line.split("\t") for line in (DATA / "examples_extensions.txt").read_text().splitlines()]
#: The examples that break the ABNF of their own RFC, and how.
AMISS = [
    line.split("\t")
    for name in ("examples_amiss", "examples_extensions_amiss")
    for line in (DATA / f"{name}.txt").read_text().splitlines()
]


@pytest.mark.parametrize(("section", "line"), EXAMPLES)
def test_an_example_is_legal(section: str, line: str) -> None:
    response = faultless(line)
    assert response.kind != "garbage"


@pytest.mark.parametrize(("section", "line"), EXTENSIONS)
def test_an_extensions_example_is_legal_and_typed(section: str, line: str) -> None:
    for response in parse(line.encode() + b"\r\n"):
        assert response.violations == () or (response.frame.incomplete and line.endswith("}"))
        assert response.kind != "garbage"
        assert not isinstance(response.value, Unknown)


def test_there_are_many() -> None:
    assert len(EXTENSIONS) > 1000


@pytest.mark.parametrize(("section", "line", "why"), AMISS)
def test_a_slip_of_the_rfc_is_named(section: str, line: str, why: str) -> None:
    (response,) = parse(line.encode() + b"\r\n")
    assert response.violations or isinstance(response.value, Unknown)
    assert response.kind != "garbage"
