r"""Shows what `\compare` found: a table of mailboxes, the messages that differ, and the harmless differences apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from imapsh.grammar.sequence import SequenceSet
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.render.amounts import count, size
from imapsh.render.grid import Column, table
from imapsh.render.styles import LINE_END, Fragment
from imapsh.render.view.columns import cut
from imapsh.render.view.readable import in_table
from imapsh.render.visible import folded, visible
from imapsh.shell.commands.transfer.comparing.verdicts import Pair, Unread, Verdicts
from imapsh.shell.commands.transfer.messages.identity import Mark
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.app import App

FEW = 5  #: messages of a kind that are named, unless all are

_WIDE = 110  # columns from which on sizes are in the table
_MANY = 50  # mailboxes beyond which the table has those that differ alone
_UIDS = 20  # UIDs that a line names
_SUBJECT = 40  # columns of a subject beside differences
_COUNTS = ("here", "there", "same", "alike", "missing", "extra", "changed", "not read")


class Side(NamedTuple):
    """A mailbox that was compared: its name, UIDVALIDITY or None, messages, and octets as the server states them."""

    name: str
    uidvalidity: int | None
    messages: int
    octets: int


class Compared(NamedTuple):
    """Two mailboxes that were compared; a side is None if the other account has no such mailbox."""

    ours: Side | None
    theirs: Side | None
    verdicts: Verdicts

    @property
    def differs(self) -> bool:
        """Return whether the two differ, or something could not be compared."""
        return self.ours is None or self.theirs is None or self.verdicts.differs

    @property
    def octets(self) -> tuple[int, int]:
        """The octets of ours and of theirs."""
        ours, theirs = (each.octets if each is not None else 0 for each in (self.ours, self.theirs))
        return ours, theirs

    @property
    def counts(self) -> tuple[int, ...]:
        """The numbers of the table, in the order of its columns."""
        found = self.verdicts
        here, there = (each.messages if each is not None else 0 for each in (self.ours, self.theirs))
        lost = len(found.unread) + found.undecided + sum(map(len, found.untold))
        return here, there, found.same, len(found.alike), len(found.missing), len(found.extra), len(found.changed), lost


def side(name: str, uidvalidity: int | None, marks: Sequence[Mark]) -> Side:
    """Return what is told of a mailbox that was listed."""
    return Side(name, uidvalidity, len(marks), sum(max(mark.size, 0) for mark in marks))


def tell(app: App, found: Sequence[Compared], *, every: bool, whole: bool, partly: bool) -> None:
    """Show what was found.

    `every` names all messages.  `whole` says that accounts were compared, and `partly` that not all of it could be.
    """
    if app.output.format == "json":
        for one in found:
            app.say_json("compare", _json(one))
        if whole:
            app.say_json("compare total", _totals(found))
        return
    if found:
        app.tell(_table(found, app.output.width, every=every))
        for one in found if every or len(found) == 1 else (one for one in found if one.differs):
            app.tell(_details(one, app.output.width, every=every))
        app.note(_outcome(found, partly=partly))


# -- as words


def _table(found: Sequence[Compared], width: int | None, *, every: bool) -> Iterator[Fragment]:
    """Return the table.  Columns that would be empty are left out, and mailboxes without differences if they are many.

    What is left out is in the total.
    """
    lost = any(one.counts[-1] for one in found)
    renamed = any(one.ours is None or one.theirs is None or one.ours.name != one.theirs.name for one in found)
    titles = [title for title in _COUNTS if lost or title != _COUNTS[-1]]
    sizes = ["size here", "size there"] if width is None or width >= _WIDE else []
    columns = [Column(title, least=12, inside=True) for title in ("mailbox", "counterpart")[: 1 + renamed]]
    columns += [Column(title, right=True) for title in titles + sizes]

    def row(names: Sequence[Fragment], counts: Sequence[int], octets: Sequence[int]) -> list[Fragment]:
        numbers = [(_style(title, number), f"{number:,}") for title, number in zip(titles, counts, strict=False)]
        return [*names[: 1 + renamed], *numbers, *(("number", size(each)) for each in octets[: len(sizes)])]

    some = found if every or len(found) <= _MANY else [one for one in found if one.differs]
    rows = [row(_names(one), one.counts, one.octets) for one in some]
    if len(found) == 1:
        return table(columns, rows, width)
    names = ("note", f"(total of {len(found):,})" if len(some) < len(found) else "(total)"), ("", "")
    return table(columns, rows, width, row(names, _sum(one.counts for one in found), _sum(one.octets for one in found)))


def _sum(rows: Iterable[Sequence[int]]) -> list[int]:
    return [sum(numbers) for numbers in zip(*rows, strict=True)]


def _style(title: str, number: int) -> str:
    return "status-no" if number and title in _COUNTS[4:] else "number"


def _names(one: Compared) -> tuple[Fragment, Fragment]:
    ours, theirs = (("mailbox", each.name) if each is not None else ("status-no", "(none)") for each in one[:2])
    return ours, theirs


def _details(one: Compared, width: int | None, *, every: bool) -> Iterator[Fragment]:
    """Yield lines that name the messages, a few of each kind."""
    found = one.verdicts
    heads = [f"{each.name} (UIDVALIDITY {each.uidvalidity or 'unknown'})" for each in one[:2] if each is not None]
    lines: list[str] = []
    if one.ours is not None and one.theirs is not None:
        lines += _some("missing", [(mark.uid, _named(mark)) for mark in found.missing], every)
        lines += _some("extra", [(mark.uid, _named(mark)) for mark in found.extra], every)
    lines += _some("changed", [(pair.ours.uid, _changed(pair)) for pair in found.changed], every)
    lines += _some("not read", [(each.mark.uid, _unread(each)) for each in found.unread], every)
    for uids, where in zip(found.untold, ("here", "there"), strict=True):
        lines += [f"not read  UID {_short(uids)} {where}: the server did not describe them"] if uids else []
    lines += [f"not read  {count(found.undecided, 'message')} in doubt"] if found.undecided else []
    lines += [f"harmless  {alike}"] if (alike := _harmless([one])) else []
    if lines:
        for part in folded(visible(" against ".join(heads)), width, hang=2).split("\n"):
            yield from (("mailbox", part), ("", LINE_END))
    for line in lines:
        for part in folded(f"  {line}", width, hang=12).split("\n"):
            yield from (("", part), ("", LINE_END))


def _harmless(found: Iterable[Compared]) -> str:
    """Return the harmless differences in words, those of the most messages first."""
    reasons = sum((one.verdicts.reasons for one in found), Counter[str]())
    return ", ".join(f"{reason} {number:,}" for reason, number in reasons.most_common(FEW))


def _some(kind: str, rows: Sequence[tuple[int, str]], every: bool) -> list[str]:
    few = len(rows) if every or len(rows) <= FEW + 1 else FEW
    lines = [f"{kind:<8}  {text}" for _, text in rows[:few]]
    if few < len(rows):
        rest = SequenceSet.of({uid for uid, _ in rows[few:]})
        lines.append(f"{kind:<8}  and {len(rows) - few:,} more, UID {_short(rest)} (--all names them)")
    return lines


def _short(uids: SequenceSet) -> str:
    text = str(uids[:_UIDS])
    return text if len(uids) <= _UIDS else f"{text} and others"


def _named(mark: Mark) -> str:
    return f"UID {mark.uid}  {in_table(mark.date) or 'no date'}  {mark.subject or '(no subject)'}"


def _changed(pair: Pair) -> str:
    return f"UID {pair.ours.uid}, there {pair.theirs.uid}: {'; '.join(pair.changes)}  [{_subject(pair.ours)}]"


def _subject(mark: Mark) -> str:
    return f"{mark.day} {cut(visible(mark.subject or '(no subject)'), _SUBJECT)}".strip()


def _unread(one: Unread) -> str:
    return f"UID {one.mark.uid} {'there' if one.theirs else 'here'}: {one.why}  [{_subject(one.mark)}]"


def _outcome(found: Sequence[Compared], *, partly: bool) -> str:
    """Return what was found, in one sentence."""
    alone = [sum(one.ours is not None for one in found if one.theirs is None),
             sum(one.theirs is not None for one in found if one.ours is None)]  # fmt: skip
    totals = dict(zip(_COUNTS, _sum(one.counts for one in found), strict=True))
    parts = [f"{totals[kind]:,} {kind}" for kind in _COUNTS[4:] if totals[kind]]
    parts += [f"{count(number, 'mailbox', 'mailboxes')} only {where}"
              for number, where in zip(alone, ("here", "there"), strict=True) if number]  # fmt: skip
    what = f"they differ: {', '.join(parts)}" if any(one.differs for one in found) else "no differences"
    what += " in what was compared" * partly
    read = sum(one.verdicts.read for one in found)
    others = totals["same"] + totals["alike"] + totals["changed"] - read
    how = [f"{read:,} by their octets"] * bool(read) + [f"{others:,} by header and size"] * bool(others)
    what += f"; harmless: {alike}" if len(found) > 1 and (alike := _harmless(found)) else ""
    return f"{what}; compared {' and '.join(how)}" if how else what


# -- as JSON


def _json(one: Compared) -> dict[str, Any]:
    found = one.verdicts
    return {
        "here": None if one.ours is None else one.ours._asdict(),
        "there": None if one.theirs is None else one.theirs._asdict(),
        "differs": one.differs,
        "same": found.same,
        "missing": [_message(mark) for mark in found.missing],
        "extra": [_message(mark) for mark in found.extra],
        "changed": [_pair(pair) for pair in found.changed],
        "alike": [_pair(pair) for pair in found.alike],
        "unread": [{**_message(each.mark), "side": _side(each.theirs), "why": each.why} for each in found.unread],
        "untold": {"here": str(found.untold[0]), "there": str(found.untold[1])},
        "undecided": found.undecided,
        "read": found.read,
    }


def _message(mark: Mark) -> dict[str, Any]:
    return {"uid": mark.uid, "date": mark.date, "subject": mark.subject, "size": mark.size, "flags": list(mark.flags)}


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        **_message(pair.ours), "there": pair.theirs.uid, "changes": list(pair.changes), "harmless": list(pair.harmless)
    }  # fmt: skip


def _side(theirs: bool) -> str:
    return "there" if theirs else "here"


def _totals(found: Sequence[Compared]) -> dict[str, Any]:
    counts = _sum(one.counts for one in found) if found else [0] * len(_COUNTS)
    totals: dict[str, Any] = {title.replace(" ", "_"): number for title, number in zip(_COUNTS, counts, strict=True)}
    here, there = _sum(one.octets for one in found) if found else (0, 0)
    return {"mailboxes": len(found), "differs": any(one.differs for one in found), **totals,
            "octets_here": here, "octets_there": there}  # fmt: skip
