"""A search that a real server keeps up to date: its changes are read, and are nobody's answer."""

from __future__ import annotations

import pytest

from imapsh.grammar.context import Changes
from imapsh.grammar.sequence import SequenceSet
from imapsh.session.events import Received

from .visitor import Visitor


@pytest.mark.parametrize("visitor", [("dovecot", "plain")], indirect=True, ids="-".join)
def test_changes_come_by_themselves(visitor: Visitor) -> None:
    visitor.do("CREATE context")
    visitor.do("APPEND context {14}\r\nSubject: a\r\n\r\n")
    visitor.do("SELECT context")
    search = visitor.do("UID SEARCH RETURN (UPDATE COUNT) UNFLAGGED")
    visitor.do(r"STORE 1 +FLAGS (\Flagged)")
    visitor.do(r"STORE 1 -FLAGS (\Flagged)")
    visitor.do(f'CANCELUPDATE "{search.tag}"')
    visitor.do(r"STORE 1 +FLAGS (\Flagged)")
    told = [
        (event.response.value.tag, event.response.value.items)
        for event in visitor.events
        if isinstance(event, Received) and event.response.name == "ESEARCH" and event.unsolicited
    ]
    change = Changes(((0, SequenceSet.of([1])),))
    assert told == [(search.tag, {"REMOVEFROM": change}), (search.tag, {"ADDTO": change})]
    visitor.do("DELETE context")
    assert visitor.wrong() == []
