"""The token of an authorized URL is found, whole or half typed, and nothing else is."""

from __future__ import annotations

import pytest

from imapsh.grammar.imapurl import tokens, without_tokens

URL = "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred:internal:{}"


@pytest.mark.parametrize("token", ["91354a473744909de610943775f92038", "9", "91354A"])
def test_a_token_is_found(token: str) -> None:
    line = f'* GENURLAUTH "{URL.format(token)}" "{URL.format("abcd")}"'
    assert [line[start:end] for start, end in tokens(line)] == [token, "abcd"]
    masked = without_tokens(line.encode())
    assert masked == line.replace(token, "*" * len(token)).replace("abcd", "****").encode()
    assert without_tokens(masked) == masked


@pytest.mark.parametrize("line", [URL[:-12], "a:b", ";URLAUTH=", ";URLAUTH=anonymous", "x;URLAUTH= a:b:c", ""])
def test_what_has_no_token(line: str) -> None:
    assert list(tokens(line)) == []
    assert without_tokens(line.encode()) == line.encode()
