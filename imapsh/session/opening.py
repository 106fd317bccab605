"""From the greeting to a session that is logged in: TLS first, then the password, then capabilities.

Written once as a generator of steps; a driver runs each step and sends the exchange back (`imapsh.client`):

    an Exchange   run it until it is completed
    an Upgrade    put TLS in, then `Session.upgraded()`
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import NamedTuple

from imapsh.errors import GreetingError, LoginError, TLSError
from imapsh.grammar.responses import STATUS, Response
from imapsh.grammar.values import StatusText
from imapsh.session.core import Session
from imapsh.session.events import Upgrade
from imapsh.session.exchange import Exchange, Secret, Sendable
from imapsh.spec.model import NOT_AUTHENTICATED

Step = Exchange | Upgrade
Steps = Generator[Step, None, None]

#: what a peer that is no IMAP server seems to be -> the article and name
_PROTOCOLS = {"SMTP": "SMTP", "FTP": "FTP", "POP3": "POP3", "HTTP": "HTTP", "SSH": "SSH"}


class Opening(NamedTuple):
    """What is wanted of a new connection.

    `where` names the peer in messages; `local`: a loopback address, a unix socket or a command: nobody listens in;
    `user` "" for no login; `password` is asked once, when it is needed; `cleartext` allows it without TLS; `starttls`:
    take STARTTLS where it is offered and a login is wanted; `must_starttls`: without it nothing goes on;
    `ask_capabilities` where the server did not say them by itself.
    """

    where: str
    local: bool = False
    user: str = ""
    password: Callable[[], str] | None = None
    cleartext: bool = False
    starttls: bool = True
    must_starttls: bool = False
    ask_capabilities: bool = True


def check_greeting(response: Response | None, where: str) -> None:
    """Raises GreetingError for a greeting that is BYE or no IMAP (RFC 9051 section 7.1)."""
    if response is None:
        raise GreetingError(f"{where} closed the connection without a greeting")
    if response.kind == STATUS and response.name in ("OK", "PREAUTH"):
        return
    if response.kind == STATUS and response.name == "BYE":
        raise GreetingError(f"{where} will not talk: BYE {_text(response)}".rstrip())
    if response.name in _PROTOCOLS:
        raise GreetingError(f"{where} is not IMAP: it greets like {_PROTOCOLS[response.name]}; is the port right?")
    if response.name == "TLS":
        raise GreetingError(f"{where} speaks TLS from the first octet: use imaps://")
    raise GreetingError(f"{where} is not IMAP: its first line is no greeting (\\last wire shows it)")


def steps(session: Session, wanted: Opening) -> Steps:
    """Greeting to login, as `wanted`.

    Raises GreetingError, TLSError (STARTTLS failed; nothing falls back) and LoginError, with what the server said.
    """
    check_greeting(session.greeting, wanted.where)
    safe = session.secure or wanted.local
    if session.state != NOT_AUTHENTICATED:
        if not (safe or wanted.cleartext):
            raise TLSError(
                f"{wanted.where} greets with PREAUTH over a plain connection, which rules out STARTTLS: "
                "use imaps://, or --cleartext if you mean it"
            )
    else:
        yield from _secure(session, wanted)
        if wanted.user:
            yield from _login(session, wanted)
    yield from _capabilities(session, wanted)


def _capabilities(session: Session, wanted: Opening, *, needed: bool = False) -> Steps:
    if not session.capabilities and (needed or wanted.ask_capabilities):
        yield session.command("CAPABILITY")


def _secure(session: Session, wanted: Opening) -> Steps:
    """STARTTLS where it is offered and of use (RFC 9051 section 6.2.1)."""
    useful = wanted.starttls and wanted.user and not wanted.local
    if session.secure or not (useful or wanted.must_starttls):
        return
    yield from _capabilities(session, wanted, needed=True)
    if "STARTTLS" not in session.capabilities:
        if wanted.must_starttls:
            raise TLSError(f"{wanted.where} does not offer STARTTLS: use imap:// if you mean it without")
        return
    exchange = session.command("STARTTLS")
    yield exchange
    if exchange.status != "OK":
        raise TLSError(f"{wanted.where} refused STARTTLS: {reply(exchange)}")
    yield Upgrade("tls", exchange)
    yield from _capabilities(session, wanted, needed=True)


def _login(session: Session, wanted: Opening) -> Steps:
    yield from _capabilities(session, wanted, needed=True)
    plain = "AUTH=PLAIN" in session.capabilities
    if not (session.secure or wanted.local or wanted.cleartext):
        raise LoginError(
            f"the password for {wanted.user} was not sent: the connection to {wanted.where} is not encrypted; "
            "use imaps://, or --cleartext if you mean it"
        )
    if not plain and "LOGINDISABLED" in session.capabilities:
        raise LoginError(f"{wanted.where} disables LOGIN here and does not offer AUTH=PLAIN: it may want TLS first")
    assert wanted.password is not None
    password = wanted.password()
    exchange = _authenticate(session, wanted.user, password) if plain else _plain_login(session, wanted.user, password)
    yield exchange
    if exchange.status != "OK":
        raise LoginError(f"{wanted.where} refused the login of {wanted.user}: {reply(exchange)}")


def _authenticate(session: Session, user: str, password: str) -> Exchange:
    from imapsh.sasl.plain import Plain

    session.secrets.add(password.encode("utf-8", "surrogateescape"), public=user.encode("utf-8", "surrogateescape"))
    return session.authenticate(Plain(user, password))


def _plain_login(session: Session, user: str, password: str) -> Exchange:
    from imapsh.grammar.writer import Writer

    session.secrets.add(password.encode("utf-8", "surrogateescape"), public=user.encode("utf-8", "surrogateescape"))
    secret: list[Sendable] = [
        Secret(fragment) if isinstance(fragment, bytes) else fragment._replace(secret=True)
        for fragment in Writer().string(password).fragments()
    ]
    return session.command("LOGIN", [*Writer().astring(user).raw(" ").fragments(), *secret])


def _text(response: Response) -> str:
    value = response.value
    return value.text if isinstance(value, StatusText) else ""


def reply(exchange: Exchange) -> str:
    """The tagged reply in words: `NO [AUTHENTICATIONFAILED] wrong password`."""
    response = exchange.response
    if response is None:
        return "the connection ended"
    value = response.value
    code = value.code if isinstance(value, StatusText) else None
    return " ".join(filter(None, (response.name, f"[{code.name}]" if code else "", _text(response))))
