from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imapsh.grammar.alike import Run, shape_of
from imapsh.render import memory
from imapsh.render.memory import Memory

from .rows import NSTRING, VALUES, parse

#: What stands before and behind the subject of an envelope.
_AROUND = [
    ("NIL", " NIL" * 8),
    (
        '"d \\"e\\" )("',
        ' (("A" NIL "b" "c"))' * 3 + ' ((NIL NIL "g" NIL)(nil NIL "a" "b")(NIL NIL NIL NIL))' * 3 + ' "" "<m@h>"',
    ),
    ("nil", ' (("NIL" NIL "b(" "c")("\\\\" NIL "b" "c"))' + " NIL" * 6 + ' "<\\"m\\"@h>"'),
]


@st.composite
def listings(draw: st.DrawFn) -> tuple[Run, list[int | None]]:
    """Return a run of a few messages, and their UIDs as far as they are known."""
    names = draw(st.sampled_from([("ENVELOPE",), ("UID", "ENVELOPE"), ("FLAGS", "ENVELOPE", "UID"), ("UID", "FLAGS")]))
    flags = draw(VALUES["FLAGS"])

    def value(name: str, number: int) -> str:
        if name != "ENVELOPE":
            return str(number + 70) if name == "UID" else flags
        before, behind = draw(st.sampled_from(_AROUND))
        return f"({before} {draw(NSTRING)}{behind})"

    lines: list[str] = []
    uids: list[int | None] = []
    for number in draw(st.lists(st.integers(1, 6), min_size=1, max_size=8, unique=True)):
        items = " ".join(f"{name} {value(name, number)}" for name in names)
        lines.append(f"* {number} FETCH ({items})\r\n")
        uids.append(number + 70 if "UID" in names or draw(st.booleans()) else None)
    shape = shape_of(names)
    assert shape is not None
    run = shape.run("".join(lines).encode(), 0, 0)
    assume(run is not None and len(run.numbers) == len(lines))
    assert run is not None
    return run, uids


@given(st.lists(listings(), max_size=3), st.booleans(), st.booleans())
def test_runs_are_remembered_as_the_same_responses_are(
    listed: list[tuple[Run, list[int | None]]], asked: bool, between: bool
) -> None:
    one_by_one, together = Memory(), Memory()
    single = parse(b'* 2 FETCH (ENVELOPE (NIL "alone" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n')
    for run, uids in listed:
        for response, uid in zip(run.responses(), uids, strict=True):
            one_by_one.take(response, uid)
        together.take_run(run, uids)
        if between:
            one_by_one.take(single, 72)
            together.take(single, 72)
        for number in range(1, 7) if asked else ():
            assert together.subject(number, None) == one_by_one.subject(number, None)
    for number in range(1, 7):
        assert together.subject(number, None) == one_by_one.subject(number, None)
        assert together.subject(None, number + 70) == one_by_one.subject(None, number + 70)


def test_only_the_latest_runs_are_remembered() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "_SUBJECTS", 5)
        together = Memory()
    shape = shape_of(("ENVELOPE",))
    assert shape is not None
    line = '* {0} FETCH (ENVELOPE (NIL "{0}" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n'
    for first in range(1, 30, 3):
        run = shape.run("".join(line.format(number) for number in range(first, first + 3)).encode(), 0, 0)
        assert run is not None
        together.take_run(run, [None] * 3)
    assert together._owed is not None
    assert sum(len(octets) for _, octets, _ in together._owed._waiting) < 1000
    assert [together.subject(number, None) for number in (1, 25, 26, 30)] == [None, None, "26", "30"]
