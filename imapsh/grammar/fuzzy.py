"""RELEVANCY in ESEARCH (RFC 6203 section 7): how well each message matches."""

from __future__ import annotations

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor

define(
    "RFC 6203 §7",
    {"score-list": "scores in parentheses, one space between", "score": "a number from 1 to 100"},
)
_BEST = 100


def relevancy(c: Cursor) -> tuple[int, ...]:
    """score-list = "(" [score *(SP score)] ")", one for each message found, in the order of ALL."""
    return tuple(score for score in c.items("score-list", _score) if score is not None)


def _score(c: Cursor) -> int | None:
    """score = 1*3DIGIT, from 1 to 100."""
    start = c.pos
    value = c.number("score")
    if value is not None and not 0 < value <= _BEST:
        c.fail("score", "a score runs from 1 to 100", start)
    elif value is not None and c.pos - start > 3:
        c.fail("score", "more than three digits", start)
    return value
