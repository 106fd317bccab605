"""The selected mailbox, as far as the server has described it (RFC 9051 sections 2.3, 6.3.2, 7.3, 7.4)."""

from __future__ import annotations

from array import array
from itertools import chain

from imapsh.grammar.names import spelled
from imapsh.grammar.values import Code, Count, Expunged, Fetch, Flags, UidFetch, Vanished
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.patterns import lazy
from imapsh.session.exchange import Exchange, shown
from imapsh.session.numbering import NOTHING, Numbering, Shift
from imapsh.table.model import Context
from imapsh.wire.frames import Frame

if TYPE_CHECKING:
    from imapsh.grammar.alike import Run
    from imapsh.grammar.sequence import SequenceSet


#: A command that names one mailbox, in characters that mean the same in every encoding.  So most programs need no table
#: of commands, which takes longer to import than all that they send.
_PLAIN = lazy(rb'[A-Za-z0-9]+ (?:STATUS|SELECT|EXAMINE) ("?)([A-Za-z0-9._/-]+)\1(?: \([A-Z ]+\))?\r\n\Z')


class Mailbox:
    """The selected mailbox.  Numbers are None until the server reports them.

    `unseen` is the number of the first unseen message (rev1's UNSEEN code).  `uid_of` maps message numbers to UIDs as
    far as FETCH has shown them, shifted by EXPUNGE and VANISHED in the order of the wire.  `counted` is true if
    `exists` is the server's number, less the messages that are known to be gone; it is false after a VANISHED with UIDs
    that were not known.  `examined` is true if EXAMINE opened the mailbox; `read_only` also follows what the server
    says.  `highestmodseq` follows RFC 7162 section 6: it is what the code HIGHESTMODSEQ says.  It rises to the
    mod-sequences of FETCH (`highest_told`) only at the end of a command in which the code did not come
    (`highest_coded`).
    """

    __slots__ = (
        "_modseqs", "counted", "examined", "exists", "flags", "highest_coded", "highest_told", "highestmodseq", "name",
        "numbering", "permanent_flags", "read_only", "recent", "uidnext", "uidvalidity", "unseen",
    )  # fmt: skip

    def __init__(self, name: str, read_only: bool = False) -> None:
        self.name = name
        self.examined = self.read_only = read_only
        self.exists: int | None = None
        self.recent: int | None = None
        self.unseen: int | None = None
        self.uidnext: int | None = None
        self.uidvalidity: int | None = None
        self.highestmodseq: int | None = None
        self.flags: tuple[str, ...] = ()
        self.permanent_flags: tuple[str, ...] | None = None
        self.counted = True
        self.numbering = Numbering()
        self.highest_told = 0  # the highest in a FETCH since the last tagged reply
        self.highest_coded = False  # the code HIGHESTMODSEQ came since then
        self._modseqs: dict[int, int] = {}  # by UID, of messages that have no number

    def modseq_of(self, number: int = 0, *, uid: int = 0) -> int | None:
        """Return the mod-sequence of a message by its number, or by its UID after ENABLE UIDONLY; None if unknown."""
        return self._modseqs.get(uid) if uid else self.numbering.modseq_of(number)

    def highest_of(self, uids: SequenceSet | None = None) -> int:
        """Return the highest mod-sequence that is known of the messages with these UIDs, or of all; 0 if none is."""
        known = chain(zip(self.uids, self.numbering.modseqs, strict=False), self._modseqs.items())
        return max((modseq for uid, modseq in known if uids is None or (modseq and uid in uids)), default=0)

    def uid_of(self, number: int) -> int | None:
        """Return the UID of a message number, or None if it is unknown."""
        return self.numbering.uid_of(number)

    @property
    def uids(self) -> array[int]:
        """The UIDs by message number, from the first; 0 if unknown."""
        return self.numbering.uids

    def untagged(self, name: str, value: Any) -> tuple[int | None, str, Shift]:
        """Take in mailbox or message data.

        Returns the UID of the message that a FETCH or EXPUNGE is about, as known on arrival; what changed, as a phrase;
        and what a VANISHED took away.
        """
        if isinstance(value, Fetch):
            return self.learn(value), "", NOTHING
        if isinstance(value, UidFetch):
            self._learn_modseq(value)
            return value.uid, "", NOTHING
        if name == "VANISHED" and isinstance(value, Vanished):
            return None, *self._vanish(value)
        if name == "EXPUNGE" and isinstance(value, Expunged):
            return self.uid_of(value.seq), self._expunge(value.seq), NOTHING
        return None, self._told(name, value), NOTHING

    def _told(self, name: str, value: Any) -> str:
        if name == "EXISTS" and isinstance(value, Count):
            self.counted = True
            return self._set("exists", value.number)
        if name == "RECENT" and isinstance(value, Count):
            return self._set("recent", value.number)
        if name == "FLAGS" and isinstance(value, Flags):
            return self._set("flags", value.flags)
        return ""

    def code(self, code: Code) -> str:
        """Take in a response code, and return what it changed."""
        field = _CODES.get(code.name)
        if field is not None and isinstance(code.arg, tuple if field == "permanent_flags" else int):
            self.highest_coded = self.highest_coded or field == "highestmodseq"
            return self._set(field, code.arg)
        if code.name == "NOMODSEQ":
            self.highestmodseq = None
        if code.name in ("READ-ONLY", "READ-WRITE"):
            return self._set("read_only", code.name == "READ-ONLY")
        return ""

    def _set(self, field: str, value: Any) -> str:
        old = getattr(self, field)
        setattr(self, field, value)
        if old == value or old is None or (field in ("flags", "permanent_flags") and not old):
            return ""
        if field == "read_only":
            return "now read-only" if value else "now read-write"
        if isinstance(value, tuple):
            return f"{_NAMES.get(field, field.upper())} changed"
        return f"{_NAMES.get(field, field.upper())} {old} -> {value}"

    def _expunge(self, number: int) -> str:
        self.numbering.expunge(number)
        if self.unseen is not None and number <= self.unseen:
            self.unseen = self.unseen - 1 if number < self.unseen else None  # the next one is not known
        if self.exists is not None and 0 < number <= self.exists:
            return self._set("exists", self.exists - 1)
        return ""

    def _vanish(self, value: Vanished) -> tuple[str, Shift]:
        """Take in a VANISHED.  With EARLIER nothing changes (RFC 7162 section 3.2.10.1)."""
        if value.earlier:
            return "", NOTHING
        gone = self.numbering.vanish(value.uids, self.exists or 0)
        if self._modseqs:
            self._modseqs = {uid: modseq for uid, modseq in self._modseqs.items() if uid not in value.uids}
        self.counted = self.counted and gone.told
        if self.unseen is not None:
            below = sum(min(last, self.unseen) - first + 1 for first, last in gone.ranges if first <= self.unseen)
            stays = gone.sure and not any(first <= self.unseen <= last for first, last in gone.ranges)
            self.unseen = self.unseen - below if stays else None  # the next one is not known
        if self.exists is None:
            return "", gone
        return self._set("exists", max(0, self.exists - gone.total)), gone

    def settle(self) -> str:
        """Take in the end of a command: the highest mod-sequence rises to what FETCH reported.  Return what changed."""
        told, coded = self.highest_told, self.highest_coded
        self.highest_told, self.highest_coded = 0, False
        if coded or self.highestmodseq is None or told <= self.highestmodseq:
            return ""
        return self._set("highestmodseq", told)

    def learn(self, value: Fetch) -> int | None:
        """Keep the UID and the mod-sequence if the FETCH has them.

        In any case, return the UID, or None if it is unknown.
        """
        items = value[1]  # `value.items` without a call; who looks into them makes their values
        if "MODSEQ" in items:
            self._learn_modseq(value)
        uid = items.get("UID")
        if not isinstance(uid, int):
            return self.numbering.uid_of(value.seq)
        self.numbering.learn(value.seq, uid, self.exists or 0)
        return uid

    def learn_run(self, run: Run, numbers: list[int]) -> list[int | None]:
        """Keep the UIDs and mod-sequences of responses that are alike; return the UIDs as far as they are known."""
        exists = self.exists or 0
        if run.shape.group("MODSEQ"):
            for number, modseq in zip(numbers, map(int, run.column("MODSEQ")), strict=True):
                self.highest_told = max(self.highest_told, modseq)
                self.numbering.learn_modseq(number, modseq, exists)
        if not run.shape.group("UID"):
            return [self.numbering.uid_of(number) for number in numbers] if self.uids else [None] * len(numbers)
        uids = list(map(int, run.column("UID")))
        for number, uid in zip(numbers, uids, strict=True):
            self.numbering.learn(number, uid, exists)
        return [*uids]

    def _learn_modseq(self, value: Fetch | UidFetch) -> None:
        modseq = value.items.get("MODSEQ")
        if not isinstance(modseq, int):
            return
        self.highest_told = max(self.highest_told, modseq)
        if isinstance(value, Fetch):
            self.numbering.learn_modseq(value.seq, modseq, self.exists or 0)
        elif value.uid in self._modseqs or len(self._modseqs) < _MOST:
            self._modseqs[value.uid] = modseq


