"""Octets as Python shows them: `b'* OK\\r\\n'`."""

from __future__ import annotations

import ast

from imapsh.patterns import lazy

_SHOWN = lazy(
    rb"b?(?:'(?:[ -&(-\[\]-~]++|\\(?:[\\'nrt]|x[0-9a-f]{2}))*+'"
    rb'|"(?:[ !#-\[\]-~]++|\\(?:[\\"nrt]|x[0-9a-f]{2}))*+")'
)


def octets_of(shown: bytes) -> bytes | None:
    """Return the octets that `shown` is the `repr` of, or None if it is no `repr` of octets.

    Python 2 writes no `b`.
    """
    if _SHOWN.fullmatch(shown) is None:
        return None
    octets: bytes = ast.literal_eval(shown.decode() if shown.startswith(b"b") else f"b{shown.decode()}")
    return octets
