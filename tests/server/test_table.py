"""The server against the table: every command of the two RFCs is done, every capability it claims is a row."""

from __future__ import annotations

from imapsh import table
from imapsh.server.client import AFTER_LOGIN, BEFORE_LOGIN
from imapsh.server.commands import HANDLERS
from imapsh.server.search import FLAG_KEYS, KEYS


def test_every_command_of_the_two_rfcs_is_done() -> None:
    wanted = {row.name for row in table.commands().values() if row.rfc.split(" §")[0] in ("RFC 9051", "RFC 3501")}
    assert wanted <= set(HANDLERS) <= set(table.commands())


def test_every_search_key_is_done() -> None:
    known = {*FLAG_KEYS, *KEYS, "(", "<SEQUENCE-SET>"}
    assert {row.name.upper() for row in table.names("search-key").values() if not row.needs} <= known


def test_every_capability_is_a_row() -> None:
    assert [
        name for name in {*BEFORE_LOGIN, *AFTER_LOGIN, "AUTH=PLAIN"} if table.find("capability", name) is None
    ] == []
