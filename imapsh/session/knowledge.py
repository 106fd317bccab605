"""What a session knows of the connection, and how responses change it: state, capabilities, the selected mailbox."""

from __future__ import annotations

from imapsh import spec
from imapsh.grammar.responses import Parser, Readers, Response
from imapsh.grammar.values import Capabilities, StatusText
from imapsh.session import states
from imapsh.session.capabilities import rev2_holds, upper
from imapsh.session.exchange import Exchange
from imapsh.session.mailbox import Mailbox
from imapsh.spec.model import AUTHENTICATED, LOGOUT, NOT_AUTHENTICATED, SELECTED, Context

_FEW_CAPABILITIES = 6  # more than that, and a change is told in numbers: the response stands right above


class Knowledge:
    """`state` is one of `imapsh.spec.model`'s, or `states.START` before the greeting.

    `capabilities`: upper case, empty where not known; `capability_names` as the server wrote them; `enabled`: what
    ENABLE brought; `notified`: NOTIFY was accepted; `mailbox`: the selected one; `left`: the one that was when BYE or
    LOGOUT ended it;
    `parser` reads as what was enabled asks for.
    """

    def __init__(self, *, read_only: bool, nesting: int) -> None:
        self.state = states.START
        self.read_only = read_only
        self.capabilities: frozenset[str] = frozenset()
        self.capability_names: tuple[str, ...] = ()
        self.enabled: frozenset[str] = frozenset()
        self.mailbox: Mailbox | None = None
        self.left: Mailbox | None = None
        self.notified = False
        self._opening: Mailbox | None = None
        self._fresh_capabilities = False
        readers = Readers(spec.readers("response"), spec.readers("code"), spec.readers("fetch-item"))
        self.parser = Parser(readers, nesting=nesting)

    def context(self) -> Context:
        """What `spec.match` needs to know of this session."""
        state = NOT_AUTHENTICATED if self.state == states.START else self.state
        box = self.mailbox
        exists = box.exists if box is not None else None
        writable = box is not None and not box.read_only
        return Context(
            state, self.capabilities, self.rev2, self.parser.utf8, self.read_only, exists=exists, writable=writable
        )

    @property
    def rev2(self) -> bool:
        """IMAP4rev2 holds: it was enabled, or is all the server knows (RFC 9051 section 6.3.1, appendix E)."""
        return rev2_holds(self.capabilities, self.enabled)

    @property
    def news_any_time(self) -> bool:
        """Messages may go while no command runs: UIDs alone are used (RFC 9586), or NOTIFY was told to say so at once
        (RFC 5465 section 5.2).
        """
        return self.notified or "UIDONLY" in self.enabled

    def _move(self, exchange: Exchange, status: str) -> None:
        """What the tagged reply does to the state."""
        name = exchange.name
        self.notified = self.notified or (name, status) == ("NOTIFY", "OK")
        if status == "OK" and name in states.FORGET_CAPABILITIES and not self._fresh_capabilities:
            self._set_capabilities(())
        state = states.REPLIES.get((name, status))
        if name in ("SELECT", "EXAMINE"):
            opened, self._opening = self._opening, None
            if status == "OK":
                self.mailbox = opened
            elif state is not None:
                self.mailbox = None
        if state is None:
            return
        if state == LOGOUT:
            self.left = self.mailbox or self.left
        if state != self.state:
            exchange.note(f"{self.state} -> {state}")
        self.state = state
        if state != SELECTED:
            self.mailbox = None

    def _data(self, response: Response) -> str:
        """Take in what is not about the mailbox; what it changed."""
        value = response.value
        if not isinstance(value, Capabilities):
            return ""
        if response.name == "CAPABILITY":
            return self._set_capabilities(value.names)
        self.enabled |= set(upper(value.names))
        return "enabled " + " ".join(value.names) if value.names else ""

    def _code(self, response: Response) -> str:
        value = response.value
        code = value.code if isinstance(value, StatusText) else None
        if code is None:
            return ""
        if code.name == "CAPABILITY" and isinstance(code.arg, tuple):
            return self._set_capabilities(code.arg)
        if code.name == "CLOSED":
            self.mailbox = None
            if self._opening is not None:  # what came before was about the old one (RFC 9051 section 7.1)
                self._opening = Mailbox(self._opening.name, self._opening.examined)
            self.state = AUTHENTICATED if self.state == SELECTED else self.state
            return ""
        box = self._opening or self.mailbox
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
