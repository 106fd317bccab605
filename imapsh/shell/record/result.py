r"""The result of one test of a script."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class Result(NamedTuple):
    """The result of one test.

    `place` is `file:line`, or "" at the prompt.  `seconds` is the time since the test before.  `skipped` says why it
    was skipped, or is None.  If `warning` is true, a failure counts as a warning alone.
    """

    ok: bool
    name: str
    place: str
    seconds: float
    message: str = ""
    skipped: str | None = None
    warning: bool = False
