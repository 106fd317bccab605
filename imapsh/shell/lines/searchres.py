r"""Does `$` for a server that keeps none: the shell's own, as SEARCHRES has it (RFC 5182; RFC 9051 section 6.4.4.1).

A server with SEARCHRES or IMAP4rev2 gets `$` and RETURN (SAVE) as they are typed.  For any other

- `$` is what the last SEARCH or UID SEARCH found, RETURN (SAVE) or not, and stays the same messages: it is kept by UID;
- `SEARCH RETURN (SAVE)` goes out without SAVE; with COUNT and no ALL, ALL is added, for `$` is then all that was found;
- `FETCH $`, `STORE $`, `COPY $`, `MOVE $` go out in their UID form; in SEARCH `$` becomes the key `UID 3:5`;
- an empty `$` is no error: in SEARCH it becomes `NOT ALL`, and any other command is not sent, for it would do nothing.

A line with a tag in front goes out as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh import table
from imapsh.grammar.sequence import SequenceSet
from imapsh.patterns import lazy
from imapsh.shell.connection.own import Own
from imapsh.shell.lines.found import set_of
from imapsh.shell.lines.sets import Change, changed, uid_form
from imapsh.shell.record.results import SEARCHES
from imapsh.typed.found import UID_SLOTS, find
from imapsh.typed.match import Match, match

if TYPE_CHECKING:
    from imapsh.session.core import Session
    from imapsh.shell.app import App
    from imapsh.shell.connection.steps import Steps
    from imapsh.typed.found import Piece

_RETURN = lazy(r"(?i)RETURN \(([^)]*)\) ?")
_UID_KEY = lazy(r"(?i)UID *\Z")


def prepared(app: App, text: str) -> Steps[tuple[str, bool]]:
    """Return the line as it is to be sent, and whether it saves its result.

    The line is "" if nothing is to be sent, and a note has said so.
    """
    session = app.session
    found = match(text, session.context())
    saves = any(piece.name == "SAVE" for piece in find(found.pieces, "search-return"))
    sets = [piece for piece in found.slots if isinstance(piece.value, SequenceSet) and piece.value.saved]
    if found.tag is not None or found.command is None or not found.complete or not (sets or saves):
        return text, saves
    if not session.capabilities and app.connection.plan.ask:
        yield app.connection.quietly("CAPABILITY", own=Own("whether the server keeps $"))
    if offers(session):
        return text, saves
    changes = _save(found) if found.command.name in SEARCHES else []
    if sets:
        saved = app.connection.results.saved
        uids = (yield from set_of(app, saved)) if saved is not None else ""
        if found.command.searches:
            changes += [_key(text, piece, uids) for piece in sets]
        elif not uids:
            app.note(f"$ is empty, so {found.name.upper()} would do nothing; nothing was sent")
            return "", False
        else:
            changes += [*uid_form(found), *((piece.start, piece.end, uids) for piece in sets)]
    line = changed(text, changes)
    missing = "SEARCHRES is not offered"
    app.note(f"{missing}: sent as  {line}" if len(line) < 200 else f"{missing}: imapsh sent its own $ instead")
    return line, saves


def offers(session: Session) -> bool:
    """Return whether the server keeps `$` itself, or it is not known what it does."""
    row = table.find("search-return", "SAVE")
    needs = row.needs if row is not None else ()
    return session.rev2 or not session.capabilities or any(name.upper() in session.capabilities for name in needs)


def _save(found: Match) -> list[Change]:
    """Return the change that makes RETURN (... SAVE ...) what a server without SEARCHRES takes."""
    options = [piece.name for piece in find(found.pieces, "search-return")]
    if "SAVE" not in options:
        return []
    place = _RETURN.search(found.text)
    assert place is not None
    left = [name for name in options if name != "SAVE"]
    if "COUNT" in left and "ALL" not in left:
        left.append("ALL")
    return [(place.start(), place.end(), f"RETURN ({' '.join(left)}) " if left else "")]


def _key(text: str, piece: Piece, uids: str) -> Change:
    """Return the change that makes the search key of a `$`, or `UID $`, a key of UIDs."""
    before = _UID_KEY.search(text, 0, piece.start) if piece.kind in UID_SLOTS else None
    return (before.start() if before is not None else piece.start, piece.end, f"UID {uids}" if uids else "NOT ALL")
