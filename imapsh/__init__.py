"""imapsh: an interactive shell for IMAP, and the client library under it."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` is not imported: a program that imports `imapsh.client.imap4` may not need it
if TYPE_CHECKING:
    from typing import Any

    from imapsh.client import keys as keys
    from imapsh.client.connect import Connection as Connection
    from imapsh.client.connect import connect as connect
    from imapsh.client.imap4 import IMAP4 as IMAP4
    from imapsh.client.imap4 import IMAP4_SSL as IMAP4_SSL
    from imapsh.client.imap4 import IMAP4_stream as IMAP4_stream
    from imapsh.client.pool import pool as pool
    from imapsh.client.watch import watch as watch
    from imapsh.compiling import compiled as compiled
    from imapsh.session.core import Session as Session

__version__ = "0.1.0"

#: public name -> its module, which is imported when the name is first used (PEP 562)
_LAZY = {
    "Connection": "imapsh.client.connect",
    "IMAP4": "imapsh.client.imap4",
    "IMAP4_SSL": "imapsh.client.imap4",
    "IMAP4_stream": "imapsh.client.imap4",
    "Session": "imapsh.session.core",
    "compiled": "imapsh.compiling",
    "connect": "imapsh.client.connect",
    "pool": "imapsh.client.pool",
    "watch": "imapsh.client.watch",
}


#: the same for a module that is public as a whole
_MODULES = {"keys": "imapsh.client.keys"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY and name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = import_module(_MODULES[name]) if name in _MODULES else getattr(import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted((*globals(), *_LAZY, *_MODULES))
