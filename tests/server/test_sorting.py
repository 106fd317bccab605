"""Base subjects, sent dates and the order of messages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from imapsh.server.sorting import KEYS, base_subject, in_order, sent
from imapsh.server.store import Message

SUBJECTS = [
    ("", "", False),
    ("One", "one", False),
    ("Re: One", "one", True),
    ("re [list] : One", "one", True),
    ("Re:One", "one", True),
    ("RE: re: Fwd: FW: One", "one", True),
    ("[list] Re: [other] One", "one", True),
    ("[list] One", "one", False),
    ("[list]", "[list]", False),
    ("[a] [b]", "[b]", False),
    ("One (fwd)", "one", True),
    ("One (fwd) (FWD) ", "one", True),
    ("[Fwd: Re: One]", "one", True),
    ("[Fwd: [Fwd: One (fwd)]]", "one", True),
    ("Re:", "", True),
    ("  two\t\twords ", "two words", False),
    ("=?utf-8?q?Re:_Zw=C3=B6lf?=", "zwölf", True),
    ("Regarding: One", "regarding: one", False),
    ("[unclosed One", "[unclosed one", False),
    ("[fwd:]", "", True),
]


@pytest.mark.parametrize(("subject", "base", "reply"), SUBJECTS)
def test_the_base_subject(subject: str, base: str, reply: bool) -> None:
    assert base_subject(subject) == (base, reply)


def _message(uid: int, *fields: str) -> Message:
    octets = "".join(f"{field}\r\n" for field in fields).encode() + b"\r\n"
    return Message(uid, octets, datetime(2026, 6, uid, 12, tzinfo=UTC), [])


@pytest.mark.parametrize(
    ("date", "when"),
    [
        ("Date: Mon, 1 Jun 2026 10:00:00 -0800", datetime(2026, 6, 1, 18, tzinfo=UTC)),
        ("Date: 31 Dec 2000 16:01:33 -0800", datetime(2001, 1, 1, 0, 1, 33, tzinfo=UTC)),
        ("Date: Mon, 1 Jun 2026 10:00:00", datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ("Date: never", datetime(2026, 6, 9, 12, tzinfo=UTC)),
        ("X-Date: none", datetime(2026, 6, 9, 12, tzinfo=UTC)),
        ("Date: Mon, 99 Xyz 2026 10:00:00 +0000", datetime(2026, 6, 9, 12, tzinfo=UTC)),
    ],
)
def test_the_sent_date(date: str, when: datetime) -> None:
    assert sent(_message(9, date)) == when.timestamp()


MAIL = [
    _message(1, "From: Zoe <ann@x>", "To: Bob <z@x>", "Subject: b", "Date: 3 Jun 2026 10:00:00 +0000"),
    _message(2, 'From: "alice" <zed@x>', "To: a@x", "Subject: Re: a", "Date: 1 Jun 2026 10:00:00 +0000"),
    _message(3, "Cc: c@x", "Subject: A", "Date: 2 Jun 2026 10:00:00 +0000", "X-Long: 1234567890123456789012345678"),
]
ORDERS = [
    ([("SUBJECT", False)], [2, 3, 1]),
    ([("SUBJECT", True)], [1, 2, 3]),
    ([("SUBJECT", False), ("DATE", True)], [3, 2, 1]),
    ([("DATE", False)], [2, 3, 1]),
    ([("ARRIVAL", True)], [3, 2, 1]),
    ([("FROM", False)], [3, 1, 2]),
    ([("DISPLAYFROM", False)], [3, 2, 1]),
    ([("TO", False)], [3, 2, 1]),
    ([("DISPLAYTO", False)], [3, 2, 1]),
    ([("CC", True)], [3, 1, 2]),
    ([("SIZE", True)], [3, 2, 1]),
]


@pytest.mark.parametrize(("criteria", "numbers"), ORDERS)
def test_the_order(criteria: list[tuple[str, bool]], numbers: list[int]) -> None:
    assert [number for number, _ in in_order(enumerate(MAIL, 1), criteria)] == numbers


def test_every_key_is_tried() -> None:
    assert {name for criteria, _ in ORDERS for name, _ in criteria} == set(KEYS)
