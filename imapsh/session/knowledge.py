"""The knowledge of a connection: its state, its capabilities, the selected mailbox and the commands that run.

Theory of operation.  A `Knowledge` is fed what both sides say, in the order of the wire, by its reader: a
session that talks to the server (`imapsh.session.core`), or a listener to others (`imapsh.session.overheard`).

    greet(response)                 until it returns with a state other than START
    sent(exchange)                  when the first octets of a command go out
    continued(literal)              when `+` comes: whose it is
    completed(exchange, response)   when a running command gets its tagged reply
    take(response)                  for any other response

It sends nothing and decides nothing.  `continued`, `completed` and `take` return the findings too, that is, what the
server did at the wrong time, or against what it said before (`imapsh.session.checks`).  So a live session and a reader
of its trace find the same.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from imapsh import table
from imapsh.findings import Finding, listed
from imapsh.grammar.responses import GARBAGE, STATUS, TAGGED, UNTAGGED, Parser, Response
from imapsh.grammar.values import Capabilities, Expunged, Fetch, MailboxList, StatusText, Vanished
from imapsh.hints import TYPE_CHECKING
from imapsh.session import conduct, states
from imapsh.session.capabilities import rev2_holds, upper
from imapsh.session.exchange import Exchange
from imapsh.session.facts import Facts
from imapsh.session.numbering import NOTHING, Shift
from imapsh.table.model import AUTHENTICATED, LOGOUT, NOT_AUTHENTICATED, SELECTED, Context
from imapsh.tuples import NamedTuple
from imapsh.wire.limits import DEFAULT

if TYPE_CHECKING:
    from imapsh.grammar.alike import Run
    from imapsh.session.checks.core import Checks
    from imapsh.session.mailbox import Mailbox

_MOST_ENABLED = 1000  # names that are remembered, whatever a server enables
_FEW_CAPABILITIES = 6  # if there are more, a change is reported in numbers: the response is shown right above

#: The effect of a response: its findings, what it changes (as a phrase), the UID of the message that a FETCH or EXPUNGE
#: is about, and the message numbers that a VANISHED takes away.  It is a plain tuple, because each FETCH makes one.
Effect = tuple[tuple[Finding, ...], str, int | None, Shift]

_NO_EFFECT: Effect = ((), "", None, NOTHING)


class Continued(NamedTuple):
    """The command that a `+` belongs to.

    `exchange` is the command that asked for it, else the first that runs.  `asks` says what it is for: "literal",
    "authenticate", "idle", or "" for nobody.  `unsolicited` is true if certainly no command waited for it.
    """

    exchange: Exchange | None
    asks: str = ""
    unsolicited: bool = False
    findings: tuple[Finding, ...] = ()


class Knowledge(Facts):
    """The knowledge of a connection: it takes in what both sides say, and keeps the facts that follow.

    `checks` compares what the server says with what it has said before.  It is loaded with the first command, so that
    the first prompt does not wait for it.
    """

    def __init__(self, *, nesting: int, secure: bool = False) -> None:
        super().__init__(make_parser(nesting), secure=secure)
        self._fresh_capabilities = False
        self._idle_answered = False  # the IDLE that runs has its `+`

    @cached_property
    def checks(self) -> Checks:
        """The checks of this connection."""
        from imapsh.session.checks.core import Checks

        return Checks(self)

    def join(self) -> None:
        """Begin in the middle of a conversation: a mailbox is taken to be selected, but nothing is known of it."""
        from imapsh.session.mailbox import Mailbox

        self.state, self.mailbox = SELECTED, Mailbox("")
        self.checks.join()

    # -- what follows from the facts

    def context(self, *, read_only: bool) -> Context:
        """Return what `typed.match` needs to know of the connection.

        If `read_only` is true, commands that change mail are refused.
        """
        state = NOT_AUTHENTICATED if self.state == states.START else self.state
        box = self.mailbox
        exists = box.exists if box is not None else None
        writable = box is not None and not box.read_only
        enabled = self.enabled
        rev2 = rev2_holds(self.capabilities, enabled)
        known = (state, self.capabilities, rev2, self.parser.utf8, read_only, None, exists, writable, enabled)
        return tuple.__new__(Context, known)  # each line of a script asks: this takes half the time of Context itself

    # -- what the client does

    def sent(self, exchange: Exchange) -> None:
        """Take in that a command is being sent."""
        self.checks.sent(exchange)
        self.running[exchange.tag] = exchange
        if exchange.name in states.OPENS:
            from imapsh.session.mailbox import opened  # a start needs none of it

            self.opening = opened(exchange, self.parser.utf8)
        elif exchange.name in states.FORGET_CAPABILITIES:
            self._fresh_capabilities = False
        elif exchange.name == "IDLE":
            self._idle_answered = False

    def give_up(self, but: Collection[Exchange | None]) -> tuple[Exchange, ...]:
        """Take in that nobody waits for the replies to the commands that run, and return these.

        An IDLE that lasts stays, and so do those of `but`.
        """
        given = [one for one in self.running.values() if one not in but and not (self.idling and one.name == "IDLE")]
        self.given_up.update((one.tag, self.running.pop(one.tag)) for one in given)
        return tuple(given)

    def done(self) -> None:
        """Take in that DONE was sent."""
        self.idling = False

    def secured(self) -> None:
        """Take in that TLS has begun: nothing that was learned before counts (RFC 9051 section 6.2.1)."""
        self.secure = True
        self.parser.utf8 = False
        self._set_capabilities(())

    def ended(self) -> None:
        """Take in that the connection has ended."""
        self.state = LOGOUT
        self.idling = False
        self.running.clear()
        self.given_up.clear()

    # -- what the server says

    def greet(self, response: Response) -> None:
        """Take in what comes before the state is known; it stays START if this is not a greeting."""
        self.greeting = self.greeting or response
        if response.kind == STATUS and response.name in states.GREETINGS:
            self.state = states.GREETINGS[response.name]
            self._code(response)
            if response.name == "BYE":
                self.bye, self.ending = response, True

    def completed(self, exchange: Exchange, response: Response) -> tuple[Finding, ...]:
        """Take in the tagged reply to a command, and return the findings; what it changes is noted in the exchange."""
        findings = self.checks.completed(exchange, response)
        if self.running.pop(exchange.tag, None) is None:
            del self.given_up[exchange.tag]
        if exchange.name == "IDLE" and not any(other.name == "IDLE" for other in self.running.values()):
            exchange.cut = self.idling or not self._idle_answered
            self.idling = False
            if exchange.cut and response.name == "OK":
                exchange.note("the server ended IDLE itself")
        if response.value.code is not None and (change := self._code(response)):
            exchange.note(change)
        box = self.opening or self.mailbox
        if box is not None and (box.highest_told or box.highest_coded) and (change := box.settle()):
            exchange.note(change)
        if exchange.name in states.MOVERS:
            self._move(exchange, response.name)
        return findings

    def continued(self, literal: Exchange | None) -> Continued:
        """Take in a `+` and return whose it is.  `literal` is the command whose literal waits for one, if any."""
        if literal is not None:
            return Continued(literal, "literal")
        for exchange in self.running.values():
            if exchange.name == "AUTHENTICATE":
                return Continued(exchange, "authenticate")
            if exchange.name == "IDLE" and not self._idle_answered:
                self.idling = self._idle_answered = True
                return Continued(exchange, "idle")
        first = next(iter(self.running.values()), None)
        unknown = first is not None and first.row is None
        if self.raw.tags or self.given_up or unknown:  # nobody knows what these ask for
            return Continued(first)
        return Continued(first, "", True, conduct.continuation() if self.checks.settled else ())

    def take(self, response: Response) -> Effect:
        """Take in a response that is not a greeting, a `+` or a reply to a running command."""
        kind = response.kind
        if kind is UNTAGGED:
            box = self.opening or self.mailbox
            value = response.value
            if type(value) is Fetch and box is not None and value.seq <= (box.exists or 0):
                return self.checks.fetch(response, value, box), "", box.learn(value), NOTHING  # the common one
            if type(value) is MailboxList and self.logged_in:
                return self.checks.mailbox(response.name, value), "", None, NOTHING  # it may come 100,000 times too
            return self._data(response, box)
        if kind is STATUS:
            value = response.value
            code = value.code if isinstance(value, StatusText) else None
            findings = self.checks.code(code) if code is not None else ()
            change = self._code(response)
            if response.name == "BYE":
                self._leave(response)
            return findings, change, None, NOTHING
        if kind is TAGGED:
            if self.raw.answered(response.tag or ""):
                self.checks.disturbed()
            elif self.checks.settled:
                return conduct.tag(response), "", None, NOTHING
        elif kind is GARBAGE:
            self.checks.garbled()
        return _NO_EFFECT

    def together(self, run: Run) -> list[int | None] | None:
        """Take in FETCH responses that are alike; return the UIDs of their messages, as far as they are known.

        Return None, and take in nothing, if each has to be taken in by itself.
        """
        box = self.opening or self.mailbox
        numbers = run.numbers
        if box is None or max(numbers) > (box.exists or 0) or not self.checks.together(run, numbers, box):
            return None
        return box.learn_run(run, numbers)

    def _data(self, response: Response, box: Mailbox | None) -> Effect:
        askers = [*self.askers(), *self.given_up.values()]
        value = response.value
        any_time = isinstance(value, Expunged | Vanished) and self.news_any_time
        untimely = conduct.untagged(response, self.state, box, askers, any_time)
        findings = self.checks.data(response, box, untimely)
        uid, change, gone = box.untagged(response.name, value) if box is not None else (None, "", NOTHING)
        if gone is not NOTHING:
            self.checks.shifted(gone)
        if isinstance(value, Capabilities):
            change = self._offered(response, value)
        return findings, change, uid, gone

    def _offered(self, response: Response, value: Capabilities) -> str:
        """Take in CAPABILITY or ENABLED; return what it changed."""
        if response.name == "CAPABILITY":
            return self._set_capabilities(value.names)
        self.enabled |= set(upper(value.names[: max(0, _MOST_ENABLED - len(self.enabled))]))
        return f"enabled {listed(value.names)}" if value.names else ""

    def _leave(self, response: Response) -> None:
        self.bye = self.bye or response
        if not any(exchange.name == "LOGOUT" for exchange in self.running.values()):
            self.ending = True
            self.state = LOGOUT
            self.left, self.mailbox = self.mailbox or self.left, None

    def _move(self, exchange: Exchange, status: str) -> None:
        """Do what a tagged reply does to the state; after a BYE that nobody asked for there is no way back."""
        if self.ending:
            return
        name = exchange.name
        if (name, status) == ("NOTIFY", "OK"):
            self._listen(exchange)
        if status == "OK" and name in states.FORGET_CAPABILITIES and not self._fresh_capabilities:
            self._set_capabilities(())
        state = states.REPLIES.get((name, status))
        if name in states.OPENS:
            box, self.opening = self.opening, None
            if status == "OK":
                self.mailbox = box
            elif state is not None:
                self.mailbox = None
        if state is None:
            return
        if state == LOGOUT:
            self.left = self.mailbox or self.left
        if state != self.state:
            exchange.note(f"{self.state} -> {state}")
        if name == states.LEAVES:
            self._leave_account()
        self.state = state
        if state != SELECTED:
            self.mailbox = None

    def _leave_account(self) -> None:
        """Take in that all is as before the login: nothing enabled, no language, no NOTIFY (RFC 8437 section 4.1)."""
        self.enabled = frozenset()
        self.notified = None
        self.parser.utf8 = self.parser.localized = False
        self.left = None

    def _listen(self, exchange: Exchange) -> None:
        """Take in a NOTIFY that was accepted.  If it cannot be read, `ANYTHING` is taken to have been asked for."""
        from imapsh.session.notified import ANYTHING, asked

        found = asked(exchange.shown, utf8=self.parser.utf8)
        self.notified = ANYTHING if found is None else found
        self.checks.listened()
        if found is not None:
            exchange.note(f"reported from here on: {found}")

    def _code(self, response: Response) -> str:
        """Take in the response code of a status response; return what it changed."""
        value = response.value
        code = value.code if isinstance(value, StatusText) else None
        if code is None:
            return ""
        if code.name == "CAPABILITY" and isinstance(code.arg, tuple):
            return self._set_capabilities(code.arg)
        if code.name == "NOTIFICATIONOVERFLOW":  # as if NOTIFY NONE had come (RFC 5465 section 5.8)
            from imapsh.session.notified import Notified

            self.notified = Notified()
            self.checks.listened()
            return "reported from here on: nothing"
        if code.name == "CLOSED":
            self.mailbox = None
            if self.opening is not None:  # what came before belonged to the old one (RFC 9051 section 7.1)
                from imapsh.session.mailbox import Mailbox

                self.opening = Mailbox(self.opening.name, self.opening.examined)
            self.state = AUTHENTICATED if self.state == SELECTED else self.state
            return ""
        if (caution := getattr(code.arg, "caution", None)) is not None:
            said: str = caution(response)
            return said
        box = self.opening or self.mailbox
        return box.code(code) if box is not None else ""

    def _set_capabilities(self, names: tuple[str, ...]) -> str:
        old = self.capabilities
        self.capability_names = names
        self.capabilities = frozenset(upper(names))
        self._fresh_capabilities = True
        if not old or not names or old == self.capabilities:
            return ""
        came = [f"+{listed([name])}" for name in names if name.upper() not in old]
        went = [f"-{listed([name])}" for name in sorted(old - self.capabilities)]
        if len(came) + len(went) > _FEW_CAPABILITIES:
            return f"capabilities: {len(came)} new, {len(went)} gone"
        return " ".join(("capabilities", *came, *went))


def make_parser(nesting: int = DEFAULT.nesting, *, utf8: bool = False) -> Parser:
    """Return a parser that reads what the table holds.

    `nesting` limits how deep parentheses may be nested.  `utf8` says that strings and names may be UTF-8 (RFC 6855).
    """
    return Parser(table.readers, utf8=utf8, nesting=nesting)
