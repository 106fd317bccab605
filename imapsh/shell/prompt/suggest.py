"""Suggests the rest of a line, from the newest line of the history that begins as it does."""

from __future__ import annotations

from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from imapsh.shell.prompt.history import MaskedHistory


class FromHistory(AutoSuggest):
    """Suggests lines from the history.

    It is quick among ten thousand lines, since it is asked at every key.
    """

    def __init__(self, history: MaskedHistory) -> None:
        self._history = history
        self._known = 0  # lines of the history that are in `_text`
        self._text = ""  # the newest first, each behind a line break

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """See AutoSuggest."""
        typed = document.text.rpartition("\n")[2]
        if not typed.strip():
            return None
        lines = self._history.newest
        if len(lines) != self._known:
            self._known, self._text = len(lines), "\n".join(["", *lines, ""])
        at = self._text.find("\n" + typed)
        if at < 0:
            return None
        start = at + 1 + len(typed)
        return Suggestion(self._text[start : self._text.index("\n", start)])
