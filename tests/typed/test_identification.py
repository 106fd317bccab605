"""ID: how many fields, and how long they may be (RFC 2971 section 3.3)."""

from __future__ import annotations

import pytest

from imapsh.typed.match import match

LONG = "n" * 31
PAIRS = " ".join(f'"field{number}" "x"' for number in range(30))

LINES = [
    (f"ID ({PAIRS})", []),
    (f'ID ({PAIRS} "one-more" "x")', [len(f"ID ({PAIRS} ")]),
    (f'ID ("{LONG[1:]}" "x")', []),
    (f'ID ("{LONG}" "x")', [4]),
    (f'ID ("name" "{"x" * 1024}")', []),
    (f'ID ("name" "{"x" * 1025}")', [11]),
    ('ID ("name" "a" "Name" "b")', [15]),
    ('ID ("name" NIL "version" NIL)', []),
]


@pytest.mark.parametrize(("line", "offsets"), LINES)
def test_what_is_too_much_is_told(line: str, offsets: list[int]) -> None:
    assert [(problem.offset, problem.severity) for problem in match(line).errors] == [(at, "advice") for at in offsets]
