"""Keeps the lines typed before, in a file that only their owner may read, without secrets.

The file's format is prompt_toolkit's: a comment with the time, then each line of the entry behind a `+`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from prompt_toolkit.history import History

from imapsh import paths
from imapsh.shell.lines import literals
from imapsh.shell.record.entry import Entry
from imapsh.shell.screen.landing import Landing, adding, placed
from imapsh.shell.settings.reasons import why

CAP = 10_000  #: entries kept

_LONGEST = 1 << 26  # octets of the file
_SLACK = 2_000  # entries beyond the cap before the file is written anew


class MaskedHistory(History):
    """The history of lines, without secrets.

    `mask` takes the secrets out of a line before anything keeps it, so that Up cannot reach them either.  Without a
    `path`, or if it cannot be used, the lines are kept until the end of the program.
    """

    def __init__(self, path: Path | None, mask: Callable[[str], str], cap: int = CAP) -> None:
        super().__init__()
        self.path = path
        self.kept: Callable[[str], object] = lambda line: None
        """Told each line that is kept."""
        self.fault = ""
        """The reason why the file could not be used, or "" if it could."""
        self._mask = mask
        self._cap = cap

    @property
    def newest(self) -> Sequence[str]:
        """The lines known so far, the newest first."""
        return self._loaded_strings

    def hides(self, text: str) -> bool:
        """Return whether something of a text is secret."""
        return self._mask(text) != "\n".join(literals.commands(text)).replace("\r\n", "\n")

    def entries(self) -> list[Entry]:
        """Return all that is kept, oldest first, masked by what is known to be secret now."""
        kept = self._read() or [Entry(text) for text in reversed(self._loaded_strings)]
        return [entry._replace(text=self._mask(entry.text)) for entry in kept]

    def mask_again(self) -> None:
        """Take out of what is kept the texts that have turned out to be secret."""
        self._loaded_strings = [self._mask(text) for text in self._loaded_strings]
        entries = self._read()
        masked = [entry._replace(text=self._mask(entry.text)) for entry in entries]
        if masked != entries:
            self._rewrite(masked)

    def append_string(self, string: str) -> None:
        """Keep a line that is worth it: it is not blank, and not the one before."""
        masked = self._mask(string)
        if masked.strip() and self._loaded_strings[:1] != [masked]:
            super().append_string(masked)
        if masked.strip():
            self.kept(masked)

    def load_history_strings(self) -> Iterable[str]:
        """Return the entries of the file, newest first."""
        entries = self._read()
        if len(entries) > self._cap + _SLACK:
            self._rewrite(entries[-self._cap :])
        return [entry.text for entry in reversed(entries[-self._cap :])]

    def store_string(self, string: str) -> None:
        """Add an entry to the file."""
        if self.path is None:
            return
        try:
            self._open_folder(self.path)
            with adding(self.path) as write:
                if self.path.is_file():  # and not the null device, which some people link it to
                    self.path.chmod(0o600)
                write(_entry(Entry(string, str(datetime.now().astimezone()))))
        except OSError as error:
            self._give_up(error)

    def _read(self) -> list[Entry]:
        if self.path is None:
            return []
        try:
            data = paths.whole(self.path, _LONGEST)[0]
        except FileNotFoundError:
            return []
        except OSError as error:
            self._give_up(error)
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

    def _rewrite(self, entries: list[Entry]) -> None:
        assert self.path is not None
        file: Landing | None = None
        try:
            file = placed(str(self.path), append=False)
            for entry in entries:
                file.write(_entry(entry))
            file.commit()
        except OSError as error:
            if file is not None:
                file.drop()
            self._give_up(error)

    def _open_folder(self, path: Path) -> None:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _give_up(self, error: OSError) -> None:
        self.fault = f"the history cannot be kept in {self.path}: {why(error)}"
        self.path = None


def _entry(entry: Entry) -> bytes:
    lines = "".join(f"+{line}\n" for line in entry.text.split("\n"))
    return f"\n# {entry.when}\n{lines}".encode("utf-8", "surrogateescape")
