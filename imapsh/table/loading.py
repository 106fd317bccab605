"""From names to the functions of `imapsh.grammar` that read them, each module imported when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

Reader = Callable[..., Any]


class Readers(Mapping[str, Reader]):
    """Made from name -> "module.function"."""

    def __init__(self, named: Mapping[str, str]) -> None:
        self._named = named
        self._found: dict[str, Reader] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """The function, or `default` for a name that has none.  Asked for every response: one look into a dict."""
        found = self._found.get(name)
        if found is None and name in self._named:
            found = self._found[name] = self._load(name)
        return default if found is None else found

    def __getitem__(self, name: str) -> Reader:
        found: Reader | None = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    def _load(self, name: str) -> Reader:
        module, _, function = self._named[name].partition(".")
        found: Reader = getattr(import_module(f"imapsh.grammar.{module}"), function)
        return found
