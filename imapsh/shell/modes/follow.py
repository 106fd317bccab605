"""Follows a trace with both its sides, to find faults of conduct.

As in a live session, `imapsh.session.knowledge.Knowledge` keeps what is known of the conversation, and says what is
wrong with the time of a response.  Here only the commands are found again among the octets that the client sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.findings import Finding
from imapsh.grammar.responses import CLIENT, CONTINUATION, STATUS, TAGGED, Parser, Response
from imapsh.grammar.values import StatusText
from imapsh.patterns import lazy
from imapsh.session import states
from imapsh.session.exchange import Exchange
from imapsh.session.knowledge import Knowledge
from imapsh.session.secrets import MASK
from imapsh.table.model import NOT_AUTHENTICATED
from imapsh.wire.frames import Frame

#: Codes of a greeting (RFC 9051 section 7.1, RFC 2221 section 4.2).
_GREETING_CODES = frozenset({"ALERT", "CAPABILITY", "REFERRAL", "UNAVAILABLE"})

_ANNOUNCED = lazy(rb"~?\{(\d{1,18})\+?\}\r?\Z")


class Follower:
    """Follows the conversation of a trace.

    Call `sent` and `received` in the order of the trace.  `parser` reads the server's octets.  A trace that does not
    begin with a greeting begins in mid-session: then a mailbox is taken to be selected of which nothing is known.

    An untagged OK or BYE without a code may be a greeting, and may stand anywhere.  It is taken for one unless a reply
    comes to what nobody sent, or the client goes on with what only who is logged in may send.
    """

    def __init__(self, nesting: int) -> None:
        self._known = Knowledge(nesting=nesting)
        self._lines = _Lines()
        self._doubtful = False  # what was taken for a greeting may be none

    @property
    def parser(self) -> Parser:
        """The parser that reads the server's octets according to the extensions that were enabled."""
        return self._known.parser

    @property
    def state(self) -> str:
        """The state of the connection, as `imapsh.session.states` has it."""
        return self._known.state

    def sent(self, frame: Frame) -> Response:
        """Take in what the client sent.  Return it as a response of kind client, named by the command it begins."""
        self._begin()
        name = ""
        for line in self._lines.feed(frame.raw):
            exchange = _command(line)
            self._doubt(exchange is None or not _may_follow_greeting(exchange))
            self._doubtful = False
            if exchange is not None:
                self._known.sent(exchange)
                self._lines.exchange = exchange
                name = name or (exchange.name if exchange.row is not None else "")
            elif line.strip().upper() == b"DONE":
                self._known.done()
        return Response(CLIENT, name, None, frame)

    def received(self, response: Response) -> tuple[Finding, ...]:
        """Take in a response; return what is wrong with its time."""
        known = self._known
        if known.state == states.START and _may_greet(response):
            known.greet(response)
            self._doubtful = response.name != "PREAUTH" and response.value.code is None
            return ()
        self._doubt(response.kind in (TAGGED, CONTINUATION))
        self._begin()
        if response.kind == TAGGED and response.tag in known.running:
            return self._complete(known.running[response.tag], response)
        if response.kind == CONTINUATION:
            return known.continued(self._lines.literal).findings
        return known.take(response)[0]

    def _doubt(self, contradicted: bool) -> None:
        """Begin again in mid-session if what was taken for a greeting was none."""
        if self._doubtful and contradicted:
            self._doubtful = False
            self._known.join()

    def _begin(self) -> None:
        if self._known.state == states.START:
            self._known.join()

    def _complete(self, exchange: Exchange, response: Response) -> tuple[Finding, ...]:
        self._lines.completed(exchange)
        findings = self._known.completed(exchange, response)
        if (exchange.name, response.name) == ("STARTTLS", "OK"):
            self._known.secured()
        return findings


def _may_greet(response: Response) -> bool:
    """Return whether it may be the greeting; other codes than these tell of what a session is about."""
    if response.kind != STATUS or response.name not in states.GREETINGS or not isinstance(response.value, StatusText):
        return False
    return response.value.code is None or response.value.code.name in _GREETING_CODES


def _may_follow_greeting(exchange: Exchange) -> bool:
    """Return whether a client that is not logged in may send it."""
    return exchange.row is None or NOT_AUTHENTICATED in exchange.row.states


class _Lines:
    """Finds the lines that begin something among what the client sent, and passes over the octets of literals.

    `exchange` must be set to the command that the last line began.  `literal` is the command whose literal was
    announced and has not come, or None.
    """

    def __init__(self) -> None:
        self.exchange: Exchange | None = None
        self.literal: Exchange | None = None
        self._due = 0  # octets of the literal
        self._midway = False  # the next line goes on behind a literal

    def feed(self, octets: bytes) -> Iterator[bytes]:
        """Return the lines, without their LF."""
        while octets:
            if self.literal is not None:
                octets = self._pass(octets, self.literal)
                continue
            line, _, octets = octets.partition(b"\n")
            if not self._midway:
                self.exchange = None
                yield line
            announced = _ANNOUNCED.search(line) if self.exchange is not None else None
            self._midway = announced is not None
            if announced is not None:
                self._due, self.literal = int(announced[1]), self.exchange

    def _pass(self, octets: bytes, exchange: Exchange) -> bytes:
        """Return what stands behind the literal, or behind as much of it as there is."""
        mail = exchange.row is not None and exchange.name != "LOGIN"
        size = len(MASK) if octets.startswith(MASK) and not mail else self._due  # a mask does not tell the length
        self._due = max(0, size - len(octets))
        self.literal = exchange if self._due else None
        return octets[size:]

    def completed(self, exchange: Exchange) -> None:
        """Take in a command's reply: octets of its literals that it has not sent will not come."""
        if self.exchange is exchange:
            self.literal, self._midway, self._due = None, False, 0


def _command(line: bytes) -> Exchange | None:
    """Return the command that a line begins, None if it begins none: DONE, or an answer to `+`."""
    tag, _, rest = line.decode("latin-1").rstrip("\r").partition(" ")
    words = rest.upper().split(" ", 2)
    name = " ".join(words[:2]) if words[0] == "UID" else words[0]
    if not tag or not name:
        return None
    return Exchange(tag, name, [line.rstrip(b"\r")])
