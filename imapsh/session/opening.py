"""Takes a session from the greeting to the login: TLS first, then the password, then capabilities.

It is written once as a generator of steps; a driver runs each step and sends the exchange back (`imapsh.client`):

    an Exchange   to be run until it is completed
    an Upgrade    to be done by beginning TLS, then `Session.upgraded()`
"""

from __future__ import annotations

from collections.abc import Generator

from imapsh.errors import ConnectionLost, GreetingError, LoginError, TLSError, UsageError
from imapsh.grammar.responses import STATUS, Response
from imapsh.grammar.values import StatusText
from imapsh.hints import Any
from imapsh.session import clear
from imapsh.session.core import Session
from imapsh.session.events import Upgrade
from imapsh.session.exchange import Exchange, Secret, Sendable
from imapsh.session.wanted import Opening
from imapsh.table.model import NOT_AUTHENTICATED

__all__ = [
    "Opening", "Step", "Steps", "authenticate", "check_greeting", "reply", "steps", "way",
]  # fmt: skip

Step = Exchange | Upgrade
Steps = Generator[Step, Any, None]

#: what a peer that is not an IMAP server may be, as the parser guesses it
_PROTOCOLS = ("SMTP", "FTP", "NNTP", "POP3", "HTTP", "SSH")


def check_greeting(response: Response | None, where: str) -> None:
    """Raise GreetingError for a greeting that is BYE or not IMAP (RFC 9051 section 7.1)."""
    if response is None:
        raise GreetingError(f"{where} closed the connection without a greeting")
    if response.kind == STATUS and response.name in ("OK", "PREAUTH"):
        return
    if response.kind == STATUS and response.name == "BYE":
        raise GreetingError(f"{where} refused the connection: BYE {_text(response)}".rstrip())
    if response.name in _PROTOCOLS:
        raise GreetingError(f"{where} is not an IMAP server: it greets like {response.name}; check the port")
    if response.name == "TLS":
        raise GreetingError(f"{where} speaks TLS from the first octet: use imaps://")
    raise GreetingError(f"{where} is not an IMAP server: its first line is not a greeting")


def steps(session: Session, wanted: Opening) -> Steps:
    """Take a session from its greeting to the login, as `wanted` says.

    Raises GreetingError, TLSError (STARTTLS failed; nothing falls back) and LoginError, with what the server said.
    """
    check_greeting(session.greeting, wanted.where)
    if session.state != NOT_AUTHENTICATED:
        if not clear.is_safe(session, wanted):
            uncompared, insist = (clear.UNCOMPARED, "leave out the pin") if wanted.pinned else ("", wanted.insist)
            raise TLSError(
                f"{wanted.where} sent PREAUTH over an unencrypted connection, which rules out STARTTLS{uncompared}: "
                f"use imaps://, or {insist} if you mean it"
            )
        if wanted.authorize:
            raise _ended(
                session,
                f"{wanted.where} greets with PREAUTH, so the server has chosen the user, and nothing can ask it to act "
                f"for {wanted.authorize}",
            )
    else:
        yield from _secure(session, wanted)
        if wanted.logs_in:
            yield from _login(session, wanted)
    if wanted.proxyauth:
        yield from _proxyauth(session, wanted)
    yield from _capabilities(session, wanted)


def _capabilities(session: Session, wanted: Opening, *, needed: bool = False) -> Steps:
    if not session.capabilities and (needed or wanted.ask_capabilities):
        yield session.command("CAPABILITY")


def _secure(session: Session, wanted: Opening) -> Steps:
    """Do STARTTLS if it is offered and useful (RFC 9051 section 6.2.1)."""
    useful = wanted.starttls and (wanted.logs_in or wanted.check)
    if session.secure or not (useful or wanted.must_starttls):
        return
    yield from _capabilities(session, wanted, needed=True)
    if "STARTTLS" not in session.capabilities:
        if wanted.must_starttls:
            raise TLSError(
                f"{wanted.where} does not offer STARTTLS{clear.UNCOMPARED if wanted.pinned else ''}: "
                f"connect without {'the pin' if wanted.pinned else 'it'} if you accept an unencrypted connection"
            )
        return
    exchange = session.command("STARTTLS")
    yield exchange
    if exchange.status != "OK":
        raise TLSError(f"{wanted.where} refused STARTTLS: {reply(exchange)}")
    yield Upgrade("tls", exchange)
    yield from _capabilities(session, wanted, needed=True)


