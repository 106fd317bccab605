"""Dates, for SEARCH and APPEND."""

from __future__ import annotations

from datetime import date

from imapsh.grammar.dates import write_date
from imapsh.shell.prompt.completing import dates
from tests.shell.knowing import IN_A_MAILBOX, after, completer, world


def test_dates() -> None:
    assert list(after("SEARCH SINCE ").values())[:2] == ["today", "yesterday"]
    assert list(after("SEARCH SENTSINCE yes").values()) == ["yesterday"]
    near = {called: write_date(day) for day, called in dates.near(date(2024, 2, 29))}
    assert near["today"] == "29-Feb-2024"
    assert near["the first of this year"] == "1-Jan-2024"
    assert near["a week ago"] == "22-Feb-2024"
    for line in after("SEARCH SINCE "):
        assert not completer(world(), IN_A_MAILBOX)._reading.match(line).errors
    (now, *_) = after('APPEND INBOX "')
    assert completer(world(), IN_A_MAILBOX)._reading.match(now + " {@x}").complete
