"""ACL, LISTRIGHTS and MYRIGHTS: rights spelled out."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.acl import STANDARD, VIRTUAL, Acl, ListRights, MyRights
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import flow
from imapsh.render.view.look import Line, Look
from imapsh.render.view.readable import name_of
from imapsh.render.visible import visible, width

#: right -> what it allows (RFC 4314 section 2.1; `n`, RFC 5257 section 3.4); the last two are from RFC 2086, and newer
#: servers only repeat them
_WORDS = {
    "l": "lookup",
    "r": "read",
    "s": "seen",
    "w": "write flags",
    "i": "insert",
    "p": "post",
    "k": "create mailboxes",
    "x": "delete mailbox",
    "t": "delete messages",
    "e": "expunge",
    "a": "administer",
    "n": "annotate messages",
    "c": "create (RFC 2086)",
    "d": "delete (RFC 2086)",
}
_ORDER = "".join(_WORDS)
_WIDEST = 24  # columns of the identifiers that are aligned


def acl(value: Acl, look: Look) -> Iterator[Line]:
    """Yield a line for each identifier; for one with a dash in front, the rights that are taken from it."""
    yield [("response", "rights to"), ("", " "), ("mailbox", name_of(value.mailbox))]
    if not value.rights:
        yield [("", "  "), ("nil", "(nobody is listed)")]
    names = [width(_named(identifier)) for identifier in value.rights]
    column = max((columns for columns in names if columns <= _WIDEST), default=0)
    for identifier, rights in value.rights.items():
        name = _named(identifier)
        head: Line = [("", "  "), ("string", name), ("", " " * max(0, column - width(name)) + "  ")]
        words = [("error", "denied:")] if identifier.startswith("-") and rights else []
        yield from flow(head, [*words, *_listed(rights)], look.columns, 6)


def my_rights(value: MyRights, look: Look) -> Iterator[Line]:
    """Yield the mailbox, and what the user may do with it."""
    head: Line = [("mailbox", name_of(value.mailbox)), ("", "  "), ("note", "you may:"), ("", " ")]
    yield from flow(head, _listed(value.rights), look.columns, 4)


def my_rights_words(value: MyRights) -> str:
    """Return the letters, for a listing of many mailboxes."""
    return f"rights {visible(_shown(value.rights, _repeated(value.rights))) or '(none)'}"


def list_rights(value: ListRights, look: Look) -> Iterator[Line]:
    """Yield what an identifier always has, and what it can be given; rights that are tied together are in braces."""
    yield [("response", "rights to"), ("", " "), ("mailbox", name_of(value.mailbox)), ("", " "),
           ("response", "for"), ("", " "), ("string", _named(value.identifier))]  # fmt: skip
    repeated = _repeated(value.required + "".join(value.optional))
    yield from flow([("", "  "), ("note", "always      "), ("", "  ")], _listed(value.required), look.columns, 6)
    tied = [_shown(rights, repeated) for rights in value.optional]
    words: list[Fragment] = [("flag", _tied(rights)) for rights in sorted(tied, key=_place) if rights]
    yield from flow(
        [("", "  "), ("note", "can be given"), ("", "  ")], _commas(words or [("nil", "nothing")]), look.columns, 6
    )


def _named(identifier: str) -> str:
    return visible(identifier) or '""'


def _listed(rights: str) -> Iterator[Fragment]:
    """Yield the words of rights, with commas between."""
    shown = _shown(rights, _repeated(rights))
    words = [("flag", _word(right)) for right in shown]
    if set(STANDARD) <= set(shown):
        words = [("flag", "everything"), *(("flag", _word(right)) for right in shown if right not in STANDARD)]
    yield from _commas(words or [("nil", "nothing")])


def _tied(rights: str) -> str:
    words = ", ".join(map(_word, rights))
    return f"{{{words}}}" if len(rights) > 1 else words


def _shown(rights: str, repeated: set[str]) -> str:
    """Return the rights in their order, each once, without the virtual ones that only repeat others."""
    return "".join(sorted(set(rights) - repeated, key=_place))


def _repeated(rights: str) -> set[str]:
    """Return the virtual rights of which some member is there; a client must ignore them (RFC 4314 section 2.1.1)."""
    held = set(rights)
    return {virtual for virtual, members in VIRTUAL.items() if held.intersection(members)}


def _place(rights: str) -> int:
    """Return the place of rights in the order of the RFC, by the first of them."""
    return min((_ORDER.find(right) % 64 for right in rights), default=64)


def _word(right: str) -> str:
    return _WORDS.get(right) or f"right {visible(right)}"


def _commas(words: list[Fragment]) -> Iterator[Fragment]:
    for index, (style, text) in enumerate(words, 1):
        yield style, text + ("," if index < len(words) else "")
