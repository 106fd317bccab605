"""Plain lines: those that fit their command and of which nothing can be said, found by one expression a command.

A line that is sent is checked, and mostly it is fine: then nobody asks for its tokens and pieces.  The expression is
made of the command's own syntax.  It takes less than the nodes do: slots in their plain form (`Shape.plain`), and rows
that no server, revision or mailbox makes doubtful.  So the nodes read a line that it takes to the end, and note
nothing.  Any other line is read by the nodes.  `match` makes what a plain line is made of when somebody asks for it.

An expression is made once a command has come often, because a start has few lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import takewhile

from imapsh import table
from imapsh.patterns import lazy
from imapsh.table.model import Command, Context, Name
from imapsh.typed import advice, secrets
from imapsh.typed.found import BETTER_ONCE, ONCE
from imapsh.typed.nodes import Choice, Group, Keyword, Node, Repeat, Sequence
from imapsh.typed.slots import Slot
from imapsh.typed.syntax import Rule, Table, arguments_in_clear, parse

OFTEN = 64  #: lines of a command before its expression is made, which takes as long as reading so many

_WORD_ENDS = r"(?![^\x00-\x20\x7f()\"\\\[\]{])"
_CLOSES = r"(?=\)|\Z)"  # what follows several of something
_NUMBERS = lazy(r"\d+", re.ASCII)
_NEVER = re.compile(r"(?!)")


class _Form:
    """The expression for what follows the name of a command, and whether nothing was said of it in a context."""

    def __init__(self, row: Command, pattern: re.Pattern[str]) -> None:
        self.fullmatch = pattern.fullmatch
        self._row = row
        self.context: Context | None = None  # the last one
        self.suits = False  # nothing is to be said of the command in that context, whatever its arguments

    def look_at(self, context: Context) -> None:
        """Look at another context."""
        self.context, self.suits = context, advice.objection(self._row, context) is None


_seen: dict[str, int] = {}  # how often a command came, until it has an expression
_forms: dict[str, _Form] = {}  # by the command's name


def is_plain(text: str, end: int, row: Command, context: Context) -> bool:
    """Return whether nothing is to be said of a line of this command, whose name begins the text and ends at `end`."""
    form = _forms.get(row.name)
    if form is None and (form := _form(row)) is None:
        return False
    found = form.fullmatch(text, end)
    if found is None:
        return False
    if context != form.context:
        form.look_at(context)
    return form.suits and _exist(found.groups(), context) and secrets.is_plain(text)


def _form(row: Command) -> _Form | None:
    """Make the expression for a command if it came often."""
    seen = _seen[row.name] = _seen.get(row.name, 0) + 1
    if seen < OFTEN:
        return None
    made = None if row.check or arguments_in_clear(row.syntax) is not None else arguments(row.syntax)
    form = _Form(row, _NEVER if made is None else re.compile(made, re.ASCII | re.IGNORECASE))
    return _forms.setdefault(row.name, form)


def arguments(syntax: str) -> str | None:
    """Return an expression for the plain forms of a command's arguments; None if it has no plain forms."""
    if not syntax:
        return ""
    made = _Maker().expression(parse(syntax))
    return None if made is None else f" {made}"


def _exist(sets: tuple[str | None, ...], context: Context) -> bool:
    """Return whether message numbers may be used, and there are messages of these numbers."""
    exists = context.exists
    for one in sets:
        if one is None:
            continue
        if advice.uids_only(context.enabled) is not None:
            return False
        if exists is not None and max(map(int, _NUMBERS.findall(one)), default=0) > exists:
            return False
    return True


class _Maker:
    """Makes one expression.  What a method returns is None for a node that has no plain forms."""

    def __init__(self) -> None:
        self._sets = 0  # groups of message numbers
        self._within: list[str] = []  # the rules and the kinds of rows that are being made, of which none is in itself

    def expression(self, node: Node) -> str | None:
        """Return an expression for what a node takes in its plain forms."""
        if isinstance(node, Keyword):
            return re.escape(node.text) + (_WORD_ENDS if node.is_word else "")
        if isinstance(node, Slot):
            return self._slot(node)
        if isinstance(node, Group):
            return self.expression(node.node)
        if isinstance(node, Sequence):
            return self._sequence(node)
        if isinstance(node, Repeat):
            return self._repeat(node)
        if isinstance(node, Choice):
            return self._choice(node)
        if isinstance(node, Rule) and node.row.name not in self._within and not node.row.needs:
            return self._inside(node.row.name, lambda: self.expression(parse(node.row.syntax)))
        if isinstance(node, Table) and node.kind not in self._within:
            return self._inside(node.kind, lambda: self._table(node))
        return None

    def _inside(self, name: str, make: Callable[[], str | None]) -> str | None:
        self._within.append(name)
        made = make()
        self._within.pop()
        return made

    def _slot(self, slot: Slot) -> str | None:
        shape = slot.shape
        if not shape.plain or slot.check is not None or shape.secret or shape.needs:
            return None
        self._sets += shape.numbers
        return f"({shape.plain})" if shape.numbers else f"(?>{shape.plain})"

    def _repeat(self, repeat: Repeat) -> str | None:
        """Return the expression of what is repeated; of several sets of numbers a group would hold the last alone."""
        before = self._sets
        made = self.expression(repeat.node)
        return None if made is None or self._sets > before else f"(?>(?:{made}(?: |{_CLOSES}))++(?<! ))"

    def _choice(self, choice: Choice) -> str | None:
        """Return the expression of the first alternatives; behind one that has none, it might have taken the text."""
        made = list(takewhile(bool, (self.expression(node) for node in choice.nodes)))
        return f"(?>{'|'.join(map(str, made))})" if made else None

    def _sequence(self, sequence: Sequence) -> str | None:
        made, certain, perhaps = "", False, False  # whether something was taken before, or may have been
        for spaced, optional, node in sequence.items:
            one = self.expression(node)
            if spaced and perhaps and not certain:
                return None
            space = " " if spaced and certain else ""
            if one is None:
                first = _first(node) if optional else None
                if first is None:
                    return None
                made += f"(?!{space}{re.escape(first)})"  # the node would take it
                continue
            made += f"(?>{space}{one})?+" if optional else f"{space}{one}"
            certain, perhaps = certain or not optional, True
        return made if certain else None

    def _table(self, of: Table) -> str | None:
        """Return an expression for the rows that are loaded, longer names first, for one may begin with another."""
        rows = sorted(filter(_is_sure, table.loaded(of.kind)), key=lambda row: len(row.name), reverse=True)
        made = [one for row in rows if (one := self._row(row)) is not None]
        return f"(?>{'|'.join(made)})" if made else None

    def _row(self, row: Name) -> str | None:
        name = re.escape(row.name)
        within = row.name[-1] in "[("
        if not row.syntax:
            return None if within else name + _WORD_ENDS
        made = self.expression(parse(row.syntax))
        return None if made is None else f"{name}{'' if within else ' '}{made}"


def _first(node: Node) -> str | None:
    """Return the keyword that a node begins with, None if it begins otherwise."""
    while isinstance(node, Group | Sequence):
        if isinstance(node, Sequence) and node.items[0].optional:
            return None
        node = node.node if isinstance(node, Group) else node.items[0].node
    return node.text if isinstance(node, Keyword) else None


def _is_sure(row: Name) -> bool:
    """Return whether a row is read alike in every context, by its name."""
    doubtful = row.needs or row.harmless or row.standing or row.only or row.beside or row.enabled or row.uids_only
    return not doubtful and row.editions == "12" and row.kind not in (*ONCE, *BETTER_ONCE) and row.name[0] not in "<("
