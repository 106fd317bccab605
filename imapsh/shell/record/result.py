r"""What one test of a script came to."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class Result(NamedTuple):
    """One test.  `place` is `file:line`, "" at the prompt; `seconds` since the one before; `skipped`: why, or None."""

    ok: bool
    name: str
    place: str
    seconds: float
    message: str = ""
    skipped: str | None = None