def _login(session: Session, wanted: Opening) -> Steps:
    """Log in by a mechanism, or by the command LOGIN if no mechanism is to be used.

    LOGIN is tried too if the server answers BAD to the AUTHENTICATE PLAIN that it offers.
    """
    from imapsh.sasl.table import AUTO

    yield from _capabilities(session, wanted, needed=True)
    name = way(session, wanted)
    if wanted.fetch is not None and _needs_secret(name):
        secret = yield from wanted.fetch()
        wanted = wanted._replace(password=lambda: secret)
    exchange = _submit(session, wanted, name)
    yield exchange
    misunderstood = exchange.status == "BAD" and name == "PLAIN" and _takes_login(session, wanted)
    if misunderstood and wanted.mechanism in ("", AUTO) and not wanted.check:
        name = ""  # some servers offer what they do not understand
        exchange = _submit(session, wanted, name)
        yield exchange
    again = wanted.another if not wanted.check else None
    if exchange.status == "NO" and again is not None and (fresh := (yield from again())):
        exchange = _submit(session, wanted._replace(password=lambda: fresh), name)
        yield exchange
    if exchange.status != "OK":
        said = exchange.mechanism.said if exchange.mechanism is not None else ""
        why = f"{reply(exchange)} ({said})" if said else reply(exchange)
        if exchange.status == "BAD" and name == "PLAIN" and _takes_login(session, wanted):
            why += "; the command LOGIN may work: name no mechanism"
        whom = f" for {wanted.authorize}" if wanted.authorize else ""
        raise LoginError(f"{wanted.where} refused the login of {wanted.user or name}{whom}: {why}")


def _proxyauth(session: Session, wanted: Opening) -> Steps:
    """Go on as another user: PROXYAUTH is the command of Sun's servers for administrators, and has no RFC.

    Raises LoginError for any answer but OK, and ends the connection then, which is still the administrator's.
    """
    from imapsh.grammar.writer import Writer

    exchange = session.command("PROXYAUTH", Writer().astring(wanted.proxyauth).fragments())
    yield exchange
    if exchange.status != "OK":
        who = wanted.user or "this login"
        raise _ended(session, f"{wanted.where} does not let {who} act for {wanted.proxyauth}: {reply(exchange)}")


def _ended(session: Session, why: str) -> LoginError:
    """End a connection that would act for somebody else than its user believes; return the error that says why."""
    session.lost(ConnectionLost(why), here=True)
    return LoginError(f"{why}; the connection was closed")


def _takes_login(session: Session, wanted: Opening) -> bool:
    return "LOGINDISABLED" not in session.capabilities and not wanted.authorize and not session.closed


def _needs_secret(name: str) -> bool:
    from imapsh.sasl.table import MECHANISMS

    return not name or bool({"password", "token"} & set(MECHANISMS[name].needs))


def _submit(session: Session, wanted: Opening, name: str) -> Exchange:
    return authenticate(session, wanted._replace(mechanism=name)) if name else _plain_login(session, wanted)


