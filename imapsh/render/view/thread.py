"""THREAD: conversations as trees, with the subjects that were seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from imapsh.grammar.encodedwords import encoded_words
from imapsh.grammar.thread import Thread
from imapsh.render.amounts import all_shown, count
from imapsh.render.view.columns import cut
from imapsh.render.view.look import Line, Look
from imapsh.render.visible import visible, width

MOST = 500  #: lines; the messages beyond them are counted
_LEVELS = 12  # generations that are indented; later ones have the same indent
_STEP = 3  # columns of a generation

#: A branch that is still to be drawn: its members, the text before its lines, whether it is the last of its siblings,
#: and whether it is inside a thread.
_Branch = tuple[tuple[Any, ...], str, bool, bool]

CUTS_ITSELF = True  #: what is left out of a long value is counted here


def thread(value: Thread, look: Look) -> Iterator[Line]:
    """Yield a line for each message: its number, or its UID if the command was a UID one, and its subject if known."""
    uid = look.command.startswith("UID ")
    total = len(value.in_order)
    if not total:
        yield [("response", "no threads")]
        return
    noun = "UID" if uid else "message"
    yield [("response", count(len(value.threads), "thread")), ("note", f" of {count(total, noun)}")]
    numbers = max(len(str(number)) for number in value.in_order)
    shown = 0
    for line, (number, before) in enumerate(_drawn(value, look)):
        if line == MOST and look.columns is not None and look.elide != 0:
            yield [("", "  "), ("note", f"... {count(total - shown, f'more {noun}')}: {all_shown(look.elide)}")]
            return
        shown += number is not None
        yield _line(number, before, numbers, uid, look)


def _line(number: int | None, before: str, numbers: int, uid: bool, look: Look) -> Line:
    if number is None:
        return [("", "  "), ("note", f"{before}(not among those found)")]
    subject = look.memory.subject(None if uid else number, number if uid else None)
    line: Line = [("", "  "), ("note", before), ("number", str(number))]
    if subject is not None:
        text = visible(encoded_words(subject) or subject)
        taken = 2 + width(before) + numbers + 2
        room = None if look.columns is None else max(10, look.columns - taken)
        line += [("", " " * (numbers - len(str(number)) + 2)), ("string", text if room is None else cut(text, room))]
    return line


def _drawn(value: Thread, look: Look) -> Iterator[tuple[int | None, str]]:
    """Yield each message and the text that is drawn before it; None for a message that is missing."""
    drawn = look.branches
    waiting: list[_Branch] = [(one, "", True, False) for one in reversed(value.threads)]
    while waiting:
        members, above, last, inside = waiting.pop()
        branches = [member for member in members if not isinstance(member, int)]
        chain: list[int | None] = [member for member in members if isinstance(member, int)]
        for number in chain or [None]:
            yield number, above + ((drawn.last if last else drawn.node) if inside else "")
            if inside and len(above) < _LEVELS * _STEP:
                above += drawn.blank if last else drawn.below
            last = inside = True
        waiting.extend((one, above, index == 0, True) for index, one in enumerate(reversed(branches)))
