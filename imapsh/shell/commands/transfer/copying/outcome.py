r"""Says what became of a `\copy` or `\move`: of one mailbox, or of several together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from imapsh.errors import ImapshError, plural
from imapsh.grammar.sequence import SequenceSet
from imapsh.hints import TYPE_CHECKING
from imapsh.render.amounts import count, size
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.app import App

_TOLD = 10  # messages whose failure is told one by one
_SET = 200  # characters of a set in a note


class Failed(NamedTuple):
    """A message that was not copied, or not removed; `box` is its mailbox."""

    box: str
    uid: int
    why: str


class Outcome:
    r"""What became of the messages.

    `verb` is `\copy` or `\move`.  `copied`, `there` and `octets` are numbers.  `failed` holds the messages that were
    refused or could not be read.  `unknown` holds UIDs by mailbox, of which nobody knows if they are there.  `left` is
    the number of messages that were not come to.  `lost` counts by target the messages that it said it has, and has
    not.  `removed` and `marked` count what `\move` took away.  `full` is what the target said if it takes no more, and
    `ended` is what ended it early.
    """

    def __init__(self, verb: str, where: str) -> None:
        self.verb = verb
        self.where = where
        self.copied = self.there = self.octets = self.left = self.removed = self.marked = self.undated = self.short = 0
        self.failed: list[Failed] = []
        self.unknown: dict[str, SequenceSet] = {}
        self.lost: dict[str, int] = {}
        self.left_out: Counter[str] = Counter()
        self.full = ""
        self.ended: ImapshError | None = None

    def fail(self, box: str, failed: dict[int, str]) -> None:
        """Add messages of a mailbox that were not copied, or not removed."""
        self.failed += [Failed(box, uid, failed[uid]) for uid in sorted(failed)]

    def doubt(self, box: str, uids: Iterable[int]) -> None:
        """Add messages whose outcome is unknown."""
        numbers = SequenceSet.of(uids)
        if numbers:
            self.unknown[box] = numbers

    def finish(self, app: App) -> str:
        """Tell it, and return the status of the line: NO if a message failed or is in doubt.

        Raises what ended it early.
        """
        app.say_json(self.verb.lstrip("\\"), self._as_json())
        self._tell(app)
        if self.ended is not None:
            raise self.ended
        if not (self.failed or self.unknown or self.full or self.lost):
            return "OK"
        app.complaint = f"{self.verb}: {self.summary}"
        return "NO"

    def _tell(self, app: App) -> None:
        for failed in self.failed[:_TOLD]:
            app.fault(f"UID {failed.uid} of {failed.box}: {failed.why}")
        if (more := len(self.failed) - _TOLD) > 0:
            app.fault(f"and {count(more, 'more message', 'more messages')} failed")
        for box, uids in self.unknown.items():
            app.fault(f"UID {_short(uids)} of {box}: the connection ended before the reply to APPEND, and nobody knows "
                      f"if they are there; {self.verb} again compares, and copies what is missing")  # fmt: skip
        for box, number in self.lost.items():
            app.fault(f"{box} has {count(number, 'message')} fewer than it should: it did not keep what it said, or "
                      "another session removed some; \\compare tells which are missing")  # fmt: skip
        for flag, messages in sorted(self.left_out.items()):
            app.note(f"{flag} of {count(messages, 'message')} was left out: {self.where} does not keep it")
        if self.undated:
            dates = plural(self.undated, "the date", "the dates")
            app.note(f"{dates} of {count(self.undated, 'message')} could not be read: the server has put its own")
        if self.short:
            app.note(f"{count(self.short, 'message')} had fewer octets than the source has stated (RFC822.SIZE): "
                     "it counts in its own way, or does not send all of them")  # fmt: skip
        if self.full:
            app.fault(f"{self.where} takes no more: {self.full}")
        app.note(self.summary)
        if self.left:
            app.note(f"{count(self.left, 'message')} {'is' if self.left == 1 else 'are'} left: the same "
                     f"{self.verb} goes on from there, and skips what is there")  # fmt: skip

    @property
    def summary(self) -> str:
        """Return a line that says how much was copied."""
        parts = [f"copied {count(self.copied, 'message')}, {size(self.octets)}, to {self.where}"]
        parts += [f"{self.there:,} {'was' if self.there == 1 else 'were'} there already"] if self.there else []
        if self.verb == "\\move":
            parts.append(f"{self.removed:,} removed here")
        if self.marked:
            parts.append(f"{self.marked:,} only marked \\Deleted, because the server has no UIDPLUS: EXPUNGE removes "
                         "them, with all others that are so marked")  # fmt: skip
        parts += [f"{len(self.failed):,} failed"] if self.failed else []
        return "; ".join(parts)

    def _as_json(self) -> dict[str, object]:
        return {
            "to": self.where, "copied": self.copied, "octets": self.octets, "there": self.there,
            "removed": self.removed, "marked": self.marked, "left": self.left,
            "failed": [failed._asdict() for failed in self.failed],
            "unknown": {box: str(uids) for box, uids in self.unknown.items()},
            "lost": self.lost, "short": self.short,
            "left_out": dict(self.left_out), "full": self.full, "ended": str(self.ended or ""),
        }  # fmt: skip


def _short(uids: SequenceSet) -> str:
    text = str(uids)
    return text if len(text) <= _SET else f"{text[:_SET]}..."
