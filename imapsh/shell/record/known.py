"""The names and messages that one connection has taught for completion.

These are mailbox names, and the messages of the selected mailbox.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from imapsh.grammar.values import (
    Expunged,
    Fetch,
    MailboxList,
    MailboxStatus,
    Namespaces,
    StatusText,
    UidFetch,
    Vanished,
)
from imapsh.hints import TYPE_CHECKING
from imapsh.session.core import Session
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox
    from imapsh.shell.record.mailboxes import MailboxNames
    from imapsh.shell.record.messages import Messages

#: Codes of a NO that says that a mailbox is missing (RFC 9051 section 7.1; RFC 3501 section 7.1).
_MISSING = ("NONEXISTENT", "TRYCREATE")
#: Of one that says that no mailbox may be made there.
_FORBIDDEN = ("NOPERM", "CANNOT")

_OF_MAILBOXES = (MailboxList, MailboxStatus, Namespaces)


class Known:
    """Keeps what completion offers.

    `mailbox` tells the selected mailbox, None if there is none.  If nothing `completes`, only names are kept, because a
    refused command may have meant one of them.
    """

    def __init__(self, mailbox: Callable[[], Mailbox | None] = lambda: None, *, completes: bool = True) -> None:
        self.completes = completes
        self._mailbox = mailbox
        self._of: Mailbox | None = None  # the mailbox that `_messages` are of
        self._uidvalidity: int | None = None
        self._messages: Messages | None = None

    @classmethod
    def of(cls, session: Session, *, completes: bool = True) -> Known:
        """Return an empty record that `session` is going to fill."""
        return cls(lambda: session.mailbox, completes=completes)

    @cached_property
    def names(self) -> MailboxNames:
        """The names of mailboxes."""
        from imapsh.shell.record.mailboxes import MailboxNames  # a first prompt needs none of it

        return MailboxNames()

    @property
    def mailbox(self) -> Mailbox | None:
        """The selected mailbox."""
        return self._mailbox()

    @property
    def messages(self) -> Messages:
        """The messages of the mailbox selected now.

        They are empty after another SELECT, or when UIDVALIDITY has changed (RFC 9051 section 2.3.1.1).
        """
        now = self._mailbox()
        uidvalidity = now.uidvalidity if now is not None else None
        if now is not self._of or uidvalidity != self._uidvalidity:
            if now is not self._of or self._uidvalidity is not None:
                self._messages = None
            self._of, self._uidvalidity = now, uidvalidity
        if self._messages is None:
            from imapsh.shell.record.messages import Messages

            self._messages = Messages()
        return self._messages

    def learn(self, event: Received) -> None:
        """Take in what a response tells."""
        value = event.response.value
        kind = type(value)
        if kind in _OF_MAILBOXES:
            self.names.learn(event.response)
        elif not self.completes:
            return
        elif kind is Fetch or kind is UidFetch:
            self.messages.learn(value, event.uid)
        elif kind is Expunged:
            self.messages.expunged(value.seq)
        elif kind is Vanished:
            self.messages.vanished(event.gone, () if value.earlier else value.uids.disjoint())

    def meant(self, exchange: Exchange, *, utf8: bool) -> str:
        """Return a question that names the mailbox that a refused command may have meant; "" if none is near.

        Only the first mailbox that the command names counts.  `utf8` says that names are not sent in modified UTF-7.
        Not every server says NONEXISTENT or TRYCREATE; a NO without a code may mean it.  If CREATE is refused, the name
        lacks the prefix of one's own names, if anything.
        """
        value = exchange.response.value if exchange.response is not None and exchange.status == "NO" else None
        if not isinstance(value, StatusText):
            return ""
        makes = exchange.name == "CREATE"
        if value.code is not None and value.code.name not in (_FORBIDDEN if makes else _MISSING):
            return ""
        from imapsh.typed.match import match

        line = match(exchange.shown.text().rstrip("\r\n"))
        slot = next((slot for slot in line.slots if slot.kind == "mailbox"), None)
        if slot is None or not isinstance(slot.value, str):
            return ""
        from imapsh.grammar.mutf7 import decode_leniently
        from imapsh.shell.record.mailboxes import as_typed

        sent = slot.value.encode("latin-1", "replace").decode("utf-8", "replace")  # the text is octets
        name = decode_leniently(sent)[0]
        if self.names.has(name) and (sent.isascii() or utf8):
            return ""
        prefix = self.names.prefix()
        near = self.names.nearest(name) if not makes else prefix + name if not name.startswith(prefix) else None
        if near is None:
            return ""
        coded = "" if utf8 or near.isascii() else f", {as_typed(near, utf8=False)}"
        return f"did you mean {near}{coded}?"
