"""Keeps the lines typed before, in a file that only their owner may read, without secrets.

The file's format is prompt_toolkit's: a comment with the time, then each line of the entry behind a `+`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from prompt_toolkit.history import History

from imapsh.shell.lines import literals

if TYPE_CHECKING:
    from imapsh.shell.record.entry import Entry
    from imapsh.shell.screen.landing import Landing

Place = str | os.PathLike[str] | None
"""A file that keeps the lines, or None."""

CAP = 10_000  #: entries kept

_LONGEST = 1 << 26  # octets of the file
_SLACK = 2_000  # entries beyond the cap before the file is written anew


class MaskedHistory(History):
    """The history of lines, without secrets.

    `mask` takes the secrets out of a line before anything keeps it, so that Up cannot reach them either.  `place` is
    the file, or a function that returns the one of now.  Without a file, or if it cannot be used, the lines are kept
    until the end of the program.
    """

    def __init__(self, place: Place | Callable[[], Place], mask: Callable[[str], str], cap: int = CAP) -> None:
        super().__init__()
        self._place: Callable[[], Place] = place if callable(place) else lambda: place
        self._unusable: set[str] = set()
        self._written: set[str] = set()
        self.kept: Callable[[str], object] = lambda line: None
        """Told each line that is kept."""
        self.fault = ""
        """The reason why the file could not be used, or "" if it could."""
        self._mask = mask
        self._cap = cap

    @property
    def path(self) -> str | None:
        """The file that lines go to now, None for none."""
        place = self._place()
        path = None if place is None else os.fspath(place)
        return None if path in self._unusable else path

    @property
    def newest(self) -> Sequence[str]:
        """The lines known so far, the newest first."""
        return self._loaded_strings

    def hides(self, text: str) -> bool:
        """Return whether something of a text is secret."""
        return self._mask(text) != "\n".join(literals.commands(text)).replace("\r\n", "\n")

    def entries(self) -> list[Entry]:
        """Return all that is kept, oldest first, masked by what is known to be secret now."""
        from imapsh.shell.record.entry import Entry

        kept = self._read(self.path) or [Entry(text) for text in reversed(self._loaded_strings)]
        return [entry._replace(text=self._mask(entry.text)) for entry in kept]

    def mask_again(self) -> None:
        """Take out of what is kept the texts that have turned out to be secret."""
        self._loaded_strings = [self._mask(text) for text in self._loaded_strings]
        for path in self._written | ({self.path} if self.path else set()):
            entries = self._read(path)
            masked = [entry._replace(text=self._mask(entry.text)) for entry in entries]
            if masked != entries:
                self._rewrite(path, masked)

    def append_string(self, string: str) -> None:
        """Keep a line that is worth it: it is not blank, and not the one before."""
        masked = self._mask(string)
        if masked.strip() and self._loaded_strings[:1] != [masked]:
            super().append_string(masked)
        if masked.strip():
            self.kept(masked)

    def load_history_strings(self) -> Iterable[str]:
        """Return the entries of the file, newest first."""
        path = self.path
        entries = self._read(path)
        if path is not None and len(entries) > self._cap + _SLACK:
            self._rewrite(path, entries[-self._cap :])
        return [entry.text for entry in reversed(entries[-self._cap :])]

    def store_string(self, string: str) -> None:
        """Add an entry to the file."""
        path = self.path
        if path is None:
            return
        from datetime import datetime

        from imapsh.shell.record.entry import Entry
        from imapsh.shell.screen.landing import adding

        try:
            os.makedirs(os.path.dirname(path) or ".", 0o700, exist_ok=True)
            with adding(path) as write:
                if os.path.isfile(path):  # and not the null device, which some people link it to
                    os.chmod(path, 0o600)
                write(_entry(Entry(string, str(datetime.now().astimezone()))))
            self._written.add(path)
        except (OSError, ValueError) as error:  # ValueError: an octet 0 in the path
            self._give_up(path, error)

    def _read(self, path: str | None) -> list[Entry]:
        if path is None:
            return []
        from imapsh import paths
        from imapsh.shell.record.entry import Entry

        try:
            data = paths.whole(path, _LONGEST)[0]
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            self._give_up(path, error)
            return []
        entries: list[Entry] = []
        going_on = False
        when = ""
        for line in data.decode("utf-8", "surrogateescape").split("\n"):
            if line.startswith("+"):
                if going_on:
                    entries[-1] = Entry(f"{entries[-1].text}\n{line[1:]}", when)
                else:
                    entries.append(Entry(line[1:], when))
            elif line.startswith("# "):
                when = line[2:]
            going_on = line.startswith("+")
        return entries

    def _rewrite(self, path: str, entries: list[Entry]) -> None:
        from imapsh.shell.screen.landing import placed

        file: Landing | None = None
        try:
            file = placed(path, append=False)
            for entry in entries:
                file.write(_entry(entry))
            file.commit()
        except (OSError, ValueError) as error:
            if file is not None:
                file.drop()
            self._give_up(path, error)

    def _give_up(self, path: str, error: OSError | ValueError) -> None:
        from imapsh.shell.settings.reasons import why

        self.fault = f"the history cannot be kept in {path}: {why(error)}"
        self._unusable.add(path)
        self._written.discard(path)


def _entry(entry: Entry) -> bytes:
    lines = "".join(f"+{line}\n" for line in entry.text.split("\n"))
    return f"\n# {entry.when}\n{lines}".encode("utf-8", "surrogateescape")
