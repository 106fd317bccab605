"""The arguments of imapsh's own commands."""

from __future__ import annotations

from tests.shell.knowing import after


def test_the_columns_by_which_the_view_sorts() -> None:
    assert list(after("\\format vi")) == ["\\format view"]
    assert list(after("\\format view si")) == ["\\format view size"]
    assert "\\last view name" in after("\\last view ")
    assert list(after("\\format json s")) == []


def test_where_to_connect() -> None:
    assert list(after("\\connect im")) == [
        "\\connect " + form for form in ("imaps://", "imap://", "imaps+unix:", "imaps+exec:")
    ]
    assert list(after("\\connect -n second un")) == [f"\\connect -n second {form}" for form in ("unix:", "imaps+unix:")]
