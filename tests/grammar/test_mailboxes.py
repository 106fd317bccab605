"""Extended items of LIST, and names of items of STATUS: what is read, and what is named as wrong and where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imapsh.grammar.values import Code, MailboxStatus, StatusText
from imapsh.render.jsonform import to_json

from .by_rules import STREAMS, assert_alike, mutated
from .reading import amiss, one

READ: list[tuple[str, dict[str, Any]]] = [
    ('("CHILDINFO" ("SUBSCRIBED"))', {"CHILDINFO": ["SUBSCRIBED"]}),
    ('(childinfo ("SUBSCRIBED" "SPECIAL-USE") OLDNAME ({1}\r\na))',
     {"CHILDINFO": ["SUBSCRIBED", "SPECIAL-USE"], "OLDNAME": ["a"]}),
    ('("OLDNAME" ("b c") X-OWN 5)', {"OLDNAME": ["b c"], "X-OWN": 5}),
    ("()", {}),
]  # fmt: skip


@pytest.mark.parametrize(("items", "extended"), READ)
def test_extended_items(items: str, extended: dict[str, Any]) -> None:
    response = one(f'* LIST () "/" Foo {items}\r\n'.encode())
    assert response.violations == ()
    assert to_json(response)["value"].get("extended", {}) == extended


L = '* LIST () "/" Foo '
AMISS = [
    (L + "(CHILDINFO ())", "childinfo-extended-item", 30),
    (L + "(CHILDINFO NIL)", "childinfo-extended-item", 29),
    (L + '(CHILDINFO "SUBSCRIBED")', "childinfo-extended-item", 29),
    (L + "(CHILDINFO (SUBSCRIBED))", "childinfo-extended-item", 30),
    (L + '(CHILDINFO ("a b"))', "childinfo-extended-item", 31),
    (L + '("CHILDINFO" (("SUBSCRIBED")))', "childinfo-extended-item", 32),
    (L + "(OLDNAME Bar)", "oldname-extended-item", 27),
    (L + "(OLDNAME ())", "oldname-extended-item", 28),
    (L + "(OLDNAME (a b))", "oldname-extended-item", 30),
    (L + "(OLDNAME (a) oldname (a))", "mbox-list-extended", 31),
    ("* STATUS a (MESSAGES 1 4 RECENT)", "status-att-list", 23),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


#: A STATUS response in another shape, the mailbox and the numbers that it tells, and the first fault.
SHAPES = [
    ("box (MESSAGES 113) x", "box", {"MESSAGES": 113}, ("mailbox-data", 27)),
    ("box (MESSAGES 113)x", "box", {"MESSAGES": 113}, ("mailbox-data", 27)),
    ("box (MESSAGES 113) x y (z)", "box", {"MESSAGES": 113}, ("mailbox-data", 27)),
    ("b ( MESSAGES 1 )", "b", {"MESSAGES": 1}, ("status-att-list", 12)),
    ("b  (  MESSAGES 1 )", "b", {"MESSAGES": 1}, ("mailbox-data", 11)),
    ("b (messages 1) )", "b", {"MESSAGES": 1}, ("mailbox-data", 23)),
    ("b ((MESSAGES 1))", "b", {"MESSAGES": 1}, ("status-att-list", 12)),
    ("b ((MESSAGES 1) (UNSEEN 2))", "b", {"MESSAGES": 1, "UNSEEN": 2}, ("status-att-list", 12)),
    ("b (MESSAGES 1 (UNSEEN 2) RECENT 3)", "b", {"MESSAGES": 1, "UNSEEN": 2, "RECENT": 3}, ("status-att-list", 23)),
    ("b (MESSAGES 1)(UNSEEN 2)", "b", {"MESSAGES": 1, "UNSEEN": 2}, ("status-att-list", 23)),
    ("b (MESSAGES 1), (UNSEEN 2)", "b", {"MESSAGES": 1, "UNSEEN": 2}, ("status-att-list", 25)),
    ("b (MESSAGES (1))", "b", {"MESSAGES": 1}, ("status-att-list", 21)),
    ("b [MESSAGES 1]", "b", {"MESSAGES": 1}, ("status-att-list", 11)),
    ("b (X-FOO (1 2) MESSAGES 1) x", "b", {"X-FOO": (1, 2), "MESSAGES": 1}, ("mailbox-data", 35)),
    ("b (X-FOO 3) x", "b", {"X-FOO": 3}, ("mailbox-data", 20)),
    ("a (old mail) (MESSAGES 1)", "a (old mail)", {"MESSAGES": 1}, ("mailbox", 11)),
    ("(b) (MESSAGES 1) x", "(b)", {"MESSAGES": 1}, ("mailbox", 9)),
    ("two words MESSAGES 4", "two words", {"MESSAGES": 4}, ("mailbox", 13)),
]


@pytest.mark.parametrize(("line", "mailbox", "items", "fault"), SHAPES)
def test_a14_the_list_of_status_is_recognised_first(
    line: str, mailbox: str, items: dict[str, Any], fault: tuple[str, int]
) -> None:
    response = one(f"* STATUS {line}\r\n".encode())
    assert response.value == MailboxStatus(mailbox, items)
    assert response.violations[0][:2] == fault


def test_a_string_in_flags_may_reach_beyond_the_end_of_the_code() -> None:
    """The list is not closed and the code is; a string in it begins before that end, and goes on after it."""
    response = one(rb'* OK [PERMANENTFLAGS (\( "] "] r' + b"\r\n")
    assert response.value == StatusText(Code("PERMANENTFLAGS", ("] ",), r'(\( "] "'), "r")
    assert [violation[:2] for violation in response.violations] == [
        ("flag-perm", 23), ("flag-perm", 24), ("quoted", 25), ("flag-perm", 29)
    ]  # fmt: skip


_ATTRIBUTES = st.lists(
    st.sampled_from([r"\HasNoChildren", r"\Noselect", "\\a]", "\\*", "bare", "\\", "\\x\\y", "\\é"]), max_size=3
).map(" ".join)
_DELIMITERS = st.sampled_from(
    ['"/"', '"."', "NIL", "nil", '"\\\\"', '"\\""', '"\\"', '""', '" "', '"//"', '"é"', '"\x01"', "/", "{1}\r\n/"]
)
_NAMES = st.sampled_from(
    [
        "INBOX", '"inbox"', "Inbox", '""', '"a b"', "a/b", "a]", "NIL", "&AMQ-rger", '"&AMQ-rger"', "&", "&-",
        '"a & b"', '"&AGE-"', '"a\\"b"', '"a\\\\b"', '"é"', '"Ã¤"', "é", "{3}\r\na b", "~{1}\r\na", '"\t"', '"\x7f"',
        "a*", "a b", 'Foo ("CHILDINFO" ("SUBSCRIBED"))', "Foo ()", '"Foo" ', "", '"open',
    ]
)  # fmt: skip
_LISTS = st.builds(
    "{} ({}) {} {}".format, st.sampled_from(["LIST", "LSUB", "XLIST", "list"]), _ATTRIBUTES, _DELIMITERS, _NAMES
)


@settings(max_examples=800)
@given(mutated(_LISTS), st.booleans(), st.sampled_from([1, 2, 100]))
def test_any_list_is_read_as_by_the_rules(octets: bytes, utf8: bool, nesting: int) -> None:
    assert_alike(b"* " + octets + b"\r\n", utf8=utf8, nesting=nesting)


_NUMBERS = st.sampled_from(["0", "1", "231", "007", "999999999", "1000000000", "4294967296", "-1", "", "(1)", "NIL"])
_ITEMS = st.sampled_from(["MESSAGES", "UNSEEN", "RECENT", "UIDNEXT", "UIDVALIDITY", "SIZE", "Messages", "X-FOO", "5"])
_STATUSES = st.builds(
    "STATUS {} ({})".format, _NAMES, st.lists(st.builds("{} {}".format, _ITEMS, _NUMBERS), max_size=3).map(" ".join)
)


@settings(max_examples=800)
@given(mutated(_STATUSES), st.booleans(), st.sampled_from([1, 2, 100]))
@example(b"STATUS b (UIDNEXT 7 MESSAGES 1 UIDNEXT 8)", False, 100)
def test_any_status_is_read_as_by_the_rules(octets: bytes, utf8: bool, nesting: int) -> None:
    assert_alike(b"* " + octets + b"\r\n", utf8=utf8, nesting=nesting)


def test_recorded_lists_are_read_as_by_the_rules() -> None:
    for stream in STREAMS:
        if any(name in stream for name in (b"LIST ", b"LSUB ", b"STATUS ")):
            assert_alike(stream)
            assert_alike(stream, utf8=True)
