r"""What `\edit` wrote last."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class Draft(NamedTuple):
    """A literal's text, its line breaks LF, and the command around it; `sent`: there is no need to send it again."""

    head: str
    text: str
    tail: str
    sent: bool
