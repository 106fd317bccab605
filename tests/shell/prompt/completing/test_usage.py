"""What was used comes first."""

from __future__ import annotations

import pytest

from imapsh.shell.prompt.completing.usage import MOST, Usage
from imapsh.typed.match import match


def test_lately_counts_more_than_once_long_ago() -> None:
    usage = Usage()
    for mailbox in ("One", *["Two"] * 3, "Three"):
        usage.learn(match(f"SELECT {mailbox}"))
    assert usage.used("mailbox") == ["two", "three", "one"]
    assert usage.rank("mailbox", "Two") > usage.rank("list-mailbox", "THREE") > usage.rank("mailbox", "One") > 0
    assert usage.rank("mailbox", "Four") == 0


def test_names_are_learned_as_people_read_them() -> None:
    usage = Usage()
    usage.learn(match("SELECT Z&APw-rich"))
    assert usage.used("mailbox") == ["zürich"]


@pytest.mark.parametrize(
    "line",
    [
        "LOGIN me hush",
        "x1 LOGIN me hush",
        "AUTHENTICATE PLAIN aHVzaA==",
        'SEARCH FROM "hush"',
        "hush hush",
        "LOGNI a hush",
    ],
)
def test_neither_secrets_nor_texts_are_kept(line: str) -> None:
    usage = Usage()
    usage.learn_history([line])
    assert not any("hush" in name or "ahvzaa" in name for _, name in usage._weights)


def test_lines_of_the_history() -> None:
    usage = Usage()
    usage.learn_history([*["SELECT Old"] * 9, *["SELECT New"] * 300, "\\connect"])
    assert usage.used("mailbox") == ["new"]
    assert usage.rank("command", "SELECT") > 0


def test_what_is_kept_is_bounded() -> None:
    usage = Usage()
    for number in range(MOST + 500):
        usage.learn(match(f"SELECT box{number}"))
    assert len(usage._weights) <= MOST
    assert usage.used("mailbox")[0] == f"box{MOST + 499}"
    for _ in range(20_000):
        usage.learn(match("SELECT one"))
    assert usage.used("mailbox")[0] == "one"
