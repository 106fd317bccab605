r"""Keeps UIDs and message numbers apart that a value put into a line: neither is ever taken for the other.

If `${uids}` stands where message numbers are due, the UID form is sent, as for the shell's `$`, and a note says so.  A
line that has no UID form, or that mixes the two, is refused.  Numbers that the person typed are theirs: nothing is
known of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imapsh import table
from imapsh.errors import UsageError
from imapsh.hints import TYPE_CHECKING
from imapsh.session.attribution import alike_names
from imapsh.shell.record.variables import NUMBERS, UIDS, Origin
from imapsh.table.model import MAILBOX_SELECTED
from imapsh.typed.found import SET_SLOTS, UID_SLOTS

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.typed.found import Piece
    from imapsh.typed.match import Match

_SHOWN = 200  # characters of a line that a note repeats

Change = tuple[int, int, str]


def fitted(app: App, line: str, origins: Sequence[Origin]) -> str:
    """Return the line as it is to be sent.

    Raises UsageError for a line that would mean other mail; nothing is to be sent then.
    """
    if not origins:
        return line
    from imapsh.typed.match import match

    found = match(line, app.context())
    changes: list[Change] = []
    names: dict[str, None] = {}
    for piece, is_key in _sets(found.pieces):
        kind = kind_of(line, piece.start, piece.end, origins)
        if found.command is not None and found.command.states == MAILBOX_SELECTED:
            of_selected(app, piece.start, piece.end, origins)
        due = UIDS if piece.kind in UID_SLOTS else NUMBERS
        if kind and kind != due:
            name = next(one.name for one in origins if piece.start <= one.start < piece.end)
            if kind == NUMBERS:
                raise _refusal(found, name, kind)
            only_uids(line, piece.start, piece.end, origins)
            changes += _changes(found, piece, is_key, name)
            names[f"${{{name}}}"] = None
    for origin in origins:
        if not any(slot.start <= origin.start and origin.end <= slot.end for slot in found.slots):
            _unread(found, line, origin)
    if not changes:
        return line
    made = changed(line, changes)
    told = made if len(made) < _SHOWN else f"{made[:_SHOWN]}..."
    app.note(f"{', '.join(names)} holds UIDs, sent as  {told}")
    return made


def kind_of(text: str, start: int, end: int, origins: Sequence[Origin]) -> str:
    """Return the kind of the set from `start` to `end`, or "" if the person typed it.

    Raises UsageError if it holds values of both kinds.
    """
    inside = [one for one in origins if start <= one.start < end]
    if len({one.kind for one in inside}) > 1:
        names = " and ".join(dict.fromkeys(f"${{{one.name}}}" for one in inside))
        raise UsageError(f"{names} are UIDs and message numbers, and cannot be combined in one set; nothing was sent")
    return inside[0].kind if inside else ""


def as_uids(
    app: App, verb: str, argument: str, numbers: str, origins: Sequence[Origin], *, uid: bool, after: int = 0
) -> bool:
    """Return whether a set of one of the shell's own commands is of UIDs; `uid` says that UID stands before it.

    The set is looked for from `after` on.
    Raises UsageError for a value that is message numbers behind UID, or belongs to another mailbox.
    """
    at = max(argument.find(numbers, after), 0)
    kind = kind_of(argument, at, at + len(numbers), origins)
    of_selected(app, at, at + len(numbers), origins)
    if kind == NUMBERS and uid:
        raise UsageError(f"these are message numbers, not UIDs: use {verb} without UID; nothing was sent")
    if kind == UIDS and not uid:
        only_uids(argument, at, at + len(numbers), origins)
        app.note(f"these are UIDs: running  {verb} UID {numbers}"[:_SHOWN])
    return kind == UIDS or uid


def of_selected(app: App, start: int, end: int, origins: Sequence[Origin]) -> None:
    """Raise UsageError if a set holds messages of another mailbox than the one that is selected."""
    box = app.session.mailbox
    for one in origins:
        if box is not None and start <= one.start < end and one.mailbox and not alike_names(one.mailbox, box.name):
            raise UsageError(
                f"${{{one.name}}} holds {one.kind} of {one.mailbox}, and {box.name} is selected, where they mean other "
                "messages: select that mailbox, or type the set itself; nothing was sent"
            )


def only_uids(text: str, start: int, end: int, origins: Sequence[Origin]) -> None:
    """Raise UsageError if a set holds numbers that were typed beside the UIDs of values."""
    inside = [one for one in origins if start <= one.start < end]
    between = zip([start, *(one.end for one in inside)], [*(one.start for one in inside), end], strict=True)
    if any(character.isdecimal() for low, high in between for character in text[low:high]):
        raise UsageError(
            f"{text[start:end][:_SHOWN]} mixes the UIDs of ${{{inside[0].name}}} with typed numbers, and a "
            "command that takes UIDs reads all of them as UIDs; nothing was sent"
        )


def _sets(pieces: Sequence[Piece], is_key: bool = False) -> Iterator[tuple[Piece, bool]]:
    """Yield the sets of a line, and whether each is a search key."""
    for piece in pieces:
        if piece.kind in SET_SLOTS:
            yield piece, is_key
        yield from _sets(piece.children, piece.kind == "search-key")


def _changes(found: Match, piece: Piece, is_key: bool, name: str) -> list[Change]:
    """Return the changes that make a set of UIDs out of a set of message numbers."""
    form = uid_form(found)
    if found.tag is not None or not (is_key or form):
        raise _refusal(found, name, UIDS)
    return [(piece.start, piece.start, "UID ")] if is_key else form


def _refusal(found: Match, name: str, kind: str) -> UsageError:
    command = found.name.upper()
    if kind == NUMBERS:
        way = f"{command.removeprefix('UID ')} takes message numbers"
    elif found.command is not None and found.command.searches:
        way = "put UID in front of it"
    else:
        way = f"UID {command} takes UIDs"
    other = UIDS if kind == NUMBERS else NUMBERS
    return UsageError(f"${{{name}}} holds {kind}, and {command} takes {other} there: {way}; nothing was sent")


def _unread(found: Match, line: str, origin: Origin) -> None:
    """Raise UsageError for a value in a part of the line that the table cannot read, if it may mean messages.

    There UIDs stand behind the word UID, or right behind a command's name that begins with it.
    """
    row = found.command
    if row is not None and not row.numbers:
        return
    words = line[: origin.start].upper().split(" ")[:-1]
    begins = words[1:] if found.tag is not None else words
    as_uids = words[-1:] == ["UID"] or (len(begins) == 2 and begins[0] == "UID" and row is None)
    if as_uids != (origin.kind == UIDS):
        raise UsageError(
            f"${{{origin.name}}} holds {origin.kind}, and imapsh cannot tell what {found.name.upper()} takes there: "
            "type the set itself; nothing was sent"
        )


def uid_form(found: Match) -> list[Change]:
    """Return the changes that give a command its UID form; empty if it has none, or is in it already."""
    if found.name.upper().startswith("UID ") or table.command(f"UID {found.name}") is None:
        return []
    start = len(found.text) - len(found.text.lstrip(" "))
    return [(start, start, "UID ")]


def changed(text: str, changes: Sequence[Change]) -> str:
    """Return the text with other text in some places; a change that is named twice is made once."""
    for start, end, instead in sorted(set(changes), reverse=True):
        text = text[:start] + instead + text[end:]
    return text
