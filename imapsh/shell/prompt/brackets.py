"""Marks the bracket at the cursor and the one that belongs to it; those in quotes and literals are none."""

from __future__ import annotations

from prompt_toolkit.application import get_app
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.layout.utils import explode_text_fragments

from imapsh.grammar.tokens import LBRACKET, LPAREN, RBRACKET, RPAREN, tokenize
from imapsh.shell.lines import literals
from imapsh.shell.prompt.reading import LONG

_PAIRS = {LPAREN: (RPAREN, 1), RPAREN: (LPAREN, -1), LBRACKET: (RBRACKET, 1), RBRACKET: (LBRACKET, -1)}


def pair(text: str, cursor: int) -> tuple[int, int] | None:
    """Return the places of the bracket under the cursor, or just before it, and of its partner; None for none."""
    for place in (cursor, cursor - 1):
        if text[place : place + 1] in _PAIRS and place >= 0 and (other := _partner(text, place)) is not None:
            return place, other
    return None


def _partner(text: str, place: int) -> int | None:
    command, offset = literals.at(text, place)
    tokens = tokenize(command.text)
    index = next((index for index, token in enumerate(tokens) if token.start == offset), None)
    if index is None or tokens[index].kind not in _PAIRS:
        return None
    own = tokens[index].kind
    other, step = _PAIRS[own]
    depth = 0
    for token in tokens[index::step]:
        depth += (token.kind == own) - (token.kind == other)
        if depth == 0:
            return command.place(token.start)
    return None


class MatchingBrackets(Processor):
    """Shows a pair of brackets in the style class:matching-bracket."""

    def __init__(self) -> None:
        self._last: tuple[tuple[str, int], tuple[int, int] | None] = (("", 0), None)

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """See Processor."""
        document, fragments = transformation_input.document, transformation_input.fragments
        found = None if get_app().is_done else self.pair(document)
        for place in found or ():
            row, column = document.translate_index_to_position(place)
            if row == transformation_input.lineno:
                fragments = _marked(fragments, transformation_input.source_to_display(column))
        return Transformation(fragments)

    def pair(self, document: Document) -> tuple[int, int] | None:
        key = document.text, document.cursor_position
        if self._last[0] != key:
            self._last = key, pair(*key) if len(document.text) <= LONG else None
        return self._last[1]


def _marked(fragments: StyleAndTextTuples, column: int) -> StyleAndTextTuples:
    exploded = explode_text_fragments(fragments)
    if column < len(exploded):
        style, text, *_ = exploded[column]
        exploded[column] = (f"{style} class:matching-bracket", text)
    return exploded
