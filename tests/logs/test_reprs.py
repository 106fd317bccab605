"""Octets as Python shows them are read without running anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.logs.reprs import octets_of


@given(st.binary())
def test_every_repr_gives_its_octets(octets: bytes) -> None:
    assert octets_of(repr(octets).encode()) == octets
    assert octets_of(repr(octets).encode()[1:]) == octets


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"b'",
        b"b'a",
        b"'a''b'",
        b"b'\\q'",
        b"b'\\x4'",
        b"b'\xe4'",
        b"b'a' + b'c'",
        b"(1)",
        b"b'a\n'",
        b"bb''",
        b"b'''",
    ],
)
def test_anything_else_is_none(text: bytes) -> None:
    assert octets_of(text) is None


@given(st.binary())
def test_random_octets_are_no_error(text: bytes) -> None:
    octets_of(text)
