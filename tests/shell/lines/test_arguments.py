"""The argument of a command is split into words."""

from __future__ import annotations

import pytest

from imapsh.errors import UsageError
from imapsh.shell.lines.arguments import words


def test_words_are_split_as_a_shell_does() -> None:
    assert words("""1:3 'two words' "it's" back\\ slash""") == ["1:3", "two words", "it's", "back slash"]
    assert words("  ") == []


@pytest.mark.parametrize("argument", ["'open", '"open', "a\\"])
def test_what_is_not_closed_is_an_error(argument: str) -> None:
    with pytest.raises(UsageError, match="a quotation mark is not closed"):
        words(argument)
