"""Watches the client of a conversation: gathers what is known when a line comes, and holds the line to the rules.

`Knowledge` knows what the server said.  Here is what only matters for the client: which commands certainly run, which
of them waits for a `+`, and the states in which the connection may be.  A command runs for certain if its line was
seen, and neither its reply nor the reply to a later one: a log may have lost the reply, and few servers answer out of
order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.findings import Finding
from imapsh.session import states
from imapsh.session.clients.conduct import LONGEST_IDLE, SLACK, Said, Scene, Tags, judged
from imapsh.session.clients.course import Course
from imapsh.session.clients.lines import has_initial
from imapsh.table.model import NOT_AUTHENTICATED, SELECTED, Context

if TYPE_CHECKING:
    from imapsh.grammar.responses import Response
    from imapsh.session.exchange import Exchange
    from imapsh.session.knowledge import Knowledge
    from imapsh.typed.match import Match

#: Commands that wait for a `+` before anything else may be sent.
_ASKING = frozenset({"AUTHENTICATE", "IDLE"})


class Watch:
    """The watch over one client.

    `known` is what is known of the connection; `plain` says that it has no TLS.  `heard` is true if the server's side
    is there, too; otherwise nothing is said about the time of a command.  `exact` is true as long as every octet is
    there, so that no `+` and no DONE can be missing.  `safe` is true if a login has certainly
    ended, so that no password comes any more.  `asked` is true while the server waits for an answer to AUTHENTICATE.
    """

    def __init__(self, known: Knowledge, *, plain: bool = False) -> None:
        self.heard = False
        self.exact = True
        self.safe = False
        self.asked = False
        self._known = known
        self._plain = plain
        self._course = Course()
        self._tags = Tags()
        self._running: dict[str, Exchange] = {}
        self._sure = False  # no command that was sent before the log began can still run
        self._pardoned = 0  # IDLEs that the server ended itself, so that their DONE may come too late
        self._asking: str | None = None  # the tag of the command that waits for its first `+`
        self._ended_early = False  # DONE came before the `+` of its IDLE
        self._refused = False
        self._idle_since: float | None = None

    # -- what becomes of the connection

    def greeted(self, state: str) -> None:
        """Take in the greeting."""
        self._course.begin(state)
        self._sure = True
        self.safe = state != NOT_AUTHENTICATED

    def join(self) -> None:
        """Take in that the conversation began earlier."""
        self._course.join()
        self._sure = self.safe = False
        self._refused = True

    def sent(self, exchange: Exchange, found: Match) -> None:
        """Take in that a command runs."""
        if not self.heard:
            self._course.passed(exchange.row)
            return
        self._running[exchange.tag] = exchange
        if exchange.name in _ASKING and not has_initial(found):
            self._asking = exchange.tag
        self._ended_early = self._ended_early and exchange.name != "IDLE"

    def continued(self, asks: str) -> bool:
        """Take in a `+`, and what it asks for.  Return whether it is for an IDLE that DONE has ended already."""
        if asks in ("authenticate", "idle"):
            self._asking = None
        self.asked = asks == "authenticate"
        early, self._ended_early = asks == "idle" and self._ended_early, self._ended_early and asks != "idle"
        return early

    def replied(self, exchange: Exchange, status: str) -> None:
        """Take in the tagged reply to a command, before `known` does."""
        known, row = self._known, exchange.row
        if exchange.tag in self._running:
            tags = list(self._running)
            for tag in tags[: tags.index(exchange.tag) + 1]:
                del self._running[tag]
        self._sure = True
        self._course.replied(row, status)
        if exchange.tag == self._asking:
            self._asking = None
        if exchange.name == "AUTHENTICATE":
            self._refused, self.asked = True, False
        if exchange.name == "IDLE" and (known.idling or self._idle_since is not None):
            self._pardoned += 1
            self._idle_since = None
        if exchange.name == states.LEAVES and status == "OK":
            self.safe = self._refused = False
        elif status == "OK" and row is not None and (states.REPLIES.get((row.name, "OK")) in _LOGGED_IN
                                                     or NOT_AUTHENTICATED not in row.states):  # fmt: skip
            self.safe = True

    def strange(self, response: Response) -> None:
        """Take in a tagged reply to a command that was not seen."""
        if response.tag not in self._known.tags():
            self._course.join()

    # -- what the client says

    def context(self) -> Context:
        """Return what a line is held against."""
        known, unknown = self._known, self._known.checks.joined
        asked_for = {name for one in self._running.values() for name in _enables(one)}
        enabled = known.enabled | (asked_for - _FORBIDS)  # ENABLE may be pipelined (RFC 9051 section 6.3.1)
        rev2 = known.rev2
        utf8 = unknown or rev2 or not enabled.isdisjoint({"IMAP4REV2", "UTF8=ACCEPT"}) or known.parser.utf8
        return Context(
            SELECTED,
            self._capabilities(),
            rev2,
            utf8,
            tagged=True,
            exists=self._exists(),
            enabled=None if unknown or not self.heard else enabled,
        )

    def line(self, said: Said, time: float | None) -> Iterator[Finding]:
        """Yield what is wrong with the conduct of a command line, before it runs."""
        found = said.found
        running = tuple(one for one in self._running.values() if one.tag != found.tag or one.name != found.name.upper())
        yield from judged(said, self._scene(running))
        self._pardoned = 0
        if found.tag is not None:
            yield from self._tags.take(found.tag, any(one.tag == found.tag for one in running))
        name = found.command.name if found.command is not None else ""
        if name == "AUTHENTICATE":
            self._refused = True
        if name == "IDLE":
            self._idle_since = -1.0 if time is None else time

    def done(self, time: float | None) -> Iterator[Finding]:
        """Yield what is wrong with a DONE, before `known` takes it in."""
        known = self._known
        idles = any(one.name == "IDLE" for one in known.running.values())
        since, self._idle_since = self._idle_since, None
        if not self.heard or not self._sure:
            return
        if not idles:
            if not self._pardoned:
                yield Finding("done-alone", "DONE, but no IDLE runs")
            self._pardoned = max(0, self._pardoned - 1)
        elif not known.idling:
            self._ended_early = True
            if self.exact:
                yield Finding("done-early", "DONE before the '+' of IDLE")
        lasted = _between(since, time)
        if lasted > LONGEST_IDLE + SLACK:
            yield Finding("idle-long", f"IDLE lasted {lasted / 60:.0f} minutes")

    def answer(self) -> Iterator[Finding]:
        """Yield what is wrong with the time of an answer to AUTHENTICATE."""
        if self.heard and self.exact and not self.asked:
            yield Finding("answer-early", "an answer to AUTHENTICATE before its '+'")
        self.asked = False

    # -- what is known

    def _scene(self, running: tuple[Exchange, ...]) -> Scene:
        known = self._known
        asking = self._running.get(self._asking or "")
        box = known.mailbox
        certain = known.state == SELECTED and not known.checks.blind and known.opening is None
        return Scene(
            self._course.states,
            self._capabilities(),
            known.enabled,
            running,
            asking.name if self.exact and asking is not None and asking in running else "",
            box.name if certain and box is not None and not self._moves() else None,
            self._course.opened,
            not known.secure and (self._plain or "STARTTLS" in self._capabilities()),
            self._refused or self._course.states != {NOT_AUTHENTICATED},
            known.rev2 or known.parser.utf8,
        )

    def _capabilities(self) -> frozenset[str]:
        """Return the capabilities, or none while a command runs that may change them."""
        if any(one.name in states.FORGET_CAPABILITIES or one.row is None for one in self._running.values()):
            return frozenset()
        return self._known.capabilities

    def _moves(self) -> bool:
        return any(one.row is None or one.name in states.CHANGERS for one in self._known.running.values())

    def _exists(self) -> int | None:
        """Return how many messages there are, if that is certain."""
        known = self._known
        box = known.mailbox
        if box is None or not box.counted or known.opening is not None or known.state != SELECTED or self._running:
            return None
        checks = known.checks
        return None if checks.blind or checks.muddled or checks.uncounted or known.news_any_time else box.exists


_FORBIDS = frozenset({"UIDONLY"})  # forbids something, but only once it is enabled

_LOGGED_IN = frozenset(state for (name, _), state in states.REPLIES.items() if name in ("LOGIN", "AUTHENTICATE"))


def _between(since: float | None, time: float | None) -> float:
    """Return the seconds between two times of a log; 0 if one is not known."""
    return time - since if since is not None and time is not None and since >= 0 else 0.0


def _enables(exchange: Exchange) -> Iterator[str]:
    """Yield the names that an ENABLE asks for."""
    if exchange.name == "ENABLE":
        yield from exchange.shown.raw.decode("latin-1").upper().split()[2:]
