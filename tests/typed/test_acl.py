"""SETACL: a warning if everybody may then administer the mailbox."""

from __future__ import annotations

import pytest

from imapsh.table.model import Context
from imapsh.typed.match import match


@pytest.mark.parametrize(
    ("line", "warned"),
    [
        ("SETACL INBOX anyone lrs", False),
        ("SETACL INBOX anyone lrsa", True),
        ('SETACL INBOX "anyone" "+a"', True),
        ("SETACL INBOX anyone -a", False),
        ("SETACL INBOX -anyone a", False),
        ("SETACL INBOX ann a", False),
        ("SETACL INBOX anyone {1}", False),
        ("SETACL INBOX anyone {1}\r\na", True),
        ("SETACL INBOX anyone {@a}", False),
    ],
)
def test_everybody_should_not_administer(line: str, warned: bool) -> None:
    errors = match(line, Context("authenticated")).errors
    assert [(problem.rule, problem.severity) for problem in errors] == [("identifier", "advice")] * warned
