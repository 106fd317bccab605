"""Opens the connection again if a mailbox has ended it, so that the other mailboxes can be done."""

from __future__ import annotations

from imapsh.errors import ImapshError, Interrupted
from imapsh.render.visible import visible
from imapsh.shell.app import App
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.steps import Close, Steps
from imapsh.table.model import AUTHENTICATED

_IN_A_ROW = 2  # mailboxes that end the connection one after another: it is not the mailbox then
_IN_ALL = 10  # connections, so that a server that ends them again and again does not get a login for each mailbox


class Again:
    """Opens the current connection again, but not without end.

    It is opened only as the one who was logged in, and only if its plan can do that login alone: after a login that was
    typed, the mailboxes could be another person's.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._leaving = app.leaving
        self._before = app.connection.session.mailbox or app.connection.due
        self._opened = 0
        self._in_a_row = 0

    @property
    def connection(self) -> Connection:
        """Return the connection that was opened last."""
        return self._app.connection

    def did(self) -> None:
        """Note that a mailbox was done on the connection."""
        self._in_a_row = 0

    def opened(self, mailbox: str, error: ImapshError) -> Steps[bool]:
        """Open the connection again, which ended with an error in a mailbox.  Return whether it is open.

        Raises Interrupted in a script.
        """
        app, old = self._app, self._app.here
        self._in_a_row += 1
        if old is None or not _by_plan(old) or self._in_a_row >= _IN_A_ROW or self._opened >= _IN_ALL:
            return False
        self._opened += 1
        app.leaving = self._leaving  # a BYE of the server's must not end the shell here
        app.note(f"{visible(mailbox)}: {visible(str(error))}; connecting again for the other mailboxes")
        if old.live:
            yield Close(old)
        try:
            yield from app.connect(old.plan._replace(selects=False), old.name)
        except Interrupted:
            raise
        except ImapshError as failure:  # also LoginError, after which the connection may be open
            app.fault(visible(str(failure)))
        new = app.connections[old.name]
        new.due = self._before
        new.results.elsewhere = old.results.elsewhere  # by UID and UIDVALIDITY, which are checked when they are used
        if new.live and (new.session.state != AUTHENTICATED or _who(new) != _who(old)):
            yield Close(new)
            return False  # in a batch the session has not seen the end yet
        return new.live


def _who(connection: Connection) -> tuple[str, str]:
    return connection.user, connection.acting


def _by_plan(connection: Connection) -> bool:
    """Return whether the one who is logged in is the one whom the plan logs in."""
    plan = connection.plan
    return connection.entered and _who(connection) == (plan.user, plan.proxyauth or plan.authorize)
