"""The sources of completions, a module for each; `imapsh.shell.prompt.completer` offers what they find.

The modules are imported when first asked for, which is behind the first prompt.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imapsh.shell.prompt.completing import carried, gather, own, paths, usage

__all__ = ["carried", "gather", "own", "paths", "usage"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
