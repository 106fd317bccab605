"""A role for every token of a typed line, for highlighting."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Sequence

from imapsh.grammar import tokens as kinds
from imapsh.grammar.tokens import Token
from imapsh.typed.found import Head

_BY_TOKEN = {
    kinds.SPACE: "space",
    kinds.FLAG: "flag",
    kinds.QUOTED: "string",
    kinds.OPEN_QUOTE: "string",
    kinds.LITERAL: "literal",
    kinds.FILE: "literal",
    kinds.DATA: "literal",
    kinds.LPAREN: "paren",
    kinds.RPAREN: "paren",
    kinds.LBRACKET: "paren",
    kinds.RBRACKET: "paren",
    kinds.CRLF: "space",
    kinds.BAD: "error",
}
#: The roles of tokens that have one wherever they are.
_ALWAYS = {kind: _BY_TOKEN[kind] for kind in (kinds.SPACE, kinds.LITERAL, kinds.DATA, kinds.FILE, kinds.BAD)}
_NONE = (sys.maxsize, (sys.maxsize, "", ""))  # the span after the last


def of(
    tokens: Sequence[Token],
    head: Head,
    read: dict[int, tuple[int, str, str]],
    wrong: list[int],
    secrets: Sequence[tuple[int, int]],
) -> tuple[str, ...]:
    """Return the roles of a line's tokens.

    `read` is what was read of its arguments: the end, role and noun of each by its start.  `wrong` are the offsets of
    its errors in order, and `secrets` the spans that are secret.
    """
    spans = sorted(read.items())
    spans.append(_NONE)
    roles: list[str] = []
    index = 0
    for kind, text, at in tokens:
        if (role := _ALWAYS.get(kind)) is None:
            while spans[index][1][0] <= at:
                index += 1
            begin, (_, covering, _) = spans[index]
            if at < head.start:
                role = "tag" if head.tag is not None else "text"
            elif at < head.end:
                role = "command"
            elif begin <= at:
                role = covering
            elif bisect_left(wrong, at) < bisect_left(wrong, at + len(text)):
                role = "error"
            else:
                role = _BY_TOKEN.get(kind, "text")
        roles.append(role)
    for index, token in enumerate(tokens) if secrets else ():
        if any(low <= token.start < high or token.start <= low < token.end for low, high in secrets):
            roles[index] = "space" if token.kind is kinds.SPACE else "secret"
    return tuple(roles)
