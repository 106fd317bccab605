"""The notation of the table's `syntax` column, which is shown as a hint exactly as it is written.

SELECT          a keyword, in any case
<mailbox>       a slot (`imapsh.typed.slots`; a row of the kind "slot" is another noun for one), a named rule (a row of
                the kind "syntax"), or one of the table's rows of that kind
[...]  {...}    what may be left out; a group
a|b             one or the other, the first that fits
x...            one or more, with a space between
(  )            themselves
"]"             the characters between the quotes, here a bracket
a b    ab       with one space between; with nothing between
"""

from __future__ import annotations

from functools import cache, cached_property

from imapsh import table
from imapsh.hints import TYPE_CHECKING
from imapsh.patterns import lazy
from imapsh.table.model import Name
from imapsh.typed.found import BETTER_ONCE, ONCE, Piece
from imapsh.typed.nodes import Choice, Group, Item, Keyword, Node, Repeat, Sequence, folded, word_end
from imapsh.typed.slots import SLOTS, Slot

if TYPE_CHECKING:
    from imapsh.typed.run import Run

#: The most levels of search keys within search keys, and of rules within rules.  A level takes at most four Python
#: frames.
MAX_NESTING = 150

#: The tables whose names are shown as keywords of the command.  The names of the others are shown as items.
_KEYWORDS = ("search-key", "store-item", "fetch-macro", "list-select", "list-return", "search-return")


def _is_deep(run: Run) -> bool:
    """Return whether nothing more may nest.  Each sequence that is being read takes up to three Python frames."""
    return run.depth >= MAX_NESTING or len(run.frames) >= 2 * MAX_NESTING


class Rule:
    """A node of a named rule, which is a row of the kind "syntax"."""

    def __init__(self, row: Name) -> None:
        self.row = row

    def match(self, run: Run, at: int) -> int:
        if _is_deep(run):
            return run.too_deep(at)
        outer, run.pieces = run.pieces, []
        run.depth += 1
        rfc, run.rfc = run.rfc, self.row.rfc
        end = parse(self.row.syntax).match(run, at)
        run.rfc = rfc
        run.depth -= 1
        inner, run.pieces = run.pieces, outer
        if end >= 0:
            outer.append(Piece(self.row.name, "syntax", at, end, None, tuple(inner)))
            if self.row.needs:
                run.suits(self.row, at)
        return end

    def show(self) -> str:
        return f"<{self.row.name}>"


class Table:
    """A node that takes one of the table's rows of a kind, by the row's name."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.rows = table.names(kind)
        self.role = "keyword" if kind in _KEYWORDS else "item"
        self.once = kind in ONCE or kind in BETTER_ONCE

    @cached_property
    def nameless(self) -> tuple[Name, ...]:
        """Return the rows that take what no other row takes."""
        return tuple(row for row in self.rows.values() if row.name.startswith("<"))

    def _named(self, run: Run, at: int) -> tuple[Name | None, int]:
        """Return the row whose name is at `at`, or None, and the offset after the name."""
        end = word_end(run.text, at)
        if run.text[end : end + 1] in ("[", "("):
            row = self.rows.get(folded(run.text[at : end + 1]))
            if row is not None:
                return row, end + 1
        return self.rows.get(folded(run.text[at:end])), end

    def match(self, run: Run, at: int) -> int:
        if at >= run.watch:
            run.tries(at, self)
        row, end = self._named(run, at)
        if row is None:
            for nameless in self.nameless:
                if (end := self._take(run, at, nameless, at, at)) >= 0:
                    return end
            return run.fails(at, self)
        if not row.syntax or row.name[-1] in "[(":
            return self._take(run, at, row, end, end)
        rfc, run.rfc = run.rfc, row.rfc
        due = next((item.node for item in parse(row.syntax).items if not item.optional), None)
        start = run.space(end, due)
        run.rfc = rfc
        if start < 0 and due is not None:
            return start
        return self._take(run, at, row, end, start)

    def _take(self, run: Run, at: int, row: Name, end: int, start: int) -> int:
        """Read what follows the row's name, and return the offset after it, or -1.

        The name ends at `end`.  Its arguments begin at `start`, which is negative if there are none.
        """
        is_named = row.name[0] != "<"
        if is_named and (row.needs or row.harmless or row.editions != "12"):
            run.suits(row, at)
        if row.only or row.beside or row.enabled or self.once:
            run.placed.append((row, at))
        if row.name[0] not in "<(":
            run.takes(at, at + len(row.name.rstrip("[")), self.role)
        children: tuple[Piece, ...] = ()
        if row.syntax and start >= 0:
            if _is_deep(run):
                return run.too_deep(at)
            outer, run.pieces = run.pieces, []
            run.depth += 1
            rfc, run.rfc = run.rfc, row.rfc
            taken = parse(row.syntax).match(run, start)
            run.rfc = rfc
            end = end if taken == start else taken  # if no argument follows, the space does not belong to the row
            run.depth -= 1
            children, run.pieces = tuple(run.pieces), outer
        if end >= 0:
            run.pieces.append(Piece(row.name, self.kind, at, end, None, children))
            if (row.needs or row.standing) and not is_named and word_end(run.text, at) < len(run.text):
                run.suits(row, at)
        return end

    def show(self) -> str:
        return f"<{self.kind}>"


_PARTS = lazy(r'<([^>]+)>|"([^"]+)"|(\.\.\.)|([\[{])|([\]}])|(\|)|( )|([()])|([^<>"\[\]{}|() .]+)')


def _named(name: str) -> Node:
    if name in SLOTS:
        return Slot(name)
    noun = table.names("slot").get(name.upper())
    if noun is not None:
        shape = SLOTS[noun.syntax.strip("<>")]._replace(noun=noun.summary)
        return Slot(name, shape, table.readers("slot").get(noun.name.upper()))
    row = table.names("syntax").get(name.upper())
    return Rule(row) if row is not None else Table(name)


def is_known(name: str) -> bool:
    """Return whether `<name>` stands for something: a slot, a rule, or a kind of rows."""
    rows = (table.names("slot"), table.names("syntax"))
    return name in SLOTS or any(name.upper() in held for held in rows) or bool(table.names(name))


def _read(parts: list[tuple[str, ...]], close: str) -> Node:
    """Read a choice up to `close` and past it.  Raises ValueError if the brackets do not match."""
    choices: list[Node] = []
    items: list[Item] = []
    spaced = False
    while parts:
        slot, quoted, again, opener, closer, bar, space, paren, word = parts.pop(0)
        if closer:
            if closer != close:
                raise ValueError(f"{closer!r} has no opening bracket")
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
    """Return the sequence that a syntax describes.  Raises ValueError if it is not in the notation."""
    parts = [found.groups("") for found in _PARTS.finditer(notation)]
    if sum(map(len, (found.group() for found in _PARTS.finditer(notation)))) != len(notation):
        raise ValueError(f"{notation!r} is not in the notation")
    node = _read(parts, "")
    return node if isinstance(node, Sequence) else Sequence((Item(False, False, node),))


def arguments_in_clear(notation: str) -> int | None:
    """Return the number of arguments before the first that is secret, or None if none is."""
    for index, item in enumerate(parse(notation).items):
        inner = item.node.items[0].node if isinstance(item.node, Sequence) else item.node
        if isinstance(inner, Slot) and inner.shape.secret:
            return index
    return None
