"""The arguments of typed commands as text, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterable

from imapsh.errors import UsageError
from imapsh.grammar.sequence import LARGEST, SequenceSet
from imapsh.table.model import SELECTED, Context

MessageSet = str | int | SequenceSet | Iterable[int]
"""Text as in `1:4,7`, a number, a set, or several numbers.  Only text and sets made of text may hold `*` and `$`."""

SECTION = re.compile(r"\[[^\]]*\]|<[^>]*>")
"""The text after the name of a FETCH item."""

_RETURN = re.compile(r"RETURN \(([^)]*)\)", re.IGNORECASE)
_WORD = re.compile(r"[^ ()]+")
_NUMERIC = re.compile(r"[-+]?[\d*][\d*:,.-]*")


def message_set(messages: MessageSet) -> SequenceSet:
    """Return an argument as a set, which may be empty.

    Raises UsageError for anything that is not a set of messages.
    """
    if isinstance(messages, str):
        return _parsed(messages)
    if isinstance(messages, SequenceSet):
        return _parsed(str(messages)) if messages else messages  # it may have been made of any numbers
    if isinstance(messages, int):
        return SequenceSet.of((messages,))
    if not isinstance(messages, Iterable):
        raise UsageError(f"{messages!r} is not a set of messages: give numbers, a SequenceSet, or text such as '1:4,7'")
    return SequenceSet.of(messages)


def _parsed(text: str) -> SequenceSet:
    try:
        return SequenceSet.parse(text)
    except ValueError as error:
        raise UsageError(f"{error}: give numbers, such as 1:4,7 or 3:*") from None


def fetch_items(items: object) -> str:
    """Return FETCH items, in parentheses if there are several.  Raises UsageError if it is not text, or has no item."""
    if not isinstance(items, str) or not items.strip():
        raise UsageError(f"{items!r} is not a list of FETCH items: give text, such as 'UID FLAGS'")
    text = items.strip()
    return text if text.startswith("(") or " " not in SECTION.sub("", text) else f"({text})"


def search_keys(text: object) -> str:
    """Return search keys as they are, unless they are certainly wrong; an unknown key may be an extension's."""
    if not isinstance(text, str) or not text.strip():
        raise UsageError(f"{text!r} is not a search: give text, such as 'UNSEEN' or 'UID 1:4,7'")
    options = _RETURN.match(text)
    if options is not None and options[1].strip() and "ALL" not in options[1].upper().split():
        raise UsageError(
            f"search() returns message numbers, and {options[0]} does not ask for them: use command() instead"
        )
    from imapsh.typed.match import match

    for problem in match(f"SEARCH {text}", Context(SELECTED, tagged=False)).errors[:1]:
        at = problem.offset - len("SEARCH ")
        word = next((word[0] for word in _WORD.finditer(text) if word.start() <= at < word.end()), "")
        if _NUMERIC.fullmatch(word):
            raise UsageError(f"expected a search key or numbers from 1 to {LARGEST}, not {word[:60]}")
    return ascii_only(text)


def mod_sequence(value: object) -> int:
    """Return a mod-sequence, which may be 0 in a command.  Raises UsageError for anything else (RFC 7162 section 7)."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise UsageError(f"{value!r} is not a mod-sequence: give a number from 0")
    return value


def ascii_only(text: str) -> str:
    """Return the text as it is.  Raises UsageError for anything but text in ASCII."""
    if not isinstance(text, str):
        raise UsageError(f"{text!r} is not text")
    if not text.isascii():
        raise UsageError(f"{text!r} is not ASCII: use command() and send it in a literal")
    return text
