"""The patterns of atoms, and what a quoted string means (RFC 9051 section 9), for reading and for writing."""

from __future__ import annotations

from imapsh.patterns import lazy

ATOM = lazy(r"[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
#: an atom as part of an expression; possessive, so that a long list takes linear time, and no memory
WORD = r"[^\x00-\x20\x7f-\xff(){%*\"\\\]]++"
FLAG = rf"\\?{WORD}"  #: flag = "\" atom / atom
ASTRING_WORD = r"[^\x00-\x20\x7f-\xff(){%*\"\\]++"  #: the same for an astring that is neither quoted nor a literal
ASTRING_ATOM = lazy(ASTRING_WORD)

_BACKSLASH = "\ud800"  # stands in for an escaped backslash; neither octets nor typed text ever give it


def unescaped(text: str) -> str:
    r"""Return the value of what stands between quotation marks: `\"` means `"`, and `\\` means `\`.

    Any other backslash is none that escapes (RFC 9051 section 9, quoted), and stays.
    """
    if "\\" not in text:
        return text
    # An expression would make an object for each escape, many times the size of the text.
    return text.replace("\\\\", _BACKSLASH).replace('\\"', '"').replace(_BACKSLASH, "\\")
