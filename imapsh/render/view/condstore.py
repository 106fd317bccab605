"""MODIFIED: the messages that STORE has left as they are."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.condstore import Modified
from imapsh.render.view.columns import words_of
from imapsh.render.view.look import Line, Look


def modified(value: Modified, look: Look) -> Iterator[Line]:
    """Yield the messages: UIDs after UID STORE, and otherwise message numbers (RFC 7162 section 3.1.3)."""
    noun = "UID" if look.command.upper().startswith("UID ") else "message"
    yield [*words_of(f"{noun} {value} had changed before, and is left as it was", "note")]
