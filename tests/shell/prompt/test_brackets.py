"""The bracket that belongs to the one at the cursor."""

from __future__ import annotations

import pytest

from imapsh.shell.prompt.brackets import pair


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FETCH 1 |(FLAGS)", (8, 14)),
        ("FETCH 1 (FLAGS)|", (14, 8)),
        ("FETCH 1 (FLAGS|)", (14, 8)),
        ("FETCH 1 (|FLAGS)", (8, 14)),
        ("FETCH 1 (BODY|[HEADER.FIELDS (DATE)] UID)", (13, 34)),
        ("FETCH 1 |(BODY[HEADER.FIELDS (DATE)] UID)", (8, 39)),
        ('SEARCH |(SUBJECT ")")', (7, 19)),
        ('SEARCH (SUBJECT "|)")', None),
        ("APPEND x {3}\n|(a)", None),
        ("NOOP\nFETCH 1 |(FLAGS)", (13, 19)),
        ("FETCH 1 |(FLAGS \\\n  UID)", (8, 22)),
        ("FETCH 1 |(FLAGS", None),
        ("|", None),
        ("NO|OP", None),
        ("a)|", None),
    ],
)
def test_pairs(text: str, found: tuple[int, int] | None) -> None:
    assert pair(text.replace("|", ""), text.index("|")) == found
