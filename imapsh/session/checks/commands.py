"""Checks what a command must have brought when its OK comes (RFC 9051 section 6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from imapsh import table
from imapsh.findings import Finding, listed
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Capabilities, ESearch
from imapsh.hints import TYPE_CHECKING
from imapsh.patterns import lazy
from imapsh.session.capabilities import upper

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange
    from imapsh.session.mailbox import Mailbox

SEARCHES = frozenset({"SEARCH", "UID SEARCH"})

#: Result options that bring one ESEARCH together (RFC 9051 section 6.4.4).
_PLAIN_OPTIONS = frozenset({"MIN", "MAX", "ALL", "COUNT", "SAVE"})

_RETURN = lazy(r"\S+ (?:UID )?SEARCH RETURN \(([^()]*)\)")
_STORE = lazy(r"\S+ (?:UID )?STORE (\S+) (?:\([^()]*\) )?([+-]?FLAGS) (?:\(([^()]*)\)|([^()]+))")
_STORED = 1000  # FETCH responses to a STORE that are looked at
_REPEATED = 1 << 17  # numbers of a SEARCH that are compared with one another


class Run:
    """A command that runs, and what came while it did.

    `alone` is true while no other command runs, and nothing raw, so that all responses belong to it.  `came` counts the
    untagged responses by name; an ESEARCH with a tag counts if the tag is its own, and FETCH does not count.  `codes`
    counts the codes that came.  `garbled` is true if a line came that is not a response: it may have been the missing
    one.  `stored` holds the flags that FETCH reported while STORE ran.  `strict` is true if each FETCH must be looked
    at meanwhile, because it has to have certain items, or may not be what STORE asked for.
    """

    __slots__ = ("alone", "came", "codes", "exchange", "garbled", "goal", "progress", "stored", "strict")

    def __init__(self, exchange: Exchange, alone: bool) -> None:
        self.exchange = exchange
        self.alone = alone
        self.garbled = False
        self.came: dict[str, int] = {}
        self.codes: dict[str, int] = {}
        name = exchange.name
        self.stored: dict[int, tuple[str, ...]] | None = {} if name in ("STORE", "UID STORE") else None
        self.strict = self.stored is not None or (name == "UID FETCH" and exchange.row is not None)
        self.progress = -1
        self.goal: int | None = None

    @property
    def text(self) -> str | None:
        """The line in upper case, or None if it goes on after a literal."""
        parts = self.exchange.shown.parts
        line = parts[0] if len(parts) == 1 else b"}"
        if not isinstance(line, bytes) or line.rstrip(b"\r\n").endswith(b"}"):
            return None
        return line.decode("latin-1").rstrip("\r\n").upper()

    def store(self, key: int | None, flags: object) -> None:
        """Note what a FETCH said of a message, by its number, or its UID for UID STORE."""
        if self.stored is not None and isinstance(flags, tuple) and key is not None and len(self.stored) < _STORED:
            self.stored[key] = flags


def options(run: Run) -> Collection[str] | None:
    """Return the result options of a SEARCH, without their arguments; None if the line does not show them all."""
    text = run.text
    if text is None:
        return None
    found = _RETURN.match(text)
    if found is not None:
        return found[1].split()
    return () if " RETURN " not in text else None


def missing(run: Run) -> Iterator[Finding]:
    """Yield the finding that a response that the command asks for did not come."""
    row = run.exchange.row
    if row is None or run.garbled or not row.due or not run.came.keys().isdisjoint(row.due):
        return
    if row.name in SEARCHES:
        asked = options(run)
        if asked is None or "SAVE" in asked:  # alone it suppresses the response (RFC 9051 section 6.4.4)
            return
    # loading an extension's module defines the rule, because no response of it has come yet
    table.readers("response").get(row.due[0])
    yield Finding(f"{row.due[0].lower()}-missing", f"{row.name} was answered OK without {' or '.join(row.due)}")


def twice(run: Run) -> Iterator[Finding]:
    """Yield the finding that more than one response answers a SEARCH; only options of extensions allow that."""
    count = run.came.get("SEARCH", 0) + run.came.get("ESEARCH", 0)
    asked = options(run) if count > 1 and run.alone and run.exchange.name in SEARCHES else None
    if asked is not None and set(asked) <= _PLAIN_OPTIONS:
        yield Finding("search-twice", f"{run.exchange.name} was answered by {count} responses")


def searched(name: str, ids: Sequence[int], runs: Iterable[Run], box: Mailbox | None) -> Iterator[Finding]:
    """Check the result of a SEARCH or SORT against the messages that exist."""
    if len(ids) <= _REPEATED and len(set(ids)) < len(ids):
        yield Finding("search-repeats", f"{name} names a message twice")
    asked = list(runs)
    if len(asked) == 1 and asked[0].alone and asked[0].exchange.name == name:  # not UID SEARCH
        yield from _numbers(max(ids, default=0), box)


def esearched(value: ESearch, run: Run, box: Mailbox | None) -> Iterator[Finding]:
    """Check an ESEARCH against the command whose tag it has."""
    name = run.exchange.name
    if name == "UID SEARCH" and not value.uid:
        yield Finding("esearch-uid", f"ESEARCH for {run.exchange.tag} UID SEARCH does not say UID")
    if name not in ("SEARCH", "SORT") or value.uid:
        return
    most = [item for key, item in value.items.items() if key in ("MIN", "MAX") and isinstance(item, int)]
    found = value.items.get("ALL")
    if isinstance(found, SequenceSet):
        most += [high for _, high in found.bounds(0)]
    yield from _numbers(max(most, default=0), box)


def _numbers(highest: int, box: Mailbox | None) -> Iterator[Finding]:
    if box is not None and box.exists is not None and highest > box.exists and box.counted:
        yield Finding("message-number", f"message {highest} found, but the mailbox holds {box.exists}")


def enabled(value: Capabilities, runs: Iterable[Run]) -> Iterator[Finding]:
    """Yield the finding that extensions were enabled that no ENABLE named; CONDSTORE is a part of QRESYNC."""
    named: set[str] = {"CONDSTORE"}
    for run in runs:
        text = run.text
        if run.exchange.row is None or text is None:
            return
        if run.exchange.name == "ENABLE":
            named.update(text.split()[2:])
    unasked = [name for name in value.names if name.upper() not in named]
    if unasked:
        yield Finding("enabled-unasked", f"ENABLED {listed(unasked)}, which no ENABLE that runs named")


def offered(names: Iterable[str]) -> Iterator[Finding]:
    """Yield the finding that a capability is missing that another one requires."""
    there = set(upper(names))
    if "QRESYNC" in there and not there & {"ENABLE", "IMAP4REV2"}:
        yield Finding("enable-needed", "QRESYNC is offered, but ENABLE is not")


def stored(run: Run, code: str, box: Mailbox | None) -> Iterator[Finding]:
    """Check the flags that came against those that STORE asked for, as far as these can be changed for good.

    With MODIFIED some messages are left as they were (RFC 7162 section 3.1.3).
    """
    found = _STORE.fullmatch(run.text or "") if run.stored and run.alone else None
    if found is None or code == "MODIFIED" or box is None or box.read_only or not box.permanent_flags:
        return
    asked = set(map(str.upper, box.permanent_flags)).intersection((found[3] or found[4] or "").split())
    takes_away = found[2].startswith("-")
    faults: list[tuple[int, set[str]]] = []
    for number, flags in (run.stored or {}).items():
        have = set(map(str.upper, flags))
        if wrong := asked & have if takes_away else asked - have:
            faults.append((number, wrong))
    if not faults:
        return
    try:
        numbers = SequenceSet.parse(found[1])
    except ValueError:
        return
    if numbers.saved or any(0 in pair for pair in numbers.ranges):
        return
    for number, wrong in faults:
        if number in numbers:
            state = "still has" if takes_away else "does not have"
            what = "the message with the UID" if run.exchange.name == "UID STORE" else "message"
            yield Finding("store-flags", f"{what} {number} {state} {listed(sorted(wrong))}")


#: The checks of every command whose OK comes.
ALL: tuple[Callable[[Run], Iterator[Finding]], ...] = (missing, twice)
