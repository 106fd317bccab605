"""Finds the conversation in what two sides sent, as somebody else heard it: in a log, or in a tap between the two.

Theory of operation.  A `Conversation` is one connection.  It is fed the pieces of both sides in their order, and yields
each response and each line of the client when it is complete.  As in a live session, `Knowledge` keeps what is known
and says what is wrong with the time of a response; here only the commands are found again among the client's octets.

    greeting     what the server says first, if it may be one; otherwise the log begins in mid-session, and a mailbox is
                 taken to be selected of which nothing is known
    command      known from its first octets on, because the server may answer before the last of them
    `+`          shown behind the line whose literal waited for it, although it came before the end of that line
    answer       a line of the client while AUTHENTICATE runs: all of it is secret
    COMPRESS     both sides are inflated from there on, unless the log holds them in the clear
    STARTTLS     octets of TLS are counted and not read

Secrets are masked here: those of a line by the table, and where the server repeats them.  Until a login has ended, a
line of the client that is not understood is hidden whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from imapsh.errors import LimitError
from imapsh.findings import Finding, Violation
from imapsh.grammar.responses import CLIENT as OURS
from imapsh.grammar.responses import CONTINUATION, STATUS, TAGGED, UNTAGGED, Response
from imapsh.grammar.values import StatusText
from imapsh.patterns import lazy
from imapsh.session import states
from imapsh.session.clients.conduct import Said
from imapsh.session.clients.hiding import STARRED, Hiding
from imapsh.session.clients.lines import (
    BASE64,
    Ruled,
    all_hidden,
    doubtful_from,
    literals_of,
    octets_before,
    problems_of,
    text_of,
    veiled,
)
from imapsh.session.clients.watch import Watch
from imapsh.session.exchange import Exchange, Sendable
from imapsh.session.freetext import FreeText
from imapsh.session.knowledge import Knowledge
from imapsh.session.mailbox import opened
from imapsh.session.secrets import Secrets
from imapsh.table.model import NOT_AUTHENTICATED
from imapsh.tuples import NamedTuple
from imapsh.typed.advice import unquoted
from imapsh.typed.match import Match, match
from imapsh.wire.frames import Frame, Spilled
from imapsh.wire.offline import RECORDED, Recorded
from imapsh.wire.pieces import CLIENT, ELIDED, EXACT, NOTE, RENDERED, SERVER, Piece
from imapsh.wire.places import Places
from imapsh.wire.push import Pusher
from imapsh.wire.reader import COMMAND, FrameReader, Octets

if TYPE_CHECKING:
    from imapsh.wire.frames import Part
    from imapsh.wire.limits import Limits
    from imapsh.wire.reader import Opener

#: Codes of a greeting (RFC 9051 section 7.1, RFC 2221 section 4.2).
_GREETING_CODES = frozenset({"ALERT", "CAPABILITY", "REFERRAL", "UNAVAILABLE"})

_READABLE = lazy(rb"[\t\r\n -~]*")
_LOOKED_AT = 32  # octets by which text is told from deflated octets
_TLS = (b"\x14\x03", b"\x15\x03", b"\x16\x03", b"\x17\x03")  # a record of TLS (RFC 8446 section 5.1)
_MOST_HELD = 1000  # responses that come while the client's line is not complete
_MOST_RUNNING = 1000  # commands that nobody answers, of a log that has only the client's side


class Overheard(NamedTuple):
    """A response, or a line of the client as a Response of kind CLIENT, and what is wrong with its time.

    Offsets are those of the log.  `time` is that of its first octet (`imapsh.wire.pieces`), or None.
    """

    response: Response
    findings: tuple[Finding, ...] = ()
    time: float | None = None


class Conversation:
    """The conversation on one connection.

    With `both` the pieces are known to have both sides from the first on.  Without it, nothing is said about the time
    of a response before the client has said something, because its side may be missing.  With `whole` they begin with
    the connection, so that nobody is logged in before a login is seen.  `plain` says whether the connection certainly
    begins without TLS, or with TLS; None if that is not known.  `limits` and `opener` are those of
    `imapsh.wire.reader`.  The conversations of one log share their `secrets`.

    `on_piece`, if it is given, is told a direction and the octets of each line and of each piece of a literal when it
    is read (`imapsh.wire.push`); these octets are not masked, and what is deflated is inflated.
    """

    def __init__(
        self,
        limits: Limits = RECORDED,
        opener: Opener | None = None,
        *,
        both: bool = False,
        whole: bool = False,
        plain: bool | None = None,
        secrets: Secrets | None = None,
        on_piece: Callable[[str, bytes], None] | None = None,
    ) -> None:
        self.known = Knowledge(nesting=limits.nesting, secure=plain is False)
        self.secrets = Secrets() if secrets is None else secrets
        self._watch = Watch(self.known, plain=plain is True)
        self._limits = limits
        self._both = both or whole
        self._whole = whole
        self._server = Recorded(limits, opener)
        self._client = Pusher(FrameReader(COMMAND, limits, opener))
        if on_piece is not None:
            self._client.on_piece = partial(on_piece, CLIENT)
            self._server.pusher.on_piece = partial(on_piece, SERVER)
        self._places = {SERVER: Places(), CLIENT: Places()}
        self._hiding = Hiding(self.secrets)
        self._free = FreeText(self.secrets, self.known.parser.readers, lambda: self._hiding.others(self.known.tags()))
        self._nameless = 0  # lines that the log has masked with their tags, and that have no reply yet
        self._began = False  # the server has said something
        self._doubtful = False  # what was taken for a greeting may be none
        self._begun: Exchange | None = None  # the command whose line is not complete yet
        self._awaits = False  # a literal was announced, and nothing has come since
        self._asked_for = True  # the literal that was announced last has its `+`, or needs none
        self._unwaited = False  # a literal of the line that is being read did not wait for its `+`
        self._held: list[Overheard] = []  # the `+` that came for its literal, and what came behind it
        self._compressed = self._starting_tls = False
        self._sealed = {SERVER: False, CLIENT: False}
        self._rendered = {SERVER: False, CLIENT: False}

    def join(self) -> None:
        """Take in that the pieces begin in mid-session; call it before the first if that is certain."""
        self.known.join()
        self._watch.join()

    # -- pieces

    def hear(self, piece: Piece) -> Iterator[Overheard]:
        """Take in a piece, and yield what it completes.  Raises LimitError.

        Octets under COMPRESS that are not DEFLATE raise ConnectionLost.
        """
        try:
            yield from self._hear(piece)
        except LimitError as error:
            if piece.direction == SERVER:
                raise
            raise LimitError(error.limit, error.allowed, error.seen, error.how, who="client") from error

    def _hear(self, piece: Piece) -> Iterator[Overheard]:
        if piece.direction == NOTE or self._seals(piece):
            return
        if self._compressed:
            self._inflate(piece.octets)
        places, pusher = self._places[piece.direction], self._pusher(piece.direction)
        places.add(piece, pusher.reader.offset if pusher.literal is not None else None)
        pusher.reader.elided = piece.exactness == ELIDED
        self._rendered[piece.direction] |= piece.exactness == RENDERED
        self._watch.exact &= piece.exactness == EXACT
        self._unwaited |= piece.direction == CLIENT and self._awaits and self._too_early()
        pusher.feed(piece.octets)
        yield from self._taken(piece.direction)
        if piece.exactness == ELIDED and not pusher.reader.elided:
            places.skip(_left_out(pusher.reader.begun[-1:]))
            if piece.direction == CLIENT and pusher.reader.begun and not piece.octets.endswith(b"+}\r\n"):
                self._announced(Octets(0, False, False, True))
                self._awaits = True
        pusher.reader.elided = False
        if not pusher.midway:
            self._rendered[piece.direction] = False

    def end(self) -> Iterator[Overheard]:
        """Yield what is left at the end of the log."""
        self._client.feed(b"")
        yield from self._taken(CLIENT)
        yield from self._let_go()
        for frame in self._server.end():
            yield from self._received(frame)

    def _pusher(self, direction: str) -> Pusher:
        return self._client if direction == CLIENT else self._server.pusher

    def _taken(self, direction: str) -> Iterator[Overheard]:
        if direction == SERVER:
            for frame in self._server.take():
                yield from self._received(frame)
            return
        self._awaits = False
        while True:
            self._client.reader.raw_line = self._answering() and not self._client.midway
            taken = self._client.take()
            if taken is None:
                return
            self._awaits = isinstance(taken, Octets)
            if isinstance(taken, Octets):
                self._announced(taken)
            else:
                yield self._said(taken)
                yield from self._let_go()

    def _let_go(self) -> Iterator[Overheard]:
        held, self._held = self._held, []
        yield from held

    def _seals(self, piece: Piece) -> bool:
        """Return whether the piece is TLS that STARTTLS began, which nobody can read here."""
        if self._starting_tls and not self._sealed[piece.direction]:
            self._sealed[piece.direction] = piece.octets.startswith(_TLS)
        return self._sealed[piece.direction]

    def _inflate(self, octets: bytes) -> None:
        """Inflate both sides from now on, unless the octets that come are readable as they are."""
        self._compressed = False
        text = _READABLE.match(octets, 0, _LOOKED_AT)
        if text is not None and text.end() >= min(len(octets), _LOOKED_AT):
            return
        from imapsh.wire.deflate import Deflate, InflatingPusher

        self._client = InflatingPusher(self._client, Deflate(self._limits))
        self._server.pusher = InflatingPusher(self._server.pusher, Deflate(self._limits))
        for places in self._places.values():
            places.inflated = True

    # -- the server

    def _received(self, frame: Frame) -> Iterator[Overheard]:
        known = self.known
        greeting = not self._began and known.state == states.START
        self._began = True
        self._watch.heard |= not self._rendered[SERVER]
        frame.offset, time = self._places[SERVER].of(frame.offset)
        response = known.parser.parse(frame, greeting=greeting)
        refused = self._refused(response)
        if refused is not None:
            yield refused
            yield from self._let_go()
        waited = response.kind is CONTINUATION and self._waiting() is not None
        self._asked_for |= waited
        findings = self._follow(response)
        if self._rendered[SERVER]:
            response.violations, findings = (), ()
        if self.secrets.known and not (response.kind is UNTAGGED and known.logged_in):
            self._free.logged_in = known.logged_in
            response = self._free.shown(response, known.parser, greeting=greeting)
            findings = tuple(one._replace(message=self.secrets.veil(one.message)) for one in findings)
        found = Overheard(response, findings, time)
        if not (waited or self._held):
            yield found
            return
        self._held.append(found)  # what comes behind `+` stays behind it
        if len(self._held) >= _MOST_HELD:
            yield from self._let_go()

    def _follow(self, response: Response) -> tuple[Finding, ...]:
        """Take in a response; return what is wrong with its time."""
        known = self.known
        if known.state == states.START and (_may_greet(response) or (self._whole and response.kind is not TAGGED)):
            known.greet(response)
            self._doubtful = not self._whole and response.name != "PREAUTH" and response.value.code is None
            self._watch.greeted(known.state)
            return ()
        if not self._both:
            return ()
        self._doubt(response.kind in (TAGGED, CONTINUATION))
        self._begin()
        if response.kind is TAGGED and response.tag in known.running:
            return self._complete(known.running[response.tag], response)
        if response.kind is CONTINUATION:
            continued = known.continued(self._waiting())
            if self._watch.continued(continued.asks):
                known.done()
            return continued.findings
        if response.kind is TAGGED:
            if self._nameless:
                self._nameless -= 1
                return self._complete(self._strange(response.tag or ""), response)
            self._watch.strange(response)
        return known.take(response)[0]

    def _strange(self, tag: str) -> Exchange:
        """Return a command of which only its tag is known, as one that runs."""
        return self._run(match(f"{tag} X", self._watch.context()), Exchange(tag, "X", []))

    def _complete(self, exchange: Exchange, response: Response) -> tuple[Finding, ...]:
        self._watch.replied(exchange, response.name)
        findings = self.known.completed(exchange, response)
        if (exchange.name, response.name) == ("STARTTLS", "OK"):
            self.known.secured()
            self._starting_tls = True
        elif (exchange.name, response.name) == ("COMPRESS", "OK"):
            self._compressed = True
            if ahead := self._server.pusher.ahead(_LOOKED_AT):
                self._inflate(ahead)
        return findings

    def _refused(self, response: Response) -> Overheard | None:
        """Return the client's line whose literal will not come, because the server has completed its command."""
        begun = self._begun
        if begun is None or response.kind is not TAGGED or response.tag != begun.tag or self._waiting() is None:
            return None
        reader = self._client.reader
        offset, left_out = reader.offset, _left_out(reader.begun)
        frame = Frame((self._client.rest(),), offset, (), True)
        reader.offset += frame.length + left_out
        self._client.refuse()
        self._awaits = False
        found = self._said(frame)
        before = frame.length - len(b"\r\n")  # that the rest is missing is no fault
        found.response.violations = tuple(one for one in found.response.violations if one.offset < before)
        return found

    def _doubt(self, contradicted: bool) -> None:
        """Begin again in mid-session if what was taken for a greeting was none."""
        if self._doubtful and contradicted:
            self._doubtful = False
            self.join()

    def _begin(self) -> None:
        if self.known.state == states.START and not self._whole:
            self.join()

    # -- the client

    def _answering(self) -> bool:
        """Return whether the client's next line answers AUTHENTICATE."""
        return any(one.name == "AUTHENTICATE" for one in self.known.running.values())

    def _waiting(self) -> Exchange | None:
        """Return the command whose literal was announced and has not come, or None."""
        came = self._client.literal is not None and self._client.literal[1]
        return self._begun if self._awaits and not came else None

    def _too_early(self) -> bool:
        """Return whether octets that come now should have waited for a `+`."""
        return self._watch.heard and self._watch.exact and not self._asked_for

    @property
    def _inexact(self) -> bool:
        return self._rendered[CLIENT] or self._client.reader.elided

    def _announced(self, literal: Octets) -> None:
        """Take in that a literal was announced: the command runs from now on, for the server may answer it."""
        self._asked_for = not literal.synchronizing
        self._unwaited |= self._client.buffered and self._too_early()
        if self._begun is None:
            line = self._client.reader.begun[0]
            assert isinstance(line, bytes)
            found = self.match(Frame((line,)))
            self._meant(found)
            if found.tag is not None and found.name:
                self._begun = self._run(found, Exchange(found.tag, _name(found), [line.rstrip(b"\r\n")]))

    def _said(self, frame: Frame) -> Overheard:
        """Take in a line of the client that is complete."""
        frame.offset, time = self._places[CLIENT].of(frame.offset)
        self._both = True
        self._begin()
        word = frame.raw.rstrip(b"\r\n")
        rendered = self._rendered[CLIENT]  # the log tells only that there was an answer
        answers = rendered or self._watch.asked or word == b"*" or BASE64.fullmatch(word) is not None
        if answers and self._answering() and self._begun is None:
            findings = tuple(self._watch.answer())
            return Overheard(self._answer(frame, word), () if self._inexact else findings, time)
        if word.upper() == b"DONE" and (self.known.idling or " " not in word.decode("latin-1")):
            self._doubt(True)  # who is greeted has nothing to end
            findings = tuple(self._watch.done(time))
            self.known.done()
            return Overheard(Response(OURS, "DONE", None, frame), findings, time)
        return self._command(frame, time)

    def _answer(self, frame: Frame, word: bytes) -> Response:
        """Take in an answer to AUTHENTICATE, or what came in its place."""
        if word == b"*":
            return Response(OURS, "", None, frame)
        good = BASE64.match(word)
        end = good.end() if good is not None else 0
        violations: tuple[Violation, ...] = ()
        if end < len(word) and not self._rendered[CLIENT]:
            self._hiding.line(frame, frame, 0)
            if not STARRED.match(word) and self._watch.exact:  # the log has not masked it
                violations = (Violation("base64", end, "expected base64, or * to give up"),)
        if not self._rendered[CLIENT]:
            self.secrets.add_sasl(word)
        return Response(OURS, "", None, all_hidden(frame), None, violations)

    def _command(self, frame: Frame, time: float | None) -> Overheard:
        """Take in a command, or what stands in its place."""
        found = self.match(frame)
        self._meant(found)
        idles, safe = self.known.idling, self._watch.safe
        shown, fragments = veiled(frame, found)
        judged = found.command is not None or safe  # nothing is told of what may hold a password
        broken, advice = problems_of(frame, found) if judged else ([], [])
        doubted = None if safe else doubtful_from(frame, found, broken)
        findings: tuple[Finding, ...] = ()
        if judged:
            said = Said(frame, found, advice if doubted is None else (), not self._inexact)
            findings = (*self._unasked(), *self._watch.line(said, time))
        self._unwaited = False
        self._run_whole(found, fragments)
        if doubted is not None:
            shown = self._hiding.line(frame, shown, doubted)
            broken = [one._replace(message=unquoted(one.message)) for one in broken]
        violations = self._violations(frame, found, broken)
        if idles and self._watch.exact:
            violations = (Violation("idle", 0, "only DONE may follow IDLE"), *violations)
        tag = found.tag
        if found.command is None:
            violations = ()
            if doubted is not None:
                self._hiding.tag(tag)
                tag = None
        shown = self._free.said(shown)
        name = found.command.name if found.command is not None else ""
        return Overheard(
            Response(OURS, name, None, shown, tag, violations), () if self._rendered[CLIENT] else findings, time
        )

    def _meant(self, found: Match) -> None:
        """Take in what a command says about a greeting that may be none."""
        self._doubt(found.command is not None and NOT_AUTHENTICATED not in found.command.states)
        self._doubtful = False

    def _unasked(self) -> Iterator[Finding]:
        if self._unwaited:
            yield Finding("literal-waits", "the octets of a literal before its '+'")

    def _run_whole(self, found: Match, fragments: list[Sendable]) -> None:
        """Take in that a command is complete, and so are its secrets."""
        begun, self._begun = self._begun, None
        if found.tag is None:
            return
        if found.tag.startswith("**"):  # by the log
            self._nameless += 1
            return
        exchange = Exchange(found.tag, _name(found), fragments)
        self._hiding.command(exchange)
        if begun is None:
            self._run(found, exchange)
        elif begun.name in states.OPENS and self.known.opening is not None:
            self.known.opening = opened(exchange, self.known.parser.utf8)

    def _run(self, found: Match, exchange: Exchange) -> Exchange:
        known = self.known
        if not self._began and len(known.running) >= _MOST_RUNNING:
            known.running.clear()
        known.sent(exchange)
        self._watch.sent(exchange, found)
        return exchange

    def match(self, frame: Frame) -> Match:
        """Return a line of the client as the table reads it."""
        return match(text_of(frame), self._watch.context(), literals_of(frame))

    def _violations(self, frame: Frame, found: Match, broken: list[Ruled]) -> tuple[Violation, ...]:
        """Return what is wrong with the grammar of a line."""
        if self._rendered[CLIENT]:
            return ()
        every = cast("list[Violation]", broken)  # they have an RFC of their own
        starred = [start for start, _ in found.secrets if found.text[start] in "*<"]  # the log masked it
        if starred:  # whoever masks takes away what was wrong there and behind
            begin = octets_before(frame, found.text, starred[0])
            every = [one for one in every if one.offset < begin]
        return tuple(sorted([*frame.violations, *every], key=lambda one: one.offset))


def _left_out(parts: Iterable[Part]) -> int:
    """Return the octets of literals that the log has left out."""
    return sum(part.octets for part in parts if isinstance(part, Spilled))


def _name(found: Match) -> str:
    return found.command.name if found.command is not None else found.name.upper()


def _may_greet(response: Response) -> bool:
    """Return whether it may be the greeting; other codes than these tell of what a session is about."""
    if response.kind != STATUS or response.name not in states.GREETINGS or not isinstance(response.value, StatusText):
        return False
    return response.value.code is None or response.value.code.name in _GREETING_CODES
