"""The functions of `imapsh.grammar` by the names that they read.  Each module is imported when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from imapsh.hints import Any
from imapsh.table.model import Name

Reader = Callable[..., Any]


class Readers(Mapping[str, Reader]):
    """A mapping of names to the functions that the rows of a kind give in their `read`."""

    def __init__(self, rows: Mapping[str, Name]) -> None:
        self._rows = rows
        self._found: dict[str, Reader | None] = {}
        self._names: tuple[str, ...] = ()
        self._counted = 0  # rows among which these names are

    def get(self, name: str, default: Any = None) -> Any:
        """Return the function, or `default` for a name that has none.

        This is called for every response, so a name that was asked for before costs only one look into a dict.
        """
        try:
            found = self._found[name]
        except KeyError:
            found = self._load(name)
        return default if found is None else found

    def __getitem__(self, name: str) -> Reader:
        found: Reader | None = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        if self._counted != len(self._rows):  # the names are kept, because each fault in a line may ask for them
            self._counted = len(self._rows)
            self._names = tuple(name for name, row in self._rows.items() if row.read)
        return iter(self._names)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _load(self, name: str) -> Reader | None:
        row = self._rows.get(name)
        if row is None:
            return None  # such a name is not kept, because a server may send any number of them
        found: Reader | None = None
        if row.read:
            module, _, function = row.read.partition(".")
            found = getattr(import_module(f"imapsh.grammar.{module}"), function)
        self._found[name] = found
        return found
