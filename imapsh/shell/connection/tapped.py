"""One connection that passes a tap: its octets move between a client and the server, and are overheard on the way.

Theory of operation.  `Tapped` observes a relay (`imapsh.transport.relay`).  `_pass` is the one place from which octets
go on.  Octets pass as they came, with these exceptions:

    no server    the client is told so in a BYE, in place of a greeting (RFC 9051 section 7.1.5)
    rules        change what passes, and each change is told (`imapsh.shell.connection.ruling`)
    STARTTLS     the tap ends TLS on both sides, so that it can go on listening.  Until then both sides pass line by
                 line: behind STARTTLS nothing of the client passes before the server's answer, and what either side
                 sent in plain text behind its own line is dropped and told (RFC 9051 section 11.1)

What is overheard is heard later than it passes, once no STARTTLS can come (`imapsh.shell.connection.hearing`).  If it
cannot be followed any more, octets go on passing unseen.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from imapsh.errors import ConnectionLost, ImapshError, TLSError
from imapsh.grammar.responses import CLIENT as OURS
from imapsh.grammar.responses import TAGGED, Response
from imapsh.render.amounts import count, duration, size
from imapsh.session.overheard import Conversation, Overheard
from imapsh.shell.connection.hearing import Backlog, Hearing
from imapsh.shell.connection.ruling import END, KEEP, NOTE, SAY, WAIT, Ended, Ruling, Step
from imapsh.shell.settings.reasons import in_options
from imapsh.transport.base import CONNECT_TIMEOUT
from imapsh.transport.deadline import Deadline
from imapsh.transport.relay import Relay, Way
from imapsh.transport.tls import TLSFilter
from imapsh.transport.tlsfailures import refuses_certificate, speaks_plain
from imapsh.tuples import NamedTuple
from imapsh.wire.pieces import CLIENT, SERVER, Piece

if TYPE_CHECKING:
    from imapsh.shell.connection.dial import Plan
    from imapsh.shell.connection.papers import Papers
    from imapsh.shell.connection.taprules import Rule
    from imapsh.transport.aio import AioStream
    from imapsh.wire.reader import Opener

_ALERT = b"\x15\x03"  # a record with which a server refuses what is not TLS
_HANDSHAKE = b"\x16\x03"  # a record with which a client begins TLS (RFC 8446 section 5.1)


class Watcher(NamedTuple):
    """Those who are told what happens in a tap, each with the name of the connection, or "" for the tap's own.

    `hear` takes what was overheard.  `wrong` takes what is wrong beside that, `fault` what failed, `note` other news.
    `failed` takes an error that ends the whole tap: its output cannot be written, or imapsh itself is wrong.  `over`
    says that nothing more is heard of a connection.  `keep`, if there is one, takes each piece before it is heard,
    with its secrets.  `room`, if there is one, waits while too much is due to be shown.
    """

    hear: Callable[[str, Overheard], None]
    wrong: Callable[[str, str], None]
    fault: Callable[[str, str], None]
    note: Callable[[str, str], None]
    failed: Callable[[BaseException], None]
    over: Callable[[str], None]
    keep: Callable[[str, Piece], None] | None = None
    room: Callable[[], Awaitable[None]] | None = None


class Terms(NamedTuple):
    """The things that all connections of a tap share.

    `plan` says how to connect to the server, and `reach` does so.  `papers` has the certificate that clients are shown;
    with `implicit`, they begin with TLS.  `opener` is that of `imapsh.wire.reader`.  `rules` say what is changed.
    """

    plan: Plan
    reach: Callable[[Plan], Awaitable[AioStream]]
    watcher: Watcher
    papers: Papers
    backlog: Backlog
    opener: Opener | None = None
    implicit: bool = False
    rules: tuple[Rule, ...] = ()


class Tapped:
    """A client's connection.

    `name` tells it apart from others of its tap.  `conversation` is what was overheard of it so far.
    """

    def __init__(self, name: str, client: AioStream, terms: Terms) -> None:
        self.name = name
        self.conversation = Conversation(
            terms.plan.limits, terms.opener, whole=True, plain=False if terms.implicit else None
        )
        self.relay: Relay
        self._client = client
        self._terms = terms
        watcher = terms.watcher
        self._hearing = Hearing(self.conversation, terms.backlog, self._take, self._lost, self._keeper(), watcher.room)
        self._ruling = Ruling(terms.rules) if terms.rules else None
        self._began = time.monotonic()
        self._lines = {CLIENT: 0, SERVER: 0}  # that were heard
        self._why = ""  # the end of it, if neither side ended
        self._first: Way | None = None  # the way that ended first
        self._plain = not terms.implicit  # STARTTLS may come
        self._asked: str | None = None  # the tag of a STARTTLS that has no answer yet
        self._agreed = False  # and the answer is OK
        self._answered: asyncio.Future[bool] | None = None  # True if TLS has begun
        self._before_tls = 0  # octets that the client had sent when TLS began

    async def run(self) -> None:
        """Reach the server, and let octets pass until both sides have ended.  Raises what the watcher raises."""
        self._note(f"{self._client.info.peer} connected")
        try:
            if not self._plain:
                await self._begin_tls()
            server = await self._reach()
        except TLSError as error:
            self._fault(self._refusal(error))
            return
        if server is None:
            return
        self.relay = Relay(self._client, server, self)
        try:
            await self.relay.run()
            await self._hearing.caught_up()
        except TLSError as error:
            self._why = "ended without TLS"
            self._fault(in_options(error))
        except Ended:
            self._why = "a rule ended the connection"
            await self._hearing.caught_up()
        finally:
            self._over()

    async def _begin_tls(self) -> None:
        """Begin TLS with a client whose connection has it from the first octet.  Raises TLSError."""
        await self._client.secure(self._to_client(implicit=True), Deadline(CONNECT_TIMEOUT))

    def _to_client(self, *, implicit: bool = False) -> TLSFilter:
        return TLSFilter(self._terms.papers.tls(), "", self._client.info.peer, server_side=True, implicit=implicit)

    async def _reach(self) -> AioStream | None:
        """Return a connection to the server, or tell the client that there is none."""
        try:
            server = await self._terms.reach(self._terms.plan)
        except ImapshError as error:
            self._fault(in_options(error))
            self._bye(in_options(error))
            return None
        info = server.info
        if info.tls:
            self._note(f"{info.tls} with {info.peer}, whose certificate is of {info.certificate}")
        return server

    def _bye(self, why: str) -> None:
        """Tell the client why there will be no conversation.  Nothing of the server may be on its way to it."""
        text = why.encode("ascii", "replace").translate(None, b"\r\n\0")
        try:
            self._client.put(b"* BYE [UNAVAILABLE] tap: " + text + b"\r\n")  # RFC 5530 section 3
        except ConnectionLost:
            pass  # it did not wait

    # -- what passes

    async def came(self, way: Way, octets: bytes) -> None:
        """See `imapsh.transport.relay.Observer`."""
        if self._ruling is None:
            await self._came(way, octets)
            return
        for step in self._ruling.steps(self._side(way), octets):
            if await self._do(way, step):
                return

    async def _do(self, way: Way, step: Step) -> bool:
        """Do what the rules say.  Return True if TLS has begun, so that what follows in plain text does not count."""
        if step.do == NOTE:
            self._note(step.text)
        elif step.do == WAIT:
            await asyncio.sleep(step.seconds)
        elif step.do == KEEP:
            self._hear(CLIENT, step.octets)
        elif step.do == SAY:
            self.relay.down.put(step.octets)
            self._hear(SERVER, step.octets)
        elif step.do == END:
            raise Ended
        else:
            return await self._came(way, step.octets)
        return False

    async def _came(self, way: Way, octets: bytes) -> bool:
        """Let octets pass.  Return True if TLS has begun."""
        if way is self.relay.up and way.passed == 0 and self._plain and octets.startswith(_HANDSHAKE):
            self._fault(
                "the client begins TLS, but the tap listens without: let the client use STARTTLS or no TLS, or let the "
                "tap listen on imaps://"
            )
        if way is self.relay.down and way.passed == 0 and octets.startswith(_ALERT):
            self._fault("the server speaks TLS, and the tap does not there: let the URL be imaps://")
        while octets:
            if not self._listens_for_tls():
                await self._pass(way, octets)
                return False
            line, octets = _cut(octets)
            if await self._line(way, line, octets):
                return True
        return False

    def _listens_for_tls(self) -> bool:
        """Return whether STARTTLS may come."""
        self._plain = self._plain and not (self.conversation.known.logged_in or self._hearing.deaf)
        return self._plain

    def _hear(self, side: str, octets: bytes) -> None:
        if self._listens_for_tls():
            self._hearing.now(side, octets)
        else:
            self._hearing.later(side, octets)

    async def _pass(self, way: Way, octets: bytes, *, heard: bool = False) -> None:
        """Hand octets on, and hear them later, so that passing does not wait for the showing."""
        way.put(octets)
        if not heard:
            self._hearing.later(self._side(way), octets)
            await self._hearing.room()
        await way.drained()

    def _side(self, way: Way) -> str:
        return CLIENT if way is self.relay.up else SERVER

    async def _line(self, way: Way, line: bytes, rest: bytes) -> bool:
        """Pass octets up to a line end, while STARTTLS may come.  Return True if nothing of the rest is to pass."""
        self._hearing.now(self._side(way), line)
        if self._agreed and way is self.relay.down:
            await self._secure(line, len(rest))
            return True
        if self._asked is None or self._answered is not None or way is not self.relay.up:
            await self._pass(way, line, heard=True)
            return False
        self._need_certificate()
        self._answered = asyncio.get_running_loop().create_future()
        await self._pass(way, line, heard=True)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                began = await self._answered
        except TimeoutError:
            raise TLSError(f"STARTTLS has had no answer for {CONNECT_TIMEOUT:g} s") from None
        self._answered = None
        if began:
            self._dropped("client", len(rest))
        return began

    def _need_certificate(self) -> None:
        """Raise TLSError if the tap has no certificate.  The server must not be asked for STARTTLS then."""
        try:
            self._terms.papers.tls()
        except TLSError as error:
            self._bye(in_options(error))
            raise

    async def _secure(self, answer: bytes, rest: int) -> None:
        """Begin TLS on both sides.  The client's begins behind the server's OK.  Raises TLSError."""
        up, down = self.relay.up, self.relay.down
        address, options = self._terms.plan.address, self._terms.plan.tls
        try:
            rest += await down.secure(TLSFilter(options, address.server_name, address.where))
        except TLSError as error:
            self._bye(in_options(error))
            raise
        self._dropped("server", rest)
        down.put(answer)
        try:
            self._dropped("client", await up.secure(self._to_client()))
        except TLSError as error:
            raise TLSError(self._refusal(error)) from error
        self._plain, self._agreed, self._before_tls = False, False, up.passed
        if self._ruling is not None:
            self._ruling.secured()
        client, server = up.source.info, down.source.info
        self._note(
            f"STARTTLS: {client.tls} with the client, and {server.tls} with {server.peer}, whose certificate is of "
            f"{server.certificate}"
        )
        self._answer(began=True)

    def _answer(self, *, began: bool) -> None:
        """Let the client go on that asked for STARTTLS."""
        self._asked = None
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(began)

    def _dropped(self, side: str, octets: int) -> None:
        if octets:
            self._terms.watcher.wrong(
                self.name,
                f"{count(octets, 'octet')} that the {side} sent in plain text behind STARTTLS were dropped (possible "
                "injection, RFC 9051 section 11.1)",
            )

    def ended(self, way: Way) -> None:
        """See `imapsh.transport.relay.Observer`."""
        self._first = self._first or way
        if self._ruling is not None and (held := self._ruling.end(self._side(way))):
            way.put(held)
            self._hear(self._side(way), held)
        if way is self.relay.down:
            self._answer(began=False)

    # -- what is heard

    def _keeper(self) -> Callable[[Piece], None] | None:
        keep = self._terms.watcher.keep
        return None if keep is None else lambda piece: keep(self.name, piece._replace(connection=self.name))

    def _take(self, found: Overheard) -> None:
        """Take in what was heard, and tell it."""
        self._learn(found.response)
        self._terms.watcher.hear(self.name, found)

    def _lost(self, error: Exception) -> None:
        """Tell that the conversation cannot be followed any more."""
        if isinstance(error, ImapshError):
            why = in_options(error)
        else:
            from imapsh.shell.settings import crash

            why = crash.sentence(error)
        self._fault(f"{why}; what follows on this connection passes unseen")

    def _learn(self, response: Response) -> None:
        self._lines[CLIENT if response.kind is OURS else SERVER] += 1
        if response.kind is OURS and response.name == "STARTTLS" and self._plain:
            self._asked = response.tag
        elif response.kind is OURS and response.name == "AUTHENTICATE" and b"-PLUS" in response.frame.raw.upper():
            self._channel_binding()
        elif response.kind is TAGGED and self._asked is not None and response.tag == self._asked:
            self._agreed = response.name == "OK"
            if not self._agreed:
                self._answer(began=False)

    def _channel_binding(self) -> None:
        if self._client.info.tls:
            self._note(
                "this login is bound to the TLS of its connection (channel binding), and the tap ends that TLS: the "
                "server will refuse it"
            )

    # -- the end

    def _over(self) -> None:
        self._hearing.finish()
        self._terms.watcher.over(self.name)
        up, down = self.relay.up, self.relay.down
        sums = ", ".join(
            f"{count(self._lines[side], what)} and {size(way.passed)} from the {who}"
            for side, way, who, what in ((CLIENT, up, "client", "line"), (SERVER, down, "server", "response"))
        )
        self._note(f"{self._ending()} after {duration(time.monotonic() - self._began)}; {sums}")

    def _ending(self) -> str:
        first = self._first
        if self._why:
            return self._why
        if first is None:
            return "ended with the tap"
        who = "the client" if first is self.relay.up else "the server"
        if isinstance(first.error, TLSError) and first is self.relay.up:
            return self._refusal(first.error)
        if first.error is not None:
            return in_options(first.error).partition("; connect again")[0]
        if first is self.relay.up and self._client.info.tls and first.passed == self._before_tls:
            return f"{who} ended as soon as TLS had begun ({self._terms.papers.trust})"
        return f"{who} ended"

    def _refusal(self, error: TLSError) -> str:
        """Return why TLS with the client failed, and the way out."""
        peer, trust = self._client.info.peer, self._terms.papers.trust
        if refuses_certificate(error):
            return f"{peer} does not trust the certificate that the tap shows; {trust}"
        if speaks_plain(error):
            return f"{peer} does not speak TLS where the tap expects it; let it use TLS, or listen on imap://"
        if "during the TLS handshake" in str(error):
            return f"{peer} ended the TLS handshake, perhaps because it does not trust the tap's certificate; {trust}"
        return in_options(error)

    def _note(self, text: str) -> None:
        self._terms.watcher.note(self.name, text)

    def _fault(self, text: str) -> None:
        self._terms.watcher.fault(self.name, text)


def _cut(octets: bytes) -> tuple[bytes, bytes]:
    """Return the octets up to the first line end, and the others."""
    end = octets.find(b"\n") + 1 or len(octets)
    return octets[:end], octets[end:]
