"""The notation of the table's `syntax` column, which is shown as a hint just as it is written, and its nodes.

    SELECT          a keyword, in any case
    <mailbox>       a slot (`imapsh.spec.slots`), a named rule (kind "syntax"), or one of the table's rows of that kind
    [...]  {...}    what may be left out; a group
    a|b             one or the other, the first that fits
    x...            one or more, with a space between
    (  )            themselves
    "]"             the characters between the quotes, here a bracket
    a b    ab       with one space between; with nothing between

A node's `match(run, at)` gives the offset behind what it takes, or -1.  Nodes read ahead by their first characters, and
never try again what a later one refuses: a line is read in one pass.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from imapsh import spec
from imapsh.spec.model import Name, Piece
from imapsh.spec.slots import SLOTS, Slot

if TYPE_CHECKING:
    from imapsh.spec.match import Run

#: A row's name ends where a character of the tokens' WORD does (RFC 9051 section 9, atom-specials).
_WORD = re.compile(r"[^\x00-\x20\x7f()\"\\\[\]{]*")
#: Levels of search keys within search keys.  Three Python frames go to a level.
MAX_NESTING = 150


#: Tables whose names read as keywords of the command; the names of the others are items.
_KEYWORDS = ("search-key", "store-item", "fetch-macro", "list-select", "list-return", "search-return")


def word_end(text: str, at: int) -> int:
    """The end of the word at `at`; `at` where there is none."""
    found = _WORD.match(text, at)
    return found.end() if found is not None else at


def folded(text: str) -> str:
    """In upper case where ASCII, as all names are; beyond it there are letters whose upper case is ASCII."""
    return text.upper() if text.isascii() else text


class Node(Protocol):
    """A part of a syntax."""

    def match(self, run: Run, at: int) -> int:
        """The offset behind what it takes at `at`, or -1."""

    def show(self) -> str:
        """The notation again, for hints and messages."""


class Item(NamedTuple):
    """A step of a sequence: whether a space stands before it (unless it is first), and whether it may be missing."""

    spaced: bool
    optional: bool
    node: Node


class Keyword:
    """Characters that stand for themselves."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.upper = text.upper()
        self.is_word = text[-1].isalnum()

    def match(self, run: Run, at: int) -> int:
        end = at + len(self.text)
        run.tries(at, self)
        if folded(run.text[at:end]) != self.upper or (self.is_word and word_end(run.text, end) != end):
            return run.fails(at, self)
        if self.is_word:
            run.spans[at] = (end, "keyword", "")
            run.pieces.append(Piece(self.upper, "keyword", at, end))
        return end

    def show(self) -> str:
        return self.text


class Frame:
    """Where a run stands: a sequence, its item, and where that begins.  What is left of it is what the hint shows."""

    __slots__ = ("at", "index", "sequence")

    def __init__(self, sequence: Sequence, at: int) -> None:
        self.sequence = sequence
        self.at = at
        self.index = 0


class Sequence:
    """Items one after the other."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.items = items

    def match(self, run: Run, at: int) -> int:
        position = at
        frame = Frame(self, at)
        run.frames.append(frame)
        for index, (spaced, optional, node) in enumerate(self.items):
            frame.index = index
            mark = len(run.pieces)
            start = run.space(position) if spaced and position > at else position
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
        """The notation from the item `first` on."""
        shown = []
        for index, (spaced, optional, node) in enumerate(self.items[first:]):
            text = f"[{node.show()}]" if optional else node.show()
            shown.append(f" {text}" if spaced and index else text)
        return "".join(shown)


class Choice:
    """The first that fits."""

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
    """Braces: they only hold a choice or a sequence together."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def match(self, run: Run, at: int) -> int:
        return self.node.match(run, at)

    def show(self) -> str:
        return "{" + self.node.show() + "}"


