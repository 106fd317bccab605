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


def test_the_options_of_save() -> None:
    assert list(after("\\save --")) == [
        f"\\save {option}" for option in ("--parts", "--type", "--named", "--larger", "--smaller", "--all")
    ]
    assert list(after("\\save --parts --ty")) == ["\\save --parts --type"]
    assert list(after("\\save --parts --type image/* --larg")) == ["\\save --parts --type image/* --larger"]
    assert not after("\\save --parts 1:* --")


def test_how_to_watch() -> None:
    assert list(after("\\watch o")) == ["\\watch on", "\\watch off"]
    assert list(after("\\watch -")) == ["\\watch -v"]
    assert list(after("\\watch -v o")) == ["\\watch -v on", "\\watch -v off"]
