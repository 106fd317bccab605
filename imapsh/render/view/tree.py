"""The mailboxes of one LIST or LSUB as one tree, with the numbers of their STATUS beside; on request as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from imapsh.grammar.responses import Response
from imapsh.grammar.values import MailboxList, MailboxStatus
from imapsh.render.amounts import count
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import GAP, flow
from imapsh.render.view.found import words
from imapsh.render.view.listing import NAME, Listing, Row
from imapsh.render.view.look import Line, Look
from imapsh.render.view.mailboxes import CLOSED, attributes, numbers, separator
from imapsh.render.view.readable import name_of
from imapsh.render.visible import width

MOST = 10_000  #: mailboxes held back; a longer list is shown as several trees
TOLD = 4 * MOST  #: responses about them that are held back


class _Node:
    """A level of a name; `listed` is None if only mailboxes below it were listed.

    `status` holds what STATUS said of it, and `beside` what other responses said, in words.
    """

    __slots__ = ("below", "beside", "listed", "name", "status")

    def __init__(self, name: str) -> None:
        self.name = name
        self.below: dict[str, _Node] = {}
        self.listed: MailboxList | None = None
        self.status: dict[str, Any] = {}
        self.beside: list[str] = []


class Tree:
    """A gatherer of LIST, LSUB, STATUS of what is listed, and other responses about it that have words."""

    def __init__(self) -> None:
        self.begun = False
        self._listing = Listing()
        self._clear()

    def _clear(self) -> None:
        self._root = _Node("")
        self._nodes: dict[str, _Node] = {}
        self._name = ""
        self._listed = 0
        self._told = 0
        self._waits = False

    @property
    def full(self) -> bool:
        """Return whether as many are held back as may be.

        One more response is awaited if it is likely to be the STATUS of the mailbox listed last.
        """
        return self._told >= TOLD or (self._listed >= MOST and (not self._waits or self._listed > MOST))

    def take(self, response: Response, look: Look) -> bool:
        """Take in a mailbox, or a response about one that was listed."""
        value = response.value
        if not isinstance(value, MailboxList):
            return self._take_more(value)
        if self._name and response.name != self._name:
            return False
        self._name = response.name
        self._waits = self._told > 0
        node = self._root
        for level in levels(value.mailbox, value.delimiter):
            node = node.below.setdefault(level, _Node(level))
        if node.listed is not None and node.listed != value:  # a mailbox that is listed twice is shown twice
            node = self._root.below.setdefault(f"{value.mailbox}\0{len(self._nodes)}", _Node(value.mailbox))
        self._listed += node.listed is None
        node.listed = value
        self._nodes[value.mailbox] = node
        return True

    def _take_more(self, value: Any) -> bool:
        """Take in the numbers of a mailbox that was listed, or what is said of it in words."""
        name = getattr(value, "mailbox", None)
        node = self._nodes.get(name) if isinstance(name, str) else None
        if node is None:
            return False
        if isinstance(value, MailboxStatus):
            node.status.update(value.items)
        elif text := words(value):
            node.beside.append(text)
        else:
            return False
        self._told += 1
        self._waits = False
        return True

    def lines(self, look: Look) -> Iterator[Line]:
        """Yield the tree, below the count."""
        if not self._nodes:
            return
        rows = list(_rows(self._root, look))
        if look.column == NAME or (look.column and any(node.status for _, node in rows)):
            yield from self._table([node for _, node in rows], look)
            return
        marks = dict.fromkeys(separator(node.listed.delimiter) for _, node in rows if node.listed is not None)
        what = count(self._listed, "mailbox", "mailboxes")
        what += self._of
        yield from flow([("response", what), ("", "  ")], [("note", mark) for mark in marks], look.columns, 4, ", ")
        most = max(width(branch) + width(_shown(node)) for branch, node in rows)
        if look.columns is not None:
            most = min(most, look.columns * 3 // 5)
        for branch, node in rows:
            yield from _row(branch, node, most, look)
        self.begun = True
        self._clear()

    @property
    def _of(self) -> str:
        """Return which command listed them, if it is not LIST."""
        return "" if self._name == "LIST" else f" of {self._name}"

    def _table(self, nodes: list[_Node], look: Look) -> Iterator[Line]:
        """Yield the mailboxes as a table, sorted and with totals."""
        rows = [Row(node.listed, node.status, node.beside) for node in nodes if node.listed is not None]
        yield from self._listing.lines(rows, self._of, look)
        self.begun = True
        self._clear()


def levels(name: str, delimiter: str | None) -> list[str]:
    """Return the levels of a name; an empty one at its beginning or end joins its neighbour (`/home`, `Lists/`)."""
    if not delimiter or delimiter not in name.strip(delimiter):
        return [name]
    inner = name.strip(delimiter)
    begin = name.index(inner)
    parts = inner.split(delimiter)
    parts[0] = name[:begin] + parts[0]
    parts[-1] += name[begin + len(inner) :]
    return parts


def _rows(root: _Node, look: Look) -> Iterator[tuple[str, _Node]]:
    """Yield each node below the root with its branch, parents first."""
    lines = look.branches
    room = None if look.columns is None else look.columns // 2
    waiting = [("", "", node) for node in reversed(root.below.values())]
    while waiting:
        branch, stem, node = waiting.pop()
        if room is not None and len(branch) > room:
            branch = "…" + branch[len(branch) - room + 1 :]
        yield branch, node
        below = list(node.below.values())
        waiting += [
            (stem + (lines.node if place else lines.last), stem + (lines.below if place else lines.blank), child)
            for place, child in enumerate(reversed(below))
        ]


def _shown(node: _Node) -> str:
    return name_of(node.name)


def _row(branch: str, node: _Node, most: int, look: Look) -> Iterator[Line]:
    listed = node.listed
    closed = listed is None or CLOSED.intersection(attr.upper() for attr in listed.attrs)
    told: list[Fragment] = [*numbers(node.status)]
    told += attributes(listed, bool(node.below)) if listed is not None else [("note", "not listed")]
    told += [("note", text) for text in node.beside]
    name = _shown(node)
    spaces = most - width(branch) - width(name) + GAP if told else 0
    head: Line = [("branch", branch), ("note" if closed else "mailbox", name), ("", " " * max(spaces, GAP))]
    if look.columns is not None and width(branch) + width(name) > look.columns:
        head = [("branch", branch)]
        told = [("note" if closed else "mailbox", name), *told]
    yield from flow(head, told, look.columns, min(width(branch) + 4, 24), "  ")
