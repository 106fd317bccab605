"""The patterns of atoms (RFC 9051 section 9), for what reads them and for what writes them."""

from __future__ import annotations

from imapsh.patterns import lazy

ATOM = lazy(r"[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
#: an atom as part of an expression; possessive, so that a long list takes linear time, and no memory
WORD = r"[^\x00-\x20\x7f-\xff(){%*\"\\\]]++"
FLAG = rf"\\?{WORD}"  #: flag = "\" atom / atom
ASTRING_ATOM = lazy(r"[^\x00-\x20\x7f-\xff(){%*\"\\]+")
