"""The rest of a line, from the newest line of the history that begins as it does."""

from __future__ import annotations

from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from imapsh.shell.history import MaskedHistory


class FromHistory(AutoSuggest):
    """Quick among ten thousand lines, since it is asked at every key."""

    def __init__(self, history: MaskedHistory) -> None:
        self._history = history
        self._vain: tuple[str, int] | None = None  # what nothing began with, of so many lines

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """See AutoSuggest."""
        typed = document.text.rpartition("\n")[2]
        lines = self._history.newest
        if not typed.strip():
            return None
        if self._vain is not None and self._vain[1] == len(lines) and typed.startswith(self._vain[0]):
            return None
        for entry in lines:
            if entry.startswith(typed) and "\n" not in entry:
                return Suggestion(entry[len(typed) :])
            if "\n" in entry:
                for line in reversed(entry.split("\n")):
                    if line.startswith(typed):
                        return Suggestion(line[len(typed) :])
        self._vain = typed, len(lines)
        return None
