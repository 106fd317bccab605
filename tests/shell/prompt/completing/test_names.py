"""Names of the table, with what their rows say and what stands in the way."""

from __future__ import annotations

from imapsh.table.model import AUTHENTICATED, NOT_AUTHENTICATED, SELECTED, Context
from tests.shell.knowing import after, menu


def test_commands_by_state_with_the_others_behind_and_why() -> None:
    offered = after("", Context(NOT_AUTHENTICATED))
    names = list(offered)
    assert names.index("LOGIN") < names.index("SELECT")
    assert offered["SELECT"] == "SELECT is not allowed in the not-authenticated state; log in first"
    assert offered["LOGIN"] == "Logs in with a name and a password."
    assert {line.text for line in menu("", Context(NOT_AUTHENTICATED)) if line.style == "class:dimmed"} >= {"SELECT"}


def test_commands_by_capability() -> None:
    offered = after("M", Context(SELECTED, frozenset({"IMAP4REV1"})))
    assert offered["MOVE"] == "MOVE needs MOVE or IMAP4rev2, which the server does not offer"
    assert after("M", Context(SELECTED, frozenset({"MOVE"})))["MOVE"].startswith("Moves")


def test_search_keys_show_their_arguments() -> None:
    offered = after("SEARCH OR (FROM a) S")
    assert offered["SEARCH OR (FROM a) SINCE"] == "<date>  Arrived this day or later."
    assert offered["SEARCH OR (FROM a) SEEN"] == r"With \Seen."


def test_extensions_that_enable_knows() -> None:
    context = Context(AUTHENTICATED, frozenset({"IMAP4rev1", "ENABLE", "CONDSTORE", "IDLE"}))
    offered = after("ENABLE ", context)
    assert next(iter(offered)) == "ENABLE CONDSTORE"
    assert offered["ENABLE QRESYNC"] == "the server does not offer QRESYNC"
    assert "ENABLE IDLE" not in offered


def test_mechanisms_that_are_offered_and_what_they_are() -> None:
    context = Context(NOT_AUTHENTICATED, frozenset({"IMAP4rev1", "AUTH=PLAIN", "AUTH=SCRAM-SHA-256"}))
    offered = after("AUTHENTICATE ", context)
    assert set(offered) == {"AUTHENTICATE PLAIN", "AUTHENTICATE SCRAM-SHA-256"}
    assert "never sent" in offered["AUTHENTICATE SCRAM-SHA-256"]
    assert list(after("AUTHENTICATE sha", context)) == ["AUTHENTICATE scram-sha-256"]
