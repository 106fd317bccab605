"""The table of mechanisms: what each needs and how strong it is; the choice among them, and the making of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from imapsh.errors import LoginError, UsageError
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.sasl.mechanism import Mechanism

AUTO = "AUTO"
"""In place of a name: the strongest that is offered and possible."""


class Row(NamedTuple):
    """One mechanism of the table.

    `module` and `make` say where its class is; `takes` names the arguments beyond name and password that it knows.
    `needs` is `password`, `token`, `certificate`, `ticket` or `binding`; or "" if nothing is proved, so that the
    mechanism is taken by name only.  `clear` is true if the password or token itself is sent.  `strength` orders the
    rows.  `md5` is true if the machine must allow MD5.
    """

    module: str
    make: str
    needs: tuple[str, ...]
    strength: int
    clear: bool = False
    takes: tuple[str, ...] = ()
    md5: bool = False

    @property
    def acts(self) -> bool:
        """Return whether it can say for whom one acts: an authorization identity (RFC 4422 section 2)."""
        return "authorize" in self.takes


_SCRAM = ("scram", "Scram")

MECHANISMS: dict[str, Row] = {
    "SCRAM-SHA-256-PLUS": Row(*_SCRAM, ("password", "binding"), 100, takes=("name", "binding", "authorize")),
    "SCRAM-SHA-1-PLUS": Row(*_SCRAM, ("password", "binding"), 90, takes=("name", "binding", "authorize")),
    "EXTERNAL": Row("external", "External", ("certificate",), 85, takes=("authorize",)),
    "GSSAPI": Row("gssapi", "GSSAPI", ("ticket",), 80, takes=("host", "authorize")),
    "SCRAM-SHA-256": Row(*_SCRAM, ("password",), 70, takes=("name", "binding", "authorize")),
    "SCRAM-SHA-1": Row(*_SCRAM, ("password",), 60, takes=("name", "binding", "authorize")),
    "OAUTHBEARER": Row("oauthbearer", "OAuthBearer", ("token",), 50, True, ("authorize", "host", "port")),
    "XOAUTH2": Row("xoauth2", "XOAuth2", ("token",), 40, True),
    "DIGEST-MD5": Row("digest_md5", "DigestMD5", ("password",), 30, takes=("authorize", "host"), md5=True),
    "CRAM-MD5": Row("cram_md5", "CramMD5", ("password",), 20, md5=True),
    "PLAIN": Row("plain", "Plain", ("password",), 10, True, ("authorize",)),
    "LOGIN": Row("login", "Login", ("password",), 5, True),
    "ANONYMOUS": Row("anonymous", "Anonymous", (), 0),
}


#: How the names of other mechanisms begin that do not send the password itself, either.
_DISCREET = ("SCRAM-", "GS2-", "KERBEROS_V4", "NTLM", "OTP", "SKEY", "SRP", "GSS-SPNEGO")


def reveals(name: str) -> bool:
    """Return whether a mechanism sends a password or token as it is; one that imapsh knows nothing of may."""
    row = MECHANISMS.get(name.upper())
    return row.clear if row is not None else not name.upper().startswith(_DISCREET)


def offered(capabilities: Iterable[str]) -> tuple[str, ...]:
    """Return the mechanisms that `AUTH=` capabilities name, in upper case (RFC 9051 section 6.2.2)."""
    names = (name.upper() for name in capabilities)
    return tuple(name.removeprefix("AUTH=") for name in names if name.startswith("AUTH="))


def known(name: str) -> str:
    """Return the name in upper case, AUTO too.  Raises UsageError for one that is not in the table."""
    upper = name.upper()
    if upper != AUTO and upper not in MECHANISMS:
        raise UsageError(f"unknown SASL mechanism {name}: give auto or one of {', '.join(MECHANISMS)}")
    return upper


def possible(offers: Collection[str], have: Collection[str], *, safe: bool, acts: bool = False) -> list[str]:
    """Return the offered mechanisms that can be used with what one has, the strongest first.

    `have` holds words of `Row.needs`.  `safe` is true if nobody can listen, or that does not matter.  With `acts`
    only those are returned that say for whom one acts.
    """
    rows = (
        (row.strength, name, row)
        for name, row in MECHANISMS.items()
        if name in offers and row.needs and (row.acts or not acts)
    )
    fit = [(strength, name) for strength, name, row in rows if set(row.needs) <= set(have) and (safe or not row.clear)]
    names = [name for _, name in sorted(fit, reverse=True)]
    if any(MECHANISMS[name].md5 for name in names):
        from imapsh.sasl.md5 import available

        names = [name for name in names if not MECHANISMS[name].md5 or available()]
    return names


#: The names of mechanisms that say for whom one acts, for messages.
_ACTING = "PLAIN, SCRAM-SHA-256, OAUTHBEARER, GSSAPI or EXTERNAL"


def choose(offers: Collection[str], have: Collection[str], *, safe: bool, acts: bool = False) -> str:
    """Return the strongest usable mechanism, with `acts` of those that say for whom one acts.

    Raises LoginError, with the reason, if there is none.
    """
    for name in possible(offers, have, safe=safe, acts=acts):
        return name
    listed = ", ".join(sorted(offers)) or "none"
    if acts:
        able = acting(offers)
        if not able:
            raise LoginError(
                f"none of the mechanisms offered ({listed}) can say for whom you act, and nothing was sent: it takes "
                f"{_ACTING}, or the command PROXYAUTH, or a user name that says both, as Dovecot's USER*MASTER"
            )
        listed = ", ".join(able)
    if not safe and possible(offers, have, safe=True, acts=acts):
        raise LoginError(
            f"every usable mechanism of those offered ({listed}) sends a secret in the clear, and the "
            "connection is not encrypted: use TLS"
        )
    if not have:
        raise LoginError(f"the mechanisms offered ({listed}) need a user name, and a password or a token")
    raise LoginError(f"none of the mechanisms offered ({listed}) can be used with {' and '.join(have)}")


def acting(offers: Iterable[str]) -> list[str]:
    """Return those of the offered mechanisms that can say for whom one acts, in the order of the alphabet."""
    return sorted(name for name in offers if name in MECHANISMS and MECHANISMS[name].acts)


def require_acting(name: str, authorize: str, offers: Iterable[str] = ()) -> None:
    """Raise UsageError, which tells what can of `offers`, if `name` cannot say that one acts for `authorize`."""
    if not MECHANISMS[name].acts:
        able = acting(offers)
        use = f"{' or '.join(able)}, which the server offers" if able else _ACTING
        raise UsageError(
            f"{name} does not support an authorization identity, so it cannot act for {authorize}: use {use}"
        )


def make(
    name: str,
    user: str = "",
    secret: str = "",
    *,
    authorize: str = "",
    host: str = "",
    port: int = 0,
    binding: Any = None,
    offers: Collection[str] = (),
) -> Mechanism:
    """Return a mechanism by name, for one AUTHENTICATE.  `secret` is the password or the token.

    `binding` is the TLS channel's (`StreamInfo.binding`).  `offers` says whether the server has -PLUS: a SCRAM without
    it says so to a server that hides them from us (RFC 5802 section 6).  Raises UsageError if the name is not known, or
    what was given does not fit.
    """
    from importlib import import_module

    name = known(name)
    row = MECHANISMS[name]
    if authorize:
        require_acting(name, authorize)
    if not name.endswith("-PLUS") and (not offers or any(other.endswith("-PLUS") for other in offers)):
        binding = None
    given = {"name": name, "authorize": authorize, "host": host, "port": port, "binding": binding}
    words = (user, secret) if {"password", "token"} & set(row.needs) else (user,)
    mechanism: Mechanism = getattr(import_module(f"imapsh.sasl.{row.module}"), row.make)(
        *words, **{key: given[key] for key in row.takes}
    )
    return mechanism
