"""What is known of a connection: its state, its capabilities, the selected mailbox and the commands that run.

Theory of operation.  A `Knowledge` is fed what both sides say, in the order of the wire, by its reader: a
session that talks to the server (`imapsh.session.core`), or a reader of traces (`imapsh.shell.modes.follow`).

    greet(response)                 until it returns with a state other than START
    sent(exchange)                  when the first octets of a command go out
    continued(literal)              when `+` comes: whose it is
    completed(exchange, response)   when a running command gets its tagged reply
    take(response)                  for any other response

It sends nothing and decides nothing.  `continued` and `take` return the findings too, that is, what the server did at
the wrong time.  So a live session and a reader of its trace find the same.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from imapsh import table
from imapsh.findings import Finding
from imapsh.grammar.responses import STATUS, TAGGED, UNTAGGED, Parser, Response
from imapsh.grammar.values import Capabilities, Fetch, StatusText
from imapsh.session import conduct, states
from imapsh.session.capabilities import rev2_holds, upper
from imapsh.session.exchange import Exchange
from imapsh.session.mailbox import Mailbox, opened
from imapsh.session.numbering import NOTHING, Shift
from imapsh.session.rawtags import RawTags
from imapsh.table.model import AUTHENTICATED, LOGOUT, NOT_AUTHENTICATED, SELECTED, Context
from imapsh.tuples import NamedTuple
from imapsh.wire.limits import DEFAULT

if TYPE_CHECKING:
    from imapsh.session.notified import Notified

_FEW_CAPABILITIES = 6  # more than that, and a change is told in numbers: the response stands right above

#: What a response does: its findings, what it changes (as a phrase), the UID of the message that a FETCH or EXPUNGE is
#: about, and the message numbers that a VANISHED takes away.  A plain tuple, for one is made of each FETCH.
Effect = tuple[tuple[Finding, ...], str, int | None, Shift]

_NO_EFFECT: Effect = ((), "", None, NOTHING)


class Continued(NamedTuple):
    """Whose a `+` is.

    `exchange` is the command that asked for it, else the first that runs.  `asks` says what it is for: "literal",
    "authenticate", "idle", or "" for nobody.  `unsolicited` is true if certainly no command waited for it.
    """

    exchange: Exchange | None
    asks: str = ""
    unsolicited: bool = False
    findings: tuple[Finding, ...] = ()


class Knowledge:
    """What both sides have said so far comes to.

    `state` is one of `imapsh.table.model`, or `states.START` before the greeting.  `capabilities` are in upper case and
    empty if they are not known; `capability_names` are as the server wrote them.  `enabled` holds what ENABLE brought.
    `notified` is what the last NOTIFY asked for, None before the first.

    `mailbox` is the selected mailbox, `opening` the one that a SELECT under way asks for, and `left` the one that was
    selected when BYE or LOGOUT ended it.  `running` holds the commands that have no tagged reply yet, by tag, in the
    order in which they were sent, and `given_up` those whose reply nobody waits for any more.  `raw` holds the tags of
    what was sent in no command.  `idling` is true between the `+` of IDLE and DONE.

    `greeting` is the server's first response, `bye` its BYE.  `ending` is true if nobody asked for that BYE: only the
    end of the stream is still due then.  `secure` is true if nobody can listen.  `parser` reads as ENABLE asks it to.
    """

    def __init__(self, *, nesting: int, secure: bool = False) -> None:
        self.secure = secure
        self.state = states.START
        self.capabilities: frozenset[str] = frozenset()
        self.capability_names: tuple[str, ...] = ()
        self.enabled: frozenset[str] = frozenset()
        self.notified: Notified | None = None
        self.mailbox: Mailbox | None = None
        self.opening: Mailbox | None = None
        self.left: Mailbox | None = None
        self.running: dict[str, Exchange] = {}
        self.given_up: dict[str, Exchange] = {}
        self.raw = RawTags()
        self.idling = False
        self.greeting: Response | None = None
        self.bye: Response | None = None
        self.ending = False
        self.parser = make_parser(nesting)
        self._fresh_capabilities = False
        self._idle_answered = False  # the IDLE that runs has its `+`

    def join(self) -> None:
        """Begin in the middle of a conversation: a mailbox is taken to be selected of which nothing is known."""
        self.state, self.mailbox = SELECTED, Mailbox("")

    # -- what follows from it

    def context(self, *, read_only: bool) -> Context:
        """Return what `typed.match` needs to know of the connection.  `read_only`: commands that change are refused."""
        state = NOT_AUTHENTICATED if self.state == states.START else self.state
        box = self.mailbox
        exists = box.exists if box is not None else None
        writable = box is not None and not box.read_only
        return Context(
            state,
            self.capabilities,
            self.rev2,
            self.parser.utf8,
            read_only,
            exists=exists,
            writable=writable,
            enabled=self.enabled,
        )

    @property
    def rev2(self) -> bool:
        """Whether IMAP4rev2 holds: it was enabled, or the server offers nothing older (RFC 9051 appendix E)."""
        return rev2_holds(self.capabilities, self.enabled)

    @property
    def logged_in(self) -> bool:
        """Whether somebody is logged in."""
        return self.state in (AUTHENTICATED, SELECTED)

    @property
    def news_any_time(self) -> bool:
        """Whether messages may go while no command runs.

        They may if only UIDs are used (RFC 9586), or if NOTIFY asked to be told at once (RFC 5465 section 5.3).
        """
        return "UIDONLY" in self.enabled or (self.notified is not None and self.notified.any_time)

    def tags(self) -> Collection[str]:
        """Return the tags for which a reply may come."""
        return {*self.running, *self.raw.tags, *self.given_up}

    def replied_to(self, response: Response) -> Exchange | None:
        """Return the command that a tagged reply ends, if any; it may be late."""
        tag = response.tag or ""
        return self.running.get(tag) or self.given_up.get(tag)

    def askers(self) -> Collection[Exchange]:
        """Return what may have asked for a response: the commands that run, and what was sent raw."""
        running: Collection[Exchange] = self.running.values()
        return [*running, self.raw.exchange] if self.raw.tags else running

    # -- what the client does

    def sent(self, exchange: Exchange) -> None:
        """Take in that a command is being sent."""
        self.running[exchange.tag] = exchange
        if exchange.name in states.OPENS:
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
        """Take in what comes before the state is known; it stays START if this is no greeting."""
        self.greeting = self.greeting or response
        if response.kind == STATUS and response.name in states.GREETINGS:
            self.state = states.GREETINGS[response.name]
            self._code(response)
            if response.name == "BYE":
                self.bye, self.ending = response, True

    def completed(self, exchange: Exchange, response: Response) -> None:
        """Take in the tagged reply to a command; what it changes is noted in the exchange."""
        if self.running.pop(exchange.tag, None) is None:
            del self.given_up[exchange.tag]
        if exchange.name == "IDLE" and not any(other.name == "IDLE" for other in self.running.values()):
            self.idling = False
        if change := self._code(response):
            exchange.note(change)
        box = self.opening or self.mailbox
        if box is not None and (change := box.settle()):
            exchange.note(change)
        self._move(exchange, response.name)

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
        return Continued(first, "", True, conduct.continuation())

    def take(self, response: Response) -> Effect:
        """Take in a response that is no greeting, no `+` and no reply to a running command."""
        kind = response.kind
        if kind is UNTAGGED:
            box = self.opening or self.mailbox
            value = response.value
            if type(value) is Fetch and box is not None and value.seq <= (box.exists or 0):
                return (), "", box.learn(value), NOTHING  # the common one, of which there is nothing else to say
            return self._data(response, box)
        if kind is STATUS:
            change = self._code(response)
            if response.name == "BYE":
                self._leave(response)
            return (), change, None, NOTHING
        if kind is TAGGED and not self.raw.answered(response.tag or ""):
            return conduct.tag(response), "", None, NOTHING
        return _NO_EFFECT

    def _data(self, response: Response, box: Mailbox | None) -> Effect:
        askers = [*self.askers(), *self.given_up.values()]
        findings = conduct.untagged(response, self.state, box, askers, self.news_any_time)
        uid, change, gone = box.untagged(response.name, response.value) if box is not None else (None, "", NOTHING)
        return findings, change or self._offered(response), uid, gone

    def _offered(self, response: Response) -> str:
        """Take in CAPABILITY or ENABLED; return what it changed."""
        value = response.value
        if not isinstance(value, Capabilities):
            return ""
        if response.name == "CAPABILITY":
            return self._set_capabilities(value.names)
        self.enabled |= set(upper(value.names))
        return "enabled " + " ".join(value.names) if value.names else ""

    def _leave(self, response: Response) -> None:
        self.bye = self.bye or response
        if not any(exchange.name == "LOGOUT" for exchange in self.running.values()):
            self.ending = True
            self.state = LOGOUT
            self.left, self.mailbox = self.mailbox or self.left, None

    def _move(self, exchange: Exchange, status: str) -> None:
        """Do what a tagged reply does to the state."""
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
        """Take in that all is as before the login: what was enabled, the language and NOTIFY (RFC 8437 section 4.1)."""
        self.enabled = frozenset()
        self.notified = None
        self.parser.utf8 = self.parser.localized = False
        self.left = None

    def _listen(self, exchange: Exchange) -> None:
        """Take in a NOTIFY that was accepted; of one that cannot be read, the most is taken to have been asked for."""
        from imapsh.session.notified import ANYTHING, asked

        found = asked(exchange.shown, utf8=self.parser.utf8)
        self.notified = ANYTHING if found is None else found
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
            return "reported from here on: nothing"
        if code.name == "CLOSED":
            self.mailbox = None
            if self.opening is not None:  # what came before was about the old one (RFC 9051 section 7.1)
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
        came = [f"+{name}" for name in names if name.upper() not in old]
        went = [f"-{name}" for name in sorted(old - self.capabilities)]
        if len(came) + len(went) > _FEW_CAPABILITIES:
            return f"capabilities: {len(came)} new, {len(went)} gone"
        return " ".join(("capabilities", *came, *went))


def make_parser(nesting: int = DEFAULT.nesting, *, utf8: bool = False) -> Parser:
    """Return a parser that reads what the table holds.

    `nesting` bounds the parentheses in one another.  `utf8` says that strings and names may be UTF-8 (RFC 6855).
    """
    return Parser(table.readers, utf8=utf8, nesting=nesting)
