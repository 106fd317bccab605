"""Text from outside made safe for a terminal.  This is the one place that decides what a terminal may get.

Characters that cannot be shown are replaced:

    ^@ .. ^_  ^?   C0 controls and DEL, in caret notation (ESC is ^[, TAB ^I, CR ^M, LF ^J)
    \\xNN           an octet that is not UTF-8, also one that was decoded with `surrogateescape`
    <U+NNNN>       C1 controls, bidi overrides and isolates, line and paragraph separators, and every other format,
                   invisible, private, unassigned or surrogate code point (so also variation selectors and joiners)

What reaches a terminal has the type `Shown`.  `imapsh.render.styles.paint` makes it: it passes each text through
`visible` and adds the SGR sequences itself.  Whatever writes to a terminal accepts only this type, and mypy checks
that.

Blanks wider or narrower than a space are left as they are.  The notation is for people: it cannot be read back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from imapsh.hints import NewType
from imapsh.patterns import lazy

Shown = NewType("Shown", str)
"""Text that a terminal may get as it is: no control but line ends and SGR sequences of ours."""

#: Marks that draw nothing although Unicode calls them printable: fillers and variation selectors.
_BLANKS = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0, 0x16FE4, 0x1D159,
     *range(0xFE00, 0xFE10)}
)  # fmt: skip
_SELECTORS = range(0xE0100, 0xE01F0)
_HIDDEN = lazy(f"[{''.join(map(chr, sorted(_BLANKS)))}{chr(_SELECTORS[0])}-{chr(_SELECTORS[-1])}]")
_ESCAPED_OCTETS = range(0xDC80, 0xDD00)  # the code points that `surrogateescape` makes of octets
_KEPT = 8192  # code points whose text is kept; after that the table starts anew
_WIDE = ("W", "F")
_NO_WIDTH = ("Mn", "Me")

TAB_STOPS = 8  #: columns between the stops that `text_lines` expands TAB to


def is_safe(code: int) -> bool:
    """Return whether the code point may go to a terminal as it is."""
    character = chr(code)
    if code in _BLANKS or code in _SELECTORS:
        return False
    if character.isprintable():
        return True
    import unicodedata  # loaded only if something beyond ASCII is shown

    return unicodedata.category(character) == "Zs"


def _shown(code: int) -> str:
    if code < 0x20 or code == 0x7F:
        return "^" + chr(code ^ 0x40)
    if code in _ESCAPED_OCTETS:
        return f"\\x{code - 0xDC00:02x}"
    return f"<U+{code:04X}>"


def is_visible(text: str) -> bool:
    """Return whether all of the text may go to a terminal as it is; false also for a few blanks that may."""
    return text.isprintable() and (text.isascii() or _HIDDEN.search(text) is None)


class Escapes(dict[int, str]):
    """A table for `str.translate` that fills itself: safe characters stay, and `escape` names the others."""

    def __init__(self, escape: Callable[[int], str]) -> None:
        super().__init__()
        self._escape = escape

    def __missing__(self, code: int) -> str:
        if len(self) >= _KEPT:
            self.clear()
        text = self[code] = chr(code) if is_safe(code) else self._escape(code)
        return text


_VISIBLE = Escapes(_shown)


def visible(data: str | bytes) -> str:
    """Return `data` as text without a single control or invisible character, line ends included.  Never raises.

    Octets are read as UTF-8 if they are valid UTF-8.
    """
    text = data if isinstance(data, str) else data.decode("utf-8", "backslashreplace")
    return text if is_visible(text) else text.translate(_VISIBLE)


def visible_latin1(text: str) -> str:
    """Do as `visible` for octets that were read as Latin-1, as the tokens' are."""
    return visible(text if text.isascii() else text.encode("latin-1", "replace"))


def text_lines(data: bytes) -> list[str]:
    """Return the lines of a text, each visible.

    CRLF ends a line and is not shown; a bare LF ends one and is shown.  TAB goes to the next stop of TAB_STOPS, as on a
    terminal.
    """
    lines = data.split(b"\n")
    shown = [visible(_untabbed(line[:-1] if line.endswith(b"\r") else line + b"\n")) for line in lines[:-1]]
    return [*shown, visible(_untabbed(lines[-1]))] if lines[-1] else shown


def _untabbed(line: bytes) -> bytes | str:
    return line.decode("utf-8", "backslashreplace").expandtabs(TAB_STOPS) if b"\t" in line else line


def width(text: str) -> int:
    """Return the columns that visible `text` takes: two for wide East Asian characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    import unicodedata

    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def folded(text: str, columns: int | None, hang: int = 2) -> str:
    """Return a line made visible, and broken at spaces if it is wider than `columns`.

    `hang` indents all but the first.
    """
    text = visible(text)
    if columns is None or (len(text) <= columns and text.isascii()):
        return text
    words = text.split(" ")
    lines = [words[0]]
    for word in words[1:]:
        if lines[-1].strip() and width(lines[-1]) + 1 + width(word) > columns:
            lines.append(" " * hang + word)
        else:
            lines[-1] += f" {word}"
    return "\n".join(lines)
