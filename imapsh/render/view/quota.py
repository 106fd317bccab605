"""QUOTA: a bar for each limit.  QUOTAROOT: the quota roots of a mailbox."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.quota import Quota, QuotaRoot
from imapsh.render import amounts
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import bar, flow, words_of
from imapsh.render.view.look import Line, Look
from imapsh.render.view.readable import name_of
from imapsh.render.visible import visible, width

_KIBIBYTES = frozenset({"STORAGE", "ANNOTATION-STORAGE"})  # their unit is 1024 octets (RFC 9208 section 5)
_RESOURCE = 58  #: columns for the bar, the percentage and the words of a resource
_NOUNS = {"MESSAGE": "messages", "MAILBOX": "mailboxes"}


def quota(value: Quota, look: Look) -> Iterator[Line]:
    """Yield a line for each resource: a bar, the percentage, and usage and limit in words.

    The root has a line of its own if the terminal is too narrow to show it beside them.
    """
    title = f"quota {visible(value.root) or '(no name)'}"
    if not value.resources:
        yield [("response", title), ("", "  "), ("nil", "(no limits)")]
        return
    names = max(width(visible(name)) for name in value.resources)
    first: Line = [("response", title)]
    indent: Line = [("", " " * width(title))]
    if look.columns is not None and width(title) + names + _RESOURCE > look.columns:
        yield first
        first = indent = []
    for index, (name, (usage, limit)) in enumerate(value.resources.items()):
        head = indent if index else first
        head = [*head, ("", "  "), ("keyword", f"{visible(name):<{names}}"), ("", "  ")]
        yield from flow([*head, *bar(usage, limit), ("", "  ")], _words(name, usage, limit), look.columns, 4)


def _words(name: str, usage: int, limit: int) -> Iterator[Fragment]:
    if name in _KIBIBYTES:
        return words_of(f"{amounts.size(usage * 1024)} of {amounts.size(limit * 1024)}", "number")
    return words_of(f"{usage:,} of {limit:,} {_NOUNS.get(name, '')}".rstrip(), "number")


def quota_root(value: QuotaRoot, look: Look) -> Iterator[Line]:
    """Yield the mailbox and its quota roots; the response QUOTA of each follows."""
    head: Line = [("mailbox", name_of(value.mailbox)), ("", "  ")]
    if not value.roots:
        yield [*head, ("nil", "no quota root")]
        return
    many = "quota root" if len(value.roots) == 1 else "quota roots"
    words: list[Fragment] = [("string", visible(root) or "(no name)") for root in value.roots]
    yield from flow([*head, ("note", many), ("", " ")], words, look.columns, 4, ", ")
