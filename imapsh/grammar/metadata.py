"""METADATA, the response and the code (RFC 5464 sections 3.2, 4.4 and 5): values, reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.findings import define
from imapsh.grammar.cursor import Cursor, Mismatch
from imapsh.grammar.mailboxes import IN_LIST, mailbox
from imapsh.grammar.names import readable
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Part, Spilled

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

define(
    "RFC 5464 §5",
    {
        "metadata-resp": "METADATA, a mailbox, and a list of entries with values, or the names of entries",
        "entry-values": "(entry SP value ...), one space between, each entry once",
        "metadata-value": "a string, a literal, a literal8 or NIL",
        "metadata-code": "METADATA and LONGENTRIES or MAXSIZE with a number, or TOOMANY or NOPRIVATE",
    },
)
define(
    "RFC 5464 §3.2",
    {"metadata-entry": "begins with /, and does not end with it; no // in it, no * and %, only ASCII, no controls"},
)

#: The faults of an entry's name: the octets, and the message.
_FAULTS = (
    (lazy(r"[*%]"), "an entry's name cannot hold * and %"),
    (lazy(r"//"), "two / in a row in an entry's name"),
    (lazy(r"(?<=.)/\Z"), "an entry's name cannot end with /"),
    (lazy(r"[\x00-\x19]"), "a control character in an entry's name"),
    (lazy(r"[^\x00-\x7f]"), "an entry's name is ASCII"),
)
_COUNTED = frozenset({"LONGENTRIES", "MAXSIZE"})
_BARE = frozenset({"TOOMANY", "NOPRIVATE"})

#: The value of an entry: text if the octets are UTF-8, else the octets; None for NIL.
Value = str | Part | None


class Metadata(NamedTuple):
    """The response METADATA: annotations of a mailbox, or of the server if `mailbox` is "".

    `entries` maps names to values, which are text if their octets are UTF-8.  A response that nobody asked for has only
    `names`, those of the entries that have changed (RFC 5464 section 4.4.2).
    """

    mailbox: str
    entries: dict[str, Value] | None = None
    names: tuple[str, ...] | None = None

    def write(self, w: Writer) -> None:
        """SP mailbox SP (entry-values / entry-list)."""
        w.raw(" ").mailbox(self.mailbox)
        for name in self.names or ():
            w.raw(" ").astring(name)
        if self.entries is not None:
            w.raw(" ").items(self.entries.items(), lambda entry: _write_entry(w, *entry))


def _write_entry(w: Writer, name: str, value: Value) -> None:
    """entry SP value."""
    w.astring(name).raw(" ")
    if isinstance(value, Spilled):
        raise UsageError(f"the value of {name!a} went to a sink and cannot be written again")
    if isinstance(value, bytes):
        w.literal(value, binary=True)
    else:
        w.nstring(value)


class MetadataLimit(NamedTuple):
    """The code METADATA, which tells of a limit (RFC 5464 sections 4.2.1 and 4.3).

    `reason` is LONGENTRIES, MAXSIZE, TOOMANY or NOPRIVATE.  For LONGENTRIES, `octets` is the size of the largest value
    that was left out.  For MAXSIZE, it is the size that a value may have.
    """

    reason: str
    octets: int | None = None

    @property
    def json(self) -> str:
        """Return the reason and the number as text, which is how JSON has always shown them."""
        return self.reason if self.octets is None else f"{self.reason} {self.octets}"

    def write(self, w: Writer) -> None:
        """SP reason [SP number]."""
        w.raw(f" {self.json}")


def metadata(c: Cursor) -> Metadata:
    """metadata-resp = "METADATA" SP mailbox SP (entry-values / entry-list)."""
    rule = "metadata-resp"
    c.space(rule)
    name = mailbox(c, IN_LIST)
    c.space(rule)
    if c.peek() == "(":
        entries: dict[str, Value] = {}
        seen: set[str] = set()
        c.items("entry-values", lambda c: _entry_value(c, entries, seen), some=True)
        c.finish(rule)
        return Metadata(name, entries)
    names: list[str] = []
    while not (names and c.at_end()):
        if names:
            c.space(rule)
        elif c.at_end():
            break
        try:
            names.append(entry(c))
        except Mismatch as mismatch:
            c.mend(mismatch)
            c.skip(closing=True)
            if c.at_end():
                break
    return Metadata(name, None, tuple(names))


def _entry_value(c: Cursor, entries: dict[str, Value], seen: set[str]) -> None:
    """entry-value = entry SP value.  The case of an entry's name does not count (RFC 5464 section 3.2)."""
    rule = "entry-values"
    start = c.pos
    name = entry(c)
    if name.lower() in seen:
        c.fail(rule, "this entry comes twice", start)
    seen.add(name.lower())
    entries.setdefault(name, None)
    c.space(rule)
    value = _value(c)
    if entries[name] is None:
        entries[name] = value


def entry(c: Cursor) -> str:
    """entry = astring, which is a path of components with a slash before each."""
    rule = "metadata-entry"
    start = c.pos
    name = c.astring(rule)
    wrong = _fault(name)
    if wrong is not None:
        c.fail(rule, wrong[1], c.place(start, wrong[0]))
    return name


def _fault(name: str) -> tuple[int, str] | None:
    """Return the place of a fault in the name of an entry and what is wrong there, or None (section 3.2)."""
    if name[:1] != "/":
        return 0, "an entry's name begins with /"
    faults = [(found.start(), message) for pattern, message in _FAULTS if (found := pattern.search(name))]
    return min(faults, default=None)


def typed_entry(text: str) -> tuple[int, str] | None:
    """Return the place of a fault in `text` as the name of an entry and what is wrong there, or None.

    After a slash at the end something is missing, so the fault is placed after it.
    """
    wrong = _fault(text)
    return (len(text), wrong[1]) if wrong is not None and text[wrong[0] :] == "/" else wrong


def _value(c: Cursor) -> Value:
    """value = nstring / literal8.  The tolerant cursor returns the text of a word or a list as it is."""
    rule = "metadata-value"
    start = c.pos
    if c.tolerant and c.peek() in (")", ""):
        return None  # the fault of the space before it is noted already
    try:
        octets = c.octets(rule)
    except Mismatch as mismatch:
        c.mend(mismatch)
        c.value(rule)
        return readable(c.text[start : c.pos])
    if not isinstance(octets, bytes) or b"\0" in octets:
        return octets
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets


def limit(c: Cursor) -> MetadataLimit:
    """resp-text-code =/ "METADATA" SP ("LONGENTRIES" SP number / "MAXSIZE" SP number / "TOOMANY" / "NOPRIVATE")."""
    rule = "metadata-code"
    c.space(rule)
    start = c.pos
    reason = c.atom(rule).upper()
    octets = None
    if reason not in _BARE | _COUNTED:
        c.fail(rule, "expected LONGENTRIES, MAXSIZE, TOOMANY or NOPRIVATE", start)
    if reason in _COUNTED or (c.peek() == " " and reason not in _BARE):
        c.space(rule)
        octets = c.number(rule)
    if c.peek() not in ("]", ""):
        c.fail(rule, "nothing more may come in this code")
    return MetadataLimit(reason, octets)
