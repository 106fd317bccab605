"""STATUS and NAMESPACE, and a mailbox of LIST or LSUB by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from imapsh.grammar.values import MailboxList, MailboxStatus, Namespace, Namespaces
from imapsh.render.amounts import count
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import flow
from imapsh.render.view.look import Line, Look
from imapsh.render.view.readable import name_of, plain, size
from imapsh.render.visible import visible

#: status item -> its words after the number; those of other items come after their names
_ITEMS = {"UNSEEN": "unseen", "RECENT": "recent", "DELETED": "deleted"}
#: attributes that the place of a mailbox in a tree shows already, or that have a word of their own
_CHILDREN = {"\\HASCHILDREN", "\\HASNOCHILDREN"}
_WORDS = {
    "\\SUBSCRIBED": "subscribed",
    "\\NOSELECT": "not selectable",
    "\\NONEXISTENT": "not existing",
    "\\NOINFERIORS": "takes no children",
    "\\MARKED": "marked",
    "\\UNMARKED": "unmarked",
    "\\REMOTE": "remote",
}
#: attributes of mailboxes that cannot be selected
CLOSED = {"\\NOSELECT", "\\NONEXISTENT"}


def numbers(items: Mapping[str, Any]) -> Iterator[Fragment]:
    """Yield the numbers of a STATUS: `240 messages`, `74 unseen`, `UIDNEXT 250`."""
    for name, value in items.items():
        if name == "MESSAGES" and isinstance(value, int):
            yield "number", count(value, "message")
        elif name in _ITEMS and isinstance(value, int):
            yield "number", f"{value:,} {_ITEMS[name]}"
        elif name == "SIZE" and isinstance(value, int):
            yield "number", size(value)
        else:
            yield "number", f"{visible(name)} {plain(value)}"


def status(value: MailboxStatus, look: Look) -> Iterator[Line]:
    """Yield a mailbox and its numbers."""
    words = [*numbers(value.items)] or [("nil", "(nothing)")]
    return flow([("mailbox", name_of(value.mailbox)), ("", "  ")], words, look.columns, 4, "  ")


def attributes(value: MailboxList, children: bool | None = None) -> Iterator[Fragment]:
    """Yield special uses, words for the other attributes, and extended data.

    `children` says whether some are shown below, because an attribute need not say it then; None if that is not known.
    """
    ordinary = []
    for attr in value.attrs:
        upper = attr.upper()
        if upper in _CHILDREN and children is not None:
            if upper == "\\HASCHILDREN" and not children:
                ordinary.append("has children")
            elif upper == "\\HASNOCHILDREN" and children:
                ordinary.append(visible(attr))
        elif upper in _WORDS:
            ordinary.append(_WORDS[upper])
        else:
            yield "flag", visible(attr)
    for text in ordinary:
        yield "note", text
    for label, data in value.extended.items():
        yield "note", f"{visible(label)} {plain(data)}"


def mailbox(value: MailboxList, look: Look) -> Iterator[Line]:
    """Yield one mailbox that nobody asked for, or the answer about the delimiter (RFC 9051 section 6.3.9)."""
    style = "note" if CLOSED.intersection(attr.upper() for attr in value.attrs) else "mailbox"
    words = [*attributes(value), ("note", separator(value.delimiter))]
    return flow([(style, name_of(value.mailbox)), ("", "  ")], words, look.columns, 4, "  ")


def separator(delimiter: str | None) -> str:
    """Return `delimiter /`, or that there is no hierarchy."""
    return "no hierarchy" if delimiter is None else f"delimiter {visible(delimiter)}"


def namespaces(value: Namespaces, look: Look) -> Iterator[Line]:
    """Yield a line for each namespace."""
    yield [("response", "namespaces")]
    for label, spaces in (("personal", value.personal), ("other users", value.other), ("shared", value.shared)):
        if spaces is None:
            yield [("", "  "), ("section", f"{label:<11}"), ("", "  "), ("nil", "none")]
        for space in spaces or ():
            head: Line = [("", "  "), ("section", f"{label:<11}"), ("", "  ")]
            yield from flow(head, _namespace(space), look.columns, 6, "  ")


def _namespace(space: Namespace) -> Iterator[Fragment]:
    yield "mailbox", f'"{visible(space.prefix)}"'
    yield "note", separator(space.delimiter)
    for name, values in space.extension.items():
        yield "note", f"{visible(name)} {plain(values)}"
