"""Flags, of the table and of the mailbox."""

from __future__ import annotations

from tests.shell.knowing import after


def test_flags_of_the_table_the_mailbox_and_its_messages() -> None:
    offered = after("STORE 4 +FLAGS (")
    assert offered["STORE 4 +FLAGS (\\Seen"] == "It has been read."
    assert offered["STORE 4 +FLAGS ($Label1"] == "a keyword of this mailbox"
    assert "STORE 4 +FLAGS (Todo" in offered
    assert offered["STORE 4 +FLAGS (\\Flagged"] == "not among the mailbox's PERMANENTFLAGS"
    assert list(offered).index("STORE 4 +FLAGS (Todo") < list(offered).index("STORE 4 +FLAGS (\\Flagged")
    for never in ("\\Recent", "\\*"):
        assert f"STORE 4 +FLAGS ({never}" not in offered
    assert "APPEND INBOX (\\Flagged" in after("APPEND INBOX (")
    assert "SEARCH KEYWORD Todo" in after("SEARCH KEYWORD ")
    assert not any("\\" in line for line in after("SEARCH UNKEYWORD "))
