r"""New messages in the words of `\watch -v`: from whom, and about what.

EXISTS says how many messages there are, and nothing of them.  Their envelopes are asked for when no command runs: the
new ones are the last of the mailbox, and no message can lose its number between the reply before and this command
(RFC 9051 section 7.5.1).  Messages whose UID is not above those known before are old ones, and are not told.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from imapsh.grammar.values import Address, Envelope, Fetch, UidFetch
from imapsh.hints import TYPE_CHECKING
from imapsh.patterns import lazy
from imapsh.render.amounts import count
from imapsh.session.events import Event, Received
from imapsh.shell.connection.own import Own
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.session.core import Session
    from imapsh.session.exchange import Exchange
    from imapsh.session.mailbox import Mailbox

TOGETHER = 1.0  #: seconds after the first news in which more of it is waited for
NAMED = 5  #: messages that are told one by one; the others are counted

_GROWTH = lazy(r"EXISTS (\d+) -> (\d+)")
_BLANKS = lazy(r"\s+", re.ASCII)
_FROM, _SUBJECT = 60, 100  # characters


class Arrival(NamedTuple):
    """A new message."""

    uid: int
    sender: str
    subject: str

    def __str__(self) -> str:
        return f"new: UID {self.uid}, from {self.sender or '(nobody)'}: {self.subject or '(no subject)'}"


class Arrivals:
    """The new messages of a connection's mailbox that are still to be told.

    `quietly` sends a command of ours (`Connection.quietly`).  Have `take` told each event while it is wanted.  `due` is
    their number.  `ask` sends the command for the first of them, and `told` says what came when it has its reply.
    """

    def __init__(self, session: Session, quietly: Callable[..., Exchange]) -> None:
        self._session = session
        self._quietly = quietly
        self._count = 0
        self._asked = 0
        self._box: Mailbox | None = None
        self._known = 0  # the highest UID that is not new
        self._found: dict[int, Arrival] = {}

    @property
    def due(self) -> int:
        """Return how many messages came since they were last asked for, in the mailbox that is selected now."""
        return self._count if self._session.mailbox is self._box else 0

    def take(self, event: Event) -> bool:
        """Take in an event.  Return whether it told of new messages."""
        if not isinstance(event, Received) or event.response.name != "EXISTS":
            return False
        found = _GROWTH.fullmatch(event.change)
        more = int(found[2]) - int(found[1]) if found is not None else 0
        box = self._session.mailbox
        if more <= 0 or box is None:
            return False
        if box is not self._box:
            self._box, self._count, self._known = box, 0, (box.uidnext or 1) - 1
        self._count += more
        return True

    def ask(self) -> Exchange:
        """Ask for the envelopes of the first new messages, unseen.  Raises what `Session.command` does."""
        self._asked, self._count = self._count, 0
        self._found = {}
        exists = (self._box.exists or 0) if self._box is not None else 0
        uids = "UIDONLY" in self._session.enabled
        first = self._known + 1 if uids else max(exists - self._asked + 1, 1)
        last = first + min(self._asked, NAMED) - 1
        numbers = f"{first}:{last}" if last > first else f"{first}"
        name = "UID FETCH" if uids else "FETCH"
        return self._quietly(name, [f"{numbers} (UID ENVELOPE)".encode()], Own("", self._take))

    def _take(self, event: Received) -> None:
        value = event.response.value
        if not isinstance(value, Fetch | UidFetch) or (uid := value.uid) is None or uid <= self._known:
            return
        envelope = value.items.get("ENVELOPE")
        if isinstance(envelope, Envelope) and len(self._found) < NAMED:
            self._found[uid] = Arrival(uid, _sender(envelope), _short(envelope.subject_text or "", _SUBJECT))

    def told(self, exchange: Exchange) -> tuple[list[Arrival], str]:
        """Return the messages that came, and a sentence about the others, "" if there are none."""
        found = [self._found[uid] for uid in sorted(self._found)]
        self._known = max([self._known, *self._found])
        others = self._asked - len(found)
        if exchange.status != "OK":
            return found, f"new: the server does not say from whom, and answers {exchange.name} with {exchange.status}"
        more = " more" if found else " that cannot be read, or gone again"
        return found, f"new: {count(others, 'message')}{more}" if others > 0 else ""


def _sender(envelope: Envelope) -> str:
    for addresses in (envelope.from_, envelope.sender):
        for one in addresses or ():
            if said := _address(one):
                return said
    return ""


def _address(one: Address) -> str:
    name = _short(one.name_text or "", _FROM)
    mail = _short(one.email or "", _FROM)
    return f"{name} <{mail}>" if name and mail else name or mail


def _short(text: str, most: int) -> str:
    """Return the text in one line, shortened."""
    flat = _BLANKS.sub(" ", text[: 4 * most]).strip()
    return flat if len(flat) <= most else f"{flat[: most - 3]}..."