class Repeat:
    """One or more, with a space between."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def match(self, run: Run, at: int) -> int:
        end = self.node.match(run, at)
        position = end
        while end >= 0:
            position, mark = end, len(run.pieces)
            start = run.space(position)
            end = -1 if start < 0 else self.node.match(run, start)
            if end < 0:
                del run.pieces[mark:]
        return position

    def show(self) -> str:
        return self.node.show() + "..."


class Rule:
    """A named rule: a row of kind "syntax"."""

    def __init__(self, row: Name) -> None:
        self.row = row

    def match(self, run: Run, at: int) -> int:
        outer, run.pieces = run.pieces, []
        end = parse(self.row.syntax).match(run, at)
        inner, run.pieces = run.pieces, outer
        if end >= 0:
            outer.append(Piece(self.row.name, "syntax", at, end, None, tuple(inner)))
        return end

    def show(self) -> str:
        return f"<{self.row.name}>"


class Table:
    """One of the table's rows of a kind, by its name."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.rows = spec.names(kind)
        self.role = "keyword" if kind in _KEYWORDS else "item"
        self.nameless = tuple(row for row in self.rows.values() if row.name.startswith("<"))

    def _named(self, run: Run, at: int) -> tuple[Name | None, int]:
        """The row whose name stands at `at`, and the offset behind the name."""
        end = word_end(run.text, at)
        if run.text[end : end + 1] in ("[", "("):
            row = self.rows.get(folded(run.text[at : end + 1]))
            if row is not None:
                return row, end + 1
        return self.rows.get(folded(run.text[at:end])), end

    def match(self, run: Run, at: int) -> int:
        run.tries(at, self)
        row, end = self._named(run, at)
        if row is None:
            for nameless in self.nameless:
                if (end := self._take(run, at, nameless, at)) >= 0:
                    return end
            return run.fails(at, self)
        if row.syntax and row.name[-1] not in "[(":
            end = run.space(end)
        return end if end < 0 else self._take(run, at, row, end)

    def _take(self, run: Run, at: int, row: Name, end: int) -> int:
        """Read what follows the row's name, which ends at `end`."""
        if row.needs or row.editions != "12":
            run.suits(row, at)
        if row.name[0] not in "<(":
            run.spans[at] = (at + len(row.name.rstrip("[")), self.role, "")
        children: tuple[Piece, ...] = ()
        if row.syntax:
            if run.depth >= MAX_NESTING:
                return run.too_deep(at)
            outer, run.pieces = run.pieces, []
            run.depth += 1
            end = parse(row.syntax).match(run, end)
            run.depth -= 1
            children, run.pieces = tuple(run.pieces), outer
        if end >= 0:
            run.pieces.append(Piece(row.name, self.kind, at, end, None, children))
        return end

    def show(self) -> str:
        return f"<{self.kind}>"


_PARTS = re.compile(r'<([^>]+)>|"([^"]+)"|(\.\.\.)|([\[{])|([\]}])|(\|)|( )|([()])|([^<>"\[\]{}|() .]+)')


def _named(name: str) -> Node:
    if name in SLOTS:
        return Slot(name)
    row = spec.names("syntax").get(name.upper())
    return Rule(row) if row is not None else Table(name)


def _read(parts: list[tuple[str, ...]], close: str) -> Node:
    """Read a choice up to `close`, which is taken."""
    choices: list[Node] = []
    items: list[Item] = []
    spaced = False
    while parts:
        slot, quoted, again, opener, closer, bar, space, paren, word = parts.pop(0)
        if closer:
            if closer != close:
                raise ValueError(f"{closer!r} closes nothing")
            close = ""
            break
        if bar:
            choices.append(Sequence(tuple(items)))
            items = []
        elif again:
            items[-1] = items[-1]._replace(node=Repeat(items[-1].node))
        elif not space:
            inner = _read(parts, "]" if opener == "[" else "}") if opener else None
            node = inner or (_named(slot) if slot else Keyword(quoted or paren or word))
            items.append(Item(spaced, opener == "[", Group(node) if opener == "{" else node))
        spaced = bool(space)
    if close:
        raise ValueError(f"{close!r} is missing")
    choices.append(Sequence(tuple(items)))
    return choices[0] if len(choices) == 1 else Choice(tuple(choices))


@cache
def parse(notation: str) -> Sequence:
    """The sequence that a syntax is.  ValueError where the notation is wrong."""
    parts = [found.groups("") for found in _PARTS.finditer(notation)]
    if sum(map(len, (found.group() for found in _PARTS.finditer(notation)))) != len(notation):
        raise ValueError(f"{notation!r} is not in the notation")
    node = _read(parts, "")
    return node if isinstance(node, Sequence) else Sequence((Item(False, False, node),))


def arguments_in_clear(notation: str) -> int | None:
    """How many arguments stand before the first that is secret; None where none is."""
    for index, item in enumerate(parse(notation).items):
        inner = item.node.items[0].node if isinstance(item.node, Sequence) else item.node
        if isinstance(inner, Slot) and inner.shape.secret:
            return index
    return None
