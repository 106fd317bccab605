"""Takes an asyncio connection from its greeting to its login, by the steps of `imapsh.session.opening`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imapsh.client.arguments import text_of
from imapsh.client.driving import Runner
from imapsh.errors import LoginError, TLSError, UsageError
from imapsh.session import clear
from imapsh.session.opening import Opening, steps
from imapsh.transport.address import Address
from imapsh.transport.options import TLSOptions

Password = str | Callable[[], str]
"""A password or token, or a function that returns it when it is needed."""


class Login:
    """The login of a connection: it greets, begins TLS and logs in, on the connection that `runner` runs.

    `address` is the peer of the connection; `tls` is for STARTTLS.  `cleartext` allows a password without TLS to
    another machine; without it no typed line may hold one either.
    """

    def __init__(self, runner: Runner, address: Address, *, tls: TLSOptions | None, cleartext: bool) -> None:
        self._runner = runner
        self._session = runner.session
        self._address = address
        self._tls = tls
        self._cleartext = cleartext
        self._session.guard = clear.guard(self._session, self._opening)

    def _opening(self, **wanted: Any) -> Opening:
        address = self._address
        return Opening(
            self._runner.where,
            address.is_local,
            cleartext=self._cleartext,
            certificate=self._tls is not None and self._tls.cert is not None,
            pinned=self._tls is not None and bool(self._tls.pins),
            host=(self._tls.name if self._tls is not None else None) or address.server_name,
            port=address.port,
            binding=lambda: self._runner.info.binding,
            **wanted,
        )

    async def _follow(self, **wanted: Any) -> None:
        try:
            await self._runner.follow(steps(self._session, self._opening(**wanted)))
        except LoginError:
            if self._session.closed:  # it would have acted for somebody else than was asked for
                await self._runner.close()
            raise

    async def greet(self) -> None:
        """Wait for the greeting.

        Raises GreetingError for BYE and for a greeting that is not IMAP.  Raises TLSError for PREAUTH over an
        unencrypted connection to another machine, which is closed then.
        """
        await self._runner.greet()
        try:
            await self._follow(ask_capabilities=False)
        except TLSError:
            await self._runner.close()
            raise

    async def starttls(self) -> None:
        """Go on under TLS, or raise TLSError.  Raises StateError after the login, and if TLS is on already."""
        self._session.require("STARTTLS")
        await self._follow(must_starttls=True)

    async def login(
        self,
        user: str,
        password: Password | None,
        *,
        token: Password | None,
        mechanism: str,
        authorize: str,
        proxyauth: str,
        starttls: bool,
    ) -> None:
        """Log in, as `Connection.login` says."""
        from imapsh.sasl.table import AUTO, MECHANISMS, known

        self._session.require("LOGIN")
        name = known(text_of(mechanism, "the name of a mechanism"))
        text_of(user, "a user")
        check_acting(authorize, proxyauth)
        if token is not None and password is not None:
            raise UsageError("login() takes a password or a token, not both")
        if token is not None and name != AUTO and "token" not in MECHANISMS[name].needs:
            raise UsageError(f"{name} does not take a token: leave the mechanism out")
        await self._follow(
            user=user,
            password=_asked(token if token is not None else password),
            mechanism=name,
            authorize=authorize,
            proxyauth=proxyauth,
            starttls=starttls,
            must_starttls=self._tls is not None and bool(self._tls.pins),
            token=token is not None,
        )


def check_acting(authorize: str, proxyauth: str) -> None:
    """Raise UsageError if the users to act for are not text, or are two; None would be taken for nobody."""
    text_of(authorize, "the user to act for")
    text_of(proxyauth, "the user to act for")
    if authorize and proxyauth:
        raise UsageError("authorize and proxyauth both name the user to act for: give one of them")


def _asked(secret: Password | None) -> Callable[[], str] | None:
    if not (secret is None or isinstance(secret, str) or callable(secret)):
        raise UsageError(f"a password is text, or a function that returns it, not a {type(secret).__name__}")
    return (lambda: secret) if isinstance(secret, str) else secret
