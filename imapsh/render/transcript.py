"""Colours a transcript: server lines, typed lines, and the `C:` and `S:` in front of them.

It reads transcripts of manuals, RFCs and logs: lines with or without a marker, and literals after the line that
announces them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from imapsh.grammar.tokens import tokenize
from imapsh.render.lexer import DataStyles, server_line, typed_line
from imapsh.render.styles import Fragment

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_MARKER = re.compile(r"(\s*)([CS]:|[<>](?= ))( ?)")
_ANNOUNCES = re.compile(r"~?\{(\d{1,20})\+?\}\r?\n?\Z")
_GO_ON = re.compile(r"\+(?: |\r?$)")
_SERVER = re.compile(r"\*|\+(?: |\r?$)|\S+ (?:OK|NO|BAD)(?:[ \r\n]|$)", re.IGNORECASE)
_OURS = ("C:", ">")


def transcript(text: str) -> Iterator[Fragment]:
    """Return the fragments of a whole transcript.  Joined they are the text.  Never raises."""
    due, due_ours = 0, False  # octets of a literal that are still to come, and who sends them
    goes_on = False  # the line before ended with the last octet of a literal
    for line in _LINE.findall(text):
        marker = _MARKER.match(line)
        body = line
        if marker is not None:
            ours = marker[2] in _OURS
            yield "text", marker[1]
            yield ("margin-ours" if ours else "margin-tagged"), marker[2]
            yield "text", marker[3]
            body = line[marker.end() :]
        else:
            # between a literal's announcement and its octets the server sends '+'
            ours = due_ours and not _GO_ON.match(body) if due or goes_on else not _SERVER.match(body)
        if due and ours is due_ours:
            data, body = _octets(body, due)
            yield "data", data
            due -= _size(data)
            goes_on = not due and not body
            yield from _rest(body)
        elif goes_on and ours is due_ours:
            goes_on = False
            yield from _rest(body)
        elif body:
            yield from _line(body, ours)
        if body and (found := _ANNOUNCES.search(body)):
            due, due_ours = int(found[1]), ours


def _line(body: str, ours: bool) -> Iterator[Fragment]:
    words = body.rstrip("\r\n")
    yield from typed_line(words) if ours or not _latin1(words) else server_line(words)
    yield "text", body[len(words) :]


def _rest(body: str) -> Iterator[Fragment]:
    """Return the fragments of the text that goes on after a literal."""
    styles = DataStyles("FETCH", depth=1)
    return ((styles.style(token), token.text) for token in tokenize(body))


def _latin1(text: str) -> bool:
    return all(character <= "\xff" for character in text)


def _size(text: str) -> int:
    """Return the number of octets on the wire, on which a line ends with CRLF."""
    return len(text.encode("utf-8", "surrogatepass")) + (text.endswith("\n") and not text.endswith("\r\n"))


def _octets(body: str, due: int) -> tuple[str, str]:
    """Return the part of a line that belongs to a literal with `due` octets to come, and the rest."""
    if _size(body) <= due:
        return body, ""
    taken = 0
    for index, character in enumerate(body):
        taken += len(character.encode("utf-8", "surrogatepass"))
        if taken > due:
            return body[:index], body[index:]
    return body, ""
