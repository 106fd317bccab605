"""The numbers that SEARCH finds become one rising set, in whatever order and pieces they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.client import results
from imapsh.grammar.responses import UNTAGGED, Response
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Search
from imapsh.session.events import Received
from imapsh.wire.frames import Frame

_FRAME = Frame((b"* SEARCH\r\n",), 0)
_number = st.integers(0, 40) | st.integers((1 << 32) - 3, (1 << 32) + 3)
_answer = st.lists(_number, max_size=12) | st.lists(_number, max_size=12).map(sorted)


def found(answers: list[list[int]]) -> SequenceSet:
    """Return what several responses say together."""
    numbers = results.Numbers()
    for ids in answers:
        numbers.add(Received(Response(UNTAGGED, "SEARCH", Search(tuple(ids), None), _FRAME), None))
    return numbers.found()


@given(st.lists(_answer, max_size=5), st.sampled_from([1, 4, 1 << 16]))
def test_d2_answers_in_any_order_make_a_rising_set(answers: list[list[int]], many: int) -> None:
    wanted = {number for ids in answers for number in ids if 0 < number < 1 << 32}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results, "_MANY", many)
        told = found(answers)
    assert list(told) == sorted(wanted)
    assert tuple(told.ranges) == tuple(SequenceSet.in_order(sorted(wanted)).ranges)
