"""The cost of the lines of a script, counted: calls of functions of the shell and of what it matches and shows with."""

from __future__ import annotations

import io
import sys
from collections import Counter
from types import FrameType
from typing import Any, NamedTuple

import pytest

from imapsh.shell.batch.batch import Batch
from imapsh.shell.batch.script import Script
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.settings.options import parse
from imapsh.typed.plain import OFTEN
from tests.shell.running import listening, says, url

_FLOORS = ("shell", "typed", "table", "render", "transport")
_FEW, _MORE = 10, 30


class Kind(NamedTuple):
    """A line, what comes before its tagged reply, and the most calls that it takes.

    The functions are cold each time, so each counts.  The nodes read a SEARCH, for which there is no expression.
    """

    line: bytes
    answer: bytes
    most: int


KINDS = {
    "fetch": Kind(b"FETCH 7 BODY.PEEK[HEADER]", b"* 7 FETCH (BODY[HEADER] {8}\r\nX: y\r\n\r\n)\r\n", 102),
    "uid fetch": Kind(b"UID FETCH 9 FLAGS", b"* 7 FETCH (UID 9 FLAGS (\\Seen))\r\n", 105),
    "search": Kind(b"SEARCH UNSEEN", b"* SEARCH 1 2\r\n", 178),
    "status": Kind(b"STATUS INBOX (MESSAGES)", b"* STATUS INBOX (MESSAGES 3)\r\n", 109),
    "noop": Kind(b"NOOP", b"", 79),
}


class Calls:
    """Counts the calls of functions of some floors: where a function goes on after a wait is one, too."""

    def __init__(self, floors: tuple[str, ...]) -> None:
        self.count: Counter[str] = Counter()
        self._floors = floors

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            _, imapsh, inner = frame.f_code.co_filename.replace("\\", "/").rpartition("/imapsh/")
            if imapsh and inner.split("/", 1)[0] in self._floors:
                self.count[f"{inner} {frame.f_code.co_qualname}"] += 1


def run(kind: Kind, times: int, floors: tuple[str, ...] = _FLOORS) -> Counter[str]:
    """Run a script of so many such lines, and return the calls."""
    script = Script(b"EXAMINE INBOX\n" + (kind.line + b"\n") * times)
    answers = [b"* 9 EXISTS\r\nTAG OK selected\r\n", *[kind.answer + b"TAG OK done\r\n"] * times]
    out, calls = io.BytesIO(), Calls(floors)
    with listening(says(*answers)) as port:
        options = parse([url(port), "--read-only", "--format", "wire", "--yes"])
        batch = Batch(make_plan(options), options, out, terminal=False)
        before = sys.getprofile()
        sys.setprofile(calls)
        try:
            assert batch.run(script) == 0
        finally:
            sys.setprofile(before)
    assert out.getvalue().count(b"OK done") == times
    return calls.count


@pytest.mark.parametrize("name", KINDS)
def test_a_line_takes_few_calls(name: str) -> None:
    kind = KINDS[name]
    run(kind, OFTEN)  # what is made once is made now
    few, more = run(kind, _FEW), run(kind, _MORE)
    each = {call: (times - few[call]) / (_MORE - _FEW) for call, times in more.items() if times != few[call]}
    assert sum(each.values()) <= kind.most, sorted(each.items(), key=lambda one: -one[1])


def test_a_response_with_a_short_literal_is_read_in_one_step() -> None:
    calls = run(KINDS["fetch"], _FEW, ("wire",))
    assert calls["wire/reader.py FrameReader.with_literal"] == _FEW
    assert not calls["wire/reader.py FrameReader.read"]
