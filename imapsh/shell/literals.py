"""Typed text with literals in it: what is still to be typed, and where one command ends and the next begins.

In the prompt's text a line break is LF; on the wire, and where a literal's octets are counted, it is CRLF.
"""

from __future__ import annotations

from imapsh.grammar.tokens import CRLF, DATA, LITERAL, announcement, tokenize


def to_wire(text: str) -> str:
    """The text with every line break as CRLF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def wanted(text: str) -> int | None:
    """Octets of UTF-8 that the literal at the end of a text still wants; None where none is open or announced there."""
    tokens = tokenize(to_wire(text))
    if not tokens:
        return None
    last = tokens[-1]
    if last.kind is LITERAL:
        return announcement(last.text).octets
    if last.kind is DATA:
        return announcement(tokens[-2].text).octets - len(last.text[2:].encode("utf-8", "surrogateescape"))
    return None


def announced(text: str) -> bool:
    """Whether the text ends in `{n}`, so that Enter begins the literal."""
    tokens = tokenize(to_wire(text))
    return bool(tokens) and tokens[-1].kind is LITERAL


def commands(text: str) -> list[str]:
    """The commands of a pasted text, split at line breaks outside literals, without blank ones; line breaks as CRLF."""
    wire = to_wire(text)
    found, start = [], 0
    for token in tokenize(wire):
        if token.kind is CRLF:
            found.append(wire[start : token.start])
            start = token.end
    found.append(wire[start:])
    return [command for command in found if command.strip()]
