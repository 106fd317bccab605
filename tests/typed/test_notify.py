"""NOTIFY: the lines of RFC 5465, and what a server must refuse though it fits the syntax."""

from __future__ import annotations

import pytest

from imapsh.table.model import Context
from imapsh.typed.match import match

LEGAL = [
    "a notify none",
    "e notify set (mailboxes INBOX (Messagenew messageExpunge)) (personal (SubscriptionChange))",
    "a notify set (selected (Messagenew (uid flags) messageExpunge)) (personal (MessageNew FlagChange MessageExpunge))",
    "a notify set status (selected (MessageNew (uid body.peek[header]) MessageExpunge)) (subtree a none)",
    "a notify set (subtree (a b) none) (mailboxes (c) (ServerMetadataChange))",
    "a notify set (inboxes (AnnotationChange MessageExpunge MessageNew))",
]


@pytest.mark.parametrize("line", LEGAL)
@pytest.mark.parametrize("offered", [frozenset(), frozenset({"IMAP4REV1", "NOTIFY"})])
def test_legal_lines_are_left_alone(line: str, offered: frozenset[str]) -> None:
    found = match(line, Context(capabilities=offered))
    assert found.errors == ()
    assert found.complete


#: Section 3.1's own example leaves out the parentheses around the events, and MessageExpunge.
AMISS = [
    ("notify set status (selected MessageNew (uid) MessageExpunge)", [28]),
    ("notify set (selected (MessageNew))", [22]),
    ("notify set (selected (MessageExpunge))", [22]),
    ("notify set (selected (AnnotationChange MessageNew MessageExpunge)) (inboxes (FlagChange))", [77]),
    ("notify set (selected (MailboxName))", [22]),
    ("notify set (selected none) (selected none)", [28]),
    ("notify set (inboxes (MessageNew (uid) MessageExpunge))", [33]),
    ("notify set ()", [12]),
    ("notify set (selected)", [20]),
    ("notify set (subtree () (MailboxName))", [21]),
    ("notify set (personal ())", [22]),
    ("notify set (personal (MailboxName)", []),
    ("notify none set", [12]),
]


@pytest.mark.parametrize(("line", "offsets"), AMISS)
def test_what_is_wrong_is_found(line: str, offsets: list[int]) -> None:
    found = match(line, Context(tagged=False))
    assert [problem.offset for problem in found.errors if problem.severity == "error"] == offsets