def way(session: Session, wanted: Opening) -> str:
    """Return the mechanism to use, or "" for LOGIN.  Raises LoginError if there is no way, or no safe one."""
    from imapsh.sasl.table import AUTO, MECHANISMS, choose, offered, possible, require_acting

    safe = clear.is_safe(session, wanted)
    offers = offered(session.capabilities)
    unsafe = clear.refusal(session, wanted, f"the {'token' if wanted.token else 'password'} for {wanted.user}")
    if wanted.mechanism not in ("", AUTO):
        if wanted.authorize:
            require_acting(wanted.mechanism, wanted.authorize, offers)
        if MECHANISMS[wanted.mechanism].clear and not safe:
            raise unsafe
        return wanted.mechanism
    have = _have(session, wanted, offers)
    if wanted.authorize:
        choose(offers, have, safe=True, acts=True)
        able = possible(offers, have, safe=safe, acts=True)
        if not able:
            raise unsafe
        return "PLAIN" if "PLAIN" in able and not wanted.mechanism else able[0]
    for name in possible(offers, have, safe=safe):
        if wanted.mechanism or name == "PLAIN":
            return name
    if not safe:
        raise unsafe
    if "password" not in have:
        return choose(offers, have, safe=safe)
    if "LOGINDISABLED" in session.capabilities:
        raise LoginError(
            f"{wanted.where} disables LOGIN on this connection and does not offer AUTH=PLAIN: it may require TLS first"
        )
    return ""


def _have(session: Session, wanted: Opening, offers: tuple[str, ...]) -> set[str]:
    """Return what a mechanism can use here, in the table's words.

    Servers with -PLUS must know tls-unique (RFC 5802 section 6.1); of another type nothing is known before it fails,
    and then it looks like a wrong password, so it is taken by name only.
    """
    binding = wanted.binding() if wanted.binding is not None else None
    have = {"token" if wanted.token else "password"} if wanted.user and wanted.password is not None else set()
    if wanted.mechanism and session.secure:
        have |= {"certificate"} if wanted.certificate else set()
        have |= {"binding"} if binding is not None and binding[0] == "tls-unique" else set()
    if wanted.mechanism and "GSSAPI" in offers:
        from imapsh.sasl.gssapi import have_ticket

        have |= {"ticket"} if have_ticket() else set()
    return have


def _password(wanted: Opening) -> str:
    if wanted.password is None:
        raise LoginError(f"no password was given for {wanted.user}")
    secret: object = wanted.password()
    if isinstance(secret, str):
        return secret
    if hasattr(secret, "close"):  # a coroutine that is never awaited gives a warning
        secret.close()
    raise UsageError(f"the function that is asked for the password returned a {type(secret).__name__}, not text")


def authenticate(session: Session, wanted: Opening) -> Exchange:
    """Submit AUTHENTICATE with the mechanism `wanted.mechanism`, whatever `way` would say.

    Raises LoginError if there is no password, UsageError for what the mechanism cannot take.
    """
    from imapsh.sasl.table import make, offered

    mechanism = make(
        wanted.mechanism,
        wanted.user,
        _password(wanted) if _needs_secret(wanted.mechanism) else "",
        authorize=wanted.authorize,
        host=wanted.host,
        port=wanted.port,
        binding=wanted.binding() if wanted.binding is not None else None,
        offers=offered(session.capabilities),
    )
    return session.authenticate(mechanism)


def _plain_login(session: Session, wanted: Opening) -> Exchange:
    from imapsh.grammar.writer import Writer
    from imapsh.sasl.mechanism import octets

    if wanted.authorize:
        raise UsageError("the command LOGIN does not support an authorization identity: leave it out, or use PLAIN")
    user, password = wanted.user, _password(wanted)
    session.secrets.add(octets(password), public=octets(user))
    secret: list[Sendable] = [
        Secret(fragment) if isinstance(fragment, bytes) else fragment._replace(secret=True)
        for fragment in Writer().string(password).fragments()
    ]
    return session.command("LOGIN", [*Writer().astring(user).raw(" ").fragments(), *secret])


def _text(response: Response) -> str:
    value = response.value
    return value.text if isinstance(value, StatusText) else ""


def reply(exchange: Exchange) -> str:
    """Return the tagged reply in words: `NO [AUTHENTICATIONFAILED] wrong password`."""
    response = exchange.response
    if response is None:
        return "the connection ended"
    value = response.value
    code = value.code if isinstance(value, StatusText) else None
    return " ".join(filter(None, (response.name, f"[{code.name}]" if code else "", _text(response))))
