"""What is being typed, read once for all who want to know: lexer, toolbar, completer, keys and history."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

from imapsh.render.lexer import typed_line
from imapsh.shell import literals
from imapsh.spec.match import Match, match
from imapsh.spec.model import Context

_KEPT = 8  # readings kept: the whole text, and the text before the cursor, of a few keystrokes
_UNDERLINED = {"error": " class:lint-error", "advice": " class:lint-advice"}


class Reading:
    """`context` tells the state of the session now; the same text in the same context is read once."""

    def __init__(self, context: Callable[[], Context]) -> None:
        self.context = context
        self._kept: dict[tuple[str, Context], Match] = {}

    def match(self, command: str) -> Match:
        """One command, its line breaks as CRLF."""
        key = (command, self.context())
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            found = self._kept[key] = match(*key)
        return found

    def last(self, text: str) -> Match:
        """The command that a text ends with, which is the one being typed."""
        pieces = literals.commands(text)
        goes_on = not text.endswith("\n") or literals.wanted(text)
        return self.match(pieces[-1] if pieces and goes_on else "")

    def without_secrets(self, text: str) -> str:
        """The text to keep: every command up to what is secret in it."""
        kept = []
        for command in literals.commands(text):
            found = self.match(command)
            end = min((start for start, _ in found.secrets), default=len(command))
            kept.append(command[:end].rstrip() if end < len(command) else command)
        return "\n".join(kept).replace("\r\n", "\n")


class TypedLexer(Lexer):
    """Colours by role, underlines what lint finds, and shows a star for every character of a secret."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def invalidation_hash(self) -> Hashable:
        """Colours change with the session's state too."""
        return self.reading.context()

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The fragments of each line."""
        lines = self.lines(document.text)
        return lambda number: lines[number] if number < len(lines) else []

    def lines(self, text: str) -> list[StyleAndTextTuples]:
        """The fragments of a text, line by line."""
        lines: list[StyleAndTextTuples] = []
        for command in _pieces(text):
            fragments = _own(command) if command.startswith("\\") else self._typed(command)
            lines.append([])
            for style, piece in fragments:
                first, *rest = piece.split("\r\n")
                lines[-1].append((style, first))
                lines.extend([(style, line)] for line in rest)
        return lines

    def _typed(self, command: str) -> list[tuple[str, str]]:
        found = self.reading.match(command)
        wrong = {problem.offset: problem.severity for problem in reversed(found.errors)}
        fragments = []
        for (style, _), token in zip(typed_line(command, found.roles, found.tokens), found.tokens, strict=True):
            lint = next((wrong[at] for at in wrong if token.start <= at < token.end), "")
            shown = f"class:{style}" if style else ""
            text = _starred(token.text) if style == "secret" else token.text
            fragments.append((shown + _UNDERLINED.get(lint, ""), text))
        return fragments


def _pieces(text: str) -> list[str]:
    """The commands of a text, blank lines kept, so that there are as many lines as in the text."""
    wire = literals.to_wire(text)
    pieces, start = [], 0
    from imapsh.grammar.tokens import CRLF, tokenize

    for token in tokenize(wire):
        if token.kind is CRLF:
            pieces.append(wire[start : token.start])
            start = token.end
    return [*pieces, wire[start:]]


def _own(command: str) -> list[tuple[str, str]]:
    name, space, rest = command.partition(" ")
    return [("class:own-command", name), ("", space + rest)]


def _starred(text: str) -> str:
    return "\r\n".join("*" * len(line) for line in text.split("\r\n"))
