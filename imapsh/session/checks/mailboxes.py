"""Checks numbers of mailboxes, in SELECT and STATUS, and delimiters in LIST (RFC 9051 sections 2.3.1.1 and 7.3.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from imapsh.errors import plural
from imapsh.findings import Finding
from imapsh.grammar.values import MailboxList
from imapsh.hints import TYPE_CHECKING
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox

_MOST = 1 << 10  # mailboxes and names that are kept


class Told(NamedTuple):
    """The numbers that a server has reported of a mailbox; 0 stands for a number that it has not reported."""

    uidvalidity: int
    uidnext: int
    highestmodseq: int


class Ledger:
    """The numbers that were last reported of each mailbox, by its name."""

    def __init__(self) -> None:
        self._told: dict[str, Told] = {}
        self._delimiters: dict[str, str] = {}

    def __len__(self) -> int:
        """Return how many mailboxes and names are kept."""
        return len(self._told) + len(self._delimiters)

    def clear(self) -> None:
        """Forget all: mailboxes were made, removed or renamed, or somebody else is logged in."""
        self._told.clear()
        self._delimiters.clear()

    def told(self, name: str, now: Told, qresync: bool) -> Iterator[Finding]:
        """Take in new numbers of a mailbox.

        Without QRESYNC the highest mod-sequence may sink when its message is removed (RFC 7162 sections 3.1.2.1 and
        3.2).
        """
        before = self._told.get(name)
        if not now.uidvalidity:
            return
        if before is not None and before.uidvalidity == now.uidvalidity:
            if 0 < now.uidnext < before.uidnext:
                yield Finding("uidnext-falls", f"UIDNEXT fell from {before.uidnext} to {now.uidnext}")
            if qresync and 0 < now.highestmodseq < before.highestmodseq:
                numbers = f"from {before.highestmodseq} to {now.highestmodseq}"
                yield Finding("highestmodseq-falls", f"HIGHESTMODSEQ fell {numbers}")
            now = Told(*(new or old for new, old in zip(now, before, strict=True)))
        if len(self._told) >= _MOST and name not in self._told:
            self._told.clear()
        self._told[name] = now

    def listed(self, value: MailboxList) -> tuple[Finding, ...]:
        """Take in a LIST, and return the findings about it."""
        _, delimiter, mailbox, _ = value
        if not delimiter or not mailbox:
            return ()
        top = mailbox.partition(delimiter)[0]
        top = "INBOX" if len(top) == len("INBOX") and top.upper() == "INBOX" else top
        before = self._delimiters.get(top)
        if before == delimiter:
            return ()
        if before is None and len(self._delimiters) >= _MOST:
            self._delimiters.clear()
        self._delimiters[top] = delimiter
        if before is None:
            return ()
        return (Finding("list-delimiter", f"the delimiter below {top} was {before}, and is {delimiter} here"),)


def permanent(box: Mailbox) -> Iterator[Finding]:
    """Check that the flags that can be changed for good are among the flags of the mailbox."""
    if not box.flags or not box.permanent_flags:
        return
    there = {flag.upper() for flag in box.flags}
    for flag in box.permanent_flags:
        if flag[:1] != "\\" and flag.upper() not in there:
            yield Finding("permanentflags-flags", f"PERMANENTFLAGS has {flag}, which FLAGS does not")


def recent(box: Mailbox) -> Iterator[Finding]:
    r"""Yield the finding that \Recent, which IMAP4rev2 does not have, is among the flags of the mailbox."""
    for name, flags in (("FLAGS", box.flags), ("PERMANENTFLAGS", box.permanent_flags or ())):
        yield from recent_in(name, flags)


def recent_in(name: str, flags: Collection[str]) -> Iterator[Finding]:
    r"""Yield the finding that \Recent is among these flags of the mailbox."""
    if any(flag.upper() == "\\RECENT" for flag in flags):
        yield Finding("recent-rev2", f"{name} has \\Recent, but IMAP4rev2 is enabled")


def recently(came: Collection[str], box: Mailbox) -> Iterator[Finding]:
    """Yield the finding that more messages are recent than there are, when a command is done that brought `came`.

    RECENT may come before EXISTS, and before messages go.
    """
    sure = box.counted and not {"EXPUNGE", "VANISHED"} & set(came)
    if "RECENT" in came and sure and (box.recent or 0) > (box.exists or 0):
        are = plural(box.recent or 0, "message is", "messages are")
        yield Finding("recent-count", f"{box.recent} {are} recent, but the mailbox holds {box.exists}")
