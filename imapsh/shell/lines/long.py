"""Cuts a line that became too long for a server when a set was put into it.

Any server takes a line of 8,000 octets; many refuse a much longer one (RFC 7162 section 4).  A command about a set can
be sent as several, one after another.  A search cannot, because its keys belong together.  Neither can COPY and MOVE of
message numbers, because an EXPUNGE may come between two of them and shift the numbers of those to come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.grammar.sequence import LINE, SequenceSet
from imapsh.typed.found import SET_SLOTS

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.typed.match import Match

_CUT = frozenset(("FETCH", "STORE", "UID FETCH", "UID STORE", "UID COPY", "UID MOVE", "UID EXPUNGE"))
_TAG = 16  # octets of the tag and of the line break
_LEAST = 1000  # octets of a set in one line, whatever else stands in it


def parts(app: App, found: Match) -> list[str]:
    """Return the lines that are sent for a line: it alone, or several if it is too long; a note says so."""
    text = found.text
    octets = len(text.encode("utf-8", "surrogateescape"))
    if octets <= LINE:
        return [text]
    cut = _cut(found, octets)
    if len(cut) < 2:
        app.note(f"the line has {octets:,} octets; a server may refuse more than {LINE:,}")
        return [text]
    app.note(
        f"the line has {octets:,} octets and a server may refuse more than {LINE:,}: sent as {len(cut)} commands, "
        "one after another"
    )
    return cut


def _cut(found: Match, octets: int) -> list[str]:
    slots = [slot for slot in found.slots if slot.kind in SET_SLOTS and isinstance(slot.value, SequenceSet)]
    name = found.command.name if found.command is not None else ""
    if len(slots) != 1 or name not in _CUT or not found.complete or found.tag is not None or "\n" in found.text:
        return []
    start, end, numbers = slots[0].start, slots[0].end, slots[0].value
    assert isinstance(numbers, SequenceSet)
    room = max(LINE - _TAG - (octets - (end - start)), _LEAST)
    return [f"{found.text[:start]}{piece}{found.text[end:]}" for piece in numbers.pieces(room)]
