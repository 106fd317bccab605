"""The code INPROGRESS (RFC 9585 sections 4 and 5): how far a command has got."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imapsh.findings import define
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.names import readable
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 9585 §5",
    {
        "inprogress-code": "INPROGRESS, alone or with (tag SP progress SP goal)",
        "inprogress-tag": "a tag in quotes, or NIL",
        "inprogress-state": "NIL NIL, or a number and NIL, or a number and a goal from 1",
    },
)
define(
    "RFC 9585 §4",
    {
        "inprogress-goal": "the goal is not smaller than the progress",
        "inprogress-untagged": "INPROGRESS comes in an untagged OK",
    },
)

_UNTAGGED_OK = lazy(r"\* OK ", re.IGNORECASE)
_BARE_TAG = lazy(r"[^ ()\"\]]+")


class InProgress(NamedTuple):
    """The code INPROGRESS: how far a command has got.  None stands for what the server does not say.

    `tag` is the command's.  `progress` counts what is done, and `goal` what there is to do.  Both are in the same unit,
    which is messages in most cases and percent in others.
    """

    tag: str | None = None
    progress: int | None = None
    goal: int | None = None

    @property
    def percent(self) -> int | None:
        """Return how much is done, in percent, or None if that is not known.

        Progress beyond the goal cannot be shown either (RFC 9585 section 6).
        """
        if self.progress is None or not self.goal or self.progress > self.goal:
            return None
        return 100 * self.progress // self.goal

    def reading(self) -> str:
        """Return the progress in words."""
        name = self.tag or "the command"
        if self.percent is not None:
            return f"{self.percent} %, {self.progress:,} of {self.goal:,} for {name}"
        if self.progress is None or self.goal is not None:
            return f"{name} is still running"
        return f"{self.progress:,} done so far for {name}"

    def write(self, w: Writer) -> None:
        """[SP "(" inprogress-tag SP inprogress-state ")"]."""
        if self != InProgress():
            numbers = ("NIL" if number is None else str(number) for number in (self.progress, self.goal))
            w.raw(" (").nstring(self.tag).raw(" " + " ".join(numbers) + ")")


def in_progress(c: Cursor) -> InProgress:
    """resp-text-code =/ "INPROGRESS" [SP "(" inprogress-tag SP inprogress-state ")"]."""
    rule = "inprogress-code"
    if not _UNTAGGED_OK.match(c.text):
        c.fail("inprogress-untagged", "INPROGRESS in a response that is not an untagged OK", c.pos - len("INPROGRESS"))
    if c.peek() == "]":
        return InProgress()
    c.space(rule)
    c.enter(rule)
    tag = _tag(c)
    c.space(rule)
    progress = _number(c)
    c.space(rule)
    start = c.pos
    goal = _number(c, nonzero=True)
    c.leave(rule)
    if goal is not None and progress is None:
        c.fail("inprogress-state", "a goal without the progress", start)
    elif goal is not None and progress is not None and progress > goal:
        c.fail("inprogress-goal", f"the goal is {goal}, and {progress} are done already", start)
    return InProgress(tag, progress, goal)


def _tag(c: Cursor) -> str | None:
    """inprogress-tag = quoted / nil."""
    rule = "inprogress-tag"
    start = c.pos
    tag = c.quoted()
    if tag is not None:
        if "]" in tag:
            c.fail(rule, "a tag with a ']', for which NIL must be sent", start)
        return readable(tag)
    if c.nil():
        return None
    c.fail(rule, "expected a tag in quotes, or NIL")
    bare = c.take(_BARE_TAG)
    if bare is None:
        raise c.give_up(rule, "expected a tag in quotes, or NIL")
    return readable(bare[0])


def _number(c: Cursor, *, nonzero: bool = False) -> int | None:
    """number / nz-number / nil."""
    return None if c.nil() else c.number("inprogress-state", nonzero=nonzero)
