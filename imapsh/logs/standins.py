"""Stand-ins for words: of the same length and shape, the same for the same word, and not to be computed back.

A word is a run of ASCII letters and digits and of all characters beyond ASCII.  Its stand-in is chosen by a keyed hash
of the word in lower case, and the key is random and forgotten after the run.  Letters stay letters in their case,
digits stay digits, and a number does not lose or gain a zero at its beginning.  Any other character becomes one of its
own script that takes as many octets, so that what was valid UTF-8 still is.  An octet that is not UTF-8 stays one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from hashlib import blake2b

from imapsh.patterns import lazy

_WORD = lazy(r"[A-Za-z0-9\u0080-\U0010ffff]+")
_STREAM = 64  # octets of one hash
_MOST = 200_000  # words that are remembered so that no two of them share a stand-in
_TRIES = 30

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_INVALID = "\udcff"  # an octet that never is UTF-8
#: Characters up to a code point -> their stand-ins, which take as many octets.
_SCRIPTS = (
    (0x17F, "áéíóúýäëöü", "ÁÉÍÓÚÝÄËÖÜ"),
    (0x36F, "áéíóúýäëöü", "ÁÉÍÓÚÝÄËÖÜ"),
    (0x3FF, "αβγδεζηικλ", "ΑΒΓΔΕΖΗΙΚΛ"),
    (0x52F, "абвгдежзик", "АБВГДЕЖЗИК"),
    (0x5FF, "אבגדהוזחטי", ""),
    (0x6FF, "بتثجحدذرزس", ""),
    (0x7FF, "áéíóúýäëöü", "ÁÉÍÓÚÝÄËÖÜ"),
    (0x2FFF, "ḃḋḟṁṗṡṫẁẃẅ", "ḂḊḞṀṖṠṪẀẂẄ"),
    (0x303F, "一七三上下中人今", ""),
    (0x309F, "あいうえおかきく", ""),
    (0x30FF, "アイウエオカキク", ""),
    (0xABFF, "一七三上下中人今", ""),
    (0xD7FF, "가나다라마바사아", ""),
    (0xFFFF, "一七三上下中人今", ""),
    (0x10FFFF, "😀😁😂😃😄😅😆😇", ""),
)


class StandIns:
    """The stand-ins of one run.  `keep` returns whether a word, in lower case, stays as it is.

    `reserved` returns whether a word must not become a stand-in, because it means something.
    """

    def __init__(self, keep: Callable[[str], bool], reserved: Callable[[str], bool], key: bytes = b"") -> None:
        self._key = key or secrets.token_bytes(32)
        self._keep = keep
        self._reserved = reserved
        self._given: dict[str, str] = {}
        self._taken: set[str] = set()

    def text(self, text: str) -> str:
        """Return the text with a stand-in for each word.  Octets that are not UTF-8 are surrogate escapes."""
        return _WORD.sub(lambda found: self.word(found[0]), text)

    def octets(self, octets: bytes) -> bytes:
        """Return the octets with a stand-in for each word of what they say in UTF-8."""
        return self.text(octets.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def gave(self, lower: str) -> bool:
        """Return whether a word, in lower case, has been given a stand-in."""
        return lower in self._given

    def word(self, word: str) -> str:
        """Return the stand-in of a word."""
        lower = word.lower() if word.isascii() else "".join(map(_lower, word))
        if self._keep(lower):
            return word
        made = self._given.get(lower)
        if made is None:
            made = self._new(lower)
        if lower == word:
            return made
        return "".join(_upper(new) if old != small else new for old, small, new in zip(word, lower, made, strict=True))

    def _new(self, lower: str) -> str:
        for attempt in range(_TRIES):
            made = self._made(lower, attempt)
            if made != lower and made not in self._taken and not self._reserved(made):
                break
        if len(self._given) < _MOST:
            self._given[lower] = made
            self._taken.add(made)
        return made

    def _made(self, lower: str, attempt: int) -> str:
        said = lower.encode("utf-8", "surrogatepass")
        made = []
        stream = b""
        for place, character in enumerate(lower):
            if place % _STREAM == 0:
                salt = b"%d %d" % (attempt, place)
                stream = blake2b(said, key=self._key, salt=blake2b(salt, digest_size=16).digest()).digest()
            made.append(_stand_in(character, stream[place % _STREAM], first=not place))
        return "".join(made)


def _stand_in(character: str, chance: int, *, first: bool) -> str:
    """Return a character of the same shape; `chance` decides which."""
    if "a" <= character <= "z":
        return _LETTERS[chance % 26]
    if "0" <= character <= "9":
        return character if first and character == "0" else str(1 + chance % 9)
    if "\ud800" <= character <= "\udfff":
        return _INVALID
    small, _ = _script(character)
    return small[chance % len(small)]


def _script(character: str) -> tuple[str, str]:
    return next((small, large) for end, small, large in _SCRIPTS if ord(character) <= end)


def _lower(character: str) -> str:
    """Return the character in lower case, if that is one character of as many octets and the case can be undone."""
    lower = character.lower()
    if lower == character or len(lower) > 1 or len(lower.encode()) != len(character.encode("utf-8", "surrogatepass")):
        return character
    return lower if character < "\x80" or (_script(lower)[1] and _script(lower) == _script(character)) else character


def _upper(character: str) -> str:
    if character < "\x80":
        return character.upper()
    small, large = _script(character)
    return large[small.index(character)] if character in small else character


#: Letters and digits of mail, which say nothing afterwards; only their shape stays.
_PLAIN = bytes(
    ord("X") if 65 <= one <= 90 else ord("x") if 97 <= one <= 122 else ord("0") if 48 <= one <= 57 else one
    for one in range(256)
)
_BEYOND = lazy(r"[\u0080-\U0010ffff]")


def blotted(octets: bytes) -> bytes:
    """Return octets of mail with x for each letter and 0 for each digit.  What is beyond ASCII keeps its length."""
    octets = octets.translate(_PLAIN)
    if octets.isascii():
        return octets
    text = octets.decode("utf-8", "surrogateescape")
    return _BEYOND.sub(_blot, text).encode("utf-8", "surrogateescape")


def _blot(found: re.Match[str]) -> str:
    return _stand_in(found[0], 0, first=False)
