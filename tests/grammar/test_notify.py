"""BADEVENT and NOTIFICATIONOVERFLOW: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh import table
from imapsh.grammar.notify import EVENTS
from imapsh.grammar.values import Code, StatusText
from imapsh.render.jsonform import to_json

from .reading import amiss, faultless, one, rewritten

READ: list[tuple[str, Any]] = [
    ("a NO [BADEVENT (MessageNew MessageExpunge)] no", ("MessageNew", "MessageExpunge")),
    ("a NO [badevent (flagchange)] no", ("flagchange",)),
    ("* OK [NOTIFICATIONOVERFLOW] ...A comment can go here...", None),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: Any) -> None:
    assert faultless(line).value.code.arg == value


#: The examples of RFC 5465 that a server says, lines put together.
EXAMPLES = """
* OK [CAPABILITY IMAP4REV1 NOTIFY]
* STATUS Lists/Lemonade (UIDVALIDITY 4 UIDNEXT 9999 MESSAGES 500)
* 444 EXISTS
* 444 FETCH (UID 9999)
* 99 FETCH (UID 9999 FLAGS ($Junk))
* LIST () "/" "NewMailbox"
* LIST (\\NonExistent) "." "INBOX.DeletedMailbox"
* LIST () "/" "NewMailbox" ("OLDNAME" ("OldMailbox"))
* LIST () "/" "NewMailbox" (OLDNAME ("OldMailbox"))
* LIST (\\Subscribed) "/" "SubscribedMailbox"
* LIST (\\NoAccess) "/" "Secret"
"""


@pytest.mark.parametrize("line", EXAMPLES.strip().splitlines()[1:])
def test_an_example_is_legal(line: str) -> None:
    assert amiss(line) == []


AMISS = [
    ("a NO [BADEVENT] no", "unsupported-events-code", 14),
    ("a NO [BADEVENT ()] no", "unsupported-events-code", 16),
    ("a NO [BADEVENT MessageNew] no", "unsupported-events-code", 15),
    ("a NO [BADEVENT (MessageNew  MessageExpunge)] no", "unsupported-events-code", 27),
    ("a NO [BADEVENT (MessageNew X-Own)] no", "event-name", 27),
    ("a NO [BADEVENT (NIL)] no", "event-name", 16),
    ('a NO [BADEVENT ("MessageNew")] no', "event-name", 16),
    ("a NO [BADEVENT (MessageNew] no", "unsupported-events-code", 26),
    ("* OK [NOTIFICATIONOVERFLOW 1] no", "resp-text-code", 26),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


@given(st.lists(st.sampled_from(EVENTS), min_size=1).map(tuple))
def test_it_is_read_as_it_was_written(events: tuple[str, ...]) -> None:
    assert rewritten("NO", StatusText(Code("BADEVENT", events), "x")).code.arg == events


def test_json_has_the_names() -> None:
    made = to_json(one(b"a NO [BADEVENT (MessageNew FlagChange)] no\r\n"))
    assert made["value"]["arg"] == ["MessageNew", "FlagChange"]


def test_the_table_has_the_same_events() -> None:
    assert {name for name in table.names("event") if name[0] != "<"} == {name.upper() for name in EVENTS}
