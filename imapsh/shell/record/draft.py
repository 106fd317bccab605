r"""The text that `\edit` wrote last."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class Draft(NamedTuple):
    """A literal's text, with its line breaks as LF, and the command around it.

    `sent` is true if there is no need to send it again.
    """

    head: str
    text: str
    tail: str
    sent: bool
