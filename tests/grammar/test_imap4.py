"""MAILBOX of IMAP4: read, checked, and written."""

from __future__ import annotations

import pytest
from hypothesis import given

from imapsh.grammar.imap4 import MailboxFound

from .reading import amiss, one, rewritten
from .strategies import mailbox


def test_what_is_read() -> None:
    response = one(b"* MAILBOX blurdybloop\r\n")
    assert response.violations == ()
    assert response.value == MailboxFound("blurdybloop")


@pytest.mark.parametrize(
    ("line", "rule", "offset"),
    [("* MAILBOX", "mailbox-response", 9), ("* MAILBOX a b", "mailbox-response", 11),
     ("* 3 MAILBOX a", "response-data", 4)],
)  # fmt: skip
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


@given(mailbox)
def test_it_is_read_as_it_was_written(name: str) -> None:
    assert rewritten("MAILBOX", MailboxFound(name)) == MailboxFound(name)
