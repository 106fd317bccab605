"""One connection to the server, sans-I/O: octets in by `receive_data`, octets out by `data_to_send`.

Theory of operation.  A frame is one command.  `typed.match` reads it; what it finds wrong is a BAD.  Else the command's
row says in which states it may come, and the table `HANDLERS` who does it.  A handler sends what it wants in between
and returns the text of the OK, or raises Refused (NO) or Bad; or it returns a Continue (AUTHENTICATE, IDLE), and the
next line is its own.  What others did to the selected mailbox is told before the tagged reply, EXPUNGE only where the
row allows it, and at once during IDLE.  No octets make it raise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from imapsh import table
from imapsh.errors import LimitError
from imapsh.grammar.values import Code, StatusText
from imapsh.grammar.writer import response
from imapsh.server.commands import HANDLERS
from imapsh.server.intake import LITERAL, LITERALS, Intake
from imapsh.server.reply import Arguments, Bad, Continue, Reply
from imapsh.server.selected import Selected
from imapsh.server.store import Account, Mailbox, Refused, Store
from imapsh.table.model import AUTHENTICATED, LOGOUT, NOT_AUTHENTICATED, SELECTED, Context
from imapsh.typed.match import match as read_command
from imapsh.wire.frames import Frame, Spilled
from imapsh.wire.reader import Octets

if TYPE_CHECKING:
    from imapsh.typed.match import Match

BAD_COMMANDS = 50  #: in a row, before the server hangs up

BEFORE_LOGIN = ("IMAP4rev1", "IMAP4rev2", "LITERAL+", "ENABLE", "ID", "SASL-IR")
AFTER_LOGIN = (
    "IMAP4rev1", "IMAP4rev2", "LITERAL+", "ENABLE", "ID", "IDLE", "NAMESPACE", "CHILDREN", "UNSELECT", "UIDPLUS",
    "MOVE", "BINARY", "ESEARCH", "SEARCHRES", "LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE", "STATUS=SIZE",
    "UTF8=ACCEPT",
)  # fmt: skip


class ServerSession:
    """The server's end of one connection.

    `tls` says that the driver can do STARTTLS: when `wants_tls` turns True it sends what there is, does the handshake
    and calls `tls_started`.  `login_disabled` refuses passwords until TLS is on.  `on_output` is called when octets
    wait that no `receive_data` of this session brought about (IDLE).
    """

    def __init__(
        self,
        store: Store,
        *,
        tls: bool = False,
        login_disabled: bool = False,
        on_output: Callable[[], None] | None = None,
    ) -> None:
        self.store = store
        self.account: Account | None = None
        self.selected: Selected | None = None
        self.closed = False
        self.wants_tls = False
        self.rev2 = False
        self.utf8 = False
        self.closing = False  # LOGOUT: closed once its OK is sent
        self.tag = ""
        self._tls_offered = tls
        self._login_disabled = login_disabled
        self._on_output = on_output
        self._out: list[bytes] = []
        self._then: Callable[[bytes], Reply] | None = None
        self._running: table.Command | None = None
        self._idling = False
        self._bad = 0
        self._intake = Intake()
        self.send("OK", StatusText(Code("CAPABILITY", self.capabilities()), "imapsh demo server ready"))

    # -- octets

    def receive_data(self, data: bytes) -> None:
        """Take octets from the client; never raises on what they are.  b"" does nothing: the end is `eof`."""
        if self.closed or not data:
            return
        self._intake.feed(data)
        try:
            while not self.closed and not self.wants_tls and (found := self._intake.take()) is not None:
                if isinstance(found, Octets):
                    self._announced(found)
                else:
                    self._frame(found)
        except LimitError as error:
            self.bye(f"a line may have {error.allowed} octets")

    def data_to_send(self) -> bytes:
        """Take what waits to be sent."""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def eof(self) -> None:
        """The client is gone."""
        self._leave()
        self.closed = True

    def tls_started(self) -> None:
        """The handshake that `wants_tls` asked for is done; what came in the clear behind STARTTLS is dropped."""
        self._intake.drop()
        self.wants_tls = self._tls_offered = self._login_disabled = False

    @property
    def state(self) -> str:
        """One of the four states (RFC 9051 section 3)."""
        if self.closed:
            return LOGOUT
        if self.account is None:
            return NOT_AUTHENTICATED
        return SELECTED if self.selected is not None else AUTHENTICATED

    # -- for the handlers

    def send(self, name: str, value: object = None, tag: str | None = None) -> None:
        """Queue one response; `tag` None is untagged."""
        self._out.append(response(name, value, tag=tag, utf8=self.utf8))

    def capabilities(self) -> tuple[str, ...]:
        """What CAPABILITY says now."""
        if self.account is not None:
            return AFTER_LOGIN
        tls = ("STARTTLS",) if self._tls_offered else ()
        return (*BEFORE_LOGIN, *tls, "LOGINDISABLED" if self._login_disabled else "AUTH=PLAIN")

    def login(self, user: str, password: str) -> StatusText:
        """Log in.  Raises Refused."""
        if self._login_disabled:
            raise Refused("PRIVACYREQUIRED", "a password is safe only after STARTTLS")
        self.account = self.store.login(user, password)
        self._intake.allowed = LITERAL
        return StatusText(Code("CAPABILITY", self.capabilities()), f"{user} is logged in")

    @property
    def user_account(self) -> Account:
        """The account; there is one in every state whose commands ask for it."""
        assert self.account is not None
        return self.account

    @property
    def mailbox(self) -> Selected:
        """The selected mailbox; there is one in every state whose commands ask for it."""
        assert self.selected is not None
        return self.selected

    def select(self, mailbox: Mailbox, read_only: bool) -> Selected:
        """Select a mailbox; the one selected before is left."""
        self._leave()
        self.selected = Selected(mailbox, read_only, self._changed)
        return self.selected

    def unselect(self) -> None:
        """Go back to the authenticated state."""
        self._leave()

    def enable(self, name: str) -> None:
        """Turn IMAP4rev2 or UTF8=ACCEPT on (RFC 9051 section 6.3.1; RFC 6855)."""
        self.rev2 = self.rev2 or name == "IMAP4REV2"
        self.utf8 = True

    def start_tls(self) -> None:
        """Let the driver do the handshake once the OK is sent.  Raises Bad where TLS is on, or not to be had."""
        if not self._tls_offered:
            raise Bad("TLS is on already, or this server has no certificate")
        self.wants_tls = True

    def tell_keywords(self) -> None:
        """Tell of new keywords before a FETCH names them."""
        for name, value in self.mailbox.new_keywords():
            self.send(name, value)

    def bye(self, text: str) -> None:
        """Hang up, saying why."""
        self.send("BYE", StatusText(None, text))
        self.eof()

    # -- one frame

    def _announced(self, request: Octets) -> None:
        """A literal is announced: `+`, or a refusal before it is sent (RFC 9051 section 4.3)."""
        if self._intake.too_many:
            self.bye(f"a command may have {LITERALS} literals")
        elif not request.synchronizing:
            return
        elif self._intake.too_big:
            self._intake.refuse()
            self._refuse_big()
        else:
            self.send("+", StatusText(None, f"send {request.octets} octets"))

    def _refuse_big(self) -> None:
        self.tag, self._running = self._tag_of(self._intake.first_line), None
        text = f"the literals of this command may have {self._intake.allowed} octets together"
        self._finish("NO", StatusText(Code("TOOBIG"), text))

    def _frame(self, frame: Frame) -> None:
        if self._then is not None:
            self._answer_with(self._then, frame.raw.rstrip(b"\r\n"))
            return
        if any(isinstance(part, Spilled) for part in frame.parts):
            self._refuse_big()
            return
        self.tag, self._running = "", None
        literals = [part for part in frame.literals if isinstance(part, bytes)]
        self._command(_text(frame), literals)

    def _command(self, text: str, literals: list[bytes]) -> None:
        match = read_command(text, self._context(), payloads=literals)
        self.tag = self._tag_of(text.encode("utf-8", "replace"))
        fault = self._fault(match)
        if fault:
            self._refuse_bad(fault)
            return
        assert match.command is not None
        self._running = match.command
        handler = HANDLERS[match.command.name]
        self._answer_with(lambda _: handler(self, Arguments(match, self.utf8)), b"")

    def _context(self) -> Context:
        return Context(self.state, frozenset(self.capabilities()), self.rev2, self.utf8, False, True)

    def _fault(self, match: Match) -> str:
        """Why the line cannot be done, or empty."""
        row = match.command
        for problem in match.errors:
            if problem.severity == "error":
                return f"{problem.message} (at character {problem.offset + 1})"
        if row is None or row.name not in HANDLERS or not match.complete:
            return "unknown command"
        if self.state not in row.states:
            return f"{row.name} is not allowed in the {self.state} state"
        return ""

    @staticmethod
    def _tag_of(line: bytes) -> str:
        """The tag as far as there is one: astring characters but `+` (RFC 9051 section 9)."""
        word = line.split(b" ")[0].rstrip(b"\r\n")
        good = 0 < len(word) <= 200 and all(0x21 <= octet < 0x7F and octet not in b'(){%*"\\+' for octet in word)
        return word.decode("ascii") if good else ""

    def _answer_with(self, handler: Callable[[bytes], Reply], line: bytes) -> None:
        self._then, self._idling = None, False
        try:
            reply = handler(line)
        except Refused as refused:
            self._bad = 0
            self._finish("NO", StatusText(Code(refused.code, refused.arg) if refused.code else None, str(refused)))
        except (Bad, ValueError) as bad:
            self._refuse_bad(str(bad))
        else:
            if isinstance(reply, Continue):
                self.send("+", StatusText(None, reply.text))
                self._then = reply.then
                self._idling = reply.idles
                if reply.idles:
                    self._tell(expunge=True)
                self._intake.take_line()
                return
            self._bad = 0
            self._finish("OK", reply)

    def _refuse_bad(self, text: str) -> None:
        self._bad += 1
        if self._bad > BAD_COMMANDS:
            self.bye("too many unknown commands")
            return
        self._finish("BAD", StatusText(None, text))

    def _finish(self, name: str, reply: StatusText) -> None:
        """News of the mailbox, then the tagged reply; untagged where the line had no tag."""
        row, self._running, self._then = self._running, None, None
        self._tell(expunge=row is not None and row.expunges)
        self.send(name, reply._replace(text=_visible(reply.text)), self.tag or None)
        if self.closing:
            self.eof()

    # -- news

    def _changed(self) -> None:
        if self._idling:
            self._tell(expunge=True)
            if self._on_output is not None:
                self._on_output()

    def _tell(self, *, expunge: bool) -> None:
        if self.selected is not None:
            for name, value in self.selected.news(expunge=expunge, rev2=self.rev2):
                self.send(name, value)

    def _leave(self) -> None:
        if self.selected is not None:
            self.selected.leave()
            self.selected = None


def _text(frame: Frame) -> str:
    """The line pieces without their line ends: UTF-8 where they are that, else Latin-1."""
    pieces = b"".join(part.rstrip(b"\r\n") for part in frame.parts[::2] if isinstance(part, bytes))
    try:
        return pieces.decode("utf-8")
    except UnicodeDecodeError:
        return pieces.decode("latin-1")


def _visible(text: str) -> str:
    """Text for a reply: a client's own odd characters come back escaped."""
    return text if text.isascii() and text.isprintable() else ascii(text)[1:-1]
