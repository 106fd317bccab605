"""Spells out a syntax: says what each `<name>` in it stands for."""

from __future__ import annotations

from imapsh.shell.commands.help.entries import shown
from imapsh.typed.nodes import Choice, Group, Node, Repeat, Sequence
from imapsh.typed.slots import Slot
from imapsh.typed.syntax import Rule, Table, parse


def spelt(notation: str) -> dict[str, str]:
    """Return `<name>` -> what it stands for, for all in a syntax and in the named rules that it uses, in order.

    Raises ValueError if the notation is wrong.
    """
    found: dict[str, str] = {}
    waiting: list[Node] = [parse(notation)]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, Slot | Table):
            found.setdefault(node.show(), _meaning(node))
        elif isinstance(node, Rule) and node.show() not in found:
            found[node.show()] = f"{node.row.syntax}: {node.row.summary}".replace('"', "")
            waiting.append(parse(node.row.syntax))
        waiting[:0] = _below(node)
    return found


def _below(node: Node) -> list[Node]:
    if isinstance(node, Sequence):
        return [item.node for item in node.items]
    if isinstance(node, Choice):
        return list(node.nodes)
    return [node.node] if isinstance(node, Group | Repeat) else []


def _meaning(node: Slot | Table) -> str:
    if isinstance(node, Slot):
        return node.shape.noun
    return "one of " + ", ".join(shown(row.name) for row in node.rows.values())
