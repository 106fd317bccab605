"""The bar of INPROGRESS."""

from __future__ import annotations

import pytest

from imapsh.render.pretty import pretty

from .reading import one
from .test_view import view

SHOWN = [
    ("[INPROGRESS] wait", "- OK [INPROGRESS] wait -- the command is still running"),
    (
        '[INPROGRESS ("A1" 454 1000)] 45%',
        '- OK [INPROGRESS ("A1" 454 1000)] 45% -- [#########...........] 45 %, 454 of 1,000 for A1',
    ),
    ('[INPROGRESS ("A1" 1175 NIL)] so far', '- OK [INPROGRESS ("A1" 1175 NIL)] so far -- 1,175 done so far for A1'),
    (
        "[INPROGRESS (NIL 5 5)] x",
        "- OK [INPROGRESS (NIL 5 5)] x -- [####################] 100 %, 5 of 5 for the command",
    ),
]


@pytest.mark.parametrize(("line", "shown"), SHOWN)
def test_how_far_it_is(line: str, shown: str) -> None:
    assert view(f"* OK {line}") == [shown]


def test_more_than_the_goal_is_not_drawn() -> None:
    lines = view('* OK [INPROGRESS ("A1" 11 10)] x')
    assert lines[0] == '- OK [INPROGRESS ("A1" 11 10)] x -- A1 is still running'
    assert "inprogress-goal" in lines[-1]


def test_pretty_says_it_in_words() -> None:
    line = '* OK [INPROGRESS ("A1" 454 1000)] half'
    assert pretty(one(f"{line}\r\n".encode())) == f"- {line}  -- 45 %, 454 of 1,000 for A1\n"
