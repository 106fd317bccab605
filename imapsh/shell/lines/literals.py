"""Reads typed text with literals in it: what is still to be typed, and where one command ends and the next begins.

In the prompt's text a line break is LF; on the wire, and where a literal's octets are counted, it is CRLF.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter

from imapsh.grammar.tokens import CRLF, DATA, FLAG, LITERAL, SPACE, Token, announcement, tokenize
from imapsh.tuples import NamedTuple


def to_wire(text: str) -> str:
    """Return the text with every line break as CRLF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


@lru_cache(maxsize=4)
def _tokens(text: str) -> list[Token]:
    """Return the tokens of a text.  Lexer, toolbar and completer ask for them several times at each key."""
    return tokenize(to_wire(text))


def wanted(text: str) -> int | None:
    """Return the octets of UTF-8 that the literal at the end of a text still wants.

    Return None if none is open or announced there.
    """
    if "{" not in text:
        return None
    tokens = _tokens(text)
    last = tokens[-1]
    if last.kind is LITERAL:
        return announcement(last.text).octets
    if last.kind is DATA:
        return announcement(tokens[-2].text).octets - len(last.text[2:].encode("utf-8", "surrogateescape"))
    return None


def announced(text: str) -> bool:
    """Return whether the text ends in `{n}`, so that Enter begins the literal."""
    return text.endswith("}") and _tokens(text)[-1].kind is LITERAL


class Command(NamedTuple):
    """One command of the prompt's text, as it is to be read and sent: its line breaks, in literals, are CRLF.

    `marks` are pairs: from this offset in the prompt's text on, the command's text goes on at that offset of its own.
    """

    text: str
    marks: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        """The offset at which it begins in the prompt's text."""
        return self.marks[0][0]

    def offset(self, place: int) -> int:
        """Return the offset in the command of a place in the prompt's text."""
        index = bisect_right(self.marks, (place, len(self.text))) - 1
        typed, own = self.marks[max(index, 0)]
        end = self.marks[index + 1][1] if index + 1 < len(self.marks) else len(self.text)
        return min(own + place - typed, end)

    def place(self, offset: int) -> int:
        """Return the place in the prompt's text of an offset in the command."""
        typed, own = self.marks[bisect_right(self.marks, offset, key=itemgetter(1)) - 1]
        return typed + offset - own

    def breaks(self) -> Iterator[tuple[int, int, int]]:
        """Yield the line breaks that are only seen.

        Each is the offset in the command where it stands, and from where to where it goes in the prompt's text.
        """
        for (typed, own), (next_typed, next_own) in pairwise(self.marks):
            if next_typed - typed > next_own - own:
                yield next_own, typed + next_own - own, next_typed


@lru_cache(maxsize=4)
def cut(text: str) -> tuple[Command, ...]:
    r"""Return the commands of the prompt's text, cut at line breaks outside literals, blank ones kept; one at least.

    A line break behind a backslash that stands outside quotes and literals is only seen: backslash, line break and the
    blanks that begin the next line are no part of the command.  This is not so in imapsh's own commands, where `\` is
    theirs.
    """
    if "\n" not in text and "\r" not in text:
        return (Command(text, ((0, 0),)),)
    found: list[Command] = []
    parts: list[str] = []
    marks = [(0, 0)]
    at = size = 0
    goes_on = False
    before = ""  # the token before this one
    for token in _tokens(text):
        kind, shown = token.kind, token.text
        at += len(shown) - shown.count("\r")  # a literal may end between CR and LF
        if kind is CRLF and before == "\\" and _is_continued(parts):
            parts.pop()
            size -= 1
            marks.append((at, size))
        elif kind is CRLF:
            found.append(Command("".join(parts), tuple(marks)))
            parts, size, marks = [], 0, [(at, 0)]
        elif kind is SPACE and goes_on:
            marks[-1] = (at, size)
        else:
            parts.append(shown)
            if kind is DATA:
                marks += _marks(shown, at, size)
            size += len(shown)
        goes_on = kind is CRLF and len(marks) > 1
        before = shown
    return *found, Command("".join(parts), tuple(marks))


def at(text: str, place: int) -> tuple[Command, int]:
    """Return the command that a place in the prompt's text is in, and the offset in it."""
    command = next(command for command in reversed(cut(text)) if command.start <= place)
    return command, command.offset(place)


def _is_continued(parts: list[str]) -> bool:
    return len(parts) > 1 and not parts[0].startswith("\\")


def _marks(data: str, at: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the marks behind the line breaks of a literal's data, which ends at `at` and goes in at `size`."""
    typed = at - len(data) + data.count("\r")
    for count, found in enumerate(re.finditer("\r\n", data), 1):
        yield typed + found.end() - count, size + found.end()


def continued(text: str) -> bool:
    """Return whether a text ends in a backslash that makes a line break there only seen."""
    if not text.endswith("\\") or _tokens(text)[-1].kind is not FLAG:
        return False
    return len(cut(text + "\n")) == len(cut(text))


def commands(text: str) -> list[str]:
    """Return the commands of a pasted text, without blank ones; line breaks are CRLF."""
    return [command.text for command in cut(text) if command.text.strip()]