_MOST = 1 << 20  # messages without a number whose mod-sequences are kept


def opened(exchange: Exchange, utf8: bool) -> Mailbox:
    """Return the mailbox that the SELECT or EXAMINE being sent will open."""
    name = name_in(exchange, utf8)
    plain = "INBOX" if name == "INBOX" else name  # which may be typed in any case (RFC 9051 section 5.1)
    return Mailbox(plain, exchange.name == "EXAMINE")


def name_in(exchange: Exchange, utf8: bool) -> str:
    """Return the mailbox that a command not sent yet names; an invalid name is shown as it was typed."""
    line = shown(exchange.fragments)
    name = named(line, utf8=utf8)
    if name is None:
        text, _ = line_of(line)
        name = decoded(text[text.upper().index(exchange.name) + len(exchange.name) :].strip(), utf8)
    return name


def named(line: Frame, *, utf8: bool) -> str | None:
    """Return the first mailbox that a command names, decoded, or None if there is none.

    If `utf8` is true, names are not in modified UTF-7.
    """
    plain = _PLAIN.match(line.parts[0]) if len(line.parts) == 1 else None  # type: ignore[arg-type] # a line is octets
    if plain is not None:
        return decoded(plain[2], utf8)
    from imapsh.typed.match import match

    text, payloads = line_of(line)
    found = match(text, Context(tagged=True, utf8=True), payloads)
    name = next((piece.value for piece in found.slots if piece.kind == "mailbox"), None)
    return None if name is None else decoded(name, utf8)


def line_of(line: Frame) -> tuple[str, list[bytes]]:
    """Return a command as `match` takes it: the text with its literals announced and left out, and the literals."""
    lines = (part.removesuffix(b"\r\n") for part in line.parts[::2] if isinstance(part, bytes))
    payloads = [part for part in line.literals if isinstance(part, bytes)]
    return b"".join(lines).decode("utf-8", "surrogateescape"), payloads


def decoded(name: object, utf8: bool) -> str:
    """Return the name of a mailbox that a typed argument stands for; it knows how it was spelled."""
    octets = name if isinstance(name, bytes) else str(name).encode("utf-8", "surrogateescape")
    return spelled(octets.decode("latin-1"), utf8=utf8)[0]


_CODES = {
    "UIDNEXT": "uidnext",
    "UIDVALIDITY": "uidvalidity",
    "UNSEEN": "unseen",
    "PERMANENTFLAGS": "permanent_flags",
    "HIGHESTMODSEQ": "highestmodseq",
}
_NAMES = {"permanent_flags": "permanent flags", "flags": "flags"}
