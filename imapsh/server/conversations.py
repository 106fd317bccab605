"""The two threading algorithms of RFC 5256 section 3: ORDEREDSUBJECT and REFERENCES.

Each takes the messages found, with their numbers (or UIDs), and returns threads as `imapsh.grammar.thread.Thread` holds
them.  A conversation may be long, so nothing here is recursive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, pairwise
from typing import Any

from imapsh.server.headers import first
from imapsh.server.sorting import Numbered, Subject, sent, subject_of
from imapsh.server.store import Message

_MESSAGE_ID = re.compile(r'<\s*("(?:[^"\\]|\\.)*"|[^<>@"\s]+)@([^<>\s]+)\s*>')
_QUOTED_PAIR = re.compile(r"\\(.)")


class Node:
    """A message among others, or a dummy: one that others refer to but that was not found."""

    __slots__ = ("children", "date", "message", "number", "parent", "subject")

    def __init__(self, number: int = 0, message: Message | None = None) -> None:
        self.number = number
        self.message = message
        self.parent: Node | None = None
        self.children: list[Node] = []
        self.date = sent(message) if message is not None else 0.0
        self.subject = subject_of(message) if message is not None else Subject("", False)

    @property
    def is_dummy(self) -> bool:
        """Return whether there is no message."""
        return self.message is None

    def descends_from(self, other: Node) -> bool:
        """Return whether it is the other node, or below it."""
        node: Node | None = self
        while node is not None and node is not other:
            node = node.parent
        return node is not None

    def adopt(self, child: Node) -> None:
        """Become the parent of a node, which leaves the parent that it has."""
        if child.parent is not None:
            child.parent.children.remove(child)
        child.parent = self
        self.children.append(child)

    def key(self) -> tuple[float, int]:
        """Return what siblings are sorted by: the sent date, then the number.

        For a dummy it is that of its first child.
        """
        node = self if not self.is_dummy or not self.children else min(self.children, key=lambda one: one.key_of())
        return node.key_of()

    def key_of(self) -> tuple[float, int]:
        """Return its own sent date and number."""
        return self.date, self.number

    def thread_subject(self) -> Subject:
        """Return the base subject; for a dummy it is that of its first child."""
        return self.children[0].subject if self.is_dummy and self.children else self.subject


def message_ids(field: str) -> list[str]:
    """Return the message IDs in a header field, in one spelling: without needless quotation marks."""
    return [f"{_unquoted(local)}@{domain}" for local, domain in _MESSAGE_ID.findall(field)]


def _unquoted(local: str) -> str:
    return _QUOTED_PAIR.sub(r"\1", local[1:-1]) if local[0] == '"' else local


def references(found: Iterable[Numbered]) -> tuple[Any, ...]:
    """Do REFERENCES: the six steps in RFC 5256 section 3."""
    roots = _pruned(_linked(found))
    roots.sort(key=Node.key)  # (4)
    roots = _merged(roots)
    for node in reversed(list(_below(roots))):  # (6): the youngest siblings first
        node.children.sort(key=Node.key)
    roots.sort(key=Node.key)
    return _as_lists(roots)


def _linked(found: Iterable[Numbered]) -> list[Node]:
    """(1) Link messages by what they refer to, and (2) return those without a parent."""
    known: dict[str, Node] = {}
    nodes: list[Node] = []
    for number, message in found:
        node = Node(number, message)
        nodes.append(node)
        for name in message_ids(first(message.mime.root.fields, "message-id") or "")[:1]:
            known.setdefault(name, node)
    for node in nodes:
        assert node.message is not None
        fields = node.message.mime.root.fields
        names = message_ids(first(fields, "references") or "")
        names = names or message_ids(first(fields, "in-reply-to") or "")[:1]
        chain = [known.setdefault(name, Node()) for name in names]
        for parent, child in pairwise(chain):  # (A)
            if child.parent is None and not parent.descends_from(child):
                parent.adopt(child)
        _place(node, chain[-1] if chain else None)  # (B)
    return [node for node in {id(one): one for one in (*nodes, *known.values())}.values() if node.parent is None]


def _place(node: Node, parent: Node | None) -> None:
    """Put a message below the last that it refers to, or below none; never into a loop."""
    if node.parent is not None and node.parent is not parent:
        node.parent.children.remove(node)
        node.parent = None
    if parent is not None and node.parent is None and not parent.descends_from(node):
        parent.adopt(node)


def _below(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield all nodes, each before its children."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.children)


def _pruned(roots: list[Node]) -> list[Node]:
    """(3) Take out the dummies; one that is a root stays if it has several children."""
    for node in reversed(list(_below(roots))):
        children, node.children = node.children, []
        for child in children:
            for one in child.children if child.is_dummy else [child]:
                one.parent = node
                node.children.append(one)
    kept: list[Node] = []
    for root in roots:
        if root.is_dummy and len(root.children) < 2:
            kept += root.children
        else:
            kept.append(root)
    for root in kept:
        root.parent = None
    return kept


def _merged(roots: list[Node]) -> list[Node]:
    """(5) Gather threads that have the same subject."""
    for root in roots:
        root.children.sort(key=Node.key)
    table: dict[str, Node] = {}
    for root in roots:
        subject = root.thread_subject()
        there = table.get(subject.base)
        if subject.base and (there is None or _is_better(root, there)):
            table[subject.base] = root
    kept = dict.fromkeys(roots)
    for root in roots:
        base = root.thread_subject().base
        there = table.get(base) if base else None
        if there is None or there is root:
            continue
        del kept[root]
        if there.is_dummy and root.is_dummy:
            for child in list(root.children):
                there.adopt(child)
        elif there.is_dummy or (_is_reply(root) and not _is_reply(there)):
            there.adopt(root)
        else:
            both = table[base] = Node()
            del kept[there]
            kept[both] = None
            both.adopt(there)
            both.adopt(root)
    return list(kept)


def _is_reply(node: Node) -> bool:
    return node.thread_subject().reply


def _is_better(node: Node, there: Node) -> bool:
    """Return whether a root takes the place of another in the table of subjects."""
    return not there.is_dummy and (node.is_dummy or (_is_reply(there) and not _is_reply(node)))


def _as_lists(roots: list[Node]) -> tuple[Any, ...]:
    """Return the threads as nested tuples; a member and its only child stay in one list."""
    made: dict[int, list[Any]] = {}
    for node in reversed(list(_below(roots))):
        below = [made.pop(id(child)) for child in node.children]
        if len(below) == 1:
            members = below[0]  # the last member comes first: they are reversed at the end
        else:
            members = [tuple(reversed(one)) for one in reversed(below)]
        if not node.is_dummy:
            members.append(node.number)
        made[id(node)] = members
    return tuple(tuple(reversed(made[id(root)])) for root in roots)


def ordered_subject(found: Iterable[Numbered]) -> tuple[Any, ...]:
    """Do ORDEREDSUBJECT: group by subject.

    The first message of each group is the root, and the others are its children.
    """
    nodes = sorted((Node(number, message) for number, message in found), key=lambda one: (one.subject.base, one.key()))
    threads = [list(same) for _, same in groupby(nodes, key=lambda one: one.subject.base)]
    for root, *others in threads:
        root.children = others
    return _as_lists(sorted((thread[0] for thread in threads), key=Node.key))


#: An algorithm's name -> the function that makes threads by it.
ALGORITHMS: dict[str, Callable[[Iterable[Numbered]], tuple[Any, ...]]] = {
    "ORDEREDSUBJECT": ordered_subject,
    "REFERENCES": references,
}
