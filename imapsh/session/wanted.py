"""The requests for a new connection, from its greeting to the login."""

from __future__ import annotations

from collections.abc import Callable, Generator

from imapsh.hints import Any
from imapsh.tuples import NamedTuple

#: Steps of a driver's own that bring a secret.
Fetching = Generator[Any, Any, str]


class Opening(NamedTuple):
    """The requests for a new connection.

    `where` names the peer in messages.  `local` is true for a loopback address, a unix socket or a command, on which
    nobody listens in.  `user` is "" for no login.  `password` is asked once, when it is needed; `cleartext` allows it
    without TLS.  With `starttls`, STARTTLS is taken if it is offered and a login is wanted.  It is so on a local
    connection too, which may be the end of a tunnel.  With `must_starttls`, nothing goes on without it.  With
    `ask_capabilities`, the capabilities are asked for if the server did not send them
    by itself.

    `mechanism` is a name of `imapsh.sasl.table`; or AUTO for the strongest that is possible; or "" for PLAIN, or else
    the command LOGIN.  `password` returns the token if the mechanism wants one; with AUTO, `token` is true if it is a
    token.

    `fetch` is for a driver that needs steps of its own to get the password, because a person or a program gives it: its
    result takes the place of what `password` would return.  After a refusal, `another` does the same for a fresh token,
    "" if there is none; it is tried once.

    `authorize` is the user to act for, whom the mechanism names; `proxyauth` is one whom the command PROXYAUTH names
    after the login.  `certificate` is true if the TLS connection shows a certificate of ours.
    `host` and `port` are the server's.  `binding` returns what identifies the TLS channel (`StreamInfo.binding`).
    `insist` is the option that allows `cleartext`, as messages say it.  With `check`, the opening is to be looked at:
    STARTTLS is taken even if no login is wanted, and a login that is refused is not tried in another way.  With
    `pinned`, the server's certificate is known beforehand, so no connection without TLS is safe, local or not.
    """

    where: str
    local: bool = False
    user: str = ""
    password: Callable[[], str] | None = None
    cleartext: bool = False
    starttls: bool = True
    must_starttls: bool = False
    ask_capabilities: bool = True
    mechanism: str = ""
    another: Callable[[], Fetching] | None = None
    authorize: str = ""
    proxyauth: str = ""
    token: bool = False
    certificate: bool = False
    host: str = ""
    port: int = 0
    binding: Callable[[], tuple[str, Any] | None] | None = None
    insist: str = "cleartext=True"
    fetch: Callable[[], Fetching] | None = None
    check: bool = False
    pinned: bool = False

    @property
    def logs_in(self) -> bool:
        """Return whether a login is wanted: by name, or by a mechanism that needs none."""
        return bool(self.user or self.mechanism)
