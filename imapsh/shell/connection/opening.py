"""The steps from a greeting to a connection that is logged in and has its mailbox open, for every driver."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from imapsh.shell.connection.dial import opening_steps
from imapsh.shell.connection.steps import Ask, Steps
from imapsh.shell.settings.passwords.password import Kept
from imapsh.table.model import AUTHENTICATED, SELECTED

if TYPE_CHECKING:
    from imapsh.shell.connection.connection import Connection

#: Passwords that were typed and that a server took, by place and user: to open a connection again need not ask.
Accepted = dict[tuple[str, str], Kept]


class _AskFirst(Exception):
    """The password is wanted, and the person has not been asked yet."""


def log_in(connection: Connection, accepted: Accepted) -> Steps[None]:
    """Start TLS, log in, ask for capabilities and open the URL's mailbox, after the greeting.

    A password that nothing else gives, and that is not `accepted` yet, is asked of the person.  Raises GreetingError,
    TLSError, LoginError, ConnectionLost, and CommandError for the mailbox.
    """
    plan, session = connection.plan, connection.session
    place = plan.where, plan.user
    kept = accepted.pop(place, None)

    def known(question: str) -> str:
        if kept is None:
            raise _AskFirst(question)
        return kept.reveal()

    def steps(ask: Callable[[str], str]) -> Steps[None]:
        yield from opening_steps(session, plan, ask, connection.stream)

    try:
        yield from steps(known)
    except _AskFirst as wanted:
        answer: str | None = yield Ask(str(wanted), secret=True)
        kept = Kept(answer or "")
        yield from steps(known)
    finally:
        if kept is not None and session.state in (AUTHENTICATED, SELECTED):
            accepted[place] = kept
    connection.opened()
