"""Counting what is still to be typed, and splitting a paste."""

from __future__ import annotations

import pytest

from imapsh.shell.literals import announced, commands, wanted


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", None),
        ("NOOP", None),
        ("APPEND x {5}", 5),
        ("APPEND x {5+}", 5),
        ("APPEND x ~{5}", 5),
        ("APPEND x {5}\n", 5),
        ("APPEND x {5}\nab", 3),
        ("APPEND x {5}\nü", 3),
        ("APPEND x {5}\na\n", 2),
        ("APPEND x {5}\nabcde", 0),
        ("LOGIN {2}\nab {3}", 3),
        ("LOGIN {2}\nab {3}\nx", 2),
        ("LOGIN {2}\nab cde", None),
        ('SEARCH SUBJECT "{5}"', None),
    ],
)
def test_octets_wanted(text: str, left: int | None) -> None:
    assert wanted(text) == left


def test_a_literal_is_announced_at_the_end_alone() -> None:
    assert announced("APPEND x {3}")
    assert not announced("APPEND x {3}\nabc")
    assert not announced("APPEND x {3} y")


def test_pastes() -> None:
    assert commands("NOOP") == ["NOOP"]
    assert commands("a NOOP\r\n\r\nb NOOP\n") == ["a NOOP", "b NOOP"]
    assert commands("APPEND x {4}\na\nb\nNOOP") == ["APPEND x {4}\r\na\r\nb", "NOOP"]
    assert commands("LOGIN {2}\nab {2}\ncd\nNOOP") == ["LOGIN {2}\r\nab {2}\r\ncd", "NOOP"]
    assert commands(" \n ") == []
