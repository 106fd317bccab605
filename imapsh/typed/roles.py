"""A role for every token of a typed line, for highlighting."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from imapsh.grammar import tokens as kinds

if TYPE_CHECKING:
    from imapsh.typed.match import Match

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


def of(match: Match, read: dict[int, tuple[int, str, str]], start: int, end: int) -> tuple[str, ...]:
    """Return the roles of a match's tokens.

    Its command goes from `start` to `end`.  `read` is what was read of its arguments: the end, role and noun of each
    by its start.
    """
    spans = [(begin, *read[begin][:2]) for begin in sorted(read)]
    wrong = sorted(problem.offset for problem in match.errors if problem.severity == "error")
    secrets = match.secrets
    roles: list[str] = []
    index = 0
    for token in match.tokens:
        while index < len(spans) and spans[index][1] <= token.start:
            index += 1
        covered = index < len(spans) and spans[index][0] <= token.start
        if secrets and any(low <= token.start < high or token.start <= low < token.end for low, high in secrets):
            role = "space" if token.kind is kinds.SPACE else "secret"
        elif token.kind in (kinds.SPACE, kinds.LITERAL, kinds.DATA, kinds.FILE, kinds.BAD):
            role = _BY_TOKEN[token.kind]
        elif token.start < start:
            role = "tag" if match.tag is not None else "text"
        elif token.start < end:
            role = "command"
        elif covered:
            role = spans[index][2]
        elif bisect_left(wrong, token.start) < bisect_left(wrong, token.end):
            role = "error"
        else:
            role = _BY_TOKEN.get(token.kind, "text")
        roles.append(role)
    return tuple(roles)
