"""A name found by some of its characters, and which comes first."""

from __future__ import annotations

import pytest

from tests.shell.knowing import after


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("sct", "select"),
        ("ufetch", "uid fetch"),
        ("FETCH 1 lags", "FETCH 1 flags"),
        ("FETCH 1 (bstruct", "FETCH 1 (bodystructure"),
        ("SEARCH kword", "SEARCH keyword"),
        ("STORE 1 +FLAGS (del", "STORE 1 +FLAGS (\\Deleted"),
        ("SELECT acv24", "SELECT Archive/2024"),
        ("FETCH 1 BODY[HEADER.FIELDS (mid", "FETCH 1 BODY[HEADER.FIELDS (Message-ID"),
        ("\\hlp", "\\help"),
    ],
)
def test_a_name_is_found_by_some_of_its_characters(text: str, line: str) -> None:
    assert line in after(text)


def test_a_beginning_comes_first_and_a_whole_name_ends_the_guessing() -> None:
    assert list(after("SEARCH SEEN")) == []
    assert next(iter(after("SEARCH SE"))) == "SEARCH SEEN"
    assert "SEARCH UNSEEN" in after("SEARCH SE")
    assert list(after("FETCH 1 BODY")) == [f"FETCH 1 {name}" for name in ("BODY[", "BODY.PEEK[", "BODYSTRUCTURE")]
