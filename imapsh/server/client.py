"""One client of the server, as the handlers of commands see it: its user, what it has selected, and what it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from typing import Any, Protocol

from imapsh.grammar.values import Code, StatusText
from imapsh.grammar.writer import response
from imapsh.server.reply import Bad
from imapsh.server.selected import Selected
from imapsh.server.store import Account, Mailbox, Refused, Store
from imapsh.table.model import AUTHENTICATED, NOT_AUTHENTICATED, SELECTED

BEFORE_LOGIN = ("IMAP4rev1", "IMAP4rev2", "LITERAL+", "ENABLE", "ID", "SASL-IR")
AFTER_LOGIN = (
    "IMAP4rev1", "IMAP4rev2", "LITERAL+", "ENABLE", "ID", "IDLE", "NAMESPACE", "CHILDREN", "UNSELECT", "UIDPLUS",
    "MOVE", "BINARY", "ESEARCH", "SEARCHRES", "LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE", "STATUS=SIZE",
    "UTF8=ACCEPT",
)  # fmt: skip


class Notified(Protocol):
    """The events that a client has asked for with NOTIFY.

    `selected` holds the events of the selected mailbox.  `delayed` is true if expunged messages wait for a command.
    """

    selected: Set[str]
    delayed: bool

    def end(self) -> None:
        """Ask for nothing more."""

    def news(self) -> Iterator[tuple[str, Any]]:
        """Yield the responses that are due about other mailboxes."""

    def arrived(self, above: int) -> Iterator[tuple[str, Any]]:
        """Yield the responses that are due about messages with a higher UID in the selected mailbox."""


class Client:
    """One client of the server, and the responses that wait for it.

    `changed` is called when somebody else has changed the selected mailbox.  `extensions` are capabilities beyond those
    of the revisions, which are sent after the login.

    `tag` is that of the command being done.  `wants_tls` is true if the handshake is due once the OK is sent, and
    `closing` if the end is, after LOGOUT.  With `compressing`, what follows the OK is deflated.  `acting` is true while
    a command of this client is being done, and `notified` is what it has asked for with NOTIFY.  `enabled` holds what
    ENABLE turned on, in upper case; `rev2` and `utf8` follow from it.
    """

    def __init__(
        self,
        store: Store,
        changed: Callable[[], None],
        *,
        extensions: tuple[str, ...] = (),
        tls: bool = False,
        login_disabled: bool = False,
    ) -> None:
        self.store = store
        self._extensions = extensions
        self.account: Account | None = None
        self.selected: Selected | None = None
        self.wants_tls = False
        self.rev2 = False
        self.utf8 = False
        self.enabled: set[str] = set()
        self.closing = False
        self.compressing = False
        self.tag = ""
        self.acting = False
        self.notified: Notified | None = None
        self.changed = changed
        self._tls_offered = tls
        self._login_disabled = login_disabled
        self._out: list[bytes] = []

    @property
    def state(self) -> str:
        """Return the state of a client that is connected (RFC 9051 section 3)."""
        if self.account is None:
            return NOT_AUTHENTICATED
        return SELECTED if self.selected is not None else AUTHENTICATED

    def take(self) -> bytes:
        """Take the octets that wait to be sent."""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def tls_started(self) -> None:
        """Take in that the handshake is done."""
        self.wants_tls = self._tls_offered = self._login_disabled = False

    def send(self, name: str, value: object = None, tag: str | None = None) -> None:
        """Queue one response.  It is untagged if `tag` is None."""
        self._out.append(response(name, value, tag=tag, utf8=self.utf8))

    def capabilities(self) -> tuple[str, ...]:
        """Return the capabilities that CAPABILITY sends now."""
        if self.account is not None:
            return AFTER_LOGIN + self._extensions
        tls = ("STARTTLS",) if self._tls_offered else ()
        return (*BEFORE_LOGIN, *tls, "LOGINDISABLED" if self._login_disabled else "AUTH=PLAIN")

    def login(self, user: str, password: str) -> StatusText:
        """Log in.  Raises Refused."""
        if self._login_disabled:
            raise Refused("PRIVACYREQUIRED", "a password is safe only after STARTTLS")
        self.account = self.store.login(user, password)
        return StatusText(Code("CAPABILITY", self.capabilities()), f"{user} is logged in")

    def notify(self, asked: Notified | None) -> None:
        """Report what is asked for now, and no longer what was asked for before."""
        if self.notified is not None:
            self.notified.end()
        self.notified = asked

    def logout(self) -> None:
        """Forget the user, and all that was chosen or enabled since the login (RFC 8437 section 4.1)."""
        self.unselect()
        self.notify(None)
        self.account = None
        self.rev2 = self.utf8 = False
        self.enabled = set()

    @property
    def user_account(self) -> Account:
        """The account; there is one in each state whose commands ask for it."""
        assert self.account is not None
        return self.account

    @property
    def mailbox(self) -> Selected:
        """The selected mailbox; there is one in each state whose commands ask for it."""
        assert self.selected is not None
        return self.selected

    def select(self, mailbox: Mailbox, read_only: bool) -> Selected:
        """Select a mailbox, and leave the one selected before."""
        self.unselect()
        self.selected = Selected(mailbox, read_only, self.changed, self.store.clock, self.enabled)
        return self.selected

    def unselect(self) -> None:
        """Go back to the authenticated state."""
        if self.selected is not None:
            self.selected.leave()
            self.selected = None

    def enable(self, name: str) -> None:
        """Turn an extension on; IMAP4rev2 and UTF8=ACCEPT allow UTF-8 (RFC 9051 section 6.3.1; RFC 6855)."""
        self.rev2 = self.rev2 or name == "IMAP4REV2"
        self.utf8 = self.utf8 or name in ("IMAP4REV2", "UTF8=ACCEPT")
        self.enabled.add(name)

    def start_tls(self) -> None:
        """Let the driver do the handshake once the OK is sent.

        Raises Bad if TLS is on already, or is not available.
        """
        if not self._tls_offered:
            raise Bad("TLS is on already, or this server has no certificate")
        self.wants_tls = True

    def tell_keywords(self) -> None:
        """Send FLAGS with new keywords before a FETCH names them."""
        for name, value in self.mailbox.new_keywords():
            self.send(name, value)
