"""Records how a connection was opened: the capabilities at each stage, STARTTLS, and each login with its answer.

It keeps no secret: a token is kept only as what it says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from imapsh.grammar.values import StatusText
from imapsh.hints import TYPE_CHECKING
from imapsh.session.exchange import Exchange
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.responses import Response
    from imapsh.sasl.jwt import Claims
    from imapsh.session.core import Session

PLAIN, TLS, LOGIN = "plain", "tls", "login"
"""The stages: before TLS, under TLS, and after the login."""

LOGINS = ("LOGIN", "AUTHENTICATE", "PROXYAUTH")  #: after these one is another user
MOST = 20  #: logins that are kept, the latest ones


class Answer(NamedTuple):
    """A tagged reply: its status, its code with the code's argument, and its text; "" for what is missing."""

    status: str = ""
    code: str = ""
    argument: str = ""
    text: str = ""


class Attempt(NamedTuple):
    """A login that was tried.

    `command` is one of LOGINS, and `mechanism` is that of AUTHENTICATE.  `user` is "" if it is not known, and `acting`
    is the user to act for, or "".  `said` and `refusal` are what a mechanism knows of its failure
    (`imapsh.sasl.mechanism`).  `has_token` is true if a token was sent; `claims` is what it says of itself.
    """

    command: str
    mechanism: str
    user: str
    acting: str
    answer: Answer
    seconds: float = 0.0
    said: str = ""
    refusal: Mapping[str, str] = {}
    has_token: bool = False
    claims: Claims | None = None

    @property
    def worked(self) -> bool:
        """Return whether the server said OK."""
        return self.answer.status == "OK"


class OpeningRecord:
    """The way into one connection, as the replies to commands show it.  `starttls` is the answer to STARTTLS."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._stage = TLS if session.secure else PLAIN
        self._kept: dict[str, tuple[str, ...]] = {}
        self.starttls: Answer | None = None
        self.attempts: list[Attempt] = []

    @property
    def capabilities(self) -> Mapping[str, tuple[str, ...]]:
        """Return the capabilities of each stage that they are known of, as the server wrote them."""
        self._keep()
        return self._kept

    def completed(self, exchange: Exchange) -> None:
        """Take in the reply to a command."""
        if exchange.name == "STARTTLS":
            self._keep_greeting()
            self.starttls = answer(exchange.response)
            if exchange.status == "OK":
                self._stage = TLS
                return  # what is known now was said before TLS
        elif exchange.name in LOGINS:
            self._keep_greeting()
            self.attempts = [*self.attempts[1 - MOST :], _attempt(exchange)]
            if exchange.status == "OK":
                self._stage = LOGIN
                self._kept.pop(LOGIN, None)
        self._keep()

    def ended(self, in_flight: Iterable[Exchange]) -> None:
        """Take in that the connection ended before these commands had a reply."""
        self.attempts += [_attempt(one) for one in in_flight if one.name in LOGINS and one.started is not None]

    def _keep(self) -> None:
        names = self._session.capability_names
        if names:
            self._kept[self._stage] = names

    def _keep_greeting(self) -> None:
        """Keep what the greeting said, if nothing else was said before TLS or the login."""
        greeting = self._session.greeting
        value = greeting.value if greeting is not None else None
        code = value.code if isinstance(value, StatusText) else None
        if code is not None and code.name == "CAPABILITY" and code.arg and not self._kept:
            self._kept[self._stage] = tuple(code.arg)


def answer(response: Response | None) -> Answer:
    """Return a status response in its parts; empty if the connection ended instead."""
    if response is None:
        return Answer()
    value = response.value
    if not isinstance(value, StatusText):
        return Answer(response.name)
    code = value.code
    return Answer(response.name, code.name if code else "", code.text.strip() if code else "", value.text)


def _attempt(exchange: Exchange) -> Attempt:
    said, mechanism = answer(exchange.response), exchange.mechanism
    if mechanism is None:
        first = first_argument(exchange)
        parts = {"LOGIN": ("", first, ""), "PROXYAUTH": ("", "", first)}.get(exchange.name, (first.upper(), "", ""))
        return Attempt(exchange.name, *parts, said, exchange.elapsed)
    from imapsh.sasl.table import MECHANISMS

    row = MECHANISMS.get(mechanism.name)
    return Attempt(
        exchange.name, mechanism.name, mechanism.user, mechanism.authorize, said, exchange.elapsed, mechanism.said,
        mechanism.refusal, row is not None and "token" in row.needs, mechanism.claims,
    )  # fmt: skip


def first_argument(exchange: Exchange) -> str:
    """Return the first argument of a typed line, the user or the mechanism; "" if it is not known or a secret."""
    from imapsh.typed.match import match

    found = match(exchange.shown.text().rstrip("\r\n"))
    value = found.slots[0].value if found.slots else ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
