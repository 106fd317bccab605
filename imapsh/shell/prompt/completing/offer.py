"""The offers of a source, and the place that it makes them for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from imapsh.shell.record.known import Known
from imapsh.tuples import NamedTuple
from imapsh.typed.match import Match


class Offer(NamedTuple):
    """A text to put in from `start`, an offset in the command, up to the cursor.

    `label` is shown in place of `text`, `note` beside it; neither holds a control character.  `kind` is the table's or
    the slot's.  `names` are what it can be found by.  `near` is its closeness (`imapsh.shell.record.fuzzy`) to what is
    typed, if the source has looked itself; else it is worked out from `names`.  If `dimmed` is true, it cannot be used
    now, and the note says why.
    """

    text: str
    start: int
    kind: str
    note: str = ""
    label: str = ""
    names: tuple[str, ...] = ()
    near: int | None = None
    dimmed: bool = False
    style: str = ""


class Place(NamedTuple):
    """A slot that what is being typed may fill: `typed` stands from `start` to the end of the command.

    If `alone` is true, no names are expected beside it.
    """

    kind: str
    start: int
    typed: str
    alone: bool
    found: Match
    known: Known

    def offer(self, text: str, note: str = "", *, skip: int = 0, names: tuple[str, ...] = ()) -> Offer:
        """Return an offer here, behind the first `skip` characters of what is typed."""
        return Offer(text, self.start + skip, self.kind, note, names=names)


Source = Callable[[Place], Iterable[Offer]]
