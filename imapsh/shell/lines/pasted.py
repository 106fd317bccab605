"""Names characters of a line that a paste brings in unseen: spaces that are none, marks of no width, curly quotes."""

from __future__ import annotations

import unicodedata

_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb"


def explained(message: str, line: str) -> str:
    """Return what is wrong with a line, with the characters in it that are easily not seen, as `<U+00A0>`.

    Such characters may be meant, so they are named only where something is wrong.
    """
    if line.isascii():
        return message
    message = "".join(_named(one) if _is_hidden(one) else one for one in message)
    odd = next(((at, one) for at, one in enumerate(line) if _is_hidden(one) or one in _QUOTES), None)
    if odd is None:
        return message
    at, one = odd
    what = f"{one} is a typographic quote; IMAP's is \"" if one in _QUOTES else f"{_named(one)} is {_called(one)}"
    return f"{message} (character {at + 1}: {what})"


def _is_hidden(one: str) -> bool:
    """Return whether a character looks like a space or like nothing, and is beyond ASCII."""
    return not one.isascii() and unicodedata.category(one) in ("Zs", "Zl", "Zp", "Cf")


def _named(one: str) -> str:
    return f"<U+{ord(one):04X}>"


def _called(one: str) -> str:
    return unicodedata.name(one, "a character that is not seen").lower()
