"""What a quoted string means: beside the rule of the RFC, written down another way."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.atoms import unescaped

CHARACTERS = st.text(alphabet='\\"ab \xff', max_size=40)


@given(st.lists(st.sampled_from(['\\"', "\\\\", "a", "b ", "\xff"])).map("".join))
def test_each_escape_of_a_strict_string_gives_its_character(text: str) -> None:
    assert unescaped(text) == re.sub(r"\\(.)", r"\1", text)


@given(CHARACTERS)
def test_a_backslash_that_escapes_nothing_stays(text: str) -> None:
    assert unescaped(text) == re.sub(r"\\([\"\\])", r"\1", text)


@given(CHARACTERS)
def test_what_is_escaped_is_read_back(text: str) -> None:
    assert unescaped(text.replace("\\", "\\\\").replace('"', '\\"')) == text
