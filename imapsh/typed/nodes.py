"""The nodes that a syntax is made of.

A node's `match(run, at)` returns the offset after what it takes, or -1.  Nodes decide by their first characters, and
never go back when a later node does not fit, so a line is read in one pass.
"""

from __future__ import annotations

from imapsh.hints import TYPE_CHECKING, Protocol
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple
from imapsh.typed.found import Piece

if TYPE_CHECKING:
    from imapsh.typed.run import Run

#: A row's name ends where a character of the tokens' WORD does (RFC 9051 section 9, atom-specials).
_WORD = lazy(r"[^\x00-\x20\x7f()\"\\\[\]{]*")


def word_end(text: str, at: int) -> int:
    """Return the end of the word at `at`, or `at` if there is none."""
    found = _WORD.match(text, at)
    return found.end() if found is not None else at


def folded(text: str) -> str:
    """Return the text in upper case if it is ASCII, as all names are; else as it is.

    Beyond ASCII there are letters whose upper case is ASCII.
    """
    return text.upper() if text.isascii() else text


class Node(Protocol):
    """A part of a syntax."""

    def match(self, run: Run, at: int) -> int:
        """Return the offset after what the node takes at `at`, or -1 if it does not fit there."""

    def show(self) -> str:
        """Return the node in the notation, for hints and messages."""


class Item(NamedTuple):
    """A step of a sequence.

    `spaced` says that a space comes before it, unless it is the first.  `optional` says that it may be missing.
    """

    spaced: bool
    optional: bool
    node: Node


class Keyword:
    """A node of characters that stand for themselves."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.upper = text.upper()
        self.is_word = text[-1].isalnum()

    def match(self, run: Run, at: int) -> int:
        end = at + len(self.text)
        if at >= run.watch:
            run.tries(at, self)
        if folded(run.text[at:end]) != self.upper or (self.is_word and word_end(run.text, end) != end):
            return run.fails(at, self)
        if self.is_word:
            run.takes(at, end, "keyword")
            run.pieces.append(Piece(self.upper, "keyword", at, end))
        return end

    def show(self) -> str:
        return self.text


class Frame:
    """A place that a run has reached: a sequence, its item and the item's offset.  The hint shows what is left."""

    __slots__ = ("at", "index", "sequence")

    def __init__(self, sequence: Sequence, at: int) -> None:
        self.sequence = sequence
        self.at = at
        self.index = 0


class Sequence:
    """A node of items that follow one another."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.items = items

    def match(self, run: Run, at: int) -> int:
        position = at
        frame = Frame(self, at)
        run.frames.append(frame)
        for index, (spaced, optional, node) in enumerate(self.items):
            frame.index = index
            mark = len(run.pieces)
            due = None if optional else node
            start = run.space(position, due) if spaced and position > at else position
            frame.at = start
            end = -1 if start < 0 else node.match(run, start)
            if end >= 0:
                position = end
                continue
            del run.pieces[mark:]
            if not optional:
                position = -1
                break
        run.frames.pop()
        return position

    def show(self, first: int = 0) -> str:
        """Return the notation from the item `first` on."""
        shown = []
        for index, (spaced, optional, node) in enumerate(self.items[first:]):
            text = f"[{node.show()}]" if optional else node.show()
            shown.append(f" {text}" if spaced and index else text)
        return "".join(shown)


class Choice:
    """A node that takes the first of its alternatives that fits."""

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.nodes = nodes

    def match(self, run: Run, at: int) -> int:
        mark = len(run.pieces)
        for node in self.nodes:
            end = node.match(run, at)
            if end >= 0:
                return end
            del run.pieces[mark:]
        return -1

    def show(self) -> str:
        return "|".join(node.show() for node in self.nodes)


class Group:
    """A node in braces, which only hold a choice or a sequence together."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def match(self, run: Run, at: int) -> int:
        return self.node.match(run, at)

    def show(self) -> str:
        return "{" + self.node.show() + "}"


class Repeat:
    """A node that takes another node one or more times, with a space between."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def match(self, run: Run, at: int) -> int:
        passage, end = run.begins(self, at)
        position = end = self.node.match(run, at) if end < 0 else end
        while end >= 0:
            run.passes(passage, end)
            position, mark = end, len(run.pieces)
            start = run.space(position)
            end = -1 if start < 0 else self.node.match(run, start)
            if end < 0:
                del run.pieces[mark:]
        run.ends(passage)
        return position

    def show(self) -> str:
        return self.node.show() + "..."
