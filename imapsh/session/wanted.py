"""What is wanted of a new connection, from its greeting to the login."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imapsh.tuples import NamedTuple


class Opening(NamedTuple):
    """What is wanted of a new connection.

    `where` names the peer in messages; `local`: a loopback address, a unix socket or a command: nobody listens in;
    `user` "" for no login; `password` is asked once, when it is needed; `cleartext` allows it without TLS; `starttls`:
    take STARTTLS where it is offered and a login is wanted; `must_starttls`: without it nothing goes on;
    `ask_capabilities` where the server did not say them by itself.

    `mechanism` is a name of `imapsh.sasl.table`, or AUTO for the strongest that is possible, or "" for PLAIN, else the
    command LOGIN; `password` gives the token where the mechanism wants one, and AUTO is told so by `token`.
    `another` gives, after a refusal, a fresh token, or "" where there is none: it is tried once.
    `authorize` is whom to act for; `certificate`: the TLS connection shows one of ours; `host` and `port` are the
    server's; `binding` tells what the TLS channel is known by (`StreamInfo.binding`); `insist` is what to give for
    `cleartext`, as messages say it.
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
    another: Callable[[], str] | None = None
    authorize: str = ""
    token: bool = False
    certificate: bool = False
    host: str = ""
    port: int = 0
    binding: Callable[[], tuple[str, Any] | None] | None = None
    insist: str = "--cleartext"

    @property
    def logs_in(self) -> bool:
        """Whether a login is wanted: by name, or by a mechanism that needs none."""
        return bool(self.user or self.mechanism)
