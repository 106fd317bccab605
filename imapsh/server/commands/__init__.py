"""Who does which command: each module here is a family, named as in `imapsh.table`, and says what it can do.

    HANDLERS      a command's name -> the function that does it
    CAPABILITIES  what its clients are told after the login
    STATUS        a status item -> the function that finds its value in an account's mailbox

What a family does not have it leaves out.  A new module is found by being here.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

_FAMILIES = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]


def _gathered(name: str) -> dict[str, Any]:
    return {key: value for family in _FAMILIES for key, value in getattr(family, name, {}).items()}


HANDLERS = _gathered("HANDLERS")
STATUS = _gathered("STATUS")
CAPABILITIES: tuple[str, ...] = tuple(name for family in _FAMILIES for name in getattr(family, "CAPABILITIES", ()))
