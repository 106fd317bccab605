"""LIST and LSUB over an account (RFC 9051 section 6.3.9; RFC 3501 section 6.3.9; RFC 5258, 5819, 6154)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from imapsh.grammar.values import MailboxList
from imapsh.server.store import DELIMITER, INBOX, Account, canonical
from imapsh.tuples import NamedTuple


class Request(NamedTuple):
    """The request of a LIST: selection options and return options in upper case, names decoded."""

    reference: str
    patterns: tuple[str, ...]
    select: frozenset[str] = frozenset()
    returns: frozenset[str] = frozenset()
    extended: bool = False


def pattern(reference: str, name: str) -> Callable[[str], bool]:
    """Return a test of mailbox names.

    `*` matches anything, `%` anything except the delimiter; INBOX has no case.  Runs of wildcards count as one
    wildcard, so matching stays quick.
    """
    joined = canonical(name if name.startswith(DELIMITER) else reference + name)
    pieces = []
    for run in re.findall(r"[*%]+|[^*%]+", joined):
        wild = run[0] in "*%"
        pieces.append((run[0] if "*" not in run else "*") if wild else run)
    capitals = [piece.upper() for piece in pieces]
    return lambda candidate: _matches(capitals if candidate == INBOX else pieces, candidate)


def _matches(pieces: list[str], candidate: str) -> bool:
    """Return whether the pieces cover the name.

    `places` holds all ends that the pieces so far may have, so there is no backtracking.
    """
    places = {0}
    for piece in pieces:
        if piece == "*":
            places = set(range(min(places), len(candidate) + 1))
        elif piece == "%":
            places = {end for start in places for end in _to_delimiter(candidate, start)}
        else:
            places = {start + len(piece) for start in places if candidate.startswith(piece, start)}
        if not places:
            return False
    return len(candidate) in places


def _to_delimiter(candidate: str, start: int) -> range:
    stop = candidate.find(DELIMITER, start)
    return range(start, (len(candidate) if stop < 0 else stop) + 1)


def mailboxes(account: Account, request: Request) -> Iterator[tuple[MailboxList, bool]]:
    """Yield the LIST responses, INBOX first, then by name; each with whether it meets the criteria itself.

    With RECURSIVEMATCH a name that does not meet them is listed for what is below it and does not match the pattern
    (RFC 9051 section 6.3.9.6).
    """
    if request.patterns == ("",) and not request.extended:
        yield MailboxList(("\\Noselect",), DELIMITER, ""), False
        return
    tests = [pattern(request.reference, name) for name in request.patterns]
    names = _candidates(account, "SUBSCRIBED" in request.select)
    listed = {name for name in names if any(test(name) for test in tests)}
    chosen = {name for name in names if _is_chosen(account, name, request)}
    below = _all_above(chosen) if "RECURSIVEMATCH" in request.select else set()
    hidden = _all_above(chosen - listed) if below else set()
    criteria = tuple(sorted(request.select - {"RECURSIVEMATCH", "REMOTE"}))
    parents = _all_above(account.mailboxes)
    for name in sorted(listed & (chosen | hidden), key=_order):
        extended = {"CHILDINFO": criteria} if name in below else {}
        shown = attributes(account, name, request, has_children=name in parents)
        yield MailboxList(shown, DELIMITER, name, extended), name in chosen


def subscribed(account: Account, reference: str, name: str) -> Iterator[MailboxList]:
    """Yield the LSUB responses.

    With `%`, a name is also listed for what is subscribed below it (RFC 3501 section 6.3.9).
    """
    test = pattern(reference, name)
    shown = set(account.subscribed)
    above = _all_above(shown) - shown if name.endswith("%") else set()
    for found in sorted(shown | above, key=_order):
        if test(found):
            yield MailboxList(("\\Noselect",) if found in above else (), DELIMITER, found)


def attributes(account: Account, name: str, request: Request, *, has_children: bool) -> tuple[str, ...]:
    """Return the attributes of one mailbox.

    They always say whether it has children and what it is for; `\\Subscribed` is there if it was asked for.
    """
    mailbox = account.mailboxes.get(name)
    found = {
        "\\NonExistent": mailbox is None,
        "\\Noselect": mailbox is not None and not mailbox.selectable,
        "\\Subscribed": name in account.subscribed and "SUBSCRIBED" in request.returns | request.select,
        "\\HasChildren" if has_children else "\\HasNoChildren": True,
    }
    use = [mailbox.use] if mailbox is not None and mailbox.use else []
    return (*(attribute for attribute, holds in found.items() if holds), *use)


def _is_chosen(account: Account, name: str, request: Request) -> bool:
    mailbox = account.mailboxes.get(name)
    if "SUBSCRIBED" in request.select and name not in account.subscribed:
        return False
    if "SPECIAL-USE" in request.select and (mailbox is None or not mailbox.use):
        return False
    return mailbox is not None or "SUBSCRIBED" in request.select


def _candidates(account: Account, with_subscribed: bool) -> set[str]:
    names = set(account.mailboxes)
    if with_subscribed:
        names |= account.subscribed | _all_above(account.subscribed)
    return names


def _all_above(names: Iterable[str]) -> set[str]:
    """Return every name that is above one of these."""
    found: set[str] = set()
    for name in names:
        end = name.rfind(DELIMITER)
        while end >= 0 and name[:end] not in found:
            found.add(name[:end])
            end = name.rfind(DELIMITER, 0, end)
    return found


def _order(name: str) -> tuple[bool, str]:
    return name != INBOX, name.casefold()
