"""The arguments of imapsh's own commands."""

from __future__ import annotations

from tests.shell.knowing import after


def test_where_to_connect() -> None:
    assert list(after("\\connect im")) == ["\\connect imaps://", "\\connect imap://"]
    assert list(after("\\connect -n second un")) == ["\\connect -n second unix:"]
