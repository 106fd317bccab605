"""Says which mailbox of one account is which of another: by special use, prefix and delimiter.

INBOX is INBOX.  The one mailbox of a special use (RFC 6154 section 2) is the one of that use in the other account,
whatever it is called there, and what is below it goes with it.  Any other has the same name, with the prefix and the
delimiter of the other account's personal namespace (RFC 2342).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from imapsh.grammar.values import MailboxList, Namespaces
from imapsh.hints import TYPE_CHECKING
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.commands.account.walk import Box
    from imapsh.shell.connection.connection import Connection
    from imapsh.shell.connection.steps import Steps

#: Attributes that say what a mailbox is for (RFC 6154 section 2; \Important is of RFC 8457).
USES = frozenset(("\\all", "\\archive", "\\drafts", "\\flagged", "\\junk", "\\sent", "\\trash", "\\important"))

_STAND_IN = "_"  # in place of a character that is the other account's delimiter


class Style(NamedTuple):
    """How an account names a person's own mailboxes; `foreign` holds the prefixes of those that are not the person's.

    `delimiter` is "" if the account has no levels.
    """

    prefix: str = ""
    delimiter: str = "/"
    foreign: tuple[str, ...] = ()

    def owns(self, name: str) -> bool:
        """Return whether a mailbox is the person's own."""
        return not name.startswith(self.foreign) if self.foreign else True


def style(connection: Connection, why: str = "") -> Steps[Style]:
    """Return how the account of a connection names mailboxes: by NAMESPACE, else by the delimiter of LIST."""
    from imapsh.shell.connection.asking import asked

    session = connection.session
    if session.rev2 or "NAMESPACE" in session.capabilities:
        _, values = yield from asked(connection, why, "NAMESPACE", [])
        for value in values:
            if isinstance(value, Namespaces) and value.personal:
                others = [one.prefix for one in (*(value.other or ()), *(value.shared or ())) if one.prefix]
                own = value.personal[0]
                return Style(own.prefix, own.delimiter or "", tuple(others))
    _, values = yield from asked(connection, why, "LIST", [b'"" ""'])
    found = next((value.delimiter for value in values if isinstance(value, MailboxList)), "/")
    return Style("", found or "")


def translated(name: str, ours: Style, theirs: Style) -> str:
    """Return the name that a mailbox has in the other account, if nothing but prefix and delimiter differ.

    A character that is a delimiter only there becomes `_`.
    """
    if name.upper() == "INBOX":
        return "INBOX"
    levels = _levels(name, ours)
    if theirs.delimiter:
        levels = [level.replace(theirs.delimiter, _STAND_IN) for level in levels]
    made = (theirs.delimiter or _STAND_IN).join(levels)
    return theirs.prefix + made


def below(above: str, name: str, ours: Style, theirs: Style) -> str:
    """Return the name that a mailbox gets below another one of the other account.  INBOX keeps its name there."""
    levels = top(above, theirs), translated(name, ours, theirs._replace(prefix=""))
    return (theirs.delimiter or _STAND_IN).join(levels)


def top(above: str, theirs: Style) -> str:
    """Return the name of the mailbox that others go below, with the prefix of its account."""
    name = above.removesuffix(theirs.delimiter) if theirs.delimiter else above
    return name if name.startswith(theirs.prefix) else theirs.prefix + name


def is_below(name: str, above: str, of: Style) -> bool:
    """Return whether a mailbox is another one, or below it."""
    name, above = canonical(name), canonical(above)
    return name == above or name.startswith(above + (of.delimiter or _STAND_IN))


def _levels(name: str, of: Style) -> list[str]:
    """Return the names of the levels of a mailbox, without the prefix of the person's namespace."""
    if of.prefix and name.startswith(of.prefix) and name != of.prefix:
        name = name.removeprefix(of.prefix)
    return name.split(of.delimiter) if of.delimiter else [name]


class Names:
    """The mailboxes of one account as the other account has them, or would have them.

    No two of ours have the same counterpart: `clashes` names those whose counterpart belongs to another, with that
    name.
    """

    def __init__(self, ours: Sequence[Box], theirs: Sequence[Box], style: Style, their_style: Style) -> None:
        self.clashes: dict[str, str] = {}
        self._styles = style, their_style
        self._there = {canonical(box.name): box.name for box in theirs}
        self._uses = {ours_name: theirs_name for _, ours_name, theirs_name in _by_use(ours, theirs)}
        self._taken: dict[str, str] = {}
        self._found: dict[str, str] = {}
        named = [canonical(box.name) for box in ours]
        for name in sorted(named, key=lambda name: (name != "INBOX", name not in self._uses, name not in self._there)):
            self._place(name)

    def __getitem__(self, name: str) -> str:
        """Return the name of a mailbox of ours in the other account, whether it is there already or not.

        Raises KeyError for a mailbox that has none, because the name belongs to another (`clashes`).
        """
        return self._found[canonical(name)]

    def get(self, name: str) -> str | None:
        """Return the name of a mailbox of ours in the other account, or None if it belongs to another of ours."""
        return self._found.get(canonical(name))

    def is_there(self, name: str) -> bool:
        """Return whether the other account has the counterpart of a mailbox of ours."""
        found = self.get(name)
        return found is not None and canonical(found) in self._there

    def _place(self, name: str) -> None:
        candidates = list(dict.fromkeys(map(self._spelled, self._candidates(name))))
        free = [one for one in candidates if one not in self._taken]
        if not free:
            self.clashes[name] = self._taken[candidates[0]]
            return
        found = next((one for one in free if canonical(one) in self._there), free[0])
        self._found[name] = found
        self._taken[found] = name

    def _candidates(self, name: str) -> Iterable[str]:
        """Yield the names that a mailbox may have there, the best first."""
        if name == "INBOX":
            yield "INBOX"
            return
        if name in self._uses:
            yield self._uses[name]
            if self._uses[name] != translated(name, *self._styles):
                return
        ours, theirs = self._styles
        above = name
        while ours.delimiter and ours.delimiter in above:
            above = above.rpartition(ours.delimiter)[0]
            if above in self._uses:
                rest = translated(name[len(above) + 1 :], Style("", ours.delimiter), Style("", theirs.delimiter))
                yield self._uses[above] + theirs.delimiter + rest
        yield translated(name, ours, theirs)

    def _spelled(self, name: str) -> str:
        """Return a name as the other account spells it, if it has it."""
        return self._there.get(canonical(name), name)


def _by_use(ours: Sequence[Box], theirs: Sequence[Box]) -> Iterable[tuple[str, str, str]]:
    """Yield each special use that exactly one mailbox of either account has, with the names of the two."""
    here, there = _uses(ours), _uses(theirs)
    for use in sorted(here.keys() & there.keys()):
        if len(here[use]) == len(there[use]) == 1:
            yield use, here[use][0], there[use][0]


def _uses(boxes: Sequence[Box]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for box in boxes:
        if (name := canonical(box.name)) != "INBOX":
            for use in USES.intersection(map(str.lower, box.attrs)):
                found.setdefault(use, []).append(name)
    return found


def canonical(name: str) -> str:
    """Return the name of a mailbox, which of INBOX alone may be spelled in any case (RFC 9051 section 5.1)."""
    return "INBOX" if name.upper() == "INBOX" else name
