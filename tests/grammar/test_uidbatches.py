"""UIDBATCHES: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.uidbatches import UidBatches
from imapsh.render.jsonform import to_json

from .reading import amiss, faultless, one, rewritten
from .strategies import nz_number, text

READ = [
    ('* UIDBATCHES (TAG "A143") 215295:99696,99695:20351,20350:7830,7829:1',
     UidBatches("A143", SequenceSet(((215295, 99696), (99695, 20351), (20350, 7830), (7829, 1))))),
    ('* UIDBATCHES (TAG "A302") 163886:99703,99696:20358',
     UidBatches("A302", SequenceSet(((163886, 99703), (99696, 20358))))),
    ('* UIDBATCHES (TAG "A302")', UidBatches("A302", SequenceSet())),
    ("* uidbatches (tag A302) 5:5", UidBatches("A302", SequenceSet(((5, 5),)))),
]  # fmt: skip


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: UidBatches) -> None:
    response = faultless(line)
    assert response.value == value
    assert response.value.ranges.ranges == value.ranges.ranges


def test_its_json_has_the_ranges_as_they_came() -> None:
    line = b'* UIDBATCHES (TAG "a") 9:5,4:1\r\n'
    assert to_json(one(line))["value"] == {"tag": "a", "ranges": "9:5,4:1"}


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* UIDBATCHES", "uidbatches-response", 12),
    ("* UIDBATCHES 9:5", "uidbatches-response", 13),
    ("* UIDBATCHES () 9:5", "uidbatches-response", 14),
    ('* UIDBATCHES (UID "a") 9:5', "uidbatches-response", 14),
    ("* UIDBATCHES (TAG) 9:5", "uidbatches-response", 17),
    ('* UIDBATCHES (TAG "a") ', "uidbatches-response", 22),
    ('* UIDBATCHES (TAG "a") NIL', "uidbatches-response", 23),
    ('* UIDBATCHES (TAG "a") 9', "uidbatches-response", 24),
    ('* UIDBATCHES (TAG "a") 9:*', "uidbatches-response", 25),
    ('* UIDBATCHES (TAG "a") 9:0', "uidbatches-response", 25),
    ('* UIDBATCHES (TAG "a") 0:0', "uidbatches-response", 23),
    ('* UIDBATCHES (TAG "a") 9:5,', "uidbatches-response", 27),
    ('* UIDBATCHES (TAG "a") 9:5,,4:1', "uidbatches-response", 27),
    ('* UIDBATCHES (TAG "a") 9:5 4:1', "uidbatches-response", 26),
    ('* UIDBATCHES (TAG "a") 4294967296:5', "uidbatches-response", 23),
    ('* UIDBATCHES (TAG "a") 5:9', "uidbatches-order", 23),
    ('* UIDBATCHES (TAG "a") 9:5,5:1', "uidbatches-order", 27),
    ('* UIDBATCHES (TAG "a") 4:1,9:5', "uidbatches-order", 27),
    ('* 3 UIDBATCHES (TAG "a") 9:5', "response-data", 4),
    ("a NO [TOOFEW 500] small", "resp-text-code", 12),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


def _batches(marks: list[int]) -> SequenceSet:
    """Ranges between marks that fall."""
    falling = sorted(marks, reverse=True)
    return SequenceSet(tuple((high, low + 1) for high, low in pairwise(falling)))


@given(st.builds(UidBatches, text, st.lists(nz_number, max_size=5, unique=True).map(_batches)))
def test_uidbatches_is_read_as_it_was_written(value: UidBatches) -> None:
    assert rewritten("UIDBATCHES", value) == value
