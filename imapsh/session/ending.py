"""The end of a connection, and the error that later calls raise."""

from __future__ import annotations

from imapsh.errors import ConnectionLost, GreetingError, ImapshError, LimitError, ServerBye, StateError, plural
from imapsh.findings import Finding
from imapsh.grammar.values import StatusText
from imapsh.session import conduct, states
from imapsh.session.knowledge import Knowledge
from imapsh.table.model import LOGOUT


class Ending:
    """The end of the connection that `known` describes; `closed` is true once it has come.

    After a BYE that nobody asked for (`Knowledge.ending`) the session is over and not closed: what the server still
    says is read until the end of the stream.
    """

    def __init__(self, known: Knowledge) -> None:
        self.closed = False
        self.findings: tuple[Finding, ...] = ()
        self._known = known
        self._error: ImapshError | None = None  # what is raised from now on
        self._cause: ImapshError | None = None

    @property
    def is_open(self) -> bool:
        """Return whether commands can be sent: the connection has not ended, and no BYE came."""
        return not (self.closed or self._known.state == LOGOUT)

    @property
    def cause(self) -> ImapshError | None:
        """The error that ended the connection, from the moment at which it counts as ended; None after LOGOUT."""
        if self._cause is None and self._known.ending:
            self._cause = self._farewell()
        return self._cause

    def require_open(self) -> None:
        """Raise what ended the session, if anything did."""
        if self.closed or self._known.state == LOGOUT:
            raise self.error().with_traceback(None)

    def error(self) -> ImapshError:
        """Return the error to raise for whatever is asked of a session that has ended.

        It is ConnectionLost or one of its kinds, or StateError after LOGOUT or an end that was wanted here.
        """
        if self._error is not None:
            return self._error
        return self.cause or StateError("the session is over after LOGOUT: connect again")

    def wanted(self, error: ImapshError) -> None:
        """Note that the end was wanted here: later requests get a StateError that says so."""
        if not self.closed:
            self._error = StateError(f"{error}: connect again")

    def of_stream(self) -> ImapshError | None:
        """Return the error for the end of the stream, or None if a BYE that was asked for came before."""
        known = self._known
        if known.bye is not None and not known.ending:
            return None
        if known.state == states.START:
            return GreetingError(
                "the server closed the connection without a greeting" if known.greeting is None else
                "the server closed the connection without an IMAP greeting"
            )  # fmt: skip
        return ConnectionLost(f"the server closed the connection without BYE{self._during()}")

    def during(self, error: ImapshError) -> None:
        """Let an error that ends the connection name the commands that were running."""
        if type(error) is ConnectionLost:
            error.args = (f"{error}{self._during()}",)  # the same error, because its raiser knows it by identity

    def _during(self) -> str:
        names = ", ".join(f"{exchange.tag} {exchange.name}" for exchange in self._known.running.values())
        return f" while {names} {plural(len(self._known.running), 'was', 'were')} running" if names else ""

    def close(self, error: ImapshError | None, *, by_server: bool) -> tuple[ImapshError | None, tuple[Finding, ...]]:
        """End the connection.  Return the error to report and the findings.

        The error may be that of an earlier BYE, because a BYE says more than what followed.  `by_server` is true if the
        server ended the stream.
        """
        known = self._known
        silent = by_server and known.bye is None and known.state not in (states.START, LOGOUT)
        if known.state == states.START and type(error) is ConnectionLost:
            error = GreetingError(str(error))
        if known.ending and not isinstance(error, LimitError):
            error = self.cause
        if self._error is None and error is not None:
            self._error = error if isinstance(error, ConnectionLost) else ConnectionLost(str(error))
        self._cause = error
        self.closed = True
        self.findings = conduct.silence() if silent else ()
        return error, self.findings

    def _farewell(self) -> ImapshError:
        bye = self._known.bye
        text = bye.value.text if bye is not None and isinstance(bye.value, StatusText) else ""
        kind = GreetingError if bye is self._known.greeting else ServerBye
        return kind(f"the server said BYE: {text}".removesuffix(": "))
