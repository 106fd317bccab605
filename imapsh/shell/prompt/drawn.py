"""Passes all that prompt_toolkit draws through the gate: prompt, toolbar, menus, questions, and the line being typed.

prompt_toolkit draws every character as a `Char`, and `Char` looks up what to draw instead in a table.  That table knows
the controls.  It does not know what else hides or turns text around, as a mailbox name that Tab puts in may do.
"""

from __future__ import annotations

from prompt_toolkit.layout.screen import Char

from imapsh.render.visible import is_safe, visible

_NO_BREAK_SPACE = "\xa0"  # prompt_toolkit underlines it


class _Drawn(dict[str, str]):
    """A map from a character to what is drawn for it.

    It is asked once for a character, because `Char` objects are kept.
    """

    def __contains__(self, character: object) -> bool:
        if not isinstance(character, str) or len(character) != 1:
            return False  # a letter with its combining marks, each of which was asked for
        return character == _NO_BREAK_SPACE or not is_safe(ord(character))

    def __missing__(self, character: str) -> str:
        return visible(character)


def guard() -> None:
    """Make everything drawn from now on visible."""
    Char.display_mappings = _Drawn({_NO_BREAK_SPACE: " "})
