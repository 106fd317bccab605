"""MESSAGELIMIT: an OK with it is a partial result, and the view says so as clearly as a fault."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.messagelimit import MessageLimit
from imapsh.render.view.columns import words_of
from imapsh.render.view.look import Line, Look


def message_limit(value: MessageLimit, look: Look) -> Iterator[Line]:
    """Yield what must be said of the reply to a command; otherwise the limit."""
    caution = value.caution(look.response) if look.response is not None else ""
    yield [*words_of(caution or value.reading(), "error" if caution else "note")]
