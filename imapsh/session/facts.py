"""The facts that are known of a connection, as plain values: `Knowledge` sets them, and checks and others read them."""

from __future__ import annotations

from collections.abc import Collection

from imapsh.grammar.responses import Parser, Response
from imapsh.hints import TYPE_CHECKING
from imapsh.session import states
from imapsh.session.capabilities import rev2_holds
from imapsh.session.exchange import Exchange
from imapsh.session.rawtags import RawTags

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox
    from imapsh.session.notified import Notified


#: Events of the selected mailbox that are reported if no NOTIFY was sent (RFC 5465 section 3.1).
_HEARD = frozenset({"MessageNew", "MessageExpunge", "FlagChange"})


class Facts:
    """The facts that follow from what both sides have said so far.

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

    def __init__(self, parser: Parser, *, secure: bool = False) -> None:
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
        self.parser = parser

    @property
    def rev2(self) -> bool:
        """Return whether IMAP4rev2 holds: it was enabled, or the server offers nothing older (RFC 9051 appendix E)."""
        return rev2_holds(self.capabilities, self.enabled)

    @property
    def logged_in(self) -> bool:
        """Return whether somebody is logged in."""
        return self.state in states.LOGGED_IN

    @property
    def news_any_time(self) -> bool:
        """Return whether messages may be removed while no command runs.

        They may if only UIDs are used (RFC 9586), or if NOTIFY asked to be told of it at once (RFC 5465 section 5.3).
        """
        return "UIDONLY" in self.enabled or (self.notified is not None and self.notified.any_time)

    @property
    def unheard(self) -> frozenset[str]:
        """The events of the selected mailbox that NOTIFY has not asked for, so that the server does not report them."""
        return _HEARD - self.notified.selected if self.notified is not None else frozenset()

    def tags(self) -> Collection[str]:
        """Return the tags for which a reply may come."""
        if not (self.raw.tags or self.given_up):
            return self.running
        return {*self.running, *self.raw.tags, *self.given_up}

    def askers(self) -> Collection[Exchange]:
        """Return the exchanges that may have asked for a response: the commands that run, and what was sent raw."""
        running: Collection[Exchange] = self.running.values()
        return [*running, self.raw.exchange] if self.raw.tags else running
