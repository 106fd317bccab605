"""ESEARCH of other mailboxes: what is read, and what is named as wrong and where."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.values import ESearch
from imapsh.render.jsonform import plain

from .reading import amiss, one, rewritten
from .strategies import mailbox, nz_number, sets

#: The examples of RFC 7377 section 3, and the correlators in another order.
CLEAN = [
    '(TAG "tag1" MAILBOX "folder1" UIDVALIDITY 1) UID ALL 4001,4003,4005,4007,4009',
    '(TAG "tag2" MAILBOX "folder1" UIDVALIDITY 1) UID ALL 3001:3004,3788',
    '(TAG "tag1" MAILBOX "folder2/banana" UIDVALIDITY 503) UID ALL 3002,4004',
    '(TAG "tag1" MAILBOX "folder2/peach" UIDVALIDITY 3) UID ALL 921691',
    '(TAG "tag2" MAILBOX "folder2/salmon" UIDVALIDITY 1111111) UID ALL 50003,50006,50009,50012',
    '(UIDVALIDITY 12 mailbox INBOX tag "a") UID COUNT 3',
]


@pytest.mark.parametrize("data", CLEAN)
def test_what_is_read(data: str) -> None:
    response = one(f"* ESEARCH {data}\r\n".encode())
    assert response.violations == ()
    assert response.value.tag is not None
    assert {"MAILBOX", "UIDVALIDITY"} < response.value.items.keys()


def test_the_json() -> None:
    value = one(b'* ESEARCH (TAG "a" MAILBOX "B&APw-cher" UIDVALIDITY 3) UID ALL 9\r\n').value
    assert plain(value) == {
        "tag": "a",
        "uid": True,
        "mailbox": "Bücher",
        "mailbox_raw": "B&APw-cher",
        "uidvalidity": 3,
        "all": "9",
    }


AMISS = [
    ('(TAG "a" MAILBOX "x" UIDVALIDITY 1) ALL 1', "search-correlator", 45),
    ('(TAG "a" MAILBOX "x" UIDVALIDITY 1) COUNT 0', "search-correlator", 45),
    ('(MAILBOX "x" UIDVALIDITY 1) UID ALL 1', "esearch-response", 11),
    ('(TAG "a" MAILBOX "x") UID ALL 1', "search-correlator", 30),
    ('(TAG "a" UIDVALIDITY 1) UID ALL 1', "search-correlator", 32),
    ('(TAG "a" TAG "b") ALL 1', "esearch-response", 19),
    ('(TAG "a" MAILBOX x MAILBOX y UIDVALIDITY 1) UID ALL 1', "esearch-response", 29),
    ('(TAG "a" MAILBOX "x" UIDVALIDITY 0) UID ALL 1', "search-correlator", 43),
    ('(TAG "a" MAILBOX "x" UIDVALIDITY NIL) UID ALL 1', "search-correlator", 43),
    ('(TAG "a" MAILBOX) UID ALL 1', "esearch-response", 26),
    ('(TAG "a" FOLDER "x") UID ALL 1', "esearch-response", 19),
    ("(TAG) ALL 1", "esearch-response", 14),
    ("() ALL 1", "esearch-response", 11),
]


@pytest.mark.parametrize(("data", "rule", "offset"), AMISS)
def test_what_is_named(data: str, rule: str, offset: int) -> None:
    assert amiss(f"* ESEARCH {data}")[:1] == [(rule, offset)]


@given(st.fixed_dictionaries({"MAILBOX": mailbox, "UIDVALIDITY": nz_number}, optional={"ALL": sets}))
def test_it_is_read_as_it_was_written(items: dict[str, object]) -> None:
    made = ESearch("a", True, items)
    assert rewritten("ESEARCH", made) == made


def test_the_rule_is_known_before_a_mailbox_is_read() -> None:
    code = "from tests.grammar.reading import one; print(one(b'* ESEARCH (MAILBOX\\r\\n').violations[1].rfc)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "RFC 7377 §4\n"
