"""Faults of conduct: octets that are legal, but at the wrong time (RFC 9051 sections 2.2.2, 5.5, 7)."""

from __future__ import annotations

from collections.abc import Collection

from imapsh import table
from imapsh.errors import plural
from imapsh.findings import Finding
from imapsh.grammar.responses import STATUS, Response
from imapsh.grammar.values import Count, Expunged, Fetch, Vanished
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.session.exchange import Exchange
from imapsh.session.states import OPENS
from imapsh.table.model import AUTHENTICATED, NOT_AUTHENTICATED, Command

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox

_LIST_RETURN = "<list-return>"  # the slot of LIST's RETURN options
_SELECTED_ONLY = frozenset(
    {"EXISTS", "RECENT", "EXPUNGE", "VANISHED", "FETCH", "UIDFETCH", "SEARCH", "ESEARCH", "FLAGS"}
)
_MAIL = _SELECTED_ONLY | {"LIST", "LSUB", "STATUS"}


def untagged(
    response: Response, state: str, mailbox: Mailbox | None, running: Collection[Exchange], any_time: bool = False
) -> tuple[Finding, ...]:
    """Return the findings about an untagged response at the wrong time, given what is known before it is taken in.

    `any_time` is true if messages may be removed while no command runs (`Knowledge.news_any_time`).
    """
    value = response.value
    if isinstance(value, Fetch) and mailbox is not None:  # the common one
        if mailbox.exists is not None and value.seq > mailbox.exists and mailbox.counted:
            return (Finding("message-number", f"message {value.seq}, but the mailbox holds {mailbox.exists}"),)
        return ()
    if mailbox is None:
        finding = _state(response.name, state, running)
        return tuple(filter(None, (finding, *_gone(value, mailbox, running, any_time))))
    if isinstance(value, Count) and response.name == "EXISTS":
        exists = mailbox.exists
        if exists is not None and value.number < exists and mailbox.counted:
            return (Finding("exists-shrinks", f"EXISTS fell from {exists} to {value.number}"),)
        return ()
    return tuple(_gone(value, mailbox, running, any_time))


def _state(name: str, state: str, running: Collection[Exchange]) -> Finding | None:
    if state == NOT_AUTHENTICATED and name in _MAIL:
        return Finding("data-state", f"{name} before login")
    known = all(exchange.row is not None for exchange in running)  # nobody knows what unknown commands bring
    asked = any(exchange.name in OPENS or (exchange.row and exchange.row.asks == name) for exchange in running)
    if state == AUTHENTICATED and name in _SELECTED_ONLY and known and not asked:
        return Finding("data-state", f"{name}, but no mailbox is selected")
    return None


def _gone(value: Any, mailbox: Mailbox | None, running: Collection[Exchange], any_time: bool) -> list[Finding]:
    """Check the time of EXPUNGE, or of VANISHED without EARLIER (RFC 9051 section 7.5.1; RFC 7162 section 3.2.10.2)."""
    if isinstance(value, Expunged):
        found = [] if any_time else _untimely("expunge-time", "EXPUNGE", running)
        if mailbox is not None and mailbox.exists is not None and value.seq > mailbox.exists and mailbox.counted:
            found.append(
                Finding("message-number", f"message {value.seq} expunged, but the mailbox holds {mailbox.exists}")
            )
        return found
    if isinstance(value, Vanished) and not value.earlier and not any_time:
        return _untimely("vanished-time", "VANISHED", running)
    return []


def _untimely(rule: str, name: str, running: Collection[Exchange]) -> list[Finding]:
    if not running:
        return [Finding(rule, f"{name} while no command is running")]
    if all(exchange.row is not None and not exchange.row.expunges for exchange in running):
        names = ", ".join(exchange.name for exchange in running)
        return [Finding(rule, f"{name} while {names} {plural(len(running), 'is', 'are')} running")]
    return []


def continuation() -> tuple[Finding, ...]:
    """Return the finding of a `+` that no command waits for (RFC 9051 section 7.6)."""
    return (Finding("continuation-unasked", "'+', but nothing waits for it"),)


def tag(response: Response) -> tuple[Finding, ...]:
    """Return the finding of a tagged reply that no command waits for (RFC 9051 section 2.2.2)."""
    return (Finding("tag-unknown", f"no running command has the tag {response.tag}"),)


def silence() -> tuple[Finding, ...]:
    """Return the finding of a connection that ends without a BYE (RFC 9051 section 7.1.5)."""
    return (Finding("bye-silent", "the server closed the connection without BYE"),)


#: The names by which a command's row lists responses, for those that it does not list by their own.
LISTED_AS = {"UIDFETCH": "FETCH"}


def may_return(row: Command, name: str) -> bool:
    """Return whether a command may bring responses of this name by the RETURN option of this name.

    LIST has such options: STATUS, MYRIGHTS (RFC 8440), METADATA (RFC 9590).
    """
    return _LIST_RETURN in row.syntax and table.names("list-return").get(name) is not None


def asked_for(response: Response, running: Collection[Exchange]) -> bool:
    """Return whether a running command may bring this response; a command that is not in the table may bring any."""
    value = response.value
    # a row that brings EXPUNGE brings VANISHED; SELECT and UID FETCH bring it with EARLIER only
    gone = isinstance(value, Vanished) and not value.earlier
    name = "EXPUNGE" if gone else LISTED_AS.get(response.name, response.name)
    for exchange in running:
        row = exchange.row
        if row is None:
            return True
        if row.name != "IDLE":
            if name in row.responses or may_return(row, name):
                return True
            if response.kind is STATUS and response.name != "BYE":
                return True
    return False
